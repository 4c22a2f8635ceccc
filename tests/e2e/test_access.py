"""Every page scanned with axe-core, wide and narrow, and no page wider than its window."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import ConsoleMessage, Page

from core.domain.access import Actor, Role
from core.domain.labels import Channel
from core.domain.message import Contact, ReplyRoute, Route
from core.domain.triage import Decision
from tests.e2e.conftest import Site
from tests.parts.chromium import Chromium
from tests.web.house import AUTOMATIC, DOUBT, OBJECTION, SURE, attachment, why

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))
TEXT = "Niemand heeft mij teruggebeld over mijn aanslag."


def filled(site: Site) -> list[int]:
    """A queue with something of everything, and one recorded case; the tasks that are open."""
    house = site.house
    marked = replace(SURE, why=why(TEXT, ("teruggebeld", "klacht", 1.0), ("aanslag", "belastingen", 0.4)))
    house.receive("Eerste", TEXT + "\n> oud", reply_text=TEXT, suggestion=marked, attachments=(attachment(),))
    house.receive("Vastgelegd")
    house.receive("Twijfel", suggestion=DOUBT, deliver=False)
    house.receive("Bezwaar", suggestion=OBJECTION)
    house.receive("Brief", channel=Channel.POST, reply=ReplyRoute(route=Route.PRINT, address="Kerkpad 11"))
    house.receive("Zonder adres", sender=Contact(), reply=None)
    house.receive("", "", problem="no_text", raw=b"kapot", reply=None, sender=Contact())
    house.receive("Afwezig", automatic=AUTOMATIC, reply=None)
    house.receive("Re: 2026-0001", sender=Contact(name="Ander", email="x@voorbeeld.example"))
    recorded = next(item for item in house.parts.queries.queue(COORDINATOR) if item.number == "2026-0002")
    decision = Decision(
        kinds=(house.classifier.otherwise.kind,), team="publiekszaken", respondent_role=SURE.respondent_role
    )
    house.parts.review.confirm(COORDINATOR, recorded.task, decision, 0)
    return [item.task for item in house.parts.queries.queue(COORDINATOR)]


@pytest.mark.parametrize("width", [1280, 390])
def test_staff_pages_are_accessible(site: Site, chromium: Chromium, scanned: Callable[[Page, str], None], width: int):
    tasks = filled(site)
    heard: list[str] = []
    with chromium.page(width=width, height=900) as page:
        page.on("console", lambda message: heard.append(_said(message)))
        site.sign_in(page)
        paths = [
            "/beoordelen", "/beoordelen?klaar=2026-0002&melding=stale", "/zaken", "/zaken/2026-0002",
            "/zaken/2026-0005", "/zaken/2026-0005/brieven/5", "/wachtwoord",
            *(f"/beoordelen?taak={task}" for task in tasks),
        ]  # fmt: skip
        for path in paths:
            page.goto(site.address + path)
            scanned(page, path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.goto(site.address + "/beoordelen")
        page.evaluate("document.getElementById('toetsen').showModal()")
        scanned(page, "keys")
    assert [words for words in heard if words] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_public_pages_are_accessible(site: Site, chromium: Chromium, scanned: Callable[[Page, str], None], width: int):
    with chromium.page(width=width, height=900) as page:
        for path in ("/", "/inloggen", "/klacht-indienen", "/nergens"):
            page.goto(site.address + path)
            scanned(page, path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.goto(site.address + "/klacht-indienen")
        page.get_by_label("E-mailadres").fill("fout")
        page.get_by_role("button", name="Versturen").click()
        scanned(page, "form with errors")
        page.get_by_label("Uw klacht").fill("Iets.")
        page.get_by_label("E-mailadres").fill("")
        page.get_by_role("button", name="Versturen").click()
        page.get_by_role("heading", name="Uw bericht is binnen").wait_for()
        scanned(page, "receipt")
        page.goto(site.address + "/inloggen")
        page.get_by_label("Gebruikersnaam").fill("x")
        page.get_by_label("Wachtwoord").fill("x")
        page.get_by_role("button", name="Inloggen").click()
        scanned(page, "sign in with an error")


def _said(message: ConsoleMessage) -> str:
    """What the browser complains about, the content security policy above all."""
    return message.text if message.type == "error" else ""
