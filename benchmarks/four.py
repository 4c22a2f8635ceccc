"""Four processes that take their share of the mails at the same moment: `python -m benchmarks.four` is one of them."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.bare_postgres import BarePostgres, PlainPostgres
from benchmarks.bare_receipt import chunks
from benchmarks.corpus import fresh, light

PROCESSES = 4


def rate(which: str, address: str, *, size: int, mails: int, inserts: int, folder: Path) -> float:
    """Mails a second that four processes take together; the clock runs from their common start to the last end."""
    numbers = str(size), str(mails), str(inserts)
    program = [sys.executable, "-m", "benchmarks.four", which, address, *numbers, str(folder)]
    workers = [
        subprocess.Popen([*program, f"{which}{size}{number}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    try:
        for worker in workers:
            _hear(worker, "ready")
        begun = time.perf_counter()
        for worker in workers:
            _tell(worker)
        for worker in workers:
            _hear(worker, "done")
        return PROCESSES * mails / (time.perf_counter() - begun)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _hear(worker: "subprocess.Popen[str]", expected: str) -> None:
    if worker.stdout is None or worker.stdout.readline().strip() != expected:
        raise RuntimeError(f"a worker ended before it said {expected!r}")


def _tell(worker: "subprocess.Popen[str]") -> None:
    if worker.stdin is not None:
        worker.stdin.write("go\n")
        worker.stdin.flush()


BARE = {"bare": BarePostgres, "plain": PlainPostgres}


def _product(address: str, folder: Path) -> Callable[[Sequence[bytes]], object]:
    from benchmarks.product import house

    made = house(folder, address)

    def accept_all(mails: Sequence[bytes]) -> object:
        read = made.reader.read
        return made.intake.accept_all([read(raw, door="bench", received_at=made.clock()) for raw in mails])

    return accept_all


def main() -> None:
    """Warms up with a few mails, says ready, waits for the word, takes its share, says done."""
    which, address, size, mails, inserts, folder, day = sys.argv[1:]
    accept_all = BARE[which](address, int(inserts)).accept_all if which in BARE else _product(address, Path(folder))
    share = fresh(light()[: int(mails)], day)
    for chunk in chunks(fresh(share[:20], "warm"), int(size)):
        accept_all(chunk)
    print("ready", flush=True)
    sys.stdin.readline()
    for chunk in chunks(share, int(size)):
        accept_all(chunk)
    print("done", flush=True)


if __name__ == "__main__":
    main()
