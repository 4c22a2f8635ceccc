"""Daily work: at the start and every night, whatever happens to one task."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.daily import LONGEST_WAIT, Daily, DailyTask, next_run


class Night:
    """A clock that only waiting moves."""

    def __init__(self, now: datetime, days: int) -> None:
        self.now, self.ends = now, now + timedelta(days=days)

    def clock(self) -> datetime:
        return self.now

    async def wait(self, seconds: float) -> None:
        assert 0 < seconds <= LONGEST_WAIT
        self.now += timedelta(seconds=seconds)
        if self.now >= self.ends:
            raise asyncio.CancelledError


def test_every_task_runs_at_the_start_and_every_night_although_another_fails() -> None:
    night, ran = Night(datetime(2026, 11, 23, 9, 12, tzinfo=UTC), days=3), list[tuple[str, str]]()

    def broken() -> None:
        ran.append(("broken", f"{night.now:%d %H:%M}"))
        raise OSError("the database is away")

    tasks = [
        DailyTask(name="broken", run=broken),
        DailyTask(name="sound", run=lambda: ran.append(("sound", f"{night.now:%d %H:%M}"))),
    ]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Daily(tasks, night.clock, night.wait).run())
    times = ["23 09:12", "24 02:00", "25 02:00", "26 02:00"]  # three o'clock in the Netherlands
    assert ran == [(name, at) for at in times for name in ("broken", "sound")]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-23T01:59:59", "2026-11-23T02:00:00"),
        ("2026-11-23T02:00:00", "2026-11-24T02:00:00"),
        ("2026-07-01T00:59:00", "2026-07-01T01:00:00"),
        ("2026-03-28T12:00:00", "2026-03-29T01:00:00"),  # the clock is put forward that night, to three o'clock
        ("2026-10-24T12:00:00", "2026-10-25T02:00:00"),  # and back, from three to two
        ("2026-10-25T00:30:00", "2026-10-25T02:00:00"),
    ],
)
def test_it_is_three_o_clock_once_a_day(now: str, then: str) -> None:
    assert next_run(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(then).replace(tzinfo=UTC)
