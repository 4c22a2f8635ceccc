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
from app.daily import daily
from app.files import examiner, formatted
from app.posts import posted_before
from app.reconciling import Tallies
from app.wiring import House, bridge
from app.working import Working
from core.domain.errors import Locked
from core.domain.message import Accepted, Inbound
from core.ports import Accept, Door
from core.store.engine import trouble
from core.store.migrate import is_current
from web.app import application
from web.parts import Parts

PARTS = frozenset({"mail", "bot", "web", "worker"})
STARTING = 5.0
"""Seconds after which the start is announced although a part is not ready."""
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
        self._ready: dict[str, bool] = {}
        self._tallies = Tallies()

    async def run(self, started: Callable[[list[str]], None]) -> None:
        """Run until SIGTERM or SIGINT.

        ``started`` is called once every part can be used, or after a while with the names of those that cannot yet: a
        mailbox that is away must not keep the rest from being announced.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        house = self.house
        if house.settings.embedded and "worker" in self.only:
            await to_thread.run_sync(house.worker.recover)
        into_core = bridge(house)
        worker = Working(house, into_core.calm)
        into_core.after = worker.wake
        async with _task(into_core.run()):
            doors = [door for door in house.doors if self._runs(door)]
            receiving = [asyncio.create_task(self._listen(door, into_core)) for door in doors]
            receiving += [asyncio.create_task(self._web(into_core))] if "web" in self.only else []
            loops = worker.loops() if "worker" in self.only else []
            working = [asyncio.create_task(loop) for loop in loops]
            chores = [asyncio.create_task(daily(house, self._tallies, sweeps="worker" in self.only).run())]
            try:
                await self._until_stopped([*receiving, *working, *chores], started)
            finally:
                # Doors first: they finish what they were told was coming. Then the worker finishes what it began.
                await _ended([*receiving, *chores])
                worker.stop()
                if working:
                    await asyncio.wait(working, timeout=PATIENCE)
                await _ended(working)
                await to_thread.run_sync(house.reader.close)

    def _runs(self, door: Door) -> bool:
        return ("bot" if door is self.house.telegram else "mail") in self.only

    async def _until_stopped(self, running: list["asyncio.Task[None]"], started: Callable[[list[str]], None]) -> None:
        """Wait for readiness, then for the signal to stop; a part that dies takes the process down, loudly."""
        stopping = asyncio.create_task(self._stop.wait())
        announced = False
        latest = asyncio.get_running_loop().time() + STARTING
        await asyncio.sleep(0)  # every part says that it is not ready yet
        while not stopping.done():
            done, _ = await asyncio.wait(
                [stopping, *running], timeout=None if announced else 0.02, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done - {stopping}:
                stopping.cancel()
                one.result()
                raise RuntimeError("a part of the service ended by itself")
            missing = [name for name, ready in self._ready.items() if not ready]
            if not announced and (not missing or asyncio.get_running_loop().time() > latest):
                announced = True
                started(missing)
                if "mail" in self.only:  # only now: the first greeting of a door must not wait for it
                    asyncio.get_running_loop().run_in_executor(None, self.house.reader.start)

    async def _listen(self, door: Door, into_core: Bridge) -> None:
        """Run a door."""
        self._ready[door.name] = False

        def ready() -> None:
            self._ready[door.name] = True

        try:
            await door.listen(self._counted(into_core), ready)
        except OSError as error:
            raise PartFailed(f"{door.name}: {error.strerror or error}") from error

    def _counted(self, into_core: Bridge) -> Accept:
        """The way into the core, with every message counted, timed and logged under the name of its door."""
        metrics = self.house.metrics

        async def accept(inbound: Inbound) -> Accepted:
            begun = time.perf_counter()
            try:
                accepted = await into_core.accept(inbound)
            except Exception:
                metrics.refused.labels(inbound.door).inc()
                log.exception("message not taken", door=inbound.door)
                raise
            metrics.intake.labels(inbound.door).observe(time.perf_counter() - begun)
            metrics.accepted.labels(inbound.door, accepted.outcome).inc()
            self._tallies.promised(inbound.door, accepted)
            log.info("message taken", door=inbound.door, outcome=accepted.outcome, number=accepted.case_number)
            return accepted

        return accept

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
            casework=house.casework,
            examine=examiner(house.settings.attachments),
            formatted=formatted,
            joining=house.joining,
            complainants=house.complainants,
            correspondence=house.correspondence,
            printing=house.printing,
            accounts=house.accounts,
            rereading=house.rereading,
            accept=self._counted(into_core),
            calendar=house.calendar,
            clock=house.clock,
            municipality=house.settings.municipality_value(),
            development_mailbox=house.development_mailbox,
            is_ready=self.readiness,
            metrics=self._exposition,
            form_keys={key.get_secret_value(): name for name, key in house.settings.web.form_keys.items()},
            forms=house.forms,
            posted_before=posted_before(house.store),
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
