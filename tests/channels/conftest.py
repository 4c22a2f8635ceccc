"""The real core on SQLite, and one way in for each mail door."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.migrate import upgrade
from mailin.inbound import MailReader
from tests.channels.letters import KLACHTEN
from tests.channels.listening import Core
from tests.channels.ways import Way, way_over
from tests.core.world import World

READER = MailReader([KLACHTEN], "gemeente.example", ["formulier@website.example"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(f"sqlite:///{tmp_path / 'gehoord.db'}", tmp_path)
    upgrade(world.engine)
    yield world
    world.engine.dispose()


@pytest.fixture
def core(world: World) -> Core:
    return Core(world)


@pytest.fixture(params=["smtp", "lmtp", pytest.param("imap", marks=pytest.mark.needs("dovecot"))])
def way(request: pytest.FixtureRequest, core: Core) -> Way:
    """A way in, for the promises that hold for every mail door."""
    dovecot = request.getfixturevalue("dovecot") if request.param == "imap" else None
    return way_over(request.param, core, READER, dovecot)
