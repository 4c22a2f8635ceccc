"""Header fields: reading a header block, and the texts, ids, dates and paths in its values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from mailin.understanding.charsets import clean_line, decode_hinted, decode_unlabelled
from mailin.understanding.words import decode_header

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_ID = re.compile(r"<([^<>]+)>")
_ENVELOPE = re.compile(rb">?From [^\r\n]*\r?\n")
_LOOKAHEAD = 40
_DATE_LENGTH = 200
_TRACE_LENGTH = 10_000


class Headers:
    """The header fields of one part, in order, names compared without case, values as raw unfolded bytes."""

    __slots__ = ("fields", "order")

    def __init__(self, fields: Iterable[tuple[str, bytes]] = ()) -> None:
        self.fields: dict[str, list[bytes]] = {}
        self.order = tuple(fields)
        for name, value in self.order:
            self.fields.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def raw(self, name: str) -> bytes:
        """The first value of a field, b'' when it is absent."""
        return self.fields.get(name, [b""])[0]

    def plain(self, name: str) -> str:
        """The first value as one clean line, encoded-words left alone."""
        value = self.fields.get(name)
        return clean_line(decode_unlabelled(value[0])) if value else ""

    def plains(self, name: str) -> tuple[str, ...]:
        """All values of a field as clean lines."""
        return tuple(clean_line(decode_unlabelled(value)) for value in self.fields.get(name, ()))

    def ordered(self, names: Collection[str], most: int) -> tuple[tuple[str, str], ...]:
        """The first `most` fields with these names from the top, each value as one clean line."""
        wanted = (field for field in self.order if field[0] in names)
        return tuple(
            (name, clean_line(decode_unlabelled(value[:_TRACE_LENGTH]))) for name, value in islice(wanted, most)
        )

    def text(self, name: str, charset: str = "") -> str:
        """The first value with its encoded-words decoded (RFC 2047), as one clean line; raw bytes by `charset`."""
        return decode_header(decode_hinted(self.raw(name), charset))

    def ids(self, name: str) -> tuple[str, ...]:
        """The message ids in a field (RFC 5322 section 3.6.4): no brackets, order kept, each once."""
        found: dict[str, None] = {}
        for value in self.plains(name):
            bracketed = [identifier.replace(" ", "") for identifier in _ID.findall(value)]
            bare = [word for word in value.replace("<", " ").replace(">", " ").split() if "@" in word]
            found.update(dict.fromkeys(identifier for identifier in bracketed or bare if identifier))
        return tuple(found)

    def message_id(self) -> str | None:
        """The Message-ID without brackets; a value without brackets counts as it stands."""
        value = self.plain("message-id")
        found = _ID.search(value)
        return (found.group(1) if found else value.strip("<>")).replace(" ", "") or None

    def date(self) -> datetime | None:
        """The Date field in UTC, None when it is absent or impossible."""
        value = self.plain("date")[:_DATE_LENGTH]
        try:
            moment = parsedate_to_datetime(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None

    def return_path(self) -> str | None:
        """The envelope sender that the last relay wrote down: '' for the null sender, None when unknown."""
        if "return-path" not in self:
            return None
        value = self.plain("return-path")
        inner = value[value.find("<") + 1 : value.find(">")] if "<" in value and ">" in value else value
        return inner.strip().strip('"')


def read_headers(data: bytes, start: int, end: int, *, top: bool = False) -> tuple[Headers, int, str | None]:
    """The header block at `start`: its fields, where the body begins, and the problem met, if any.

    A line that is no header ends the block unless more headers follow it directly: then it was only damage.
    """
    fields: list[tuple[str, list[bytes]]] = []
    problem: str | None = None
    position = _skip_envelope(data, start, end) if top else start
    while position < end:
        stop = data.find(b"\n", position, end)
        next_line = end if stop < 0 else stop + 1
        line = data[position:next_line].rstrip(b"\r\n")
        if not line:
            return _joined(fields), next_line, problem
        match = _FIELD.match(line)
        if line[:1] in b" \t" and (fields or top):
            if not line.strip() and not _headers_follow(data, next_line, end):
                return _joined(fields), next_line, problem
            if fields:
                fields[-1][1].append(line.strip())
        elif match:
            fields.append((match.group(1).decode("ascii").lower(), [line[match.end() :].strip()]))
        elif fields and _headers_follow(data, next_line, end):
            problem = "header_line_damaged"
        else:
            return _joined(fields), position, "headers_not_ended" if fields else "headers_missing"
        position = next_line
    return _joined(fields), end, problem


def _joined(fields: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers((name, b" ".join(pieces)) for name, pieces in fields)


def _skip_envelope(data: bytes, start: int, end: int) -> int:
    """Steps over blank lines and the 'From ' line of an mbox file in front of a message."""
    while start < end and data[start : start + 1] in (b"\r", b"\n"):
        start += 1
    while match := _ENVELOPE.match(data, start, end):
        start = match.end()
    return start


def _headers_follow(data: bytes, position: int, end: int) -> bool:
    """Whether nothing but header lines, at least one, stands between here and the next empty line."""
    seen = False
    for _ in range(_LOOKAHEAD):
        stop = data.find(b"\n", position, end)
        line = data[position : end if stop < 0 else stop].rstrip(b"\r\n")
        if not line.strip() or stop < 0:
            return seen
        if line[:1] not in b" \t":
            if not _FIELD.match(line):
                return False
            seen = True
        position = stop + 1
    return seen
