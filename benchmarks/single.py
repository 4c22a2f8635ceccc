"""Goal 7: one mail on an idle system, from its bytes to the commit, at the middle of many; beside the bare receipt."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from app.wiring import bridge
from benchmarks import calibration
from benchmarks.bare_receipt import BareReceipt
from benchmarks.corpus import fresh, light
from benchmarks.product import Service, house
from benchmarks.smtp_client import latencies
from benchmarks.table import Row

MAILS, OUTSIDE = 100, 40
PAUSE = 0.25
"""Seconds in which what a mail sets in motion in the service (its letter, its classification) comes to rest."""
SHORT = 0.005
"""The same where nothing runs but the intake."""


def measure() -> list[Row]:
    """In the process, through the bridge that every door uses; and from outside, over an SMTP connection."""
    mails = light()[:MAILS]
    with TemporaryDirectory() as folder:
        machine = max(calibration.processor(), calibration.disc(Path(folder)))
        bare = _bare(mails, Path(folder))
        inside = asyncio.run(_inside(mails, Path(folder)))
    with TemporaryDirectory() as folder, Service(Path(folder)) as service:
        service.until(Service.is_ready)
        latencies(service.smtp_port, fresh(mails[:2], "warm"), PAUSE)  # the classifier loads at the first of them
        service.until(Service.is_done)
        outside = latencies(service.smtp_port, fresh(mails[:OUTSIDE], "smtp"), PAUSE)
    return [
        _row("one mail, in process, p50", inside, bare, machine),
        _row("one mail over SMTP, p50", outside, bare, machine),
    ]


def _row(what: str, figure: list[float], bare: list[float], machine: float) -> Row:
    middle = statistics.median(figure) * 1000
    return Row(
        goal=7, what=what, figure=middle, bare=statistics.median(bare) * 1000, unit="ms", at_least=10, aim=4,
        machine=machine,
    )  # fmt: skip


async def _inside(mails: Sequence[bytes], folder: Path) -> list[float]:
    made = house(folder)
    made.reader.start()
    into_core = bridge(made)
    working = asyncio.create_task(into_core.run())
    durations = []
    for raw in mails:
        await asyncio.sleep(SHORT)
        begun = time.perf_counter()
        await into_core.accept(made.reader.read(raw, door="bench", received_at=made.clock()))
        durations.append(time.perf_counter() - begun)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    made.reader.close()
    made.engine.dispose()
    return durations


def _bare(mails: Sequence[bytes], folder: Path) -> list[float]:
    bare, durations = BareReceipt(folder / "bare.db"), []
    for raw in mails:
        time.sleep(SHORT)
        begun = time.perf_counter()
        bare.accept_all([raw])
        durations.append(time.perf_counter() - begun)
    bare.close()
    return durations
