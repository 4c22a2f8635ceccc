"""The guided conversation, as a pure function that every chat channel shares.

``step`` takes the conversation so far and one message, and gives the conversation as it then stands and what to say.
It holds no clock, network or database. Three rules, held by property tests: every message gets an answer; no sentence
is lost (what does not fit the question is added to the story); the same message twice changes nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bots.told import Ask, File, Line, Said, State
from bots.wording import BUTTONS, Say, label, pressed, written_out
from templates.texts import texts

WHOLE_COMPLAINT = 15
"""Words from which a first message is taken for the complaint itself and not for a greeting."""
LONGEST_ANSWER = 200
LONGEST_NAME = 100
ORDER = (Ask.ABOUT, Ask.WHEN, Ask.NAME, Ask.PHONE, Ask.CONSENT, Ask.SUMMARY)
COMMANDS = ("start", "help", "stop", "status", "mens")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?")
_START = re.compile(r"/start(?:@\w+)?(?: [A-Za-z0-9_-]{1,64})?")
_NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,3}\d){7,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What the citizen sends: a new complaint, or an addition to a case of theirs."""

    told: State
    message: int
    """The message with which it was sent."""
    belongs_to: str = ""
    """The number of the case that it is an addition to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The conversation after one message, and what to say."""

    state: State
    says: tuple[Say, ...]
    finished: Finished | None = None
    """Set when it is to be handed in; the channel then says what ``taken`` gives, once the core has it."""


def step(state: State, said: Said, language: str = "nl") -> Turn:
    """Understand one message."""
    said = replace(said, text=said.text.strip())
    if said.edited:
        return _edited(state, said, language)
    if said.id <= state.heard:
        return Turn(state=state, says=_again(state, language))
    return _understood(replace(state, heard=said.id), said, language)


def _understood(state: State, said: Said, language: str) -> Turn:
    if said.files:
        return _files(state, said, language)
    command = _command(said.text)
    if command is not None:
        return _obey(state, command, language)
    if said.phone:
        return _phone(state.with_line(said, story=False, text=said.phone), said.phone, language)
    if not said.text:
        return _say(state, language, "told.unknown")
    chosen = pressed(said.text, BUTTONS[state.ask], language)
    if chosen is None and _stale(state, said.text, language):
        return Turn(state=state, says=_again(state, language))
    return _ANSWERS[state.ask](state, said, chosen, language)


def taken(state: State, finished: Finished, number: str | None) -> Turn:
    """What follows once the core has it: the case number, and a chat in which nothing is open any more."""
    known = number or state.number
    after = State(number=known, heard=max(state.heard, finished.message))
    key = "added" if finished.belongs_to else "received"
    facts = {"number": known}
    if not known:
        key, facts = "received.without_number", {}
    return Turn(state=after, says=(Say(key=key, facts=facts, buttons=BUTTONS[Ask.START]),))


# --- what is asked ----------------------------------------------------------------------------------------------


def _again(state: State, language: str) -> tuple[Say, ...]:
    """The open question, in full."""
    buttons = BUTTONS[state.ask]
    if state.ask == Ask.START:
        known = Say(key="known", facts={"number": state.number}, buttons=buttons)
        return (known,) if state.number else _welcome(buttons)
    if state.ask == Ask.SUMMARY:
        whole = Say(key="summary", facts={"text": written_out(state, language)})
        return (whole, Say(key="summary.ask", buttons=buttons))
    facts = {"number": state.number} if state.ask == Ask.BELONGS else {}
    key = "story.more" if state.ask == Ask.STORY and state.lines else f"{state.ask}.ask"
    return (Say(key=key, facts=facts, buttons=buttons),)


def _welcome(buttons: tuple[str, ...] = ()) -> tuple[Say, ...]:
    return (Say(key="welcome"), Say(key="welcome.more", buttons=buttons))


def _say(state: State, language: str, key: str, facts: Mapping[str, str] | None = None) -> Turn:
    """Say something, then ask the open question again."""
    return Turn(state=state, says=(Say(key=key, facts=facts or {}), *_again(state, language)))


def _open(state: State, ask: Ask, language: str) -> Turn:
    changed = replace(state, ask=ask)
    return Turn(state=changed, says=_again(changed, language))


