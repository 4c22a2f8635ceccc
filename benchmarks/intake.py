"""Goals 1, 9 and 10: the light corpus out of a mailbox and out of an archive, each beside its bare loop."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.importing import import_files
from app.wiring import House, bridge
from benchmarks import calibration
from benchmarks.bare_imap import DONE, Take, fill, pull, read_mbox, write_mbox
from benchmarks.bare_receipt import CHUNK, BareReceipt
from benchmarks.corpus import fresh, light, truths
from benchmarks.exact import wrong
from benchmarks.product import house, imap_settings
from benchmarks.sizes import some
from benchmarks.table import Row
from core.domain.message import Accepted, Inbound
from tests.parts.dovecot import Dovecot

ROUNDS = 3
PATIENCE = 600
"""Seconds after which a run is given up."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds, and how many mails became something else than they are."""

    seconds: float
    wrong: int = 0


def measure() -> list[Row]:
    """The best round of each, taking turns."""
    if why := Dovecot.missing():
        raise RuntimeError(f"goals 1 and 9 need Dovecot: {why}")
    mails = light()[: some(1000, 150)]
    with Dovecot() as server:
        mailbox = _Rounds(mails, lambda: _imap(server, mails), lambda: _with_receipt(_Pull(server, mails)))
        pulled = max(len(mails) / _Pull(server, mails)(len) for _ in range(some(ROUNDS, 1)))
    archive = _Rounds(mails, lambda: _import(mails), lambda: _with_receipt(_Archive(mails)))
    size = f"chunks of {CHUNK}"
    return [
        archive.row(1, "import of an mbox, whole job"),
        archive.exact("  mails taken for something else"),
        mailbox.row(1, "IMAP, whole job"),
        mailbox.exact("  mails taken for something else"),
        Row(goal=9, what=f"IMAP, beside fetch, mark, move, {size}", unit="/s", judged="ratio", more_is_better=True,
            at_least=0.25, aim=0.45, figure=mailbox.figure, bare=pulled, machine=mailbox.machine),
    ]  # fmt: skip


class _Rounds:
    """The best round of the product and of the bare loop."""

    def __init__(self, mails: Sequence[bytes], product: Callable[[], Taken], bare: Callable[[], float]) -> None:
        bares, products, machines = [], [], []
        for _ in range(some(ROUNDS, 1)):
            machines.append(_machine())
            bares.append(bare())
            products.append(product())
        self.machine = min(machines)
        self.figure = len(mails) / min(one.seconds for one in products)
        self.bare = len(mails) / min(bares)
        self.wrong = max(one.wrong for one in products)

    def row(self, goal: int, what: str) -> Row:
        return Row(
            goal=goal, what=what, unit="/s", judged="ratio", more_is_better=True, at_least=0.4, aim=0.7,
            figure=self.figure, bare=self.bare, machine=self.machine,
        )  # fmt: skip

    def exact(self, what: str) -> Row:
        return Row(goal=10, what=what, figure=self.wrong, bare=0, unit="mails", machine=self.machine)


def _machine() -> float:
    with TemporaryDirectory() as folder:
        return max(calibration.processor(), calibration.disc(Path(folder)))


# --- the bare loops -------------------------------------------------------------------------------------------------


def _with_receipt(way: "Callable[[Take], float]") -> float:
    with TemporaryDirectory() as folder:
        bare = BareReceipt(Path(folder) / "bare.db")
        bare.accept_all(fresh(light()[:CHUNK], "warm"))
        seconds = way(bare.accept_all)
        bare.close()
    return seconds


class _Pull:
    """A mailbox that is filled before the clock runs."""

    def __init__(self, server: Dovecot, mails: Sequence[bytes]) -> None:
        self.server, self.address = server, server.address()
        fill(server, self.address, mails)

    def __call__(self, take: Take) -> float:
        return pull(self.server, self.address, take)


class _Archive:
    """An archive that is written before the clock runs."""

    def __init__(self, mails: Sequence[bytes]) -> None:
        self.mails = mails

    def __call__(self, take: Take) -> float:
        with TemporaryDirectory() as folder:
            write_mbox(Path(folder) / "oud.mbox", self.mails)
            return read_mbox(Path(folder) / "oud.mbox", take)


# --- the product ----------------------------------------------------------------------------------------------------


def _import(mails: Sequence[bytes]) -> Taken:
    """`gehoord import --acknowledge` without the start of its process."""
    with TemporaryDirectory() as folder:
        made = house(Path(folder))
        warm = _warmed(made, mails)
        write_mbox(Path(folder) / "oud.mbox", mails)
        begun = time.perf_counter()
        import_files(made, Path(folder) / "oud.mbox", acknowledge=True, dry=False)
        return _ended(made, [*warm, *mails], time.perf_counter() - begun)


def _imap(server: Dovecot, mails: Sequence[bytes]) -> Taken:
    """The door as the service runs it, over the bridge that gathers what shares a commit."""
    address = server.address()
    fill(server, address, mails)
    with TemporaryDirectory() as folder:
        made = house(Path(folder), more=imap_settings(server, address))
        warm = _warmed(made, mails)
        begun = time.perf_counter()
        asyncio.run(_listen(made, len(mails)))
        taken = _ended(made, [*warm, *mails], time.perf_counter() - begun)
    again = sum(truth.kind == "again" for truth in truths(mails))
    with server.login(address, DONE) as client:
        moved = len(client.search())
    if not len(mails) - again <= moved <= len(mails):  # a repeat is put away after a pause
        raise AssertionError(f"{moved} of {len(mails)} mails were put away")
    return taken


def _warmed(made: House, mails: Sequence[bytes]) -> list[bytes]:
    """The first mails of another day, taken: what is made once in the life of a service is made before the clock."""
    warm = fresh(mails[:CHUNK], "warm")
    made.intake.accept_all([made.reader.read(raw, door="bench", received_at=made.clock()) for raw in warm])
    return warm


def _ended(made: House, mails: Sequence[bytes], seconds: float) -> Taken:
    made.reader.close()
    taken = Taken(seconds, wrong(made.engine, mails))
    made.engine.dispose()
    return taken


async def _listen(made: House, number: int) -> None:
    """Until so many mails were taken and their chunk was put away: a stop waits for that."""
    into_core = bridge(made)
    left, done = [number], asyncio.Event()

    async def accept(inbound: Inbound) -> Accepted:
        accepted = await into_core.accept(inbound)
        left[0] -= 1
        if not left[0]:
            done.set()
        return accepted

    door = next(door for door in made.doors if door.name.startswith("imap:"))
    working = asyncio.create_task(into_core.run())
    listening = asyncio.create_task(door.listen(accept, lambda: None))
    try:
        await asyncio.wait_for(done.wait(), PATIENCE)
    finally:
        for task in (listening, working):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
