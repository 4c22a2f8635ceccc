"""Running the house: doors, worker and web in one event loop, started in order and stopped without losing anything."""

import asyncio
import fcntl
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import structlog
import uvicorn
from anyio import CapacityLimiter, to_thread

from app.bridge import Bridge
from app.wiring import House, bridge
from core.domain.errors import DeliveryError, Locked, Temporary
from core.domain.message import Accepted, Inbound
from core.ports import Door, Sender
from core.service.worker import Delivery
from core.store.engine import trouble
from core.store.migrate import is_current
from web.app import application
from web.parts import Parts

PARTS = frozenset({"mail", "bot", "web", "worker"})
IDLE = 2.0
"""Seconds between looks at the job table when nothing wakes the worker, and between tries without a database."""
PATIENCE = 8.0
"""Seconds that a stop waits for deliveries under way; one that is cut off is treated like one that a kill cut off."""

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


class PartFailed(Exception):
    """A part could not start; the text names it and says why, for the administrator."""


class Service:
    """The running parts of one process."""

    def __init__(self, house: House, only: frozenset[str] = PARTS) -> None:
        self.house = house
        self.only = only
        self._stop = asyncio.Event()
        self._to_deliver = asyncio.Event()
        self._to_classify = asyncio.Event()
        self._ready: dict[str, bool] = {}

    async def run(self, started: Callable[[], None]) -> None:
        """Run until SIGTERM or SIGINT. ``started`` is called once every part can be used."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        house = self.house
        if house.settings.embedded and "worker" in self.only:
            await to_thread.run_sync(house.worker.recover)
        into_core = bridge(house, self._wake)
        async with _task(into_core.run()):
            doors = [door for door in house.doors if self._runs(door)]
            receiving = [asyncio.create_task(self._listen(door, into_core)) for door in doors]
            receiving += [asyncio.create_task(self._web(into_core))] if "web" in self.only else []
            working = [asyncio.create_task(loop) for loop in self._worker_loops()]
            try:
                await self._until_stopped([*receiving, *working], started)
            finally:
                # Doors first: they finish what they were told was coming. Then the worker finishes what it began.
                await _ended(receiving)
                self._stop.set()
                self._wake()
                if working:
                    await asyncio.wait(working, timeout=PATIENCE)
                await _ended(working)

    def _wake(self) -> None:
        self._to_deliver.set()
        self._to_classify.set()

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
        await asyncio.sleep(0)  # every part says that it is not ready yet
        while not stopping.done():
            done, _ = await asyncio.wait(
                [stopping, *running], timeout=None if announced else 0.02, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done - {stopping}:
                stopping.cancel()
                one.result()
                raise RuntimeError("a part of the service ended by itself")
            if not announced and all(self._ready.values()):
                announced = True
                started()

    async def _listen(self, door: Door, into_core: Bridge) -> None:
        """Run a door, and count and log what it takes in."""
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

        try:
            await door.listen(accept, ready)
        except OSError as error:
            raise PartFailed(f"{door.name}: {error.strerror or error}") from error

    async def _deliver(self) -> None:
        """Empty the outbox; look again when something was accepted, or after a while."""
        senders = {sender.route: sender for sender in self.house.senders}
        one_writer = CapacityLimiter(1)
        while not self._stop.is_set():
            self._to_deliver.clear()
            deliveries = await self._claimed()
            # All at once, so that the last one is handed over well within the lease of the whole chunk.
            handing = (self._hand_over(senders.get(one.outgoing.to.route), one, one_writer) for one in deliveries)
            await asyncio.gather(*handing)
            if not deliveries:
                await _until(self._to_deliver)

    async def _claimed(self) -> list[Delivery]:
        """What is due; nothing while the database is away or full, so that the worker outlives that."""
        try:
            return await to_thread.run_sync(self.house.worker.claim_deliveries)
        except Exception:  # whatever happened, the outbox is still there to be tried again
            log.exception("outbox not read")
            return []

    async def _hand_over(self, sender: Sender | None, delivery: Delivery, one_writer: CapacityLimiter) -> None:
        route, worker = delivery.outgoing.to.route, self.house.worker
        begun = time.perf_counter()
        try:
            if sender is None:
                raise Temporary("no sender is configured for this route")
            delivered = await sender.deliver(delivery.outgoing)
        except DeliveryError as error:
            result, reason = type(error).__name__.lower(), error.reason
            log.warning("not delivered", outgoing=delivery.outgoing.id, route=route, reason=reason)
            await self._record(partial(worker.failed, delivery, error), one_writer)
        except Exception as error:  # a defect in a sender must not lose the letter
            result, unexpected = "defect", Temporary(f"unexpected {type(error).__name__}", handed_over=True)
            log.exception("sender failed", outgoing=delivery.outgoing.id, route=route)
            await self._record(partial(worker.failed, delivery, unexpected), one_writer)
        else:
            result = "sent"
            self.house.metrics.delivery.labels(route).observe(time.perf_counter() - begun)
            await self._record(partial(worker.sent, delivery, delivered), one_writer)
            log.info("delivered", outgoing=delivery.outgoing.id, route=route)
        self.house.metrics.delivered.labels(route, result).inc()

    async def _record(self, record: Callable[[], None], one_writer: CapacityLimiter) -> None:
        """Write down what became of a delivery, as soon as the database is there: until then it would be repeated."""
        while True:
            try:
                await to_thread.run_sync(record, limiter=one_writer)
            except Exception:  # whatever happened, the letter has left and that must be written down
                log.exception("delivery not recorded")
            else:
                return
            if self._stop.is_set():
                return
            await _until(self._stop)

    async def _classify(self) -> None:
        while not self._stop.is_set():
            self._to_classify.clear()
            try:
                looked_at = await to_thread.run_sync(self.house.worker.classify)
            except Exception:  # the database is away or full; the jobs are still there
                log.exception("messages not classified")
                looked_at = 0
            self.house.metrics.classified.inc(looked_at)
            if not looked_at:
                await _until(self._to_classify)

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
        # Bound here, because uvicorn would end the process by itself when the port is taken.
        try:
            listener = socket.create_server((settings.host, settings.port), family=_family(settings.host), backlog=2048)
        except OSError as error:
            raise PartFailed(f"web: {error.strerror or error} ({settings.host}:{settings.port})") from error
        serving = asyncio.create_task(server.serve(sockets=[listener]))
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
        engine = self.house.engine
        database = trouble(engine) is None and is_current(engine)
        return {**self._ready, "database": database}

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


async def _until(event: asyncio.Event) -> None:
    """Wait for the event, but not longer than ``IDLE``."""
    try:
        await asyncio.wait_for(event.wait(), IDLE)
    except TimeoutError:
        return


async def _ended(tasks: list["asyncio.Task[None]"]) -> None:
    """Cancel and wait."""
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@asynccontextmanager
async def _task(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
