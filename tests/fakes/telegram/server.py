"""Starts the fake Telegram Bot API on 127.0.0.1 and gives tests the reins: citizens, failures, what was received."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn

from tests.fakes.telegram.citizen import PATIENCE_SECONDS, Citizen
from tests.fakes.telegram.description import JsonObject
from tests.fakes.telegram.failures import Failure
from tests.fakes.telegram.received import Received
from tests.fakes.telegram.service import Service
from tests.fakes.telegram.world import FIRST_CITIZEN_ID, Chat, Clock, World

DOWNLOAD = "download"
"""In place of a method's name: the download of a file."""


class FakeTelegram:
    """A running fake service; use `with FakeTelegram.start() as tg`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._citizens: dict[str, Citizen] = {}
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        service = Service(world)
        config = uvicorn.Config(
            service.app, http=service.droppable_protocol(), ws="none", lifespan="on", log_config=None,
            log_level="critical", access_log=False, timeout_graceful_shutdown=5,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="fake-telegram", daemon=True)

    @classmethod
    def start(cls, clock: Clock | None = None) -> "FakeTelegram":
        """Listen on a free port at once; requests wait in the socket's queue until the first loop turn."""
        running = cls(World(clock))
        running._thread.start()
        return running

    def stop(self) -> None:
        """End every waiting request and the server."""
        with self.world.lock:
            self.world.closing = True
            self.world.changed()
        self._server.should_exit = True
        self._thread.join(timeout=PATIENCE_SECONDS)
        self._socket.close()
        assert not self._thread.is_alive(), "the fake Bot API did not stop"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is None:
            assert not self.world.faults, f"the fake made something undescribed: {self.world.faults}"

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        port = self._socket.getsockname()[1]
        assert isinstance(port, int)
        return port

    @property
    def base_url(self) -> str:
        """For `telegram.Bot(token, base_url=...)`: the token is appended to it."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """For `telegram.Bot(token, base_file_url=...)`."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    @property
    def token(self) -> str:
        """The only token that is let in."""
        return self.world.token

    def citizen(self, name: str, language: str = "nl", username: str | None = None) -> Citizen:
        """The citizen of this first name; the same one when asked again."""
        with self.world.lock:
            if name not in self._citizens:
                person: JsonObject = {
                    "id": FIRST_CITIZEN_ID + len(self.world.chats), "is_bot": False, "first_name": name,
                    "language_code": language,
                }  # fmt: skip
                if username is not None:
                    person["username"] = username
                chat = Chat(person)
                self.world.chats[FIRST_CITIZEN_ID + len(self.world.chats)] = chat
                self._citizens[name] = Citizen(self.world, chat)
            return self._citizens[name]

    def fail_next(self, failure: Failure, method: str | None = None, times: int = 1) -> None:
        """Let the next requests fail (to one method, to `DOWNLOAD`, or to any)."""
        assert method in {None, DOWNLOAD} or method in self.world.description.methods, f"no method {method}"
        with self.world.lock:
            self.world.failures.plan(failure, method, times)

    @contextmanager
    def outage(self, failure: Failure) -> Iterator[None]:
        """Let every request fail for as long as the block lasts."""
        with self.world.lock:
            self.world.failures.begin_outage(failure)
        try:
            yield
        finally:
            with self.world.lock:
                self.world.failures.end_outage()

    @property
    def failures_left(self) -> int:
        """How many planned failures have not struck yet."""
        with self.world.lock:
            return self.world.failures.left()

    @property
    def requests(self) -> list[Received]:
        """Every request that came with the right token, oldest first."""
        with self.world.lock:
            return list(self.world.requests)

    def requests_to(self, method: str) -> list[Received]:
        """The requests to one method, oldest first."""
        return [received for received in self.requests if received.method == method]

    @property
    def refused(self) -> list[Received]:
        """Requests answered 400, 404 or 501 without a test having wanted it: for a bot in order, an empty list."""
        return [received for received in self.requests if received.status in {400, 404, 501} and not received.injected]

    @property
    def undescribed(self) -> list[Received]:
        """Refused requests that the description of the Bot API itself rules out: always a mistake of the bot."""
        return [received for received in self.requests if received.undescribed]

    @property
    def acknowledged(self) -> int:
        """All updates with a lower update_id are confirmed and will not come again."""
        with self.world.lock:
            return self.world.queue.acknowledged

    @property
    def pending_updates(self) -> list[JsonObject]:
        """Updates that wait or that were delivered but not confirmed."""
        with self.world.lock:
            return self.world.queue.pending

    def restart_update_ids(self, next_id: int | None = None) -> int:
        """A quiet week goes by: nothing waits any more, and the next update_id is drawn at random (or `next_id`)."""
        with self.world.lock:
            return self.world.queue.restart(next_id)

    def wait_until(self, condition: Callable[[], bool], timeout: float = PATIENCE_SECONDS) -> None:
        """Block until `condition` holds, looked at after every change; AssertionError after `timeout` seconds."""
        with self.world.lock:
            assert self.world.lock.wait_for(condition, timeout), f"it did not happen within {timeout} s"

    def wait_until_read(self, timeout: float = PATIENCE_SECONDS) -> None:
        """Block until the bot has confirmed every update."""
        self.wait_until(lambda: not self.pending_updates, timeout)
