"""`python -m benchmarks` measures everything and prints one table; `python -m benchmarks NAME...` what is named."""

import importlib
import sys
import time

from benchmarks.table import Row, table

NAMES = ("receipt", "single", "smtp", "start", "command", "memory", "postgres")


def main() -> int:
    """Prints the table; 1 when a figure misses "at least" or could not be taken, so that `make bench` shows it."""
    names = sys.argv[1:] or NAMES
    if unknown := set(names) - set(NAMES):
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
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
