"""The bridge: messages that wait together share a commit, and each gets its own answer."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from app.bridge import CHUNK, Bridge
from core.domain.labels import Channel
from core.domain.message import Accepted, Contact, Inbound, Outcome


class Poisoned(Exception):
    """What the core raises for a message that it cannot take."""


def message(number: int) -> Inbound:
    return Inbound(
        channel=Channel.EMAIL,
        door="smtp",
        external_id=str(number),
        content_hash=f"{number:064}",
        received_at=datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
        sender=Contact(),
        reply=None,
        raw=b"",
    )


@dataclass
class Core:
    """Takes everything but poisoned messages, and writes nothing while it is held."""

    poisoned: frozenset[int] = frozenset()
    chunks: list[list[int]] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)
    busy: threading.Event = field(default_factory=threading.Event)

    def accept_all(self, messages: Sequence[Inbound]) -> list[Accepted]:
        numbers = [int(one.external_id) for one in messages]
        self.chunks.append(numbers)
        self.busy.set()
        assert self.free.wait(20)
        if self.poisoned & set(numbers):
            raise Poisoned
        return [Accepted(outcome=Outcome.OPENED, message=number) for number in numbers]


async def crossed(core: Core, count: int, after: Callable[[], None] = lambda: None) -> list[Accepted | BaseException]:
    """Send so many messages at one time; the first one goes alone, because nothing else was waiting."""
    bridge = Bridge(core.accept_all, after)
    running = asyncio.create_task(bridge.run())
    first = asyncio.create_task(bridge.accept(message(0)))
    await asyncio.to_thread(core.busy.wait, 20)
    others = [asyncio.create_task(bridge.accept(message(number))) for number in range(1, count)]
    await asyncio.sleep(0)
    core.free.set()
    answers = await asyncio.gather(first, *others, return_exceptions=True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return answers


def test_messages_that_wait_together_share_a_commit() -> None:
    core = Core()
    answers = asyncio.run(crossed(core, CHUNK + 2))
    assert [len(chunk) for chunk in core.chunks] == [1, CHUNK, 1]
    assert [answer.message for answer in answers if isinstance(answer, Accepted)] == list(range(CHUNK + 2))


def test_a_poisoned_message_does_not_fail_its_neighbours() -> None:
    core = Core(poisoned=frozenset({2}))
    answers = asyncio.run(crossed(core, 5))
    assert isinstance(answers[2], Poisoned)
    assert [answer.message for answer in answers if isinstance(answer, Accepted)] == [0, 1, 3, 4]


def test_a_refusal_reaches_the_door_that_waits() -> None:
    core = Core(poisoned=frozenset({0}))
    [answer] = asyncio.run(crossed(core, 1))
    assert isinstance(answer, Poisoned)


def test_the_worker_is_woken_after_each_commit_and_not_by_a_refusal() -> None:
    woken: list[None] = []
    asyncio.run(crossed(Core(), 3, lambda: woken.append(None)))
    assert len(woken) == 2
    asyncio.run(crossed(Core(poisoned=frozenset({0})), 1, lambda: woken.append(None)))
    assert len(woken) == 2


def test_the_bridge_goes_on_after_a_refusal() -> None:
    async def twice(core: Core) -> Accepted:
        bridge = Bridge(core.accept_all, lambda: None)
        running = asyncio.create_task(bridge.run())
        with pytest.raises(Poisoned):
            await bridge.accept(message(1))
        accepted = await bridge.accept(message(2))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return accepted

    core = Core(poisoned=frozenset({1}))
    core.free.set()
    assert asyncio.run(twice(core)).message == 2


def test_a_sender_that_hung_up_does_not_stop_the_others() -> None:
    async def hung_up(core: Core) -> Accepted:
        bridge = Bridge(core.accept_all, lambda: None)
        running = asyncio.create_task(bridge.run())
        gone = asyncio.create_task(bridge.accept(message(0)))
        await asyncio.to_thread(core.busy.wait, 20)
        gone.cancel()
        other = asyncio.create_task(bridge.accept(message(1)))
        core.free.set()
        accepted = await other
        running.cancel()
        await asyncio.gather(running, gone, return_exceptions=True)
        return accepted

    assert asyncio.run(hung_up(Core())).message == 1


def test_what_is_being_written_when_the_bridge_stops_is_finished_and_answered() -> None:
    async def stopped(core: Core) -> Accepted:
        bridge = Bridge(core.accept_all, lambda: None)
        running = asyncio.create_task(bridge.run())
        waiting = asyncio.create_task(bridge.accept(message(7)))
        await asyncio.to_thread(core.busy.wait, 20)
        running.cancel()
        for _ in range(5):  # turns of the loop, in which a bridge that does not wait would end
            await asyncio.sleep(0)
        assert not running.done()
        core.free.set()
        await asyncio.gather(running, return_exceptions=True)
        return await waiting

    assert asyncio.run(stopped(Core())).message == 7
