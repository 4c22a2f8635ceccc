"""A house that is really served, for a real browser to visit."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page

from core.domain.access import Role
from tests.e2e.town import Town, municipality
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix
from tests.web.house import PASSWORD, House, build


@dataclass
class Site:
    """A house and where it is served."""

    house: House
    address: str

    def sign_in(self, page: Page, login: str = "coordinator") -> None:
        """Sign in by hand and wait for the first page of the work."""
        page.goto(f"{self.address}/inloggen")
        page.get_by_label("Gebruikersnaam").fill(login)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()
        page.wait_for_url(f"{self.address}/beoordelen")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A served house with a coordinator. The socket listens before the server runs, so nobody has to wait for it."""
    house = build(tmp_path)
    house.account("coordinator", Role.COORDINATOR)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(house.app, log_level="error", ws="none", lifespan="off", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Site(house, f"http://127.0.0.1:{listening.getsockname()[1]}")
        server.should_exit = True
        thread.join()


@pytest.fixture
def town(dovecot: Dovecot, postfix: Postfix) -> Iterator[Town]:
    """The service as it really runs, between real mail servers."""
    with municipality(dovecot, postfix) as town:
        yield town


@pytest.fixture
def scanned() -> Callable[[Page, str], None]:
    """Scans a page with axe-core for WCAG 2.2 AA and fails with what is wrong and where."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def scan(page: Page, where: str) -> None:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
        assert [(where, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []

    return scan
