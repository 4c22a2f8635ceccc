"""The worlds of ``tests/core``: the same scenarios run on SQLite and on PostgreSQL."""

from tests.core.conftest import postgres_world, sqlite_template, sqlite_world, world

__all__ = ["postgres_world", "sqlite_template", "sqlite_world", "world"]
