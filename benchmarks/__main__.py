"""`python -m benchmarks` measures everything and prints one table; `python -m benchmarks NAME...` what is named.

With `--quick` some take only a part: to see that they run.
"""

import importlib
import logging
import sys
import time

import structlog

from benchmarks.sizes import be_quick
from benchmarks.table import Row, table

NAMES = (
    *("understanding", "receipt", "intake", "two", "peak"),
    *("single", "smtp", "start", "command", "memory", "postgres"),
)


def main() -> int:
    """Prints the table; 1 when a figure misses "at least" or could not be taken, so that `make bench` shows it."""
    names = [name for name in sys.argv[1:] if name != "--quick"] or NAMES
    if "--quick" in sys.argv:
        be_quick()
    if unknown := set(names) - set(NAMES):
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # the table, and no logs
    rows: list[Row] = []
    failed: list[str] = []
    for name in names:
        begun = time.perf_counter()
        try:
            rows += importlib.import_module(f"benchmarks.{name}").measure()
        except Exception as error:  # noqa: BLE001 - one benchmark that breaks must not hide the figures of the others
            failed.append(f"{name}: {type(error).__name__}: {error}")
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    for line in failed:
        print(f"NOT MEASURED  {line}")
    return 1 if failed or any(row.reached == "MISSED" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
