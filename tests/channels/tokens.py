"""A small token server: gives access tokens (RFC 6749), and tells a mail server whether one is good (RFC 7662)."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from mailin.oauth import OAuth

CLIENT, SECRET = "gehoord-client", "heel-geheim"


class TokenServer:
    """Give it a ``with``; tests read what was asked of it and change what it answers."""

    def __init__(self, user: str = "") -> None:
        self.user = user
        """Whose tokens it gives."""
        self.lives: object = 3600
        """Seconds, as the answer says; None to leave it out."""
        self.good: set[str] = set()
        """Access tokens that a mail server is told are good."""
        self.refresh_tokens: set[str] = set()
        """Refresh tokens that it takes; with none, clients are taken by their own right."""
        self.rotates = False
        """Whether a refresh token is replaced at each use, as RFC 6749 section 6 allows."""
        self.answer: tuple[int, bytes] | None = None
        """What it says instead of giving a token."""
        self.asked: list[dict[str, str]] = []
        """The requests for tokens."""
        self._numbers = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def oauth(self, **changes: object) -> OAuth:
        """The settings of a client."""
        usual: dict[str, object] = {"token_url": f"http://127.0.0.1:{self.port}/token", "client_id": CLIENT}
        return OAuth(**{**usual, "client_secret": SECRET, **changes})  # type: ignore[arg-type]  # the tests' own names

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(30)
        self._server.server_close()

    def token(self, form: dict[str, str]) -> tuple[int, bytes]:
        """The answer to a request for a token."""
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        if form.get("client_secret") != SECRET:
            return 401, b'{"error": "invalid_client", "error_description": "the secret was heel-geheim"}'
        refresh = form.get("refresh_token", "")
        if form["grant_type"] == "refresh_token" and refresh not in self.refresh_tokens:
            return 400, b'{"error": "invalid_grant"}'
        token = f"token-{next(self._numbers)}"
        self.good.add(token)
        answer: dict[str, object] = {"access_token": token, "token_type": "Bearer"}
        if self.lives is not None:
            answer["expires_in"] = self.lives
        if refresh and self.rotates:
            answer["refresh_token"] = f"{refresh}+"
            self.refresh_tokens = {f"{refresh}+"}
        return 200, json.dumps(answer).encode()

    def info(self, token: str) -> tuple[int, bytes]:
        """Whether a token is good, and whose it is: what the mail server asks."""
        if token not in self.good:
            return 401, b'{"error": "invalid_token"}'
        return 200, json.dumps({"username": self.user, "active": True}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        tokens = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._say(*tokens.token({name: values[0] for name, values in form.items()}))

            def do_GET(self) -> None:
                self._say(*tokens.info(parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]))

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: object) -> None:
                """Nothing."""

        return Handler
