"""The migrations make exactly the tables that the code expects, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.store.migrate import is_current
from core.store.schema import metadata
from tests.core.world import World


def test_migrations_and_schema_are_the_same(world: World) -> None:
    with world.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert is_current(world.engine)
