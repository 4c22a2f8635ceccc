"""The desk on what mail brings, in a real browser: questions, complainants, messages, and what came back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import TypedDict

import pytest
from playwright.sync_api import Page, expect

from core.domain.access import Actor, Role
from core.domain.errors import Permanent
from core.domain.message import Contact, Forwarded, Refused, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.service.alerting import Alerts
from tests.e2e.conftest import Site
from tests.e2e.desk import Desk
from tests.faults.service import MUNICIPALITY, Service
from tests.parts.chromium import Chromium
from tests.web.house import House, attachment

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))
ADMINISTRATOR = Actor(user=2, person=None, roles=frozenset({Role.ADMINISTRATOR}))
CITIZEN = "maria.deboer@voorbeeld.example"
STORY = "Op 9 november wachtte ik anderhalf uur aan de balie. De medewerker lachte mij uit en liep weg van mij."


class Mailed(TypedDict):
    """Sender and way back of somebody who mails."""

    sender: Contact
    reply: ReplyRoute


def by_mail(name: str, address: str) -> Mailed:
    return Mailed(sender=Contact(name=name, email=address), reply=ReplyRoute(route=Route.MAIL, address=address))


def task(site: Site, kind: TaskKind, number: str = "") -> str:
    """The page of the only open task of this kind, in this case if one is named."""
    items = site.house.parts.queries.queue(COORDINATOR)
    (found,) = [item.task for item in items if item.kind == kind and number in ("", item.number)]
    return f"{site.address}/beoordelen?taak={found}"


def merged_into(site: Site, number: str) -> str | None:
    return site.house.parts.queries.case_numbered(COORDINATOR, number).merged_into


@pytest.mark.parametrize("javascript", [True, False])
def test_a_question_is_answered_with_yes_undone_and_with_no(site: Site, chromium: Chromium, javascript: bool):
    site.house.receive("Weggelachen", STORY)
    site.house.receive("Re: 2026-0001", "Mijn moeder schreef u.", **by_mail("Een ander", "ander@voorbeeld.example"))
    site.house.receive("Nog eens 2026-0001", "Ik ook.", **by_mail("Nog iemand", "nog@voorbeeld.example"))
    with chromium.page(javascript=javascript) as page:
        site.sign_in(page)
        page.get_by_role("link", name="Hoort dit bij een zaak?").first.click()
        articles = page.get_by_role("article")
        expect(articles).to_have_count(2)
        expect(articles.nth(0)).to_contain_text("Mijn moeder schreef u.")
        expect(articles.nth(1)).to_contain_text(STORY)
        page.get_by_role("button", name="Ja, hoort bij zaak 2026-0001").click()
        strip = page.get_by_role("status")
        expect(strip).to_contain_text("Zaak 2026-0002 gaat verder in zaak 2026-0001")
        assert merged_into(site, "2026-0002") == "2026-0001"
        strip.get_by_role("button", name="Ongedaan maken").click()
        expect(page.get_by_role("status")).to_have_text("De zaak staat weer op zichzelf.")
        assert merged_into(site, "2026-0002") is None
        page.goto(task(site, TaskKind.MATCH, "2026-0003"))
        page.get_by_role("button", name="Nee, een eigen zaak").click()
        expect(page.get_by_role("status")).to_have_text("Vastgelegd: de twee horen niet bij elkaar.")
        assert merged_into(site, "2026-0003") is None


def test_cases_are_merged_by_number_and_taken_apart_from_the_older_one(site: Site, page: Page):
    site.house.receive("Eerste", STORY)
    site.house.receive("Tweede", "Iets anders.", **by_mail("B. Ander", "b@voorbeeld.example"))
    site.sign_in(page)
    page.goto(f"{site.address}/zaken/2026-0002")
    page.get_by_text("Koppel aan een andere zaak").click()
    page.get_by_label("Nummer van de andere zaak").fill("2026-0001")
    page.get_by_role("button", name="Dezelfde klacht: voeg samen").click()
    expect(page).to_have_url(f"{site.address}/zaken/2026-0001?melding=merged")
    expect(page.get_by_role("region", name="Dossier")).to_contain_text("Iets anders.")
    page.get_by_role("button", name="Maak 2026-0002 weer los").click()
    expect(page.get_by_role("status")).to_have_text("De zaak staat weer op zichzelf.")
    assert merged_into(site, "2026-0002") is None


def test_a_complainant_is_corrected_and_acknowledged(site: Site, chromium: Chromium):
    passed_on(site.house)
    with chromium.page(javascript=False) as page:
        site.sign_in(page)
        page.goto(task(site, TaskKind.COMPLAINANT))
        form = page.get_by_role("region", name="Uiterlijk")
        expect(form.get_by_label("Naam van de klager")).to_have_value("J. de Wit")
        expect(form.get_by_label("Datum")).to_have_value("2026-11-20")
        form.get_by_label("E-mailadres").fill("jdewit zonder adres")
        form.get_by_role("button", name="Vastleggen en bevestiging sturen").click()
        form.get_by_role("link").first.click()
        expect(form.get_by_label("E-mailadres")).to_be_focused()
        form.get_by_label("E-mailadres").fill("jdewit@voorbeeld.example")
        form.get_by_label("Tijd").fill("08:15")
        form.get_by_role("button", name="Vastleggen en bevestiging sturen").click()
        expect(page.get_by_role("status")).to_contain_text("De klager is vastgelegd.")
    (letter,) = site.house.parts.queries.case_numbered(COORDINATOR, "2026-0001").letters
    assert (letter.letter, letter.to.address) == ("ontvangst", "jdewit@voorbeeld.example")


def passed_on(house: House) -> None:
    house.receive(
        "FW: klacht mevrouw De Wit", "Zie hieronder.", **by_mail("Collega", "collega@gemeente.example"),
        forwarded=Forwarded(contact=Contact(name="J. de Wit"), received_at=house.time[0] - timedelta(days=3)),
    )  # fmt: skip


# --- the service as it really runs


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


def complaint(sender: str = CITIZEN) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Maria de Boer <{sender}>", MUNICIPALITY, "Niet teruggebeld"
    mail["Message-ID"], mail["Date"] = "<klacht-1@voorbeeld.example>", "Mon, 23 Nov 2026 09:00:00 +0100"
    mail.set_content("Drie keer beloofde een medewerker mij terug te bellen. Niemand heeft gebeld.\n")
    mail.add_alternative("<p>Drie keer <b>beloofd</b></p><script>x()</script><img src='//spion.example/x'>", "html")
    return mail.as_bytes()


def returned(letter: EmailMessage) -> bytes:
    """What a mail server sends back for a letter to an address that does not exist (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@voorbeeld.example\r\nTo: {MUNICIPALITY}\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <dsn-1@voorbeeld.example>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; voorbeeld.example\r\n\r\n"
        f"Final-Recipient: rfc822; {CITIZEN}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter['Message-ID']}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_message_is_written_checked_sent_and_read_in_the_postvak(service: Service, page: Page):
    service.send(complaint(), sender=CITIZEN)
    service.until(lambda: len(service.letters()) == 1, "an acknowledgement")
    desk = Desk(service, page)
    desk.sign_in_first_time()
    page.get_by_role("link", name="Zaken", exact=True).click()
    page.get_by_role("rowheader").get_by_role("link").click()
    page.get_by_role("link", name="Bericht aan de klager").click()
    page.get_by_label("Uw bericht").fill("Morgen bellen wij u tussen 10 en 12 uur.\n\nSchikt dat?")
    page.get_by_role("button", name="Bekijk het bericht").click()
    sheet = page.get_by_role("article")
    expect(sheet).to_contain_text("Beste Maria de Boer")
    expect(sheet).to_contain_text("Morgen bellen wij u")
    page.get_by_label("Bestanden meesturen").set_input_files(
        {"name": "route.txt", "mimeType": "text/plain", "buffer": b"Eerste deur links."}
    )
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("status")).to_have_text("Uw bericht gaat naar de klager.")
    service.until(lambda: len(service.letters()) == 2, "the message")
    letter = next(one for one in service.letters() if str(one["Subject"]).startswith("Bericht van"))
    assert letter["In-Reply-To"] == "<klacht-1@voorbeeld.example>"
    assert [part.get_filename() for part in letter.iter_attachments()] == ["route.txt"]
    page.reload()
    expect(page.get_by_role("region", name="Brieven en berichten")).to_contain_text("bezorgd bij de mailserver")
    desk.open("/postvak")
    page.get_by_role("link", name="Bericht van").click()
    expect(page.get_by_role("article")).to_contain_text("Morgen bellen wij u tussen 10 en 12 uur.")


