"""Engines for the two databases, with what each must be told to be safe."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

BUSY_TIMEOUT = 10_000
"""Milliseconds that SQLite waits for another process's write (the command line beside a running service)."""


def connect(url: str) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql+psycopg://...``; nothing is opened until it is used.

    Raises sqlalchemy.exc.ArgumentError for anything that is no database address.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"check_same_thread": False}, pool_size=5)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(parsed, pool_pre_ping=True, pool_size=10)


def trouble(engine: Engine) -> str | None:
    """Why the database cannot be used now, as the kind of error; None when it can."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        return type(error).__name__
    return None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL: readers never wait; FULL: a commit survives a power cut; foreign keys, which are off by default."""
    # The driver's own transaction handling is switched off: it would begin late and break savepoints.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when writing: two transactions that both read first could otherwise deadlock."""
    mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")
