"""The citizen's form in a real browser, with and without script."""

from pathlib import Path

from playwright.sync_api import Page, expect

from core.domain.access import Actor, Role
from tests.e2e.conftest import Site
from tests.parts.chromium import Chromium

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))


def test_a_citizen_files_a_complaint_with_a_photo_and_gets_it_all_back(site: Site, chromium: Chromium, tmp_path: Path):
    photo = tmp_path / "stoep.jpg"
    photo.write_bytes(b"\xff\xd8\xff")
    with chromium.page(javascript=False, width=390, height=844) as page:
        page.goto(site.address)
        page.get_by_role("link", name="Klacht indienen").click()
        page.get_by_role("button", name="Versturen").click()
        page.get_by_role("link", name="Schrijf op wat er is gebeurd.").click()
        expect(page.get_by_label("Uw klacht")).to_be_focused()
        page.get_by_label("Uw klacht").fill("Ik heb drie keer gebeld.\nNiemand belde terug.")
        page.get_by_label("Een medewerker").check()
        page.get_by_label("Uw naam").fill("Mehmet Aydın")
        page.get_by_label("Telefoonnummer").fill("06 0000 0205")
        page.get_by_label("E-mailadres").fill("m.aydin@voorbeeld.example")
        page.get_by_label("mag mij over deze klacht antwoorden per e-mail").check()
        page.get_by_label("Bestanden meesturen").set_input_files(photo)
        page.get_by_role("button", name="Versturen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Uw bericht is binnen")
        for words in (
            "2026-0001",
            "30 november 2026",
            "4 januari 2027",
            "Niemand belde terug.",
            "Mehmet Aydın",
            "stoep.jpg",
        ):
            expect(page.get_by_role("main")).to_contain_text(words)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len(site.house.parts.queries.cases(COORDINATOR)) == 1


def test_reloading_the_receipt_makes_no_second_case(site: Site, page: Page):
    page.goto(f"{site.address}/klacht-indienen")
    page.get_by_label("Uw klacht").fill("Niemand belde terug.")
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("main")).to_contain_text("2026-0001")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Wij hadden dit bericht al van u ontvangen")
    expect(page.get_by_role("main")).to_contain_text("2026-0001")
    assert len(site.house.parts.queries.cases(COORDINATOR)) == 1
