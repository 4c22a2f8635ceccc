"""Goal 2: processor time for each mail on the receipt path, from bytes to durable, in chunks; and the bare receipt.

The process that reads mails counts in full, with what it costs to hand a mail over and to get its answer back.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.wiring import House
from benchmarks import calibration
from benchmarks.bare_receipt import CHUNK, BareReceipt, chunks, parse
from benchmarks.corpus import fresh, light, truths
from benchmarks.exact import wrong
from benchmarks.product import house, processor_of, reader
from benchmarks.sizes import some
from benchmarks.table import Row

ROUNDS = 3


def measure() -> list[Row]:
    """The best round of each, taking turns; the first mails of another day warm caches in both."""
    mails = light()[: some(1000, 200)]
    machines, products, bares = [], [], []
    for _ in range(some(ROUNDS, 1)):
        machines.append(calibration.processor())
        bares.append(_bare(mails))
        products.append(_product(mails))
    machine, product, bare = min(machines), min(products), min(bares)
    read = _reading(mails)
    each = 1000 / len(mails)
    return [
        Row(
            goal=2, what=f"receipt: CPU per mail, chunks of {CHUNK}", unit="ms", at_least=3.5, aim=1.8, machine=machine,
            figure=product.processor * each, bare=bare[0] * each,
        ),
        Row(goal=10, what="  mails taken for something else", unit="mails", figure=product.wrong, bare=0,
            machine=machine),
        Row(goal=0, what="  of which in the process that reads", unit="ms", judged="nothing", machine=machine,
            figure=product.child * each, bare=0),
        Row(goal=0, what="  of which understanding the mail", unit="ms", judged="nothing", machine=machine,
            figure=read[0] * each, bare=read[1] * each),
        Row(goal=0, what="  mails per second", unit="/s", judged="nothing", machine=machine,
            more_is_better=True, figure=len(mails) / product.clock, bare=len(mails) / bare[1]),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Taken:
    """What one round took: seconds of processor and clock, of which in the child, and mails that went wrong."""

    processor: float
    clock: float
    child: float
    wrong: int


def _product(mails: Sequence[bytes]) -> Taken:
    with TemporaryDirectory() as folder:
        made = house(Path(folder))
        warm = fresh(mails[:CHUNK], "warm")
        _take(made, warm)
        before, processor, clock = processor_of(made.reader.pid), time.process_time(), time.perf_counter()
        _take(made, mails)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        child = processor_of(made.reader.pid) - before
        made.reader.close()
        taken = Taken(processor + child, clock, child, wrong(made.engine, [*warm, *mails]))
        made.engine.dispose()
    return taken


def _take(made: House, mails: Sequence[bytes]) -> None:
    """What a mail door does with each poll's chunk."""
    for chunk in chunks(mails):
        made.intake.accept_all([made.reader.read(raw, door="bench", received_at=made.clock()) for raw in chunk])


def _bare(mails: Sequence[bytes]) -> tuple[float, float]:
    with TemporaryDirectory() as folder:
        bare = BareReceipt(Path(folder) / "bare.db")
        for chunk in chunks(fresh(mails[:CHUNK], "warm")):
            bare.accept_all(chunk)
        before, processor, clock = bare.counts(), time.process_time(), time.perf_counter()
        for chunk in chunks(mails):
            bare.accept_all(chunk)
        taken = time.process_time() - processor, time.perf_counter() - clock
        cases, messages, letters = (after - was for after, was in zip(bare.counts(), before, strict=True))
        bare.close()
    kinds = [truth.kind for truth in truths(mails)]
    first, again = kinds.count("first"), kinds.count("again")
    if (cases, messages, letters) != (first, len(mails) - again, first):
        raise AssertionError(f"the bare loop did something else: {cases} cases, {messages} messages")
    return taken


def _reading(mails: Sequence[bytes]) -> tuple[float, float]:
    """Processor seconds of reading alone: the product's reader and the bare parser."""
    mail_reader, now = reader(), datetime(2026, 1, 5, 9, tzinfo=UTC)
    begun = time.process_time()
    for raw in mails:
        mail_reader.read(raw, door="bench", received_at=now)
    between = time.process_time()
    for raw in mails:
        parse(raw)
    return between - begun, time.process_time() - between
