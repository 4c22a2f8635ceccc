"""Bringing a database to the shape that this version expects.

alembic is imported only when there is something to do: it takes 10 MB and a third of a second, and a start that finds
everything in order needs none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, text

from core.store.schema import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"
PREPARING = 0x6765686F
"""Number of the PostgreSQL advisory lock under which a database is prepared."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Let no other process prepare the same PostgreSQL meanwhile; on SQLite the lock of the data folder does that."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(select(func.pg_advisory_lock(PREPARING)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(PREPARING)))


def upgrade(engine: Engine) -> None:
    """Run every migration that the database has not had yet."""
    if is_current(engine):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has had every migration of this version."""
    return revision(engine) == REVISION


def revision(engine: Engine) -> str | None:
    """The last migration that the database has had; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        number: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return number
