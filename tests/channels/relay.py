"""A relay that follows a script: what it answers to each command, and where it hangs up or falls silent."""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

HANG_UP = ""
SILENCE = "silence"


class ScriptedRelay:
    """Answers ``250 2.0.0 Ok`` to whatever the script does not name.

    The end of a message is named ``.``, and what comes between it and the 354 ``content``. Several answers are given
    one after the other, the last of them for ever.
    """

    def __init__(self, script: Mapping[str, str | Sequence[str]], *, certificate: Path | None = None) -> None:
        relay = self
        named = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250 relay.example", **script}
        self.script = {verb: [answer] if isinstance(answer, str) else list(answer) for verb, answer in named.items()}
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._over = threading.Event()
        self._changed = threading.Condition()
        context = None
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, certificate.with_name("key.pem"))

        class Conversation(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                if context is not None:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()
                with relay._changed:
                    relay.connections += 1
                    relay._open.add(self.request)

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    relay.converse(self)

            def finish(self) -> None:
                with relay._changed:
                    relay._open.discard(self.request)
                    relay._changed.notify_all()
                with contextlib.suppress(OSError):
                    super().finish()
                self.request.close()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def end_all(self) -> None:
        """End every conversation, as a relay does that is started again."""
        with self._changed:
            for one in self._open:
                one.shutdown(socket.SHUT_RDWR)
        self.wait_all_ended()

    def wait_all_ended(self) -> None:
        """Return once no conversation is left."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open, 20), "a conversation goes on"

    def given(self, verb: str) -> list[str]:
        """The commands with this verb."""
        return [command for command in self.commands if command.split(" ", 1)[0].upper() == verb]

    def converse(self, client: socketserver.StreamRequestHandler) -> None:
        if not self._say(client, "hello", "220 relay.example"):
            return
        while line := client.rfile.readline().decode().strip():
            verb = line.split(" ", 1)[0].upper()
            self.commands.append(line)
            going_on = verb == "DATA" and self.script["DATA"][0].startswith("354")
            if not self._say(client, verb, "250 2.0.0 Ok") or verb == "QUIT":
                return
            if going_on:
                if "content" in self.script and self._answer("content", "") == HANG_UP:
                    return
                self.messages.append(b"".join(iter(client.rfile.readline, b".\r\n")))
                if not self._say(client, ".", "250 2.0.0 Ok: queued as 4F1A"):
                    return

    def _answer(self, step: str, otherwise: str) -> str:
        answers = self.script.get(step, [otherwise])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _say(self, client: socketserver.StreamRequestHandler, step: str, otherwise: str) -> bool:
        answer = self._answer(step, otherwise)
        if answer == SILENCE:
            self._over.wait(30)
        if answer in (HANG_UP, SILENCE):
            return False
        client.wfile.write(answer.replace("\n", "\r\n").encode() + b"\r\n")
        return True
