"""The real parts as fixtures: one server for the whole run, a fresh mailbox, database or window for each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.parts.chromium import Chromium
from tests.parts.clamd import ClamdServer
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix
from tests.parts.postgres import Postgres

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ["tests.parts.plugin"]


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """IMAP and LMTP; take `dovecot.address()` for a mailbox of your own. To stop or kill one, start your own."""
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A mail relay in front of `dovecot`."""
    with Postfix(dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def clamav() -> Iterator[ClamdServer]:
    """A virus scanner that knows one test string. To stop or kill one, start your own."""
    with ClamdServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server; most tests want `postgres_url`."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template() -> str:
    """The database that `postgres_url` copies; a folder's conftest overrides it, with `postgres.template(...)`."""
    return "template0"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """The SQLAlchemy address of a fresh database, dropped afterwards."""
    database = postgres.create(postgres_template)
    yield postgres.url(database)
    postgres.drop(database)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser; most tests want `page`. `chromium.page(javascript=False, width=360)` for other windows."""
    with Chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Chromium) -> Iterator["Page"]:
    """A browser window in a fresh profile, on which an uncaught script error fails the test."""
    errors: list[str] = []
    with chromium.page() as window:
        window.on("pageerror", lambda error: errors.append(str(error)))
        yield window
    assert errors == []
