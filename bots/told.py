"""What a citizen has told in a chat so far: frozen values, stored as a draft after every answer.

The stored form carries a version, so that a conversation survives an upgrade in the middle.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum

VERSION = 1


class Ask(StrEnum):
    """The question that is open."""

    START = "start"
    """Nothing is being told; the menu is shown."""
    STORY = "story"
    ABOUT = "about"
    WHEN = "when"
    NAME = "name"
    PHONE = "phone"
    CONSENT = "consent"
    SUMMARY = "summary"
    CHANGE = "change"
    BELONGS = "belongs"
    """Whether what was just written belongs to the case of this chat."""
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that the channel can fetch by its token."""

    token: str
    name: str
    content_type: str
    kind: str = "file"
    """``file``, ``voice`` or ``sticker``: which kind sentence answers it."""
    too_large: bool = False
    """Larger than the channel lets us fetch: named in the complaint, but not with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of the citizen, as typed, with the question that was open."""

    id: int
    at: str
    """ISO 8601 UTC instant at which the channel received it."""
    question: Ask
    text: str = ""
    earlier: tuple[str, ...] = ()
    """What stood there before the citizen edited the message, oldest first."""
    files: tuple[File, ...] = ()
    story: bool = False
    """Whether it is part of the story; otherwise it answered the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the citizen as a channel hands it to the dialogue."""

    id: int
    """Rises within a chat."""
    at: datetime
    """Aware UTC instant."""
    day: date
    """The local day of ``at``, for "today" and "yesterday"."""
    text: str = ""
    phone: str = ""
    """The citizen's own number, shared with the button."""
    files: tuple[File, ...] = ()
    edited: bool = False


class Unreadable(Exception):
    """A stored conversation that this version cannot read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A conversation: the open question and everything that was said."""

    ask: Ask = Ask.START
    lines: tuple[Line, ...] = ()
    about: str = ""
    """About whom, in the words of the button or of the citizen."""
    when: str = ""
    """An ISO date, or the citizen's own words."""
    name: str = ""
    phone: str = ""
    consent: str | None = None
    """The wording to which the citizen said yes; empty for no; None when not asked yet (Awb 2:8)."""
    changing: bool = False
    """Whether the open question was chosen to be answered again, so that the summary follows."""
    before: Ask = Ask.START
    """The question to go back to when the citizen does not stop after all."""
    number: str = ""
    """The newest case of this chat."""
    heard: int = 0
    """The newest message that was understood; an older one is a repeat."""

    @property
    def story(self) -> tuple[str, ...]:
        """The story as it stands, one text for each message."""
        return tuple(line.text for line in self.lines if line.story and line.text)

    @property
    def files(self) -> tuple[File, ...]:
        """Every file that was sent."""
        return tuple(file for line in self.lines for file in line.files)

    @property
    def pristine(self) -> bool:
        """Whether nothing was told that is worth keeping."""
        return self.ask == Ask.START and not self.lines and not self.phone

    def with_line(self, said: Said, *, story: bool, text: str | None = None) -> "State":
        """The same with this message kept; the question that was open stands beside it."""
        line = Line(
            id=said.id,
            at=said.at.isoformat(),
            question=self.ask,
            text=said.text if text is None else text,
            files=said.files,
            story=story,
        )
        return replace(self, lines=(*self.lines, line))

    def conversation(self) -> str:
        """Everything that was said, as JSON: the original of the complaint, equal for equal conversations."""
        facts = {key: value for key, value in asdict(self).items() if key in _TOLD}
        return json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)

    def to_json(self) -> str:
        """The state as it is stored."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> "State":
        """What ``to_json`` wrote. Raises Unreadable."""
        try:
            facts = json.loads(stored)
            if facts.pop("version") != VERSION:
                raise Unreadable
            lines = tuple(
                Line(
                    **{
                        **line,
                        "question": Ask(line["question"]),
                        "earlier": tuple(line["earlier"]),
                        "files": tuple(File(**file) for file in line["files"]),
                    }
                )
                for line in facts.pop("lines")
            )
            return cls(lines=lines, ask=Ask(facts.pop("ask")), before=Ask(facts.pop("before")), **facts)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unreadable from error


_TOLD = frozenset({"lines", "about", "when", "name", "phone", "consent"})
