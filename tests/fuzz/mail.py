"""Coverage-guided fuzzing of the understanding of mail: `make fuzz`, or `python -m tests.fuzz.mail --seconds 600`.

Needs atheris, which nothing else does. Every finding is written to the folder of findings and the search goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.mutations import TOKENS, seeds

LONGEST = 1_000_000
"""Bytes of the longest message tried."""
LONGEST_SEED = 20_000
"""Bytes of the longest message to start from: with the bulky ones it tries 9 messages a second instead of 300."""
SLOWEST = 1.0
"""Seconds of processor time that reading one message may take."""
READINGS = 2
"""How often the judges read one message: as a mail, and as a door does."""


class TooSlow(Exception):
    """A message took longer than promised."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the search in a process of its own; the exit status says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--findings", type=Path, default=Path("var/fuzz"))
    parser.add_argument("--search", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments)
    if wanted.search is not None:
        _search(wanted.findings, wanted.search)
        return 0
    wanted.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for name, content in seeds(LONGEST_SEED).items():
            (corpus / name).write_bytes(content)
        words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS), encoding="ascii")
        rules = [f"-max_total_time={wanted.seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=2500"]
        command = [sys.executable, "-m", "tests.fuzz.mail", "--findings", str(wanted.findings), "--search"]
        ended = subprocess.run(
            [
                *command,
                *rules,
                f"-dict={words}",
                f"-artifact_prefix={wanted.findings}/",
                "-print_final_stats=1",
                corpus,
            ],
            check=False,
        ).returncode
    found = sorted(wanted.findings.iterdir())
    print(f"{len(found)} findings in {wanted.findings}" if found else "nothing found")  # noqa: T201
    return 1 if found or ended else 0


def _search(findings: Path, rules: Sequence[str]) -> None:
    # Not imported at the top, and not by name: the checks and the tests run without it.
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["mailin", "email", "flufl"]):
        oracle = importlib.import_module("tests.fuzz.oracle")
    known: set[str] = set()

    def one(raw: bytes) -> None:
        begun = time.process_time()
        try:
            oracle.judge(raw)
            if len(raw) <= LONGEST and time.process_time() - begun > SLOWEST * READINGS:
                raise TooSlow
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            places = traceback.extract_tb(error.__traceback__)[-2:]
            kind = f"{type(error).__name__} {error} " + " ".join(f"{at.name}:{at.lineno}" for at in places)
            if kind not in known:
                known.add(kind)
                name = hashlib.sha256(raw).hexdigest()[:12]
                (findings / f"{name}.eml").write_bytes(raw)
                (findings / f"{name}.txt").write_text(traceback.format_exc(), encoding="utf-8", errors="replace")
                print(f"FOUND {name}: {kind}", flush=True)  # noqa: T201

    atheris.Setup([sys.argv[0], *rules], one)
    atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    sys.exit(main())