def _next(state: State, language: str) -> Turn:
    """The question after the open one; the summary when an earlier answer was changed."""
    if state.changing or state.ask == Ask.SUMMARY:
        following = Ask.SUMMARY
    elif state.ask == Ask.STORY:
        following = ORDER[0]
    else:
        following = ORDER[ORDER.index(state.ask) + 1]
    if following == Ask.CONSENT and state.consent is not None:
        following = Ask.SUMMARY
    return _open(replace(state, changing=state.changing and following != Ask.SUMMARY), following, language)


# --- what is said -----------------------------------------------------------------------------------------------


def _start(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen == "start.complain":
        ask = Say(key="story.ask", buttons=BUTTONS[Ask.STORY])
        return Turn(state=replace(state, ask=Ask.STORY), says=(ask,))
    if chosen is not None:
        return _obey(state, "status" if chosen == "start.status" else "mens", language)
    first, told = not state.lines, state.with_line(said, story=True)
    if state.number:
        return _open(told, Ask.BELONGS, language)
    if first and len(said.text.split()) < WHOLE_COMPLAINT:
        return Turn(state=told, says=_again(told, language))
    told = replace(told, ask=Ask.STORY)
    kept = Say(key="story.kept", buttons=BUTTONS[Ask.STORY])
    return Turn(state=told, says=(*(_welcome() if first else ()), kept))


def _belongs(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen == "belongs.yes":
        finished = Finished(told=state, message=said.id, belongs_to=state.number)
        return Turn(state=state, says=(), finished=finished)
    if chosen == "belongs.no":
        return Turn(state=replace(state, ask=Ask.STORY), says=(Say(key="story.kept", buttons=BUTTONS[Ask.STORY]),))
    return _added(state, said, language)


def _story(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen == "story.done":
        if state.story or state.files:
            return _next(state, language)
        return _say(state, language, "story.empty")
    told = state.with_line(said, story=True)
    return Turn(state=told, says=(Say(key="story.noted", buttons=BUTTONS[Ask.STORY]),))


def _about(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if not _short(said.text, LONGEST_ANSWER):
        return _added(state, said, language)
    told = state.with_line(said, story=False)
    return _next(replace(told, about=label(chosen, language) if chosen else said.text), language)


def _when(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if not _short(said.text, LONGEST_ANSWER):
        return _added(state, said, language)
    days = {"when.today": said.day, "when.yesterday": said.day - timedelta(days=1)}
    told = state.with_line(said, story=False)
    return _next(replace(told, when=days[chosen].isoformat() if chosen in days else said.text), language)


def _name(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if not _short(said.text, LONGEST_NAME):
        return _added(state, said, language)
    told = state.with_line(said, story=False)
    return _next(replace(told, name="" if chosen else said.text), language)


def _phone_answer(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen == "phone.share":
        return _say(state, language, "phone.how")
    if chosen == "phone.chat":
        wording = f"{texts('chat', language)('phone.ask')} {label(chosen, language)}"
        return _next(replace(state.with_line(said, story=False), phone="", consent=wording), language)
    found = _NUMBER.search(said.text)
    if found is None:
        return _added(state, said, language, "phone.unclear")
    told = state.with_line(said, story=found.group() != said.text)
    return _phone(told, found.group(), language)


def _phone(state: State, phone: str, language: str) -> Turn:
    told = replace(state, phone=phone)
    return _next(told, language) if state.ask == Ask.PHONE else _say(told, language, "phone.noted")


def _consent(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen is None:
        return _added(state, said, language)
    told = state.with_line(said, story=False)
    agreed = texts("chat", language)("consent.ask") if chosen == "consent.yes" else ""
    return _next(replace(told, consent=agreed), language)


def _summary(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen == "summary.send":
        return Turn(state=state, says=(), finished=Finished(told=state, message=said.id))
    if chosen == "summary.change":
        return _open(state, Ask.CHANGE, language)
    if chosen == "summary.stop":
        return _stop(state, language)
    return _added(state, said, language)


def _change(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen is None:
        return _added(replace(state, ask=Ask.SUMMARY), said, language)
    wanted = chosen.removeprefix("change.")
    if wanted == "back":
        return _open(state, Ask.SUMMARY, language)
    consent = None if wanted == "phone" else state.consent
    return _open(replace(state, changing=wanted != "phone", consent=consent), Ask(wanted), language)


def _stopping(state: State, said: Said, chosen: str | None, language: str) -> Turn:
    if chosen == "stop.yes":
        fresh = State(number=state.number, heard=state.heard)
        return Turn(state=fresh, says=(Say(key="stopped", buttons=BUTTONS[Ask.START]),))
    if chosen == "stop.no":
        return _open(state, state.before, language)
    return _added(state, said, language)


Answer = Callable[[State, Said, str | None, str], Turn]
_ANSWERS: Mapping[Ask, Answer] = {
    Ask.START: _start,
    Ask.STORY: _story,
    Ask.ABOUT: _about,
    Ask.WHEN: _when,
    Ask.NAME: _name,
    Ask.PHONE: _phone_answer,
    Ask.CONSENT: _consent,
    Ask.SUMMARY: _summary,
    Ask.CHANGE: _change,
    Ask.BELONGS: _belongs,
    Ask.STOP: _stopping,
}


# --- what does not fit a question -------------------------------------------------------------------------------


def _added(state: State, said: Said, language: str, key: str = "told.added") -> Turn:
    """What is no answer to the open question belongs to the story."""
    return _say(state.with_line(said, story=True), language, key)


def _files(state: State, said: Said, language: str) -> Turn:
    """Keep files, whatever was asked, with the words under them."""
    told = state.with_line(said, story=True)
    if state.ask == Ask.START:
        told = replace(told, ask=Ask.BELONGS if state.number else Ask.STORY)
    return _say(told, language, _about_file(said.files[-1]), {"name": said.files[-1].name})


def _about_file(file: File) -> str:
    return "told.too_large" if file.too_large else f"told.{file.kind}"


def _edited(state: State, said: Said, language: str) -> Turn:
    """An edited message: the new words count, the old ones are kept beside them. An edited answer adds to the story."""
    text = said.text
    known = [line for line in state.lines if line.id == said.id]
    if not known:
        return _understood(replace(state, heard=max(state.heard, said.id)), said, language)
    if any(line.text == text for line in known):
        return Turn(state=state, says=_again(state, language))
    if not any(line.story for line in known):
        return _added(state, said, language)
    lines = tuple(_with_edit(line, text) if line.id == said.id and line.story else line for line in state.lines)
    return _say(replace(state, lines=lines), language, "edited")


def _with_edit(line: Line, text: str) -> Line:
    return replace(line, text=text, earlier=(*line.earlier, line.text))


def _command(text: str) -> str | None:
    if _START.fullmatch(text):
        return "start"
    found = _COMMAND.fullmatch(text)
    return found.group(1).lower() if found else None


def _obey(state: State, command: str, language: str) -> Turn:
    if command == "start":
        if state.pristine:
            return Turn(state=state, says=_welcome(BUTTONS[Ask.START]))
        return _say(state, language, "welcome.back")
    if command == "stop":
        return _stop(state, language)
    if command == "status":
        key = "status" if state.number else "status.none"
        told = Say(key=key, facts={"number": state.number}, buttons=BUTTONS[Ask.START])
        return Turn(state=state, says=(told, *(() if state.ask == Ask.START else _again(state, language))))
    keys = {"help": "help", "mens": "call"}
    return _say(state, language, keys.get(command, "command.unknown"))


def _stop(state: State, language: str) -> Turn:
    if state.pristine:
        return Turn(state=state, says=(Say(key="stopped", buttons=BUTTONS[Ask.START]),))
    before = state.before if state.ask == Ask.STOP else state.ask
    return _open(replace(state, before=before), Ask.STOP, language)


def _stale(state: State, text: str, language: str) -> bool:
    """Whether this is a button of another question, pressed twice or late, and therefore no answer to this one."""
    others = BUTTONS[Ask.START] if state.ask == Ask.STORY else tuple(b for ask in Ask for b in BUTTONS[ask])
    return pressed(text, others, language) is not None


def _short(text: str, longest: int) -> bool:
    return len(text) <= longest and "\n" not in text
