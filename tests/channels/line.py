"""A client that types: sends bytes as they are given and reads whole answers."""

import socket
import ssl
from base64 import b64encode
from typing import Self

from tests.channels.listening import PATIENCE


class Line:
    """One connection; ``first`` is sent before anything was read, as a proxy does."""

    def __init__(self, port: int, first: bytes = b"") -> None:
        self._socket: socket.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._socket.makefile("rb")
        self.send(first)

    def __enter__(self) -> Self:
        assert self.answer().startswith("220 ")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def ask(self, *lines: str) -> str:
        """The last answer to these lines."""
        answer = ""
        for line in lines:
            self.send(line.encode() + b"\r\n")
            answer = self.answer()
        return answer

    def answer(self) -> str:
        return self.answers()[-1]

    def answers(self) -> list[str]:
        """One whole answer; [""] when the connection has ended."""
        lines = []
        while (line := self._file.readline().decode())[3:4] == "-":
            lines.append(line.rstrip())
        return [*lines, line.rstrip()]

    def is_over(self) -> bool:
        """Whether the other side has hung up (and said nothing more)."""
        try:
            return self._file.readline() == b""
        except ConnectionResetError:
            return True

    def begin_tls(self, context: ssl.SSLContext, pipelined: bytes = b"") -> ssl.SSLSocket:
        """STARTTLS and the handshake, with bytes smuggled in right behind the command."""
        self.send(b"STARTTLS\r\n" + pipelined)
        assert self.answer().startswith("220 ")
        secure = context.wrap_socket(self._socket, server_hostname="localhost")
        self._socket, self._file = secure, secure.makefile("rb")
        return secure


def plain(account: str, password: str) -> str:
    """The command that signs in with PLAIN (RFC 4616)."""
    return "AUTH PLAIN " + b64encode(f"\0{account}\0{password}".encode()).decode()
