"""What the service and its reading child say to each other: a mail to read, and the message that it is."""

from __future__ import annotations

import pickle
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.message import Inbound
from core.ports import Original
from mailin.inbound import MailReader, as_stored, kept_whole

OUT_OF_MEMORY = 77
"""Exit status of a child that needed more memory than it may have."""

_SIZES = struct.Struct("<QQ")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class First:
    """Read a mail that a door has just received."""

    door: str
    received_at: datetime
    envelope_from: str | None

    def read_by(self, reader: MailReader, raw: bytes) -> Inbound:
        """The understood message."""
        return reader.read(raw, door=self.door, received_at=self.received_at, envelope_from=self.envelope_from)

    def kept(self, raw: bytes, problem: str) -> Inbound:
        """The message of which only the bytes are kept."""
        return kept_whole(raw, self.door, self.received_at, problem)


@dataclass(frozen=True, slots=True)
class Again:
    """Read a kept original once more."""

    original: Original

    @property
    def door(self) -> str:
        """The door that received it, long ago."""
        return self.original.door

    def read_by(self, reader: MailReader, raw: bytes) -> Inbound:
        """The understood message, with the identity that it was stored under."""
        return reader.again(self.original, raw)

    def kept(self, raw: bytes, problem: str) -> Inbound:
        """The message as it was: of which only the bytes are kept."""
        return as_stored(kept_whole(raw, self.door, self.original.received_at, problem), self.original)


Question = First | Again


@dataclass(frozen=True, slots=True)
class LogLine:
    """What the child would have logged; the service logs it, in its own form and place."""

    logger: str
    level: str
    event: str
    values: Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """An understood message without its bytes, and what was logged meanwhile. The files follow it, in their order."""

    inbound: Inbound
    sizes: tuple[int, ...]
    lines: tuple[LogLine, ...]

    @classmethod
    def of(cls, inbound: Inbound, lines: Sequence[LogLine]) -> tuple[Answer, list[bytes]]:
        """The answer, and the files that follow it: they are sent as they are, and the mail itself is not sent back."""
        files = [one.content for one in inbound.attachments]
        bare = tuple(replace(one, content=b"") for one in inbound.attachments)
        sizes = tuple(len(content) for content in files)
        return cls(replace(inbound, raw=b"", attachments=bare), sizes, tuple(lines)), files

    def whole(self, raw: bytes, files: memoryview) -> Inbound:
        """The message as it was read."""
        position, attachments = 0, []
        for one, size in zip(self.inbound.attachments, self.sizes, strict=True):
            attachments.append(replace(one, content=bytes(files[position : position + size])))
            position += size
        return replace(self.inbound, raw=raw, attachments=tuple(attachments))


def send(to: socket.socket, said: object, blobs: Sequence[bytes] = ()) -> None:
    """Send one object and the bytes that go with it. Raises OSError, TimeoutError among them."""
    head = pickle.dumps(said, protocol=pickle.HIGHEST_PROTOCOL)
    size = sum(len(blob) for blob in blobs)
    frame = _SIZES.pack(len(head), size) + head
    if size < _PIECE:
        to.sendall(b"".join((frame, *blobs)))
        return
    to.sendall(frame)
    for blob in blobs:
        to.sendall(blob)


def receive(source: socket.socket, deadline: float | None = None) -> tuple[object, memoryview]:
    """One object and the bytes that came with it, until ``deadline`` on the monotonic clock.

    Raises EOFError when the other side is gone, and OSError, TimeoutError among them.
    """
    head_size, size = _SIZES.unpack(_exactly(source, _SIZES.size, deadline))
    said: object = pickle.loads(_exactly(source, head_size, deadline))  # noqa: S301 - both ends are this program
    return said, _exactly(source, size, deadline)


def _exactly(source: socket.socket, size: int, deadline: float | None) -> memoryview:
    found = memoryview(bytearray(size))
    filled = 0
    while filled < size:
        if deadline is not None:
            source.settimeout(max(deadline - time.monotonic(), 0.001))
        count = source.recv_into(found[filled:])
        if not count:
            raise EOFError
        filled += count
    return found
