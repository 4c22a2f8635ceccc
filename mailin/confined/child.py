"""The process that reads mails under limits: it holds no secrets, writes nothing, and may be killed at any moment."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from types import TracebackType

import structlog

from core.domain.message import Inbound
from mailin.confined.exchange import OUT_OF_MEMORY, Again, Answer, First, LogLine, receive, send
from mailin.inbound import TOO_LARGE, MailReader

GRACE = 2.0
"""Seconds after the limit at which the child ends itself, for when nobody is left to kill it."""


def main() -> None:
    """Answer questions on standard input, a socket, until it is closed."""
    sys.excepthook = _end_quietly
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the service decides when: it still has mails to read while it stops
    lines: list[LogLine] = []
    _gather_log(lines)
    with socket.socket(fileno=os.dup(0)) as service:
        try:
            reader, seconds, memory = _terms(service)
            _confine(memory)
            send(service, "ready")
            while True:
                inbound = _read_one(service, reader, seconds)
                answer, files = Answer.of(inbound, lines)
                lines.clear()
                send(service, answer, files)
                signal.setitimer(signal.ITIMER_REAL, 0)
        except MemoryError:
            sys.exit(OUT_OF_MEMORY)
        except (EOFError, ConnectionError):
            return


def _terms(service: socket.socket) -> tuple[MailReader, float, int]:
    terms, _ = receive(service)
    match terms:
        case (MailReader() as reader, float(seconds), int(memory)):
            return reader, seconds, memory
    raise TypeError("the first word is a reader and its limits")


def _confine(memory: int) -> None:
    """Bound the address space, and leave no core file with a citizen's words behind."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_one(service: socket.socket, reader: MailReader, seconds: float) -> Inbound:
    """Wait for a question and answer it. Raises MemoryError, also where the reader itself survived the lack of it."""
    question, content = receive(service)
    if not isinstance(question, First | Again):
        raise TypeError("not a question")
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)  # nobody handles it, so that it ends any loop
    raw = bytes(content)
    del content
    inbound = question.read_by(reader, raw)
    if inbound.problem == TOO_LARGE:
        raise MemoryError
    return inbound


def _gather_log(lines: list[LogLine]) -> None:
    """Hand every log line to the service, which knows where lines go and what they look like."""

    def gather(logger: str, level: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event = str(line.pop("event", ""))
        values = {name: value for name, value in line.items() if isinstance(value, str | int | float | bool)}
        lines.append(LogLine(logger, level, event, values))
        raise structlog.DropEvent

    structlog.configure(processors=[gather], logger_factory=lambda *names: str(names[0]) if names else __name__)


def _end_quietly(kind: type[BaseException], _error: BaseException, _trace: TracebackType | None) -> None:
    """Say what ended the child without a word of the mail in it."""
    sys.stderr.write(f"the reading of a mail ended: {kind.__name__}\n")
