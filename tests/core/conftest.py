"""The same tests run on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.engine import connect
from core.store.migrate import upgrade
from tests.core.world import World
from tests.parts.postgres import Postgres


def migrate(url: str) -> None:
    engine = connect(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{file}")
    return file.read_bytes()


def on_sqlite(template: bytes, folder: Path) -> str:
    (folder / "gehoord.db").write_bytes(template)
    return f"sqlite:///{folder / 'gehoord.db'}"


@pytest.fixture
def sqlite_world(sqlite_template: bytes, tmp_path: Path) -> Iterator[World]:
    world = World(on_sqlite(sqlite_template, tmp_path), tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def postgres_world(postgres: Postgres, tmp_path: Path) -> Iterator[World]:
    name = postgres.create(postgres.template("core", migrate))
    world = World(postgres.url(name), tmp_path)
    yield world
    world.engine.dispose()
    postgres.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(f"{request.param}_world")
    return made
