"""From keys to words: what the dialogue says, and the complaint written out for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bots.told import Ask, State
from core.domain.municipality import Municipality
from core.letters import written_day
from templates.texts import texts

SHARE_PHONE = "phone.share"
"""The button that a channel turns into its own way of sharing one's number, where it has one."""

BUTTONS: Mapping[Ask, tuple[str, ...]] = {
    Ask.START: ("start.complain", "start.status", "start.call"),
    Ask.STORY: ("story.done",),
    Ask.ABOUT: ("about.employee", "about.department", "about.board", "about.unknown"),
    Ask.WHEN: ("when.today", "when.yesterday", "when.unknown"),
    Ask.NAME: ("name.none",),
    Ask.PHONE: (SHARE_PHONE, "phone.chat"),
    Ask.CONSENT: ("consent.yes", "consent.no"),
    Ask.SUMMARY: ("summary.send", "summary.change", "summary.stop"),
    Ask.CHANGE: ("change.story", "change.about", "change.when", "change.name", "change.phone", "change.back"),
    Ask.BELONGS: ("belongs.yes", "belongs.no"),
    Ask.STOP: ("stop.yes", "stop.no"),
}
"""The buttons of each question, as keys of the catalogue. A button counts as typing its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One message to the citizen: a key of the catalogue, its facts, and the buttons under it as keys."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()


def label(button: str, language: str) -> str:
    """What stands on a button."""
    return texts("chat", language)(f"button.{button}")


def pressed(typed: str, buttons: tuple[str, ...], language: str) -> str | None:
    """The button whose label was typed, capitals and full stops aside."""
    wanted = _plain(typed)
    return next((button for button in buttons if _plain(label(button, language)) == wanted), None)


def written(say: Say, municipality: Municipality, language: str) -> str:
    """The words of a message."""
    chat = texts("chat", language)
    ways = [chat("ways.phone", phone=municipality.phone), chat("ways.mail", email=municipality.email)]
    ways += [chat("ways.address", address=municipality.address)] if municipality.address else []
    website = chat("ways.website", website=municipality.website) if municipality.website else ""
    return chat(
        say.key,
        municipality=municipality.name,
        phone=municipality.phone,
        contact=municipality.contact,
        days=municipality.call_within,
        ways="\n".join(ways),
        website=website,
        **say.facts,
    ).strip()


def written_out(told: State, language: str, *, story: bool = True) -> str:
    """A complaint in plain lines: the story, then each answer. The citizen checks it and an official reads it."""
    chat = texts("chat", language)
    answers = {
        "about": told.about,
        "when": _when(told.when),
        "name": told.name,
        "phone": told.phone,
        "consent": "" if told.consent is None else chat("written.yes" if told.consent else "written.no"),
        "files": ", ".join(file.name for file in told.files if not file.too_large),
        "too_large": ", ".join(file.name for file in told.files if file.too_large),
    }
    lines = [f"{chat(f'written.{name}')}: {answer}" for name, answer in answers.items() if answer]
    return "\n\n".join(part for part in (*(told.story if story else ()), "\n".join(lines)) if part)


def conduct_on(when: str) -> date | None:
    """The day that was meant, when the citizen pressed a button for it."""
    try:
        return date.fromisoformat(when)
    except ValueError:
        return None


def _when(when: str) -> str:
    day = conduct_on(when)
    return written_day(day) if day else when


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .!").casefold()
