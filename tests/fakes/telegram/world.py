"""Everything the fake service knows: chats, messages, files, updates, requests. Guarded by one lock."""

import copy
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Condition, RLock

from tests.fakes.telegram.description import Description, Json, JsonObject, bot_api
from tests.fakes.telegram.failures import FailurePlan
from tests.fakes.telegram.received import Received
from tests.fakes.telegram.updates import UpdateQueue

Clock = Callable[[], datetime]

TOKEN = "4242424242:fake-token-for-tests"
FIRST_UPDATE_ID = 700_000_001
FIRST_CITIZEN_ID = 5_000_000_001
"""Beyond 32 bits, as the description warns that identifiers may be."""


class SteppingClock:
    """A clock that starts on Monday 2 March 2026, 09:00 UTC and goes one second further at every look."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


@dataclass
class Chat:
    """A private chat between one citizen and the bot. Message ids count per chat: that is all the API promises."""

    person: JsonObject
    wrote: bool = False
    blocked: bool = False
    last_message_id: int = 0
    messages: dict[int, JsonObject] = field(default_factory=dict)
    markups: dict[int, JsonObject] = field(default_factory=dict)
    keyboard: JsonObject | None = None

    def as_json(self) -> JsonObject:
        """The described object Chat."""
        names: JsonObject = {key: self.person[key] for key in ("first_name", "username") if key in self.person}
        return {"id": self.person["id"], "type": "private", **names}


@dataclass
class Press:
    """A button that was pressed and waits for answerCallbackQuery."""

    chat: Chat
    expired: bool = False
    answer: Received | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file on the service: what `getFile` finds and the download hands out."""

    file_id: str
    unique_id: str
    path: str
    data: bytes
    size: int
    mime_type: str


@dataclass
class Webhook:
    """Where updates are posted to, and how that went."""

    url: str
    secret: str
    has_certificate: bool
    max_connections: int
    last_error_date: int | None = None
    last_error: str | None = None


class World:
    """The state of the service. Take `lock` before touching it; `changed` wakes everybody who waits for something."""

    def __init__(self, clock: Clock | None = None, token: str = TOKEN) -> None:
        self.description: Description = bot_api()
        self.token = token
        self.lock = Condition(RLock())
        self.bot: JsonObject = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Klachtenbot",
            "username": "voorbeeld_bot",
        }
        self.queue = UpdateQueue(FIRST_UPDATE_ID, seed=9)
        self.failures = FailurePlan()
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.files: dict[str, StoredFile] = {}
        self.requests: list[Received] = []
        self.faults: list[str] = []
        self.webhook: Webhook | None = None
        self.commands: dict[str, list[JsonObject]] = {}
        self.profile: dict[str, str] = {}
        self.logged_out = False
        self.closing = False
        self.on_change: list[Callable[[], None]] = []
        self._clock = clock or SteppingClock()

    def changed(self) -> None:
        """Wake everybody who waits for a change of state; call it with the lock held."""
        self.lock.notify_all()
        for tell in self.on_change:
            tell()

    def unix_time(self) -> int:
        """The injected clock's time in seconds since 1970."""
        return int(self._clock().timestamp())

    def post(self, chat: Chat, sender: JsonObject, content: JsonObject) -> JsonObject:
        """Put a new message into a chat and return it as the described object Message."""
        message_id = chat.last_message_id + 1
        message: JsonObject = {
            "message_id": message_id, "from": sender, "date": self.unix_time(), "chat": chat.as_json(), **content,
        }  # fmt: skip
        self.description.check_object("Message", message)
        chat.last_message_id = message_id
        chat.messages[message_id] = message
        self.changed()
        return message

    def emit(self, kind: str, payload: JsonObject) -> None:
        """Tell the bot of something that happened, as one update of this kind."""
        update: JsonObject = {"update_id": self.queue.next_id(), kind: copy.deepcopy(payload)}
        self.description.check_object("Update", update)
        if self.queue.wants(kind):
            self.queue.add(update)
        self.changed()

    def store(self, data: bytes, name: str, folder: str, size: int | None = None) -> StoredFile:
        """Keep a file under a new file_id; `size` lets it pretend to be of that many bytes."""
        number = len(self.files) + 1
        unique = hashlib.sha256(data + name.encode()).hexdigest()[:15]
        suffix = f".{name.rsplit('.', 1)[1]}" if "." in name else ""
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        stored = StoredFile(
            file_id=f"BQAD{number:06d}{unique}",
            unique_id=f"AgAD{unique}",
            path=f"{folder}/file_{number}{suffix}",
            data=data,
            size=len(data) if size is None else size,
            mime_type=mime_type,
        )
        self.files[stored.file_id] = stored
        return stored

    def file_at(self, path: str) -> StoredFile | None:
        """The file that a download address points to."""
        return next((stored for stored in self.files.values() if stored.path == path), None)


def document_of(stored: StoredFile, name: str) -> JsonObject:
    """The described object Document for a stored file."""
    return {**file_fields(stored), "file_name": name, "mime_type": stored.mime_type}


def file_fields(stored: StoredFile) -> JsonObject:
    """The fields that every described kind of file shares."""
    fields: dict[str, Json] = {
        "file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": stored.size,
    }  # fmt: skip
    return fields
