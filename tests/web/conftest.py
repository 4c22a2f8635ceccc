"""A house for each test, with one coordinator who can sign in."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.domain.access import Role
from tests.web.house import House, build


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with a coordinator, login ``coordinator``."""
    house = build(tmp_path)
    house.account("coordinator", Role.COORDINATOR)
    return house


@pytest.fixture
def staff(house: House) -> TestClient:
    """The coordinator's browser, without script."""
    return house.client("coordinator")
