"""A door that listens in a thread of its own, over the real core, so that a test can be its blocking client."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

from anyio import to_thread

from core.domain.message import Accepted, Inbound
from core.ports import Door
from tests.core.world import World

PATIENCE = 30.0
_T = TypeVar("_T")


@dataclass
class Core:
    """The real intake as the doors see it; a test can make it fail, hold it, or look when it is called."""

    world: World
    failures: int = 0
    """How many messages are refused before the core works again."""
    looked_at: Callable[[Inbound], None] = lambda _inbound: None
    """Called with each message before anything is committed."""
    free: threading.Event = field(default_factory=threading.Event)
    """Nothing is taken in while this is not set."""
    called: list[Inbound] = field(default_factory=list)
    taken: list[tuple[Inbound, Accepted]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free.set()
        self._changed = threading.Condition()

    async def accept(self, inbound: Inbound) -> Accepted:
        return await to_thread.run_sync(self._accept, inbound)

    def _accept(self, inbound: Inbound) -> Accepted:
        self._note(self.called, inbound)
        self.looked_at(inbound)
        assert self.free.wait(PATIENCE)
        with self._changed:
            if self.failures:
                self.failures -= 1
                raise RuntimeError("the database is away")
        accepted = self.world.intake.accept(inbound)
        self._note(self.taken, (inbound, accepted))
        return accepted

    def _note(self, notes: list[_T], one: _T) -> None:
        with self._changed:
            notes.append(one)
            self._changed.notify_all()

    def wait(self, holds: Callable[["Core"], bool]) -> None:
        """Return once something holds; fail when it does not in time."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), PATIENCE)

    def wait_taken(self, messages: int) -> None:
        """Return once so many messages were committed."""
        self.wait(lambda core: len(core.taken) >= messages)

    @property
    def numbers(self) -> set[str | None]:
        """The numbers of the cases that there are."""
        return {accepted.case_number for _, accepted in self.taken}


class Listening:
    """Runs a door while the ``with`` lasts."""

    def __init__(self, door: Door, core: Core) -> None:
        self._door = door
        self._core = core
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=door.name)

    def __enter__(self) -> Self:
        self.start()
        assert self._ready.wait(PATIENCE)
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    def wait_ready(self) -> None:
        assert self._ready.wait(PATIENCE)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Cancel the door, as a stopping service does, and return at once."""
        self._loop.call_soon_threadsafe(self._task.cancel)

    def stop(self) -> None:
        if self._thread.is_alive():
            self.ask_to_stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._listen())
        except BaseException as error:  # noqa: BLE001 - shown in the thread of the test
            self._error = error
            self._ready.set()

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.ensure_future(self._door.listen(self._core.accept, self._ready.set))
        try:
            await self._task
        except asyncio.CancelledError:
            return
