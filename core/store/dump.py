"""All rows as lines of JSON and back: the same file for SQLite and PostgreSQL, so that it also moves between them."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Date, Engine, Table, func, insert, select

from core.store.schema import Utc, metadata

CHUNK = 500


def dump(engine: Engine, folder: Path) -> dict[str, int]:
    """Write every table to ``folder`` as of one moment, while others go on; gives the number of rows of each."""
    snapshot = engine.execution_options()
    if engine.dialect.name == "postgresql":
        snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as connection:
        return {
            table.name: _write(connection, table, folder / f"{table.name}.jsonl") for table in metadata.sorted_tables
        }


def first_filled(engine: Engine) -> str | None:
    """A table that has rows, or None when the database is empty."""
    with engine.connect() as connection:
        return _first_filled(connection)


def load(engine: Engine, folder: Path) -> dict[str, int]:
    """Fill empty tables from ``folder`` in one transaction. Raises ValueError when a table has rows already."""
    with engine.execution_options(writes=True).begin() as connection:
        if filled := _first_filled(connection):
            raise ValueError(f"table {filled} is not empty")
        counts = {
            table.name: _read(connection, table, folder / f"{table.name}.jsonl") for table in metadata.sorted_tables
        }
        if engine.dialect.name == "postgresql":
            _advance_sequences(connection)
        return counts


def _first_filled(connection: Connection) -> str | None:
    for table in metadata.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            return table.name
    return None


def _write(connection: Connection, table: Table, file: Path) -> int:
    count = 0
    order = list(table.primary_key.columns)
    with file.open("w", encoding="utf-8") as lines:
        rows = connection.execution_options(yield_per=CHUNK).execute(select(table).order_by(*order))
        for row in rows.mappings():
            values = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
            lines.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    return count


def _read(connection: Connection, table: Table, file: Path) -> int:
    count = 0
    chunk: list[dict[str, object]] = []
    for row in _rows(table, file):
        chunk.append(row)
        count += 1
        if len(chunk) == CHUNK:
            connection.execute(insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)
    return count


def _rows(table: Table, file: Path) -> Iterator[dict[str, object]]:
    instants = {column.name for column in table.columns if isinstance(column.type, Utc)}
    days = {column.name for column in table.columns if isinstance(column.type, Date)}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, object] = json.loads(line)
            for name, value in row.items():
                if isinstance(value, str) and name in instants:
                    row[name] = datetime.fromisoformat(value)
                elif isinstance(value, str) and name in days:
                    row[name] = date.fromisoformat(value)
            yield row


def _advance_sequences(connection: Connection) -> None:
    """PostgreSQL counts numbers apart from the rows: go on after the highest one."""
    for table in metadata.sorted_tables:
        if "id" in table.c:
            highest = connection.execute(select(func.max(table.c.id))).scalar_one()
            if highest is not None:
                sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
                connection.execute(select(func.setval(sequence, highest)))
