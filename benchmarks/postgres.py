"""Goal 11: four worker processes on a PostgreSQL that really flushes, beside four processes of the bare loop."""

from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from benchmarks import calibration
from benchmarks.bare_postgres import TABLES
from benchmarks.bare_receipt import CHUNK
from benchmarks.corpus import light
from benchmarks.four import rate
from benchmarks.product import house, reader
from benchmarks.table import Row
from tests.parts.postgres import Postgres

SIZES = ((CHUNK, 300), (1, 80))
"""Mails in one transaction, and mails for each process."""


class DurablePostgres(Postgres):
    """The server of the tests with PostgreSQL's own defaults: every commit waits for the disc."""

    def command(self) -> list[str]:
        return [part.replace("fsync=off", "fsync=on") for part in super().command()]


def measure() -> list[Row]:
    """In chunks and one by one; both sides start from the bytes of the mail and end with everything durable."""
    with DurablePostgres() as server, TemporaryDirectory() as folder:
        _check_durable(server)
        inserts = _inserts(server, Path(folder))
        return [row for size, mails in SIZES for row in _rows_of(server, Path(folder), inserts, size, mails)]


def _rows_of(server: Postgres, folder: Path, inserts: int, size: int, mails: int) -> list[Row]:
    machine = max(calibration.processor(), calibration.disc(folder))
    rates = {which: _rate(server, which, folder, inserts, size, mails) for which in ("bare", "product", "plain")}
    many = f"chunks of {size}" if size > 1 else "one by one"
    return [
        Row(
            goal=11, what=f"PostgreSQL, 4 processes, {many} ({inserts} rows)", unit="/s", judged="ratio",
            more_is_better=True, at_least=0.3, aim=0.5, figure=rates["product"], bare=rates["bare"], machine=machine,
        ),
        Row(goal=0, what="  beside a loop without pipeline", unit="/s", judged="nothing", more_is_better=True,
            figure=rates["product"], bare=rates["plain"], machine=machine),
    ]  # fmt: skip


def _rate(server: Postgres, which: str, folder: Path, inserts: int, size: int, mails: int) -> float:
    database = server.create()
    address = server.url(database)
    if which == "product":
        house(folder, address).engine.dispose()
    else:
        address = address.replace("postgresql+psycopg", "postgresql")
        with server.connect(database) as connection:
            connection.execute(TABLES)
    try:
        return rate(which, address, size=size, mails=mails, inserts=inserts, folder=folder)
    finally:
        server.drop(database)


def _check_durable(server: Postgres) -> None:
    with server.connect() as connection:
        settings = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    if settings != [("on",), ("on",)]:
        raise AssertionError(f"the server is not durable: {settings}")


def _inserts(server: Postgres, folder: Path) -> int:
    """Rows that the product writes for a first message, counted in its tables."""
    database = server.create()
    made, mail_reader, sample = house(folder, server.url(database)), reader(), light()[:10]
    with server.connect(database) as connection:
        before = _rows(connection)
        made.intake.accept_all([mail_reader.read(raw, door="bench", received_at=made.clock()) for raw in sample])
        written = _rows(connection) - before
    made.engine.dispose()
    server.drop(database)
    return round(written / len(sample))


def _rows(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    counts = (
        connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(str(name)))).fetchone()
        for (name,) in tables
    )
    return sum(int(str(count[0])) for count in counts if count)
