"""Goal 6: how long `gehoord --help` takes, beside a click command that only prints its help."""

import subprocess
import sys

from benchmarks import calibration
from benchmarks.bare_start import COMMAND as BARE
from benchmarks.bare_start import wall
from benchmarks.product import COMMAND
from benchmarks.table import Row

LOADED = """
import sys
sys.argv[1:] = ["--help"]
try:
    {}
finally:
    print("spacy" in sys.modules, file=sys.stderr)
"""


def measure() -> list[Row]:
    """The best of ten, in fresh interpreters; a start that imports spaCy is no figure at all."""
    machine = calibration.processor()
    program = [sys.executable, "-c", LOADED.format(COMMAND)]
    seen = subprocess.run(program, capture_output=True, text=True, check=True)
    if seen.stderr.strip() != "False":
        raise AssertionError("gehoord --help imports spaCy")
    figure, bare = wall(COMMAND, "--help", times=10) * 1000, wall(BARE, "--help", times=10) * 1000
    return [
        Row(goal=6, what="gehoord --help", figure=figure, bare=bare, unit="ms", at_least=200, aim=120, machine=machine)
    ]
