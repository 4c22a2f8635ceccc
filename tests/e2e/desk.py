"""The klachtencoördinator at a browser, in front of the service as it really runs."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from core.domain.access import Actor, Role
from core.service.queries import Queries
from core.views import CaseView, QueueCounts
from tests.faults.service import Service

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR, Role.SUPPORT}))
NEW_PASSWORD = "een zin van een paar woorden"


@dataclass(frozen=True)
class Desk:
    """One window on one service."""

    service: Service
    page: Page

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.service.web_port}{path}"

    def open(self, path: str) -> None:
        self.page.goto(self.address(path))

    def sign_in(self, login: str, password: str) -> None:
        """Fill in the sign-in form and send it."""
        self.open("/inloggen")
        self.page.get_by_label("Gebruikersnaam").fill(login)
        self.page.get_by_label("Wachtwoord").fill(password)
        self.page.get_by_role("button", name="Inloggen").click()

    def sign_in_first_time(self) -> None:
        """Sign in as the service's own words say, and choose the password that it then demands."""
        login, password = printed_login(self.service)
        self.sign_in(login, password)
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Wachtwoord wijzigen")
        self.open("/beoordelen")  # nothing else is open to somebody whose password another person knows
        expect(self.page).to_have_url(self.address("/wachtwoord"))
        self.page.get_by_label("Huidig wachtwoord").fill(password)
        self.page.get_by_label("Nieuw wachtwoord", exact=True).fill(NEW_PASSWORD)
        self.page.get_by_label("Nieuw wachtwoord nog een keer").fill(NEW_PASSWORD)
        self.page.get_by_role("button", name="Wachtwoord wijzigen").click()
        expect(self.page).to_have_url(self.address("/beoordelen"))

    def rested(self) -> None:
        """Wait until keys decide: the page says so itself."""
        expect(self.page.locator("html[data-keys=ready]")).to_be_attached()


def printed_login(service: Service) -> tuple[str, str]:
    """Login and first password as the service prints them when it starts."""
    found = re.search(r"First sign-in: (\S+) with password (\S+) ", service.log())
    assert found, "the service does not say how to sign in the first time"
    return found[1], found[2]


def case_numbered(service: Service, number: str) -> CaseView:
    """A case as the coordinator may see it, read beside the service."""
    with service.store() as store:
        return Queries(store=store, blobs=service.blobs).case_numbered(COORDINATOR, number)


def queue_counts(service: Service) -> QueueCounts:
    """The figures on the tabs of the queue, read beside the service."""
    with service.store() as store:
        return Queries(store=store, blobs=service.blobs).queue_counts(COORDINATOR)
