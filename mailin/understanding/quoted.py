"""Who wrote the messages that a text quotes or passes on, to whom and when, as far as their header lines tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from mailin.understanding.quoting import attribution_length, is_forward, is_original, label
from mailin.understanding.written_dates import written_date

LONGEST_ADDRESS = 320
"""Characters of an address that is kept."""
_MARKS = re.compile(r"\A(?:[ \t]{0,8}>){1,20}[ \t]?")
_BETWEEN = re.compile(r"[\s<>\[\](),;\"]+")
_NAME_ENDS = re.compile(r"[<\[]")
_NUMBERS = re.compile(r"[\d:]")
_NO_NAME = re.compile(
    r"(?:(?:om|at|um|uur|uhr|[ap]\.?m|schreef|wrote|schrieb|heeft|hat|by|door|von|van|ce?s?t|mes?z|utc|gmt)\b|[\s,.-])+",
    re.I,
)
_MOST_LINES = 20_000
_MOST_CHARACTERS = 4_000
"""Of one header field that are looked at: some hundred addresses."""
_WRAPPED = 60
_MARKER_REACH = 2
"""Lines between "Doorgestuurd bericht" and the header lines below it."""
_NAMES = ("from", "date", "to", "subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """One message inside another."""

    name: str
    address: str = ""
    recipients: tuple[str, ...] = ()
    """The addresses that it went to; empty when only names or nothing stands there."""
    written: str = ""
    """The line with its date."""
    came_in: datetime | None = None
    """UTC instant at which it was sent or had come in, where a header field for machines says so."""

    def moment(self, zone: tzinfo) -> datetime | None:
        """The UTC instant at which it was sent or had come in; None when no readable date stands there."""
        return self.came_in or written_date(self.written, zone)


@dataclass(slots=True)
class Reading:
    """The messages inside a text from the top down, so the newest first, and whether a line announces a forward."""

    messages: list[Quoted] = field(default_factory=list)
    announced: bool = False


def quoted_messages(text: str) -> Reading:
    """What a text says of the messages inside it; takes time in proportion to its length, and never raises."""
    return _Walk().read([_MARKS.sub("", line, count=1) for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]])


class _Walk:
    """One walk through the lines that gathers the header block at hand; every line is looked at once."""

    def __init__(self) -> None:
        self.found = Reading()
        self.fields: dict[str, str] = {}
        self.last = ""
        self.before = ""
        self.blanks = 0
        self.marked = _MARKER_REACH + 1  # lines since a divider

    def read(self, lines: list[str]) -> Reading:
        """All messages that these lines tell of."""
        for index, line in enumerate(lines):
            if not line.strip():
                self._blank()
                continue
            kind = label(line) if ":" in line[:40] or "：" in line[:40] else None
            if kind is not None:
                self._label(kind, line)
            elif self.fields and self._continues(line):
                self.fields[self.last] = f"{self.fields[self.last]} {line.strip()}".strip()
            else:
                self._other(lines, index)
            self.before = line
            self.blanks = 0
            self.marked += 1
        self._close()
        return self.found

    def _blank(self) -> None:
        """A blank line ends a whole block; HTML puts one between the lines of a block that is not whole yet."""
        self.blanks += 1
        if self.blanks > 1 or all(name in self.fields for name in _NAMES):
            self._close()

    def _label(self, kind: str, line: str) -> None:
        if kind == "other":
            if self.fields:
                self.fields["other"], self.last = "", "other"
            return
        if kind in self.fields:
            # Another block begins here, or some of the lines above were no header lines.
            kept = {} if self._is_whole() else dict(_after(self.fields, kind))
            self._close()
            self.fields = kept
        separator = line.find(":") if ":" in line else line.find("：")
        self.fields[kind] = line[separator + 1 :].strip().strip("*_").strip()
        self.last = kind

    def _continues(self, line: str) -> bool:
        """Whether a line goes on with a field: its value stands below its name, or it was too long for one line."""
        if is_forward(line) or is_original(line):
            return False
        value = self.fields[self.last]
        if not value and self.last != "other":
            return True
        wrapped = line[:1] in " \t" or "@" in line or value.endswith((",", ";")) or len(self.before) > _WRAPPED
        return wrapped and self.blanks == 0 and len(value) < _MOST_CHARACTERS

    def _other(self, lines: list[str], index: int) -> None:
        """A line outside the header blocks: it may announce a forward, or end in "... schreef ...:"."""
        self._close()
        line = lines[index]
        if is_forward(line):
            self.found.announced = True
            self.marked = -1
        elif is_original(line):
            self.marked = -1
        elif line.rstrip().endswith(":"):
            self.found.messages.extend(_attributed(lines, index))

    def _is_whole(self) -> bool:
        """A sender, a date or subject, and below a divider nothing more; elsewhere a third field."""
        named = self.fields.keys() - {"other"}
        told = "from" in named and bool(named & {"date", "subject"})
        return told and (len(named) >= 3 or self.marked <= _MARKER_REACH + len(named))

    def _close(self) -> None:
        if self._is_whole() and self.fields["from"]:
            name, address = _mailbox(self.fields["from"])
            to = f"{self.fields.get('to', '')[:_MOST_CHARACTERS]} {self.fields.get('copy', '')[:_MOST_CHARACTERS]}"
            written = self.fields.get("date", "")
            self.found.messages.append(Quoted(name=name, address=address, recipients=_addresses(to), written=written))
        self.fields = {}
        self.last = ""


def _after(fields: dict[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """The fields that came after one of them."""
    names = list(fields)
    for name in names[names.index(kind) + 1 :]:
        yield name, fields[name]


def _addresses(text: str) -> tuple[str, ...]:
    words = (word.strip("'.<>*_").removeprefix("mailto:") for word in _BETWEEN.split(text))
    return tuple(dict.fromkeys(word for word in words if _is_address(word)))


def _is_address(word: str) -> bool:
    local, at, domain = word.partition("@")
    return bool(local and at and domain) and "@" not in domain and ":" not in word and len(word) <= LONGEST_ADDRESS


def _mailbox(value: str) -> tuple[str, str]:
    """Name and address of a sender as written for people; either may be empty."""
    value = value[:_MOST_CHARACTERS]
    address = next(iter(_addresses(value)), "")
    name = value[: value.find(address)] if address else value
    name = " ".join(_NAME_ENDS.split(name)[0].split()).strip("\"'*_(:;, ")
    return ("" if name.casefold() == address.casefold() else name), address


def _attributed(lines: list[str], index: int) -> Iterator[Quoted]:
    """The message of an attribution that ends at this line, if it names an address."""
    for start in range(_first_line(lines, index), index + 1):
        if attribution_length(lines, start) == index - start + 1:
            text = " ".join(line.strip() for line in lines[start : index + 1])
            address = next(iter(_addresses(text)), "")
            if address:
                words = _NUMBERS.split(text[: text.find(address)])[-1]
                started = _NO_NAME.match(words)
                name = words[started.end() if started else 0 :].strip(" <([*_\"'")
                yield Quoted(name=" ".join(name.split()), address=address, written=text)
            return


def _first_line(lines: list[str], index: int) -> int:
    """Where an attribution that ends at this line can begin: below the last line that ends one."""
    ends = (at + 1 for at in range(index - 1, max(-1, index - 4), -1) if lines[at].rstrip().endswith(":"))
    return next(ends, max(0, index - 3))
