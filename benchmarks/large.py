"""One large mail in a fresh process: `python -m benchmarks.large product|bare FILE` tells seconds and extra MB.

The memory is what the processes had more at their worst moment than before they saw the mail; its own bytes count.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from benchmarks.bare_start import resident_of
from benchmarks.corpus import light
from benchmarks.product import confined, family

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def peak(which: str = "VmHWM") -> float:
    """MB of this process and those that it started."""
    return sum(resident_of(process, which) for process in family(os.getpid()))


def bare(raw: bytes) -> None:
    """Every part decoded and its digest made, as an intake must that stores files."""
    for part in message_from_bytes(raw).walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            hashlib.sha256(content).digest()


def main() -> None:
    """Reads a small mail first, so that what is loaded once does not count."""
    which, path = sys.argv[1:]
    reader = confined() if which == "product" else None

    def product(raw: bytes) -> None:
        if reader is not None and reader.read(raw, door="bench", received_at=NOW).problem is not None:
            raise RuntimeError("the large mail was not understood")

    work: Callable[[bytes], None] = product if reader is not None else bare
    work(light()[0])
    before = peak("VmRSS")
    begun = time.perf_counter()
    work(Path(path).read_bytes())
    print(json.dumps({"seconds": time.perf_counter() - begun, "memory": peak() - before}))
    if reader is not None:
        reader.close()


if __name__ == "__main__":
    main()
