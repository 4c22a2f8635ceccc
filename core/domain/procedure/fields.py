"""What a step asks: fields with a kind, and the answers to them, read from the plain words of a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import TypeVar

from core.domain.errors import Incomplete

E = TypeVar("E", bound=StrEnum)
Value = str | int | bool | date | datetime | tuple[str, ...]
LONGEST_LINE, LONGEST_TEXT = 200, 20_000
"""Characters of a line and of a text."""
YES, NO = "yes", "no"


class FieldKind(StrEnum):
    """What somebody fills in; a page makes an input of it."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    """Several short texts, one a line."""
    DAY = "day"
    """A local day, ``2026-11-23``."""
    MOMENT = "moment"
    """A local day and time, ``2026-11-23T14:30``."""
    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    TEAM = "team"
    PERSON = "person"
    """Somebody of the organisation, by number."""
    MESSAGE = "message"
    """A message of the complainant in this case, by number."""
    ENTRY = "entry"
    """A line of the history, by number."""
    PART = "part"
    """A part of the complaint, by number, from 1."""
    LETTER = "letter"
    """A letter that is still owed, by the number of its task."""
    LESSON = "lesson"
    """A lesson, by number, from 1."""
    MATTER = "matter"
    """Something of the ombudsman, by number, from 1."""


NUMBERS = frozenset(
    {
        FieldKind.NUMBER,
        FieldKind.PERSON,
        FieldKind.MESSAGE,
        FieldKind.ENTRY,
        FieldKind.PART,
        FieldKind.LETTER,
        FieldKind.LESSON,
        FieldKind.MATTER,
    }
)
FROM_THE_CASE = NUMBERS - {FieldKind.NUMBER} | {FieldKind.TEAM}
"""Kinds whose choices depend on the case: ``Situation.options`` gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked. ``choices`` are slugs, for CHOICE and CHOICES."""

    name: str
    kind: FieldKind
    required: bool = True
    choices: tuple[str, ...] = ()
    past: bool = False
    """Whether the day may not lie in the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was filled in, each under the name of its field; what was left open is not there."""

    values: Mapping[str, Value]

    def has(self, name: str) -> bool:
        """Whether something was filled in."""
        return name in self.values

    def text(self, name: str) -> str:
        """A line or text; empty when left open."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def day(self, name: str) -> date | None:
        """A day, when one was given."""
        value = self.values.get(name)
        return value if isinstance(value, date) and not isinstance(value, datetime) else None

    def the_day(self, name: str) -> date:
        """A day that the field requires."""
        return _given(self.day(name), name)

    def the_moment(self, name: str) -> datetime:
        """A UTC instant that the field requires."""
        value = self.values.get(name)
        return _given(value if isinstance(value, datetime) else None, name)

    def yes(self, name: str) -> bool:
        """Whether the answer was yes."""
        return self.values.get(name) is True

    def number(self, name: str) -> int | None:
        """A number, when one was given."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def the_number(self, name: str) -> int:
        """A number that the field requires."""
        return _given(self.number(name), name)

    def several(self, name: str) -> tuple[str, ...]:
        """Lines or choices, in order."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()

    def slug(self, name: str, kind: type[E]) -> E:
        """A choice that the field requires, as its slug."""
        return kind(self.text(name))

    def slugs(self, name: str, kind: type[E]) -> tuple[E, ...]:
        """Choices as their slugs."""
        return tuple(kind(one) for one in self.several(name))


T = TypeVar("T")


def _given(value: T | None, name: str) -> T:
    if value is None:
        raise Incomplete({name: "required"})
    return value


Raw = Mapping[str, str | Sequence[str]]
"""A form as it comes in: one or several words under each name."""


def read(fields: Sequence[Field], raw: Raw, *, zone: tzinfo, today: date) -> Answers:
    """The answers in a form. Raises Incomplete with every field that cannot be used, and why, as a slug."""
    known = {field.name for field in fields}
    problems = {name: "unknown" for name in raw if name not in known}
    values: dict[str, Value] = {}
    for field in fields:
        words = _words(raw.get(field.name, ()))
        if not words:
            if field.required:
                problems[field.name] = "required"
            continue
        value, problem = _value(field, words, zone)
        if value is None:
            problems[field.name] = problem
        elif field.past and isinstance(value, date) and value > today:
            problems[field.name] = "in_future"
        else:
            values[field.name] = value
    if problems:
        raise Incomplete(problems)
    return Answers(values=values)


def _words(given: str | Sequence[str]) -> tuple[str, ...]:
    several = (given,) if isinstance(given, str) else tuple(given)
    return tuple(word.strip().replace("\x00", "") for word in several if word.strip())


def _value(field: Field, words: tuple[str, ...], zone: tzinfo) -> tuple[Value | None, str]:
    """The value, or None and why not."""
    word = words[0]
    if field.kind in NUMBERS:
        return (int(word), "") if word.isascii() and word.isdigit() and len(word) < 10 else (None, "not_a_number")
    match field.kind:
        case FieldKind.LINE | FieldKind.TEAM:
            return (" ".join(word.split()), "") if len(word) <= LONGEST_LINE else (None, "too_long")
        case FieldKind.TEXT:
            return (word, "") if len(word) <= LONGEST_TEXT else (None, "too_long")
        case FieldKind.LINES:
            lines = tuple(" ".join(line.split()) for one in words for line in one.splitlines() if line.strip())
            return (lines, "") if all(len(line) <= LONGEST_LINE for line in lines) else (None, "too_long")
        case FieldKind.YES_NO:
            return (word == YES, "") if word in (YES, NO) else (None, "not_a_choice")
        case FieldKind.CHOICE:
            return (word, "") if word in field.choices else (None, "not_a_choice")
        case FieldKind.CHOICES:
            return (tuple(dict.fromkeys(words)), "") if set(words) <= set(field.choices) else (None, "not_a_choice")
        case _:
            return _time(field.kind, word, zone)


def _time(kind: FieldKind, word: str, zone: tzinfo) -> tuple[Value | None, str]:
    try:
        if kind == FieldKind.DAY:
            return date.fromisoformat(word), ""
        moment = datetime.fromisoformat(word)
    except ValueError:
        return None, "not_a_day"
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC), ""
