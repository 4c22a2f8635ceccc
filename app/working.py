"""The worker's loops: deliver, classify, scan. All outlive whatever goes wrong below them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence

import structlog
from anyio import to_thread

from app.wiring import House
from core.domain.errors import DeliveryError, Temporary
from core.domain.message import Delivered, Route
from core.ports import Sender
from core.service.scanning import Scanning
from core.service.worker import Delivery

IDLE = 2.0
"""Seconds between looks at the job table when nothing wakes the worker."""
LETTERS_WAIT, CLASSIFYING_WAITS = 1.0, 10.0
"""Seconds at the most that each lets incoming messages go first."""

Result = tuple[Delivery, Delivered | DeliveryError]
Calm = Callable[[float], Awaitable[None]]
"""Waits until no message is being taken in, or for so many seconds."""

log = structlog.get_logger(__name__)


class Working:
    """The worker of one process."""

    def __init__(self, house: House, calm: Calm) -> None:
        self._house = house
        self._calm = calm
        self._stopping = asyncio.Event()
        self._to_deliver = asyncio.Event()
        self._to_classify = asyncio.Event()
        self._to_scan = asyncio.Event()

    def wake(self) -> None:
        """Look at the jobs now."""
        self._to_deliver.set()
        self._to_classify.set()
        self._to_scan.set()

    def loops(self) -> list[Coroutine[None, None, None]]:
        """What is to be run."""
        scanning = self._house.scanning
        return [self.deliver(), self.classify(), *([self.scan(scanning)] if scanning is not None else [])]

    async def scan(self, scanning: Scanning) -> None:
        """Have waiting files looked at until stopped."""
        while not self._stopping.is_set():
            self._to_scan.clear()
            try:
                found = await to_thread.run_sync(scanning.scan)
            except Exception:  # the database is away or full; the jobs are still there
                log.exception("files not scanned")
                found = False
            if not found:
                await _until(self._to_scan)

    def stop(self) -> None:
        """Finish what was begun, and no more."""
        self._stopping.set()
        self.wake()

    async def deliver(self) -> None:
        """Empty the outbox until stopped; look again when something was accepted, or after a while."""
        senders = {sender.route: sender for sender in self._house.senders}
        while not self._stopping.is_set():
            self._to_deliver.clear()
            await self._calm(LETTERS_WAIT)
            deliveries = await self._claimed()
            # All at once, so that the last one is handed over well within the lease of the whole chunk.
            pending = {asyncio.create_task(self._hand_over(senders, one)) for one in deliveries}
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                await self._record([one.result() for one in done])
            if not deliveries:
                await _until(self._to_deliver)

    async def classify(self) -> None:
        """Ask about waiting messages until stopped."""
        while not self._stopping.is_set():
            self._to_classify.clear()
            await self._calm(CLASSIFYING_WAITS)
            try:
                looked_at = await to_thread.run_sync(self._house.worker.classify)
            except Exception:  # the database is away or full; the jobs are still there
                log.exception("messages not classified")
                looked_at = 0
            self._house.metrics.classified.inc(looked_at)
            if not looked_at:
                await _until(self._to_classify)

    async def _claimed(self) -> list[Delivery]:
        """What is due; nothing while the database is away or full, so that the worker outlives that."""
        try:
            await to_thread.run_sync(self._house.alerts.write_down)
            return await to_thread.run_sync(self._house.worker.claim_deliveries)
        except Exception:  # whatever happened, the outbox is still there to be tried again
            log.exception("outbox not read")
            return []

    async def _hand_over(self, senders: dict[Route, Sender], delivery: Delivery) -> Result:
        """Give one message to its sender, and say what became of it."""
        route, sender = delivery.outgoing.to.route, senders.get(delivery.outgoing.to.route)
        begun = time.perf_counter()
        try:
            if sender is None:
                raise Temporary("no sender is configured for this route")
            delivered = await sender.deliver(delivery.outgoing)
        except DeliveryError as error:
            log.warning("not delivered", outgoing=delivery.outgoing.id, route=route, reason=error.reason)
            self._count(route, type(error).__name__.lower())
            return delivery, error
        except Exception as error:  # a defect in a sender must not lose the letter
            log.exception("sender failed", outgoing=delivery.outgoing.id, route=route)
            self._count(route, "defect")
            return delivery, Temporary(f"unexpected {type(error).__name__}", handed_over=True)
        self._house.metrics.delivery.labels(route).observe(time.perf_counter() - begun)
        self._count(route, "sent")
        log.info("delivered", outgoing=delivery.outgoing.id, route=route)
        return delivery, delivered

    def _count(self, route: str, result: str) -> None:
        self._house.metrics.delivered.labels(route, result).inc()

    async def _record(self, results: Sequence[Result]) -> None:
        """Write down what became of deliveries, as soon as the database is there: until then they would be repeated."""
        while True:
            try:
                await to_thread.run_sync(self._house.worker.record, results)
            except Exception:  # whatever happened, the letters have left and that must be written down
                log.exception("deliveries not recorded")
            else:
                return
            if self._stopping.is_set():
                return
            await _until(self._stopping)


async def _until(event: asyncio.Event) -> None:
    """Wait for an event, or for a while."""
    try:
        await asyncio.wait_for(event.wait(), IDLE)
    except TimeoutError:
        return
