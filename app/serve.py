"""Running the house: doors, worker and web in one event loop, started in order and stopped without losing anything."""

import asyncio
import fcntl
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TextIO

import structlog
import uvicorn
from anyio import to_thread

from app.bridge import Bridge
from app.wiring import House, bridge
from core.domain.errors import DeliveryError, Locked, Temporary
from core.domain.message import Accepted, Inbound
from core.ports import Door, Sender
from core.service.worker import Delivery
from core.store.migrate import is_current
from web.app import application
from web.parts import Parts

PARTS = frozenset({"mail", "bot", "web", "worker"})
IDLE = 2.0
"""Seconds between looks at the job table when nothing wakes the worker."""

log = structlog.get_logger(__name__)


@contextmanager
def sole_owner(folder: Path) -> Iterator[None]:
    """Hold the embedded database for this process. Raises Locked when another one has it (decisions 15)."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "gehoord.lock").open("w") as lock:
        _lock(lock)
        yield


def _lock(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked from None


class Service:
    """The running parts of one process."""

    def __init__(self, house: House, only: frozenset[str] = PARTS) -> None:
        self.house = house
        self.only = only
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._ready: dict[str, bool] = {}

    async def run(self, started: Callable[[], None]) -> None:
        """Run until SIGTERM or SIGINT. ``started`` is called once every part can be used."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        house = self.house
        if house.settings.embedded and "worker" in self.only:
            await to_thread.run_sync(house.worker.recover)
        into_core = bridge(house, self._wake.set)
        async with _task(into_core.run()):
            doors = [door for door in house.doors if self._runs(door)]
            receiving = [asyncio.create_task(self._listen(door, into_core)) for door in doors]
            receiving += [asyncio.create_task(self._web(into_core))] if "web" in self.only else []
            working = [asyncio.create_task(loop) for loop in self._worker_loops()]
            try:
                await self._until_stopped([*receiving, *working], started)
            finally:
                # Doors first: they finish what they were told was coming. Then the worker finishes what it began.
                for one in receiving:
                    one.cancel()
                await asyncio.gather(*receiving, return_exceptions=True)
                self._stop.set()
                self._wake.set()
                await asyncio.gather(*working, return_exceptions=True)

    def _runs(self, door: Door) -> bool:
        return ("bot" if door is self.house.telegram else "mail") in self.only

    def _worker_loops(self) -> Iterator[Coroutine[None, None, None]]:
        if "worker" in self.only:
            yield self._deliver()
            yield self._classify()

    async def _until_stopped(self, running: list["asyncio.Task[None]"], started: Callable[[], None]) -> None:
        """Wait for readiness, then for the signal to stop; a part that dies takes the process down, loudly."""
        stopping = asyncio.create_task(self._stop.wait())
        announced = False
        while not stopping.done():
            done, _ = await asyncio.wait(
                [stopping, *running], timeout=None if announced else 0.02, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done - {stopping}:
                stopping.cancel()
                one.result()
                raise RuntimeError("a part of the service ended by itself")
            if not announced and self._ready and all(self._ready.values()):
                announced = True
                started()

    async def _listen(self, door: Door, into_core: Bridge) -> None:
        """Run a door; one that breaks is started again, so that one bad connection never ends the intake."""
        self._ready[door.name] = False

        def ready() -> None:
            self._ready[door.name] = True

        async def accept(inbound: Inbound) -> Accepted:
            begun = time.perf_counter()
            try:
                accepted = await into_core.accept(inbound)
            except Exception:
                self.house.metrics.refused.labels(door.name).inc()
                log.exception("message not taken", door=door.name)
                raise
            self.house.metrics.intake.labels(door.name).observe(time.perf_counter() - begun)
            self.house.metrics.accepted.labels(door.name, accepted.outcome).inc()
            log.info("message taken", door=door.name, outcome=accepted.outcome, number=accepted.case_number)
            return accepted

        await door.listen(accept, ready)

    async def _deliver(self) -> None:
        """Empty the outbox; look again when something was accepted, or after a while."""
        senders = {sender.route: sender for sender in self.house.senders}
        while not self._stop.is_set():
            self._wake.clear()
            deliveries = await to_thread.run_sync(self.house.worker.claim_deliveries)
            for delivery in deliveries:
                await self._hand_over(senders.get(delivery.outgoing.to.route), delivery)
            if not deliveries:
                await self._until_woken()

    async def _hand_over(self, sender: Sender | None, delivery: Delivery) -> None:
        route = delivery.outgoing.to.route
        begun = time.perf_counter()
        try:
            if sender is None:
                raise Temporary("no sender is configured for this route")
            delivered = await sender.deliver(delivery.outgoing)
        except DeliveryError as error:
            await to_thread.run_sync(self.house.worker.failed, delivery, error)
            self.house.metrics.delivered.labels(route, type(error).__name__.lower()).inc()
            log.warning("not delivered", outgoing=delivery.outgoing.id, route=route, reason=error.reason)
            return
        except Exception as error:
            unexpected = Temporary(f"unexpected {type(error).__name__}", handed_over=True)
            await to_thread.run_sync(self.house.worker.failed, delivery, unexpected)
            self.house.metrics.delivered.labels(route, "defect").inc()
            log.exception("sender failed", outgoing=delivery.outgoing.id, route=route)
            return
        await to_thread.run_sync(self.house.worker.sent, delivery, delivered)
        self.house.metrics.delivered.labels(route, "sent").inc()
        self.house.metrics.delivery.labels(route).observe(time.perf_counter() - begun)
        log.info("delivered", outgoing=delivery.outgoing.id, route=route)

    async def _classify(self) -> None:
        while not self._stop.is_set():
            looked_at = await to_thread.run_sync(self.house.worker.classify)
            self.house.metrics.classified.inc(looked_at)
            if not looked_at:
                await self._until_woken()

    async def _until_woken(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), IDLE)
        except TimeoutError:
            return

    async def _web(self, into_core: Bridge) -> None:
        settings = self.house.settings.web
        self._ready["web"] = False
        config = uvicorn.Config(
            application(self._parts(into_core)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        server = _Server(config, lambda: self._ready.update(web=True))
        serving = asyncio.create_task(server.serve())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise

    def _parts(self, into_core: Bridge) -> Parts:
        house = self.house
        return Parts(
            queries=house.queries,
            review=house.review,
            accounts=house.accounts,
            rereading=house.rereading,
            accept=into_core.accept,
            calendar=house.calendar,
            clock=house.clock,
            municipality=house.settings.municipality_value(),
            development_mailbox=house.development_mailbox,
            is_ready=self.readiness,
            metrics=self._exposition,
            form_keys={key.get_secret_value(): name for name, key in house.settings.web.form_keys.items()},
            max_upload=house.settings.web.max_upload,
            secure_cookies=house.settings.web.secure_cookies,
        )

    def readiness(self) -> Mapping[str, bool]:
        """Each part by name, and whether it can be used now; the database is asked each time."""
        return {**self._ready, "database": is_current(self.house.engine)}

    def _exposition(self) -> tuple[bytes, str]:
        house = self.house

        def waiting() -> tuple[int, float]:
            with house.store.read() as work:
                return work.jobs.waiting(house.clock())

        return house.metrics.exposition(waiting, lambda: house.store.counts(house.calendar.day_of(house.clock())))


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the service decides when and in which order parts stop."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the service once the port is open."""
        await super().startup(sockets)
        if self.started:
            self._listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the service."""
        yield


@asynccontextmanager
async def _task(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
