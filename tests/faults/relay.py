"""A mail relay of our own, to which a test can do things between any two steps of the conversation."""

import contextlib
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.parts.server import free_port


def _nothing() -> None:
    pass


@dataclass
class Relay:
    """Accepts everything; `before_answer` and `after_answer` are called around the 250 to a message."""

    before_answer: Callable[[], None] = _nothing
    after_answer: Callable[[], None] = _nothing
    greeting: bytes = b"220 relay.example\r\n"
    received: list[bytes] = field(default_factory=list)
    """Each message, as often as it was handed over."""
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        relay = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    relay._converse(self)

        self._server = _Server(("127.0.0.1", self.port), Conversation)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(self, count: int, seconds: float = 30) -> None:
        """Return once so many messages were handed over."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= count, seconds), f"{len(self.received)} came"

    def _converse(self, peer: socketserver.StreamRequestHandler) -> None:
        peer.wfile.write(self.greeting)
        for line in iter(peer.rfile.readline, b""):
            verb = line[:4].upper()
            if verb == b"DATA":
                peer.wfile.write(b"354 go on\r\n")
                self._take(peer)
                continue
            peer.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")

    def _take(self, peer: socketserver.StreamRequestHandler) -> None:
        lines = []
        while (line := peer.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line)
        with self._changed:
            self.received.append(b"".join(lines))
            self._changed.notify_all()
        before, after = self.before_answer, self.after_answer
        self.before_answer = self.after_answer = _nothing
        before()
        peer.wfile.write(b"250 2.0.0 queued\r\n")
        after()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def through(relay: Relay) -> dict[str, str]:
    """The settings with which mail leaves through this relay."""
    return {
        "GEHOORD_RELAY__HOST": "127.0.0.1",
        "GEHOORD_RELAY__PORT": str(relay.port),
        "GEHOORD_RELAY__TLS": "none",
    }
