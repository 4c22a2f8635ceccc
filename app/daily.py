"""What the service does once a day: each task at the start and then every night, and none that fails stops another."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from anyio import to_thread

from app.reconciling import Tallies, reconcile
from app.wiring import House
from core.ports import Clock
from core.service.sweeping import Doubtful

HOUR = 3
"""Local hour of the daily run: quiet, and there on every day, also when the clock is put forward or back."""
LONGEST_WAIT = 600.0
"""Seconds after which the clock is asked again: it may be put right, and a machine may have slept."""
LOCAL = ZoneInfo("Europe/Amsterdam")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyTask:
    """Work for once a day. It runs in a thread, and may be cut off at any moment: the next start runs it again."""

    name: str
    run: Callable[[], None]


class Daily:
    """The daily loop of one process."""

    def __init__(
        self,
        tasks: Sequence[DailyTask],
        clock: Clock,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._tasks, self._clock, self._wait = tuple(tasks), clock, wait

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            for task in self._tasks:
                await self._one(task)
            due = next_run(self._clock())
            while (left := (due - self._clock()).total_seconds()) > 0:
                await self._wait(min(left, LONGEST_WAIT))

    async def _one(self, task: DailyTask) -> None:
        try:
            await to_thread.run_sync(task.run)
        except Exception:  # the database may be away: there is another day, and the service goes on
            log.exception("daily task failed", task=task.name)


def next_run(now: datetime) -> datetime:
    """The next instant at which it is ``HOUR`` in the Netherlands."""
    local = now.astimezone(LOCAL)
    due = local.replace(hour=HOUR, minute=0, second=0, microsecond=0, fold=0)
    if due <= local:
        due = (due.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=LOCAL)
    return due.astimezone(UTC)


def daily(house: House, tallies: Tallies, *, sweeps: bool) -> Daily:
    """The daily work of one process, in order: doors are counted where they listen, contents swept by workers."""
    tasks = [DailyTask(name="count the doors", run=lambda: reconcile(house, tallies))]
    tasks += [DailyTask(name="sweep contents", run=lambda: _sweep(house))] if sweeps else []
    return Daily(tasks, house.clock)


def _sweep(house: House) -> None:
    try:
        swept = house.sweeping.sweep()
    except Doubtful as doubt:
        log.error(
            "contents not swept: most are named by no row, as with the wrong database; see 'gehoord blobs sweep'",
            unnamed=doubt.unnamed,
            old=doubt.old,
        )
        return
    log.info("contents swept", contents=swept.contents, drafts=swept.drafts)
