"""A wire between a mail client and a real server, which a test can listen to, cut, or answer on the server's behalf."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class Line:
    """One connection over the wire."""

    number: int
    """0 for the first."""
    asked: list[bytes] = field(default_factory=list)
    """What the client said, line by line."""
    heard: int = 0
    """Bytes that the server said."""


class Cut(Exception):
    """Raised by a test's hook: the connection breaks here."""


class Wire:
    """Passes everything on; ``from_client`` sees each line of the client first, ``from_server`` each piece.

    A hook that raises Cut breaks the connection before its line or piece is passed on. ``from_client`` may give an
    answer of its own: the server then never sees the line.
    """

    def __init__(
        self,
        port: int,
        *,
        from_client: Callable[[Line, bytes], bytes | None] = lambda _line, _said: None,
        from_server: Callable[[Line, bytes], None] = lambda _line, _said: None,
    ) -> None:
        self._server = ("127.0.0.1", port)
        self._from_client = from_client
        self._from_server = from_server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lines: list[Line] = []
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _shut(self._listener)
        for one in self._open:
            _shut(one)
        for thread in self._threads:
            thread.join(30)
        for one in (self._listener, *self._open):
            one.close()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                try:
                    server = socket.create_connection(self._server)
                except OSError:
                    _shut(client)
                    continue
                self._open.append(server)
                line = Line(len(self.lines))
                self.lines.append(line)
                self._start(self._ask, line, client, server)
                self._start(self._hear, line, server, client)

    def _ask(self, line: Line, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError, Cut), client.makefile("rb") as said:
            for command in said:
                line.asked.append(command)
                answer = self._from_client(line, command)
                if answer is None:
                    server.sendall(command)
                else:
                    client.sendall(answer)
        _shut(client)
        _shut(server)

    def _hear(self, line: Line, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError, Cut):
            while said := server.recv(4096):
                self._from_server(line, said)
                line.heard += len(said)
                client.sendall(said)
        _shut(client)
        _shut(server)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
