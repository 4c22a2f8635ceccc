"""Reading mails under limits of time and memory: in a process of its own, which is killed when it takes too much.

The parser is made to take time in proportion to a mail's bytes. This is the second line: whatever mail breaks that
promise is kept whole for a person, and the next one is read by a fresh child.
"""

from __future__ import annotations

import contextlib
import pickle
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from core.domain.message import Inbound
from core.ports import Original
from mailin.confined.exchange import OUT_OF_MEMORY, Again, Answer, First, LogLine, Question, receive, send
from mailin.inbound import TOO_LARGE, TOO_SLOW, UNREADABLE, MailReader

_ATTEMPTS = 2
_STARTING = 20.0
_REST = 60.0
_ENDING = 2.0
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from mailin.confined.child import main; main()"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one mail may take."""

    seconds: float = 20.0
    """Of wall time: the worst megabyte known takes less than one."""
    memory: int = 1_500_000_000
    """Bytes of address space for the whole child, Python and libraries included."""


@dataclass(eq=False)
class ConfinedReader:
    """A mail reader as doors know it, whose work is done by one child process. Threads may share it.

    It starts with the first mail, or with `start`. It ends with `close`, and by itself when this process is gone.
    """

    reader: MailReader
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)
    """All that the child sees of an environment."""
    python: str = sys.executable

    def __post_init__(self) -> None:
        pickle.dumps(self.reader)  # a reader that cannot be handed over is an error of ours: say so before any mail
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._rests_until = 0.0
        self._closed = False

    def read(self, raw: bytes, *, door: str, received_at: datetime, envelope_from: str | None = None) -> Inbound:
        """The message in these bytes, as `MailReader.read` understands it. Never raises.

        What takes too much time or memory has ``problem`` "too_slow" or "too_large_to_read".
        """
        return self._ask(First(door, received_at, envelope_from), raw)

    def again(self, original: Original, raw: bytes) -> Inbound:
        """A kept original read once more, as `MailReader.again` understands it. Never raises."""
        return self._ask(Again(original), raw)

    def start(self) -> None:
        """Start the child now, so that the first mail need not wait for it."""
        with self._turn:
            self._running()

    def close(self) -> None:
        """End the child. A straggler is read without one."""
        self._closed = True
        waited = self._turn.acquire(timeout=_ENDING)
        try:
            self._end()
        finally:
            if waited:
                self._turn.release()

    @property
    def pid(self) -> int | None:
        """The process that reads, if one runs."""
        return self._child.process.pid if self._child else None

    def _ask(self, question: Question, raw: bytes) -> Inbound:
        with self._turn:
            for _ in range(_ATTEMPTS):
                child = self._running()
                if child is None:
                    break
                try:
                    inbound, lines = child.ask(question, raw)
                except TimeoutError:
                    child.process.kill()
                    self._end()
                    return _kept(question, raw, TOO_SLOW)
                except (OSError, EOFError):
                    if self._end() == OUT_OF_MEMORY:
                        return _kept(question, raw, TOO_LARGE)
                    continue  # somebody killed it, perhaps before it saw this mail
                for line in lines:
                    getattr(structlog.get_logger(line.logger), line.level)(line.event, **line.values)
                return inbound
            else:
                return _kept(question, raw, UNREADABLE)
        return question.read_by(self.reader, raw)

    def _running(self) -> _Child | None:
        """The child, started if need be; None while it cannot be: intake goes on without limits then."""
        if self._child is None and not self._closed and time.monotonic() >= self._rests_until:
            try:
                self._child = _Child(self)
            except (OSError, EOFError) as error:
                if not self._rests_until:
                    log.error("mails are read without limits of time and memory", error=type(error).__name__)
                self._rests_until = time.monotonic() + _REST
            else:
                self._rests_until = 0.0
        return self._child

    def _end(self) -> int | None:
        """End the child, and give its exit status."""
        child, self._child = self._child, None
        return child.end() if child else None


class _Child:
    """One running child. Raises OSError or EOFError when it cannot be started."""

    def __init__(self, owner: ConfinedReader) -> None:
        self.seconds = owner.limits.seconds
        self.socket, theirs = socket.socketpair()
        try:
            with theirs:
                self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing of a mail
                    [owner.python, "-I", "-c", _BOOT, *sys.path],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=dict(owner.environment),
                )
        except OSError:
            self.socket.close()
            raise
        # Also when nobody closes the reader: a process that leaves waits for its child.
        self.end = weakref.finalize(self, _end, self.process, self.socket)
        try:
            self.socket.settimeout(_STARTING)
            send(self.socket, (owner.reader, owner.limits.seconds, owner.limits.memory))
            receive(self.socket, time.monotonic() + _STARTING)
        except (OSError, EOFError):
            self.end()
            raise

    def ask(self, question: Question, raw: bytes) -> tuple[Inbound, tuple[LogLine, ...]]:
        """The child's answer. Raises TimeoutError at the limit, and OSError or EOFError when it is gone."""
        deadline = time.monotonic() + self.seconds
        self.socket.settimeout(self.seconds)
        send(self.socket, question, [raw])
        answer, files = receive(self.socket, deadline)
        if not isinstance(answer, Answer):
            raise ConnectionError
        return answer.whole(raw, files), answer.lines


def _end(process: subprocess.Popen[bytes], connection: socket.socket) -> int:
    """Let a child go that waits or has ended, kill one that works, and give its exit status."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    try:
        return process.wait(_ENDING)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _kept(question: Question, raw: bytes, problem: str) -> Inbound:
    log.warning("mail kept unread", door=question.door, problem=problem, size=len(raw))
    return question.kept(raw, problem)
