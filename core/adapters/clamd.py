"""The virus scanner clamd over its own protocol (clamd(8), INSTREAM): the file goes through a socket, never by path."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_CHUNK = 65_536
_LONGEST_ANSWER = 4_096
_NOT_LOOKED_INTO = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")


class Unavailable(Exception):
    """The scanner gave no verdict: it is down, slow, or answered nonsense. The file waits, and is offered again."""


class Unscannable(Exception):
    """The scanner works and cannot look into this file (too large, encrypted): offering it again changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the scanner says of one file."""

    infected: str = ""
    """Name of what was found; empty when nothing was."""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.infected


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at ``host:port``, ``[address]:port`` or the path of its unix socket. Holds no connection; blocks.

    Set ``AlertExceedsMax yes`` in clamd.conf: without it clamd calls a file that is over its limits clean.
    """

    address: str
    seconds: float = 60.0
    """For one whole scan; the scanner may unpack an archive in that time."""

    def scan(self, content: bytes) -> Verdict:
        """What is in this file. Raises Unavailable or Unscannable, and never says clean without clamd's own word."""
        with self._connected() as line:
            try:
                line.send(b"zINSTREAM\0")
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    line.send(struct.pack(">L", len(chunk)) + chunk)
                line.send(struct.pack(">L", 0))
            except ConnectionError:
                # Over its limit clamd answers and hangs up before it has read all; the answer is still to be read.
                return _verdict(line.answer(), whole=False)
            return _verdict(line.answer(), whole=True)

    def ping(self) -> None:
        """Make sure that the scanner answers. Raises Unavailable."""
        if self._asked(b"zPING\0") != "PONG":
            raise Unavailable("no PONG")

    def version(self) -> str:
        """Its version, with that of its signatures after a slash: "ClamAV 1.4.6/27500/...". Raises Unavailable."""
        answer = self._asked(b"zVERSION\0")
        if not answer.startswith("ClamAV "):
            raise Unavailable("not the answer of clamd")
        return answer[:200]

    def _asked(self, command: bytes) -> str:
        with self._connected() as line:
            line.send(command)
            return line.answer()

    @contextmanager
    def _connected(self) -> "Iterator[_Line]":
        until = time.monotonic() + self.seconds
        try:
            with _connect(self.address, self.seconds) as open_socket:
                yield _Line(open_socket, until)
        except (OSError, ValueError) as error:
            # ValueError: an address without a port. Neither names what was scanned.
            raise Unavailable(type(error).__name__) from error


def _connect(address: str, seconds: float) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(address)
        except BaseException:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection with one deadline for everything that is said over it."""

    socket: socket.socket
    until: float

    def send(self, data: bytes) -> None:
        self._patience()
        self.socket.sendall(data)

    def answer(self) -> str:
        """One answer, which clamd ends with a NUL or by hanging up."""
        answer = b""
        while b"\0" not in answer:
            self._patience()
            piece = self.socket.recv(_LONGEST_ANSWER)
            answer += piece
            if len(answer) > _LONGEST_ANSWER:
                raise Unavailable("an answer without end")
            if not piece:
                break
        return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def _patience(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)


def _verdict(answer: str, *, whole: bool) -> Verdict:
    """What an answer to INSTREAM means; ``whole`` tells whether clamd took the whole file."""
    if answer.startswith("INSTREAM size limit exceeded"):
        raise Unscannable("larger than StreamMaxLength of clamd")
    said, _, word = answer.removeprefix("stream: ").rpartition(" ")
    if answer.startswith("stream: ") and word == "FOUND" and said:
        if said.startswith(_NOT_LOOKED_INTO):
            raise Unscannable(said[:200])
        return Verdict(infected=said[:200])
    if answer == "stream: OK" and whole:
        return Verdict()
    raise Unavailable("no verdict")