def test_what_came_back_is_sent_again_to_a_corrected_address(service: Service, page: Page):
    service.send(complaint(), sender=CITIZEN)
    service.until(lambda: len(service.letters()) == 1, "an acknowledgement")
    service.send(returned(service.letters()[0]), sender="")
    service.until(lambda: service.count("task", kind="undelivered") == 1, "a task")
    desk = Desk(service, page)
    desk.sign_in_first_time()
    page.get_by_role("link", name="Niet bezorgd 1").click()
    panel = page.get_by_role("region", name="Uiterlijk")
    expect(panel).to_contain_text("De mailserver van de klager stuurde het bericht terug.")
    expect(panel.get_by_label("E-mailadres")).to_have_value(CITIZEN)
    panel.get_by_label("E-mailadres").fill("maria@elders.example")
    panel.get_by_role("button", name="Stuur naar dit e-mailadres").click()
    expect(page.get_by_role("status")).to_contain_text("Het bericht gaat opnieuw naar de klager.")
    service.until(lambda: len(service.letters()) == 2, "the second sending")
    assert {str(one["To"].addresses[0].addr_spec) for one in service.letters()} == {CITIZEN, "maria@elders.example"}
    desk.open("/zaken")
    page.get_by_role("rowheader").get_by_role("link").click()
    letters = page.get_by_role("region", name="Brieven en berichten")
    expect(letters).to_contain_text("niet aangekomen, opnieuw gestuurd")
    expect(letters).to_contain_text("Stuurt een eerdere brief opnieuw")


