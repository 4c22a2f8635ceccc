"""Messages understood per second on one core, the worst of them, and a mail of 40 MB; each beside the bare parser.

Written for shared/design/mail.md, whose figures to reach are 400 a second and 50 ms at the 99th percentile.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from email import message_from_bytes
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks import bare_receipt, calibration
from benchmarks.corpus import SEED, light, with_file
from benchmarks.sizes import some
from benchmarks.table import Row
from mailin.understanding.mime import parse

CORPUS = Path(__file__).parents[1] / "tests" / "mail" / "corpus"
FILE = 14_600_000
"""Bytes of each of the two files in the large mail: together below the limit, and 40 MB as base64."""


def measure() -> list[Row]:
    """The light corpus, the odd messages of the tests, and one large mail in processes of their own."""
    machine = calibration.processor()
    everyday = light()[: some(1000, 200)]
    odd = {path.stem: path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))}
    times = {name: _best(parse, raw) for name, raw in odd.items()}
    worst = max(times, key=lambda name: times[name])
    p99 = sorted(times.values())[int(len(times) * 0.99)]
    return [
        _rate("understood, light corpus, one core", _every(parse, everyday), _every(bare_receipt.parse, everyday),
              len(everyday), machine),
        _rate("understood, corpus of the tests, one core", sum(times.values()), _every(bare, list(odd.values())),
              len(odd), machine),
        Row(goal=0, what="  p99 of these", figure=p99 * 1000, bare=0, unit="ms", at_least=50, aim=50, machine=machine),
        Row(goal=0, what=f"  worst of these ({worst})", figure=times[worst] * 1000, bare=_best(bare, odd[worst]) * 1000,
            unit="ms", at_least=1000, aim=1000, machine=machine),
        *_large(machine),
    ]  # fmt: skip


def bare(raw: bytes) -> int:
    """The bytes of every part by compat32: nothing is decided, repaired or made safe."""
    size = 0
    with contextlib.suppress(ValueError, LookupError, AssertionError, RecursionError):  # it does break on some of them
        for part in message_from_bytes(raw).walk():
            content = part.get_payload(decode=True)
            size += len(content) if isinstance(content, bytes) else 0
    return size


def _every(work: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    """Seconds of processor time for all, the best of three."""
    return min(_seconds(work, mails) for _ in range(3))


def _seconds(work: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    begun = time.process_time()
    for raw in mails:
        work(raw)
    return time.process_time() - begun


def _best(work: Callable[[bytes], object], raw: bytes) -> float:
    return _every(work, [raw])


def _rate(what: str, seconds: float, bare_seconds: float, number: int, machine: float) -> Row:
    return Row(
        goal=0, what=what, figure=number / seconds, bare=number / bare_seconds, unit="/s", more_is_better=True,
        at_least=400, aim=400, machine=machine,
    )  # fmt: skip


def _large(machine: float) -> list[Row]:
    chance = Random(SEED)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "groot.eml"
        file.write_bytes(with_file(light()[0], chance.randbytes(FILE), chance.randbytes(FILE)))
        size = file.stat().st_size / 1e6
        product, plain = _alone("product", file), _alone("bare", file)
    name = f"a mail of {size:.0f} MB"
    return [
        Row(goal=0, what=f"{name}: time", figure=product["seconds"], bare=plain["seconds"], unit="s",
            judged="nothing", machine=machine),
        Row(goal=0, what="  extra memory, both processes", figure=product["memory"], bare=plain["memory"], unit="MB",
            judged="nothing", machine=machine),
    ]  # fmt: skip


def _alone(which: str, file: Path) -> dict[str, float]:
    """What a fresh process tells: see `benchmarks.large`."""
    program = [sys.executable, "-m", "benchmarks.large", which, str(file)]
    told = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
    return {name: float(value) for name, value in told.items()}
