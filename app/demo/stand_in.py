"""A small stand-in of Telegram's server on this machine, so that the demo's chats never reach the real service.

It answers the few methods of the Bot API that our bot calls. Whether the bot keeps to the Bot API its own tests check.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from time import time
from typing import Self
from urllib.parse import parse_qsl, unquote

JsonObject = dict[str, object]

FIRST_CHAT = 1001
BOT: JsonObject = {"id": 1, "is_bot": True, "first_name": "Klachten", "username": "gehoord_demo_bot"}
PATIENCE = 30.0
"""Seconds in which the bot must say what a citizen waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message of the bot, as a citizen sees it: with the labels of its keyboard."""

    id: int
    text: str
    buttons: tuple[str, ...]


class StandIn:
    """The server; use it as a context. One lock guards the chats and the updates."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._changed = Condition()
        self._closing = False
        self._updates: list[JsonObject] = []
        self._chats: dict[int, Chat] = {}
        self._methods: Mapping[str, Callable[[Mapping[str, str]], object]] = {
            "getMe": lambda _given: BOT,
            "setMyCommands": lambda _given: True,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
        }
        handler = type("Handler", (_Handler,), {"answer": staticmethod(self._answer)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    @property
    def base_url(self) -> str:
        """Where the bot finds it; the token follows (``telegram.base_url``)."""
        return f"http://127.0.0.1:{self._server.server_port}/bot"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.1,), name="stand-in", daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def chat(self, first_name: str) -> "Chat":
        """A new citizen's chat with the bot."""
        with self._changed:
            chat = Chat(number=FIRST_CHAT + len(self._chats), first_name=first_name)
            return self._chats.setdefault(chat.number, chat)

    def say(self, chat: "Chat", text: str) -> int:
        """A citizen writes, or presses a button, which sends its label as a message. Gives the message's number."""
        person = {"id": chat.number, "is_bot": False, "first_name": chat.first_name, "language_code": "nl"}
        with self._changed:
            message = chat.message(person, text)
            self._updates.append({"update_id": len(self._updates) + 1, "message": message})
            self._changed.notify_all()
            return chat.last

    def heard(self, chat: "Chat", fits: Callable[[Told], bool], after: int = 0) -> Told | None:
        """The first message of the bot that fits, after the given one, now or later; None when it does not come."""

        def found() -> Told | None:
            return next((told for told in chat.told if told.id > after and fits(told)), None)

        with self._changed:
            self._changed.wait_for(lambda: self._closing or found() is not None, PATIENCE)
            return found()

    def _answer(self, path: str, given: Mapping[str, str]) -> tuple[int, JsonObject]:
        """Carry out ``/bot<token>/<method>``."""
        token, _, method = unquote(path).removeprefix("/bot").rpartition("/")
        known = token == self._token and method in self._methods
        if not known:
            return 404, {"ok": False, "error_code": 404, "description": "Not Found"}
        return 200, {"ok": True, "result": self._methods[method](given)}

    def _get_updates(self, given: Mapping[str, str]) -> list[JsonObject]:
        """Long polling: wait until there is something from ``offset`` on, or ``timeout`` seconds."""
        seen = max(int(given.get("offset", "0")) - 1, 0)
        with self._changed:
            self._changed.wait_for(lambda: self._closing or len(self._updates) > seen, float(given.get("timeout", "0")))
            return self._updates[seen:]

    def _send_message(self, given: Mapping[str, str]) -> JsonObject:
        """The bot writes to a chat; it knows only those that a citizen began."""
        rows = json.loads(given.get("reply_markup", "{}")).get("keyboard", [])
        buttons = tuple(button["text"] for row in rows for button in row)
        with self._changed:
            chat = self._chats[int(given["chat_id"])]
            message = chat.message(BOT, given["text"])
            chat.told.append(Told(id=chat.last, text=given["text"], buttons=buttons))
            self._changed.notify_all()
            return message


@dataclass(slots=True, kw_only=True)
class Chat:
    """One citizen's chat with the bot."""

    number: int
    first_name: str
    last: int = 0
    told: list[Told] = field(default_factory=list)

    def message(self, sender: JsonObject, text: str) -> JsonObject:
        """The next message, as the Bot API describes it (Message)."""
        self.last += 1
        chat = {"id": self.number, "type": "private", "first_name": self.first_name}
        return {"message_id": self.last, "date": int(time()), "chat": chat, "from": sender, "text": text}


class _Handler(BaseHTTPRequestHandler):
    """HTTP around ``answer``: the library posts its parameters as a form."""

    answer: Callable[[str, Mapping[str, str]], tuple[int, JsonObject]]

    def do_POST(self) -> None:
        """Answer one request."""
        form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        status, answered = self.answer(self.path, dict(parse_qsl(form, keep_blank_values=True)))
        with suppress(ConnectionError):  # the bot was stopped while it waited for updates
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answered).encode())

    def log_message(self, *_line: object) -> None:
        """Log nothing: the address holds the token."""
