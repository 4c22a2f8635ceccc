"""A running fake and a citizen who has written already, for the fake's own tests."""

from collections.abc import Iterator

import pytest

from tests.fakes.telegram.citizen import Citizen
from tests.fakes.telegram.server import FakeTelegram


@pytest.fixture
def tg() -> Iterator[FakeTelegram]:
    with FakeTelegram.start() as running:
        yield running


@pytest.fixture
def anna(tg: FakeTelegram) -> Citizen:
    citizen = tg.citizen("Anna")
    citizen.start()
    return citizen