def test_formatting_is_shown_and_nothing_is_fetched(service: Service, page: Page):
    service.send(complaint(), sender=CITIZEN)
    service.until(lambda: service.count("message") == 1, "a case")
    desk = Desk(service, page)
    desk.sign_in_first_time()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Bekijk met opmaak").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("b")).to_have_text("beloofd")
    expect(frame.locator("script")).to_have_count(0)
    assert [url for url in asked if "spion" in url] == []


# --- how it looks to everybody


def filled(site: Site) -> None:
    """One of every state that mail brings."""
    house = site.house
    house.receive("Weggelachen aan de balie", STORY)
    house.receive("Re: 2026-0001", "Mijn moeder schreef u.", **by_mail("Een ander", "ander@voorbeeld.example"))
    house.receive("Weggelachen aan de balie", STORY + " Graag bericht.")
    house.receive("Vergunning", "Ik wacht al acht weken op antwoord over mijn vergunning.")
    passed_on(house)
    fout = by_mail("P. Fout", "p.fout@voorbeeld.example")
    house.receive("Paspoort kwijt", "Niemand weet waar het is.", deliver=False, **fout)
    for delivery in house.worker.claim_deliveries(limit=10):
        house.worker.failed(delivery, Permanent("recipient_unknown rcpt 550 5.1.1"))
    house.receive(
        "Uw factuur", "Bekijk de bijlage.", **by_mail("klachten@gemeente.example", "boef@voorbeeld.example"),
        marks={"dmarc": "fail", "reply_to_differs": "x@voorbeeld.example", "spam": "x-spam-flag"},
        attachments=(replace(attachment("factuur.pdf.exe"), risk="double_extension"),),
        refused=(Refused(filename="film.mp4", reason="too_large", size=90_000_000),),
        fields={"team": "Belastingen", "klantnummer": "12345", "form": "unknown"},
    )  # fmt: skip
    alerts = Alerts(store=house.store, clock=house.parts.clock, calendar=house.parts.calendar)
    for kind, note in (
        (TaskKind.OLD_MAIL, "imap:klachten:41"), (TaskKind.DOOR_DIFFERENCE, "imap:klachten:3:2026-11-22"),
        (TaskKind.LOOP, "case:2026-0001"), (TaskKind.LETTER_OVERRIDE, "ontvangst/text.txt:12 UndefinedError"),
        (TaskKind.SCANNER_AWAY, "timeout"),
    ):  # fmt: skip
        alerts.tell(kind, note)
    alerts.write_down()
    house.account("beheer", Role.ADMINISTRATOR)


@pytest.mark.parametrize("width", [1280, 390])
def test_every_new_state_is_accessible(
    site: Site, chromium: Chromium, scanned: Callable[[Page, str], None], width: int
):
    filled(site)
    wanted = {item.kind: item.task for item in site.house.parts.queries.queue(COORDINATOR)}
    assert {TaskKind.MATCH, TaskKind.DUPLICATE, TaskKind.LINK, TaskKind.COMPLAINANT, TaskKind.UNDELIVERED} <= {*wanted}
    with chromium.page(width=width, height=900) as page:

        def look(where: str) -> None:
            scanned(page, where)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where

        site.sign_in(page)
        paths = [f"/beoordelen?taak={task}" for task in wanted.values()]
        paths += ["/zaken/2026-0007", "/zaken/2026-0006", "/zaken/2026-0007/bericht",
                  "/zaken/2026-0001/mogelijk-bezwaar",
                  "/berichten/1/opmaak", "/zaken/2026-0007?melding=not-joined"]  # fmt: skip
        for path in paths:
            page.goto(site.address + path)
            look(path)
        page.goto(f"{site.address}/zaken/2026-0007/bericht")
        page.get_by_role("button", name="Bekijk het bericht").click()
        look("an empty message")
        page.get_by_label("Uw bericht").fill("Wij bellen u morgen.")
        page.get_by_role("button", name="Bekijk het bericht").click()
        look("a message before it leaves")
        page.goto(task(site, TaskKind.COMPLAINANT))
        page.get_by_label("E-mailadres").fill("fout")
        page.get_by_role("button", name="Vastleggen en bevestiging sturen").click()
        look("a wrong complainant")
        page.goto(task(site, TaskKind.MATCH))
        page.get_by_role("button", name="Ja, hoort bij zaak 2026-0001").click()
        look("merged")
        page.goto(f"{site.address}/zaken/2026-0002")
        look("a merged case")
        page.context.clear_cookies()
        site.sign_in(page, "beheer")
        for item in site.house.parts.queries.queue(ADMINISTRATOR):
            page.goto(f"{site.address}/beoordelen?taak={item.task}")
            look(item.kind)
