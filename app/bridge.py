"""The one bridge between the asynchronous edges and the synchronous core: it gathers messages that wait together.

While one transaction is being committed, the next messages gather here and then share the next commit. On SQLite this
is also the single writer that intake needs; nothing waits for a lock for long.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anyio import to_thread

from core.domain.message import Accepted, Inbound

CHUNK = 50
"""Messages that share one commit at the most; a larger chunk gains little and delays its first message."""

MOMENT = 0.1
"""Seconds without a message after which the doors count as calm."""


@dataclass(slots=True)
class _Waiting:
    inbound: Inbound
    done: "asyncio.Future[Accepted]"


@dataclass(slots=True)
class Bridge:
    """``accept`` for doors; ``run`` does the work until it is cancelled."""

    accept_all: Callable[[Sequence[Inbound]], list[Accepted]]
    after: Callable[[], None] = lambda: None
    """Called after each commit, to wake the worker."""
    _queue: "asyncio.Queue[_Waiting]" = field(default_factory=asyncio.Queue)
    _calm: asyncio.Event = field(default_factory=asyncio.Event)

    _last: _Waiting | None = None

    def __post_init__(self) -> None:
        self._calm.set()

    async def calm(self, at_most: float) -> None:
        """Wait until nothing has come in for a moment, or for this many seconds: citizens go first."""
        try:
            await asyncio.wait_for(self._calm.wait(), at_most)
        except TimeoutError:
            return

    async def accept(self, inbound: Inbound) -> Accepted:
        """Take one message in; returns after the commit. Raises what intake raised: the message is then not taken."""
        waiting = _Waiting(inbound, asyncio.get_running_loop().create_future())
        await self._queue.put(waiting)
        return await waiting.done

    async def run(self) -> None:
        """Work until cancelled; a chunk that is being written is finished first."""
        while True:
            chunk = [await self._queue.get()]
            self._last = chunk[0]
            self._calm.clear()
            while len(chunk) < CHUNK and not self._queue.empty():
                chunk.append(self._queue.get_nowait())
            writing = asyncio.ensure_future(self._take(chunk))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing
                raise
            finally:
                asyncio.get_running_loop().call_later(MOMENT, self._calm_down, chunk[0])

    def _calm_down(self, last: _Waiting) -> None:
        if last is self._last:
            self._calm.set()

    async def _take(self, chunk: list[_Waiting]) -> None:
        """One commit for all; if that fails, one by one, so that no message suffers for another."""
        try:
            accepted = await to_thread.run_sync(self.accept_all, [waiting.inbound for waiting in chunk])
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer to those who wait
            if len(chunk) > 1:
                for waiting in chunk:
                    await self._take([waiting])
            elif not chunk[0].done.done():
                chunk[0].done.set_exception(error)
            return
        for waiting, answer in zip(chunk, accepted, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(answer)
        self.after()
