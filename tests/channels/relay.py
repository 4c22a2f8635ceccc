"""A relay that follows a script: what it answers to each command, and where it hangs up or falls silent."""

import socketserver
import ssl
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

HANG_UP = ""
SILENCE = "silence"


class ScriptedRelay:
    """Answers ``250 2.0.0 Ok`` to whatever the script does not name; the end of a message is named ``.``."""

    def __init__(self, script: Mapping[str, str], *, certificate: Path | None = None) -> None:
        relay = self
        self.script = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250 relay.example", **script}
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self._over = threading.Event()
        context = None
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, certificate.with_name("key.pem"))

        class Conversation(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                if context is not None:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                relay.converse(self)

            def finish(self) -> None:
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

    def converse(self, client: socketserver.StreamRequestHandler) -> None:
        if not self._say(client, self.script.get("hello", "220 relay.example")):
            return
        while line := client.rfile.readline().decode().strip():
            verb = line.split(" ", 1)[0].upper()
            self.commands.append(line)
            if not self._say(client, self.script.get(verb, "250 2.0.0 Ok")):
                return
            if verb == "QUIT":
                return
            if verb == "DATA" and self.script["DATA"].startswith("354"):
                self.messages.append(b"".join(iter(client.rfile.readline, b".\r\n")))
                if not self._say(client, self.script.get(".", "250 2.0.0 Ok: queued as 4F1A")):
                    return

    def _say(self, client: socketserver.StreamRequestHandler, answer: str) -> bool:
        if answer == SILENCE:
            self._over.wait(30)
        if answer in (HANG_UP, SILENCE):
            return False
        client.wfile.write(answer.encode() + b"\r\n")
        return True
