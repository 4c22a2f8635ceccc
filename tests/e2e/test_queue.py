"""The review queue in a real browser: by keys alone, and without any script."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from core.domain.access import Actor, Role
from core.domain.labels import Kind
from core.domain.triage import Decision
from tests.e2e.conftest import Site
from tests.parts.chromium import Chromium
from tests.web.house import DOUBT, SURE, why

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))


def decision(site: Site, number: str) -> Decision | None:
    return site.house.parts.queries.case_numbered(COORDINATOR, number).case.decision


def kinds(site: Site, number: str) -> tuple[Kind, ...]:
    found = decision(site, number)
    return found.kinds if found else ()


def rested(page: Page) -> None:
    """Wait until keys decide again: the page says so itself."""
    expect(page.locator("html[data-keys=ready]")).to_be_attached()


def test_the_queue_is_worked_through_with_keys_alone(site: Site, page: Page):
    text = "Niemand heeft mij teruggebeld."
    site.house.receive("Eerste", text, suggestion=replace(SURE, why=why(text, ("teruggebeld", "klacht", 1.0))))
    site.house.receive("Tweede", "Daar ben ik het niet mee eens.")
    site.house.receive("Derde", "Iets.", suggestion=DOUBT)
    site.sign_in(page)
    heading = page.get_by_role("article").get_by_role("heading", level=2)
    expect(heading).to_have_text("Eerste")
    expect(page.locator("mark")).to_have_text("teruggebeld")
    page.keyboard.press("j")
    expect(heading).to_have_text("Tweede")
    page.keyboard.press("k")
    expect(heading).to_have_text("Eerste")

    rested(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Klacht 2026-0001 vastgelegd")
    expect(heading).to_have_text("Tweede")
    assert kinds(site, "2026-0001") == (Kind.KLACHT,)

    rested(page)
    page.keyboard.press("b")
    expect(page.get_by_role("status")).to_contain_text("Bezwaar 2026-0002 vastgelegd")
    assert kinds(site, "2026-0002") == (Kind.BEZWAAR,)

    rested(page)
    page.keyboard.press("u")
    expect(heading).to_have_text("Tweede")
    expect(page.get_by_role("status")).to_contain_text("ongedaan gemaakt")
    assert kinds(site, "2026-0002") == ()

    rested(page)
    page.keyboard.press("a")
    page.keyboard.press("m")
    expect(page.get_by_role("radio", name="Melding")).to_be_checked()
    page.keyboard.press("t")
    page.keyboard.type("Belast")
    page.keyboard.press("Enter")
    expect(page.locator("#handler")).to_contain_text("A. Smit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Melding 2026-0002 vastgelegd")
    found = decision(site, "2026-0002")
    assert found
    assert (found.kinds, found.team) == ((Kind.MELDING,), "belastingen")


def test_in_doubt_enter_does_nothing_until_a_kind_is_chosen(site: Site, page: Page):
    site.house.receive("Onduidelijk", "Iets.", suggestion=DOUBT)
    site.sign_in(page)
    rested(page)
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Klacht")).to_be_checked()
    assert decision(site, "2026-0001") is None
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Klacht 2026-0001 vastgelegd")


def test_a_key_held_down_counts_once_and_keys_in_fields_are_letters(site: Site, page: Page):
    for number in range(3):
        site.house.receive(f"Bericht {number}")
    site.sign_in(page)
    rested(page)
    page.get_by_text("Naam, persoon of tweede soort").click()
    page.get_by_label("Naam", exact=True).press_sequentially("bjku")
    expect(page.get_by_label("Naam", exact=True)).to_have_value("bjku")
    assert kinds(site, "2026-0001") == ()
    page.get_by_label("Naam", exact=True).evaluate("element => element.blur()")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    expect(page.get_by_role("status")).to_contain_text("Klacht 2026-0001 vastgelegd")
    page.keyboard.down("Enter")
    rested(page)
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.get_by_role("article").get_by_role("heading", level=2)).to_have_text("Bericht 1")
    assert kinds(site, "2026-0002") == ()


def test_a_person_can_switch_the_keys_off(site: Site, page: Page):
    site.house.receive("Eerste")
    site.house.receive("Tweede")
    site.sign_in(page)
    page.keyboard.press("?")
    page.get_by_role("button", name="Toetsen uitzetten").click()
    page.get_by_role("button", name="Sluiten").click()
    page.keyboard.press("j")
    page.reload()
    rested(page)
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    expect(page.get_by_role("button", name="Toetsen aanzetten")).to_be_visible()
    assert kinds(site, "2026-0001") == ()


def test_the_queue_works_without_script(site: Site, chromium: Chromium):
    site.house.receive("Eerste")
    site.house.receive("Tweede")
    with chromium.page(javascript=False) as page:
        site.sign_in(page)
        page.get_by_label("Team").select_option("Belastingen en WOZ")
        page.get_by_role("button", name="Bekijk de behandelaar").click()
        expect(page.locator("#handler")).to_contain_text("A. Smit")
        page.get_by_role("button", name="Bevestigen en volgende").click()
        expect(page.get_by_role("status")).to_contain_text("Klacht 2026-0001 vastgelegd")
        expect(page.get_by_role("article").get_by_role("heading", level=2)).to_have_text("Tweede")
        page.get_by_role("button", name="Ongedaan maken").click()
        expect(page.get_by_role("status")).to_contain_text("ongedaan gemaakt")
    assert kinds(site, "2026-0001") == ()


def test_on_a_telephone_the_list_comes_first_and_then_the_message(site: Site, chromium: Chromium):
    site.house.receive("Eerste")
    with chromium.page(width=390, height=844) as page:
        site.sign_in(page)
        expect(page.get_by_role("article")).to_be_hidden()
        page.get_by_role("link", name="Eerste").click()
        expect(page.get_by_role("article")).to_be_visible()
        page.get_by_role("link", name="Terug naar de lijst").click()
        expect(page.get_by_role("link", name="Eerste")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
