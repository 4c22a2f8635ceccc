"""Goal 3: how much more memory the full corpus needs at its worst moment than the light one; parent and child."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calibration
from benchmarks.bare_imap import fill, write_mbox
from benchmarks.corpus import full, light, truths
from benchmarks.product import COMMAND, Service, imap_environment
from benchmarks.sizes import some
from benchmarks.table import Row
from tests.parts.dovecot import Dovecot

PATIENCE = 600
"""Seconds after which a run is given up."""
ALONE = f"""
import os, sys
try:
    {COMMAND}
finally:
    from benchmarks.large import peak
    print(peak())
"""
"""A command that tells the most memory that it and what it started ever had."""


def measure() -> list[Row]:
    """Out of a mailbox by the service, and out of an archive by the command."""
    if why := Dovecot.missing():
        raise RuntimeError(f"goal 3 needs Dovecot: {why}")
    number = some(1000, 100)
    machine = calibration.processor()
    with Dovecot() as server:
        served = [_served(server, mails, number) for mails in (iter(light()[:number]), full(number))]
    imported = [_imported(mails) for mails in (iter(light()[:number]), full(number))]
    return [
        *_rows("IMAP", served[0], served[1], machine),
        *_rows("import", imported[0], imported[1], machine),
    ]


def _rows(way: str, of_light: float, of_full: float, machine: float) -> list[Row]:
    return [
        Row(goal=3, what=f"extra peak memory, full over light, {way}", figure=of_full - of_light, bare=0, unit="MB",
            at_least=64, aim=32, machine=machine),
        Row(goal=0, what="  peak with full, beside light", figure=of_full, bare=of_light, unit="MB", judged="nothing",
            machine=machine),
    ]  # fmt: skip


def _served(server: Dovecot, mails: Iterator[bytes], number: int) -> float:
    address = server.address()
    fill(server, address, mails)
    expected = sum(truth.kind != "again" for truth in truths(light()[:number]))
    settings = {**imap_environment(server, address), "GEHOORD_CLASSIFIER": "false", "GEHOORD_SMTP__ENABLED": "false"}
    with TemporaryDirectory() as folder, Service(Path(folder), **settings) as service:
        database = Path(folder) / "var" / "gehoord.db"
        service.until(lambda _: _messages(database) >= expected, PATIENCE)
        return service.peak()


def _messages(database: Path) -> int:
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM message").fetchone()[0])
        except sqlite3.OperationalError:  # the tables are being made
            return 0


def _imported(mails: Iterator[bytes]) -> float:
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "oud.mbox"
        write_mbox(archive, mails)
        environment = {
            **os.environ,
            "GEHOORD_STORAGE__FOLDER": str(Path(folder) / "var"),
            "PYTHONPATH": str(Path.cwd()),
        }
        told = [_run(folder, environment, *arguments) for arguments in (("db", "upgrade"), ("import", str(archive)))]
        return float(told[-1].splitlines()[-1])


def _run(folder: str, environment: dict[str, str], *arguments: str) -> str:
    program = [sys.executable, "-c", ALONE, *arguments]
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"gehoord {arguments[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout
