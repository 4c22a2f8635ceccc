"""The calibration loop: the same work every time, so that a busy or slow machine shows beside every figure."""

import hashlib
import json
import os
import time
from pathlib import Path

QUIET_CPU = 0.016
"""Seconds of the processor loop on the quiet 2-core machine for which the goals were set."""
QUIET_DISC = 0.30
"""Milliseconds of one 4 kB append with fsync on that machine."""


def processor() -> float:
    """How much longer than on a quiet machine plain Python takes now: parsing, sorting, hashing; the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        table = {str(number): {"number": number, "text": "klacht " * 8} for number in range(4000)}
        for _ in range(3):
            table = json.loads(json.dumps(table))
        ordered = sorted(table, key=lambda key: hashlib.sha256(key.encode()).digest())
        "".join(ordered).encode().decode().split("1")
        best = min(best, time.perf_counter() - start)
    return best / QUIET_CPU


def disc(folder: Path, times: int = 40) -> float:
    """How much longer than on a quiet machine one 4 kB append takes to be on the disc."""
    path = folder / "calibration"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    block = bytes(4096)
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        os.write(descriptor, block)
        os.fsync(descriptor)
        durations.append(time.perf_counter() - start)
    os.close(descriptor)
    path.unlink()
    return sorted(durations)[times // 2] * 1000 / QUIET_DISC
