"""The Telegram channel between the fake Bot API and the real core."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.engine import connect
from core.store.migrate import upgrade
from tests.bots.chatting import Chatting
from tests.core.world import World
from tests.fakes.telegram.server import FakeTelegram


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """RetryAfter.retry_after as python-telegram-bot will give it; without this it warns, and warnings are errors."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("bots") / "empty.db"
    engine = connect(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file.read_bytes()


@pytest.fixture
def chatting(empty_database: bytes, tmp_path: Path) -> Iterator[Chatting]:
    (tmp_path / "gehoord.db").write_bytes(empty_database)
    world = World(f"sqlite:///{tmp_path / 'gehoord.db'}", tmp_path)
    with FakeTelegram.start(world.clock) as tg:
        yield Chatting(tg, world)
        assert tg.undescribed == []
    world.engine.dispose()
