"""Engines for the two databases, with what each must be told to be safe."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

__all__ = ["ADDRESS", "Engine", "connect", "is_address", "trouble"]

BUSY_TIMEOUT = 10_000
"""Milliseconds that SQLite waits for another process's write (the command line beside a running service)."""
CONNECT_TIMEOUT = 5
"""Seconds after which a PostgreSQL server that does not answer counts as away."""
ADDRESS = "must be postgresql+psycopg://user@host/name or sqlite:///file"


def is_address(url: str) -> bool:
    """Whether this is the address of a database that we can use."""
    try:
        parsed = make_url(url)
    except SQLAlchemyError:
        return False
    if parsed.drivername == "sqlite":
        return parsed.database not in (None, "", ":memory:")
    return parsed.drivername == "postgresql+psycopg"


def connect(url: str) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql+psycopg://...``; nothing is opened until it is used.

    Raises ValueError for any other address. An error of the engine never shows the values of a row.
    """
    if not is_address(url):
        raise ValueError(f"a database address {ADDRESS}")
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        here = {"check_same_thread": False}
        engine = create_engine(parsed, connect_args=here, pool_size=5, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    away = {"connect_timeout": CONNECT_TIMEOUT}
    return create_engine(parsed, connect_args=away, pool_pre_ping=True, pool_size=10, hide_parameters=True)


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
