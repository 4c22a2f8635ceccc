"""Goal 2: processor time for each mail on the receipt path, from bytes to durable, in chunks; and the bare receipt."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.wiring import House
from benchmarks import calibration
from benchmarks.bare_receipt import CHUNK, BareReceipt, chunks, parse
from benchmarks.corpus import AUTOMATIC, DUPLICATES, FIRST, REPLIES, fresh, light
from benchmarks.product import house, reader
from benchmarks.table import Row
from core.domain.message import Outcome
from mailin.inbound import MailReader

ROUNDS = 3


def measure() -> list[Row]:
    """The best round of each, taking turns; the first mails of another day warm caches in both."""
    mails, machines, products, bares = light(), [], [], []
    for _ in range(ROUNDS):
        machines.append(calibration.processor())
        bares.append(_bare(mails))
        products.append(_product(mails))
    machine, product, bare = min(machines), min(products), min(bares)
    read = _reading(mails)
    each = 1000 / len(mails)
    return [
        Row(
            goal=2, what=f"receipt: CPU per mail, chunks of {CHUNK}", unit="ms", at_least=3.5, aim=1.8, machine=machine,
            figure=product[0] * each, bare=bare[0] * each,
        ),
        Row(goal=10, what="  mails taken for something else", unit="mails", figure=product[2], bare=0, machine=machine),
        Row(goal=0, what="  of which reading the mail", unit="ms", judged="nothing", machine=machine,
            figure=read[0] * each, bare=read[1] * each),
        Row(goal=0, what="  mails per second, in process", unit="/s", judged="nothing", machine=machine,
            more_is_better=True, figure=len(mails) / product[1], bare=len(mails) / bare[1]),
    ]  # fmt: skip


def _product(mails: Sequence[bytes]) -> tuple[float, float, int]:
    """Processor and clock seconds of the product with all its threads, and how many mails it took wrongly."""
    with TemporaryDirectory() as folder:
        made, mail_reader = house(Path(folder)), reader()
        _take(made, mail_reader, fresh(mails[:CHUNK], "warm"))
        processor, clock = time.process_time(), time.perf_counter()
        outcomes = _take(made, mail_reader, mails)
        taken = time.process_time() - processor, time.perf_counter() - clock
        made.engine.dispose()
    return *taken, _wrong(outcomes)


def _take(made: House, mail_reader: MailReader, mails: Sequence[bytes]) -> "Counter[str]":
    """What a mail door does with each poll's chunk."""
    outcomes: Counter[str] = Counter()
    for chunk in chunks(mails):
        read = [mail_reader.read(raw, door="bench", received_at=made.clock()) for raw in chunk]
        accepted = made.intake.accept_all(read)
        outcomes.update(str(one.outcome) for one in accepted)
    return outcomes


def _wrong(outcomes: "Counter[str]") -> int:
    """How many mails became something else than they are: a fast wrong answer is no figure."""
    expected = Counter(
        {
            str(Outcome.OPENED): FIRST,
            str(Outcome.APPENDED): REPLIES,
            str(Outcome.DUPLICATE): DUPLICATES,
            str(Outcome.AUTOMATIC): AUTOMATIC,
        }
    )
    return (expected - outcomes).total()


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
    if (cases, messages, letters) != (FIRST, len(mails) - DUPLICATES, FIRST):
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
