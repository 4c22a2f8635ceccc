"""The citizen's side of a chat: says, presses, sends, blocks, and reads what the bot wrote."""

import copy
import re
from asyncio import to_thread
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fakes.telegram.description import Json, JsonObject
from tests.fakes.telegram.formatting import utf16_length
from tests.fakes.telegram.world import Chat, Press, World, document_of, file_fields

_COMMAND = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}(?:@\w+)?")
LONGEST_MESSAGE = 4096
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Button:
    """One button under a message: `data` for a callback, `url` for a link, neither on a reply keyboard."""

    label: str
    data: str | None = None
    url: str | None = None
    asks_contact: bool = False
    inline: bool = True


@dataclass(frozen=True)
class BotMessage:
    """A message of the bot as it stands in the chat now."""

    message_id: int
    text: str
    buttons: tuple[tuple[Button, ...], ...]
    edited: bool
    document_name: str | None
    document: bytes | None
    raw: JsonObject

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons, in reading order."""
        return [button.label for row in self.buttons for button in row]


class Citizen:
    """One person with a private chat with the bot. May be used from any thread; `wait_for` blocks its own."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat
        self._read: set[int] = set()

    @property
    def id(self) -> int:
        """The user id, which is also the id of the private chat."""
        number = self._chat.person["id"]
        assert isinstance(number, int)
        return number

    def start(self, payload: str = "") -> int:
        """Press Start (with the payload of a deep link, if any)."""
        return self.say(f"/start {payload}".strip())

    def say(self, text: str, reply_to: int | None = None) -> int:
        """Send a text and return its message_id; beyond 4096 characters the app sends several, the last id counts."""
        assert text.strip(), "the app does not send an empty message"
        message_id = 0
        for begin in range(0, len(text), LONGEST_MESSAGE):
            part = text[begin : begin + LONGEST_MESSAGE]
            content: JsonObject = {"text": part}
            commands = _commands(part)
            if commands:
                content["entities"] = commands
            message_id = self.send(content, reply_to)
        return message_id

    def send(self, content: JsonObject, reply_to: int | None = None) -> int:
        """Send any other described content of a Message (sticker, voice, location, ...) and return its message_id."""
        with self._world.lock:
            self._may_write()
            if reply_to is not None:
                content = {**content, "reply_to_message": copy.deepcopy(self._chat.messages[reply_to])}
            self._chat.wrote = True
            message = self._world.post(self._chat, self._chat.person, content)
            self._world.emit("message", message)
            return self._chat.last_message_id

    def press(self, label: str, message_id: int | None = None) -> str:
        """Press the newest button with this label (or the one under a given message); returns the callback query's id.

        A button of a reply keyboard sends its label as a message instead and returns that message's id.
        """
        with self._world.lock:
            self._may_write()
            message, button = self._button(label, message_id)
            if not button.inline:
                assert not button.asks_contact, f"{label!r} asks for the phone number: use share_contact"
                return str(self.say(button.label))
            assert button.data is not None, f"{label!r} opens {button.url}, it sends nothing to the bot"
            query_id = f"{self.id * 1000 + len(self._world.presses) + 1}"
            self._world.presses[query_id] = Press(self._chat)
            query: JsonObject = {
                "id": query_id, "from": self._chat.person, "message": message.raw,
                "chat_instance": f"-{self.id}", "data": button.data,
            }  # fmt: skip
            self._world.emit("callback_query", query)
            return query_id

    def send_document(self, data: bytes, name: str, caption: str = "", size: int | None = None) -> int:
        """Send a file; with `size` it pretends to be of that many bytes (downloads end at 20 MB)."""
        with self._world.lock:
            stored = self._world.store(data, name, "documents", size)
            return self.send({"document": document_of(stored, name), **_caption(caption)})

    def send_photo(self, data: bytes, name: str = "photo.jpg", caption: str = "", album: str | None = None) -> int:
        """Send a photo; the service makes a thumbnail and forgets the file's name. `album` groups several."""
        with self._world.lock:
            small = self._world.store(b"thumbnail of " + data[:32], "thumbnail.jpg", "photos")
            large = self._world.store(data, name, "photos")
            sizes: list[Json] = [
                {**file_fields(small), "width": 90, "height": 51},
                {**file_fields(large), "width": 1280, "height": 720},
            ]
            content: JsonObject = {"photo": sizes, **_caption(caption)}
            if album is not None:
                content["media_group_id"] = album
            return self.send(content)

    def send_album(self, photos: Sequence[bytes], caption: str = "") -> list[int]:
        """Send photos as one album: separate messages with one media_group_id, the caption on the first only."""
        with self._world.lock:
            album = f"{self.id}{self._chat.last_message_id + 1}"
            captions = [caption, *[""] * (len(photos) - 1)]
            pairs = zip(photos, captions, strict=True)
            return [self.send_photo(data, caption=text, album=album) for data, text in pairs]

    def send_voice(self, data: bytes, seconds: int = 3) -> int:
        """Send a voice message."""
        with self._world.lock:
            stored = self._world.store(data, "voice.oga", "voice")
            return self.send({"voice": {**file_fields(stored), "duration": seconds, "mime_type": "audio/ogg"}})

    def share_contact(self, phone: str, own: bool = True) -> int:
        """Share a phone number: the citizen's own through the button, or somebody else's from the address book."""
        contact: JsonObject = {"phone_number": phone, "first_name": self._chat.person["first_name"]}
        if own:
            contact["user_id"] = self.id
        else:
            contact["first_name"] = "Iemand"
        return self.send({"contact": contact})

    def edit(self, message_id: int, text: str) -> None:
        """Change the text of an own message; the bot gets an edited_message update."""
        with self._world.lock:
            self._may_write()
            message = self._chat.messages[message_id]
            assert message["from"] == self._chat.person, "only own messages can be edited"
            changed: JsonObject = {key: value for key, value in message.items() if key != "entities"}
            changed |= {"text": text, "edit_date": self._world.unix_time()}
            commands = _commands(text)
            if commands:
                changed["entities"] = commands
            self._chat.messages[message_id] = changed
            self._world.emit("edited_message", changed)

    def block(self) -> None:
        """Stop and block the bot: it gets a my_chat_member update, and 403 for what it sends from now on."""
        self._set_blocked(True)

    def unblock(self) -> None:
        """Let the bot write again; the bot gets a my_chat_member update."""
        self._set_blocked(False)

    def messages(self) -> list[BotMessage]:
        """What the bot sent to this chat, oldest first, as it stands now: edits applied, deleted ones gone."""
        with self._world.lock:
            return [
                self._seen(message_id)
                for message_id, message in self._chat.messages.items()
                if message["from"] == self._world.bot
            ]

    def keyboard(self) -> list[str]:
        """The labels of the reply keyboard that is shown, if any."""
        with self._world.lock:
            return [button.label for row in _rows(self._chat.keyboard) for button in row]

    def notices(self) -> list[str]:
        """The short texts shown by answerCallbackQuery, in the order of the presses."""
        with self._world.lock:
            answers = [press.answer for press in self._presses() if press.answer]
            return [answer.text("text") for answer in answers if answer.text("text")]

    def unanswered_presses(self) -> int:
        """How many pressed buttons still show the waiting sign."""
        with self._world.lock:
            return sum(press.answer is None for press in self._presses())

    def let_presses_expire(self) -> None:
        """Let time pass over the pressed buttons: answering them now is refused as too late."""
        with self._world.lock:
            for press in self._presses():
                press.expired = True

    def wait_for(self, predicate: Callable[[BotMessage], bool], timeout: float = PATIENCE_SECONDS) -> BotMessage:
        """The first message of the bot, old or new, that fits `predicate`; AssertionError after `timeout` seconds."""
        return self._wait(lambda: next(filter(predicate, self.messages()), None), timeout)

    def next_message(self, timeout: float = PATIENCE_SECONDS) -> BotMessage:
        """The oldest message of the bot that `next_message` has not returned yet."""

        def unread() -> BotMessage | None:
            return next((message for message in self.messages() if message.message_id not in self._read), None)

        found = self._wait(unread, timeout)
        self._read.add(found.message_id)
        return found

    async def wait_for_async(
        self,
        predicate: Callable[[BotMessage], bool],
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109 - as wait_for
    ) -> BotMessage:
        """`wait_for` for tests whose bot runs in the same event loop."""
        return await to_thread(self.wait_for, predicate, timeout)

    async def next_message_async(self, timeout: float = PATIENCE_SECONDS) -> BotMessage:  # noqa: ASYNC109 - as next_message
        """`next_message` for tests whose bot runs in the same event loop."""
        return await to_thread(self.next_message, timeout)

    def _wait(self, look: Callable[[], BotMessage | None], timeout: float) -> BotMessage:
        found: list[BotMessage] = []

        def seen() -> bool:
            message = look()
            found.extend([message] if message else [])
            return bool(found)

        with self._world.lock:
            if not self._world.lock.wait_for(seen, timeout):
                texts = [message.text for message in self.messages()]
                raise AssertionError(f"no such message of the bot within {timeout} s; it sent {texts}")
        return found[0]

    def _may_write(self) -> None:
        assert not self._chat.blocked, "a citizen who blocked the bot cannot write to it"

    def _presses(self) -> list[Press]:
        return [press for press in self._world.presses.values() if press.chat is self._chat]

    def _set_blocked(self, blocked: bool) -> None:
        with self._world.lock:
            assert self._chat.wrote, "a citizen who never wrote has nothing to block"
            assert self._chat.blocked != blocked, f"blocked is {blocked} already"
            self._chat.blocked = blocked
            member: JsonObject = {"status": "member", "user": self._world.bot}
            kicked: JsonObject = {"status": "kicked", "user": self._world.bot, "until_date": 0}
            change: JsonObject = {
                "chat": self._chat.as_json(), "from": self._chat.person, "date": self._world.unix_time(),
                "old_chat_member": member if blocked else kicked, "new_chat_member": kicked if blocked else member,
            }  # fmt: skip
            self._world.emit("my_chat_member", change)

    def _button(self, label: str, message_id: int | None) -> tuple[BotMessage, Button]:
        candidates = [message for message in self.messages() if message_id in {None, message.message_id}]
        for message in reversed(candidates):
            for button in (button for row in message.buttons for button in row):
                shown = button.inline or self._chat.keyboard == self._chat.markups.get(message.message_id)
                if button.label == label and shown:
                    return message, button
        labels = [message.labels for message in candidates if message.buttons]
        raise AssertionError(f"no button {label!r}; there are {labels}")

    def _seen(self, message_id: int) -> BotMessage:
        raw = copy.deepcopy(self._chat.messages[message_id])
        document = raw.get("document")
        stored = self._world.files.get(str(document["file_id"])) if isinstance(document, dict) else None
        return BotMessage(
            message_id=message_id,
            text=str(raw.get("text", raw.get("caption", ""))),
            buttons=_rows(self._chat.markups.get(message_id)),
            edited="edit_date" in raw,
            document_name=str(document["file_name"]) if isinstance(document, dict) else None,
            document=stored.data if stored else None,
            raw=raw,
        )


def _caption(caption: str) -> JsonObject:
    return {"caption": caption} if caption else {}


def _commands(text: str) -> list[Json]:
    """The described entities "bot_command" of a text, counted in UTF-16 code units."""
    return [
        {"type": "bot_command", "offset": utf16_length(text[: found.start()]), "length": len(found[0])}
        for found in _COMMAND.finditer(text)
    ]


def _rows(markup: JsonObject | None) -> tuple[tuple[Button, ...], ...]:
    inline = bool(markup and "inline_keyboard" in markup)
    rows = (markup or {}).get("inline_keyboard" if inline else "keyboard")
    return tuple(
        tuple(_button(button, inline) for button in row if isinstance(button, dict))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, list)
    )


def _button(button: JsonObject, inline: bool) -> Button:
    data, url = button.get("callback_data"), button.get("url")
    return Button(
        label=str(button["text"]),
        data=data if isinstance(data, str) else None,
        url=url if isinstance(url, str) else None,
        asks_contact=button.get("request_contact") is True,
        inline=inline,
    )
