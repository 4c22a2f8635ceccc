"""The migrations make exactly the tables that the code expects, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.store.migrate import MIGRATIONS, is_current
from core.store.schema import REVISION, metadata
from tests.core.world import World


def test_the_named_revision_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_migrations_and_schema_are_the_same(world: World) -> None:
    with world.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert is_current(world.engine)
