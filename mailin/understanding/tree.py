"""The MIME tree of a message (RFC 2046 section 5.1), read in one pass over its delimiter lines.

The standard library's parser recurses once for every level and compares every line with every open boundary, so
1,500 nested multiparts end it. Here open boundaries are a stack with an index: time grows with the bytes only.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from mailin.understanding.headers import Headers, read_headers
from mailin.understanding.parameters import content_type, split_value
from mailin.understanding.transfer import encoding_name

MAX_PARTS = 10_000

_DELIMITER = re.compile(rb"^--([^\r\n]{1,300})(?=\r?\n|\Z)", re.M)
_HEADER_REACH = 16_384
_GUESSES = 20
_PART_HEADER = re.compile(
    rb"[ \t]*\r?\n(?:\r?\n)?content-(?:type|transfer-encoding|disposition|id|description)[ \t]*:", re.I
)


@dataclass(slots=True, eq=False)
class Part:
    """One node of the tree: a leaf with a body, or a multipart with children."""

    headers: Headers
    kind: str
    parameters: dict[str, str]
    start: int
    end: int
    parent: Part | None = None
    children: list[Part] = field(default_factory=list)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        """The Content-Transfer-Encoding by its plain name, '' for none."""
        return encoding_name(self.headers.plain("content-transfer-encoding"))


@dataclass(slots=True)
class _Open:
    """A multipart whose closing delimiter has not come yet."""

    part: Part
    boundary: bytes
    last_end: int


class _Delimiters:
    """All lines that look like delimiters, and where each token stands."""

    def __init__(self, data: bytes) -> None:
        self.lines = [(match.start(), match.end(), match.group(1).rstrip()) for match in _DELIMITER.finditer(data)]
        self.starts: list[int] = [start for start, _, _ in self.lines]
        self.openers: frozenset[bytes] | None = None
        self.places: dict[bytes, list[int]] = {}
        for start, _, token in self.lines:
            self.places.setdefault(token, []).append(start)

    def part_openers(self, data: bytes) -> frozenset[bytes]:
        """The tokens that stand right above a part's header at least once."""
        if self.openers is None:
            self.openers = frozenset(token for _, end, token in self.lines if _PART_HEADER.match(data, end))
        return self.openers

    def occurs(self, boundary: bytes, start: int, end: int) -> bool:
        """Whether a delimiter of this boundary opens a part within a range."""
        places = self.places.get(boundary, [])
        index = bisect_left(places, start)
        return index < len(places) and places[index] < end


def read_tree(data: bytes) -> tuple[list[Part], set[str]]:
    """All parts of a message, the root first and children after their parent, and the problems met."""
    headers, start, problem = read_headers(data, 0, len(data), top=True)
    reader = _Reader(data)
    if problem:
        reader.problems.add(problem)
    reader.open(headers, start, None)
    reader.run()
    return reader.parts, reader.problems


class _Reader:
    """The one pass: a stack of open multiparts, fed with delimiter lines in order."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parts: list[Part] = []
        self.problems: set[str] = set()
        self.stack: list[_Open] = []
        self.levels: dict[bytes, list[int]] = {}
        self.delimiters = _Delimiters(data) if b"--" in data else _Delimiters(b"")
        self.current: Part | None = None

    def open(self, headers: Headers, start: int, parent: Part | None) -> None:
        """Takes up a new part whose body begins at `start`."""
        default = "message/rfc822" if parent is not None and parent.kind == "multipart/digest" else ""
        kind, parameters, sound = content_type(headers.raw("content-type") or default.encode())
        if not sound:
            self.problems.add("content_type_damaged")
        disposition, disposition_parameters = split_value(headers.raw("content-disposition"))
        part = Part(
            headers,
            kind,
            parameters,
            start,
            len(self.data),
            parent,
            disposition=disposition,
            disposition_parameters=disposition_parameters,
        )
        self.parts.append(part)
        if parent is not None:
            parent.children.append(part)
        self.current = part
        if kind.startswith("multipart/"):
            boundary = self._boundary(part)
            if boundary is not None:
                self.levels.setdefault(boundary, []).append(len(self.stack))
                self.stack.append(_Open(part, boundary, start))
                self.current = None

    def _boundary(self, part: Part) -> bytes | None:
        """The boundary to use: the one declared when it occurs, else one that plainly opens a part."""
        declared = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
        if declared and self.delimiters.occurs(declared, part.start, len(self.data)):
            return declared
        self.problems.add("boundary_missing")
        index = bisect_left(self.delimiters.starts, part.start)
        for _, _, token in self.delimiters.lines[index : index + _GUESSES]:
            if self.levels.get(token):
                return None
            if token in self.delimiters.part_openers(self.data):
                return token
        if declared and self.delimiters.occurs(declared + b"--", part.start, len(self.data)):
            return declared
        return None

    def run(self) -> None:
        """Feeds the delimiter lines; those inside a header block that was read already are skipped."""
        position = self.parts[0].start
        written = len(self.data.rstrip()) if self.stack else 0
        for start, end, token in self.delimiters.lines:
            if not self.stack:
                break
            if start < position:
                continue
            closing = False
            level = self._level(token)
            if level is None and token.endswith(b"--"):
                level, closing = self._level(token[:-2]), True
            if level is None:
                continue
            self._close_until(level, start)
            holder = self.stack[level]
            if closing:
                holder.last_end = start
                if not holder.part.children and end >= written:
                    holder.part.end = start  # closed before anything was opened: the delimiter is not its text
                continue
            if len(self.parts) >= MAX_PARTS:
                self.problems.add("too_many_parts")
                break
            position = self._next_line(end)
            headers, body, problem = read_headers(self.data, position, self._next_open(position))
            if problem in ("headers_not_ended", "header_line_damaged"):
                self.problems.add(problem)
            self.open(headers, body, holder.part)
            position = body
        if self.stack and self.current is not None:
            self.problems.add("boundary_not_closed")

    def _next_open(self, start: int) -> int:
        """Where the next delimiter of an open multipart stands: a header block cannot run past it."""
        reach = min(
            (
                at
                for at in (
                    self.data.find(blank, max(0, start - 2), start + _HEADER_REACH) for blank in (b"\n\n", b"\n\r\n")
                )
                if at >= 0
            ),
            default=start + _HEADER_REACH,
        )
        lines = self.delimiters.lines
        for index in range(bisect_left(self.delimiters.starts, start), len(lines)):
            place, _, token = lines[index]
            if place > reach:
                break
            if self._level(token) is not None or self._level(token.removesuffix(b"--")) is not None:
                return place
        return len(self.data)

    def _level(self, token: bytes) -> int | None:
        levels = self.levels.get(token)
        return levels[-1] if levels else None

    def _close_until(self, level: int, end: int) -> None:
        """Ends the part being read and every multipart above `level` at a delimiter line."""
        stop = self._before_break(end)
        if self.current is not None:
            self.current.end = max(self.current.start, stop)
            self.current = None
        while len(self.stack) > level + 1:
            inner = self.stack.pop()
            inner.part.end = max(inner.part.start, stop)
            self.levels[inner.boundary].pop()

    def _before_break(self, end: int) -> int:
        """The line break in front of a delimiter belongs to the delimiter (section 5.1.1)."""
        if end > 0 and self.data[end - 1 : end] == b"\n":
            end -= 1
            if end > 0 and self.data[end - 1 : end] == b"\r":
                end -= 1
        return end

    def _next_line(self, end: int) -> int:
        stop = self.data.find(b"\n", end)
        return len(self.data) if stop < 0 else stop + 1
