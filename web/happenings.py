"""What happened in the procedure, as people read it: a sentence for each event, and what was filled in for it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from core.domain.procedure.events import LetterRecorded, ProcedureEvent
from templates.texts import Texts, texts

_BEFORE_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
PEOPLE = frozenset({"person", "owner", "interviewer"})
"""Names of fields that hold the number of somebody in the organisation."""
NUMBERS_OF_OURS = frozenset({"message", "entry", "task"})
"""Names of fields that hold a number of the database, which says nothing to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that was filled in."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """Puts the events of the procedure into words."""

    teams: Mapping[str, str]
    people: Mapping[int, str]
    day: Callable[[date], str]
    moment: Callable[[datetime], str]
    words: Texts

    def said(self, event: ProcedureEvent) -> str:
        """What happened, in a few words."""
        return self.words(key_of(event))

    def told(self, event: ProcedureEvent) -> tuple[Told, ...]:
        """What was filled in, in the order of the event."""
        return tuple(self._told(event))

    def _told(self, event: ProcedureEvent) -> Iterator[Told]:
        for one in fields(event):
            label = f"field.{one.name}"
            if one.name in NUMBERS_OF_OURS or label not in self.words:
                continue
            value: object = getattr(event, one.name)
            text = self._letter(event) if label == "field.letter" else self._text(one.name, value)
            if text and not (label == "field.to" and isinstance(event, LetterRecorded)):
                yield Told(label=self.words(label), text=text)

    def _letter(self, event: ProcedureEvent) -> str:
        if not isinstance(event, LetterRecorded):
            return ""
        return f"{self.words(f'letter.{event.letter}')}, {self.words(f'to.{event.to}')}"

    def _text(self, name: str, value: object) -> str:
        match value:
            case None:
                return ""
            case bool():
                return self.words("choice.yes" if value else "choice.no")
            case int():
                return self.people.get(value, "") if name in PEOPLE else str(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case tuple():
                return "\n".join(self._text(name, each) for each in value)
            case _:
                return self._slug_or_words(name, str(value))

    def _slug_or_words(self, name: str, value: str) -> str:
        if name == "team":
            return self.teams.get(value, value)
        return self.words(f"choice.{value}") if f"choice.{value}" in self.words else value


def happenings(
    teams: Mapping[str, str], people: Mapping[int, str], day: Callable[[date], str], moment: Callable[[datetime], str]
) -> Happenings:
    """For an organisation with these teams and people."""
    return Happenings(teams=teams, people=people, day=day, moment=moment, words=texts("procedure"))


def key_of(event: ProcedureEvent) -> str:
    """The key of the sentence of an event in the catalogue: ``event.hearing_held``."""
    return "event." + _BEFORE_CAPITAL.sub("_", type(event).__name__).lower()
