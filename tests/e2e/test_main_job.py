"""The main job on real input: a mail over SMTP in, an acknowledgement out, and a person who confirms in a browser."""

import re
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from itertools import pairwise

import pytest
from babel.dates import format_date
from playwright.sync_api import Page, expect

from core.adapters.holidays import netherlands
from core.domain.events import ConfirmationUndone, Confirmed
from core.domain.labels import Kind, RespondentRole
from core.domain.tasks import TaskKind
from core.domain.terms import deadlines, working_days_after
from core.views import CaseView
from tests.e2e.desk import Desk, case_numbered
from tests.faults.service import MUNICIPALITY, Service
from tests.parts.chromium import Chromium

CITIZEN = "maria.deboer@voorbeeld.example"
MESSAGE_ID = "<paspoort-1123@voorbeeld.example>"
EARLIER = "<eerder-0987@voorbeeld.example>"
STORY = """Goedemiddag,

Drie keer heb ik gebeld over mijn paspoort. Drie keer beloofde een medewerker van de balie mij dezelfde dag terug te
bellen. Niemand heeft gebeld. De laatste keer werd de medewerker onbeleefd en hing zij op.

Ik wil dat iemand mij uitlegt waarom dit zo gaat. Zoë heeft dat ook gevraagd.

Maria de Boer"""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(settings={"GEHOORD_CLASSIFIER": "true"}) as running:
        yield running


def swaks(service: Service, *headers: str, body: str = STORY) -> None:
    """Hand a mail in with swaks; fails unless it is answered with 250."""
    added = [word for header in headers for word in ("--header", header)]
    command = [
        *("swaks", "--server", "127.0.0.1", "--port", str(service.smtp_port), "--helo", "voorbeeld.example"),
        *("--from", CITIZEN, "--to", MUNICIPALITY, "--h-From", f"Maria de Boer <{CITIZEN}>"),
        *("--header", "MIME-Version: 1.0", "--header", "Content-Type: text/plain; charset=utf-8"),
        *("--header", "Content-Transfer-Encoding: 8bit", *added, "--body", body),
    ]
    sent = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert sent.returncode == 0, sent.stdout + sent.stderr


def acknowledgement(service: Service) -> EmailMessage:
    service.until(lambda: bool(service.letters()), "an acknowledgement")
    (letter,) = service.letters()
    return letter


def dutch(day: date) -> str:
    return format_date(day, "d MMMM y", locale="nl_NL")


def classified(service: Service, messages: int = 1) -> None:
    service.until(lambda: service.count("suggestion") == messages, "a suggestion")


@pytest.mark.needs("swaks")
def test_a_mail_is_acknowledged_in_its_thread_in_dutch_with_number_dates_and_phone(service: Service) -> None:
    swaks(service, f"Message-Id: {MESSAGE_ID}", f"References: {EARLIER}", "Subject: Niet teruggebeld")
    letter = acknowledgement(service)
    assert letter["To"].addresses[0].addr_spec == CITIZEN
    assert letter["From"].addresses[0].addr_spec == MUNICIPALITY
    assert letter["In-Reply-To"] == MESSAGE_ID
    assert letter["References"].split() == [EARLIER, MESSAGE_ID]
    assert letter["Auto-Submitted"] == "auto-replied"

    number = re.search(r"Uw nummer is (\d{4}-\d{4})\.", plain(letter))
    assert number
    case = case_numbered(service, number[1]).case
    calendar = netherlands(case.received_on.year, case.received_on.year + 1)
    dates = deadlines(case.received_on, calendar)
    assert dates.target == case.received_on + timedelta(weeks=4)
    assert timedelta(weeks=6) <= dates.limit.day - case.received_on < timedelta(weeks=7)
    facts = (
        "Beste Maria de Boer",
        f"ontvangen op {dutch(case.received_on)}",
        f"bellen u uiterlijk {dutch(working_days_after(case.received_on, 5, calendar))}",
        f"afronden voor {dutch(dates.target)}",
        f"antwoord uiterlijk op {dutch(dates.limit.day)}",
        "de klachtencoördinator: 14 0591",
        "Zoë heeft dat ook gevraagd.",
    )
    for part in ("plain", "html"):
        body = letter.get_body((part,))
        assert body
        text = body.get_content()
        at = [text.find(fact) for fact in facts]
        assert -1 not in at, (part, facts[at.index(-1)])
        assert all(one < other for one, other in pairwise(at))
        assert number[1] in text
    assert number[1] in letter["Subject"]


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


@pytest.mark.needs("swaks")
def test_the_coordinator_signs_in_for_the_first_time_and_confirms_with_enter(service: Service, page: Page) -> None:
    swaks(service, f"Message-Id: {MESSAGE_ID}", "Subject: Niet teruggebeld over mijn paspoort")
    classified(service)
    desk = Desk(service, page)
    desk.sign_in_first_time()

    expect(page.get_by_role("article").get_by_role("heading")).to_have_text("Niet teruggebeld over mijn paspoort")
    proposal = page.get_by_role("region", name="Voorstel")
    expect(proposal.locator(".verdict")).to_contain_text("Klacht")
    expect(proposal.locator(".verdict")).to_contain_text("vrij zeker")
    expect(proposal.get_by_role("listitem").filter(has=page.get_by_role("meter", name="Klacht"))).to_contain_text(
        re.compile(r"\d\d%")
    )
    expect(proposal.get_by_role("heading", name="Waarom dit voorstel")).to_be_visible()
    expect(proposal).to_contain_text("‘balie’ wijst op Publiekszaken en Klantcontact")
    marked = page.locator("article mark").all_inner_texts()
    assert marked
    assert all(words in STORY for words in marked)
    expect(page.get_by_role("region", name="Lijst met berichten")).to_contain_text("Klacht · Publiekszaken")
    handler = page.locator("#handler")
    expect(handler).to_contain_text("Teamleider Publiekszaken")

    desk.rested()
    page.keyboard.press("Enter")
    strip = page.get_by_role("status")
    expect(strip).to_contain_text(re.compile(r"Klacht \d{4}-0001 vastgelegd"))
    expect(page.get_by_role("region", name="Lijst met berichten")).to_contain_text("Intakegesprek")
    (task,) = [one for one in decided(service).tasks if one.done_at is None]
    assert task.kind == TaskKind.INTERVIEW

    case = decided(service).case
    assert case.decision
    assert (case.decision.kinds, case.decision.team) == ((Kind.KLACHT,), "publiekszaken")
    assert case.decision.respondent_role == RespondentRole.MEDEWERKER
    desk.open(f"/zaken/{case.number}")
    expect(page.get_by_role("region", name="Betrokkenen")).to_contain_text("Teamleider Publiekszaken (voorgesteld)")
    term = page.get_by_role("region", name="Termijn")
    assert case.deadlines
    for day in (case.received_on, case.deadlines.target, case.deadlines.limit.day):
        expect(term.locator("dl")).to_contain_text(dutch(day))
    dossier = page.get_by_role("region", name="Dossier")
    expect(dossier).to_contain_text("Vastgelegd als klacht, team Publiekszaken en Klantcontact")
    expect(dossier).to_contain_text("Behandelaar volgens de regels: Teamleider Publiekszaken")
    expect(dossier).to_contain_text("Ontvangstbevestiging verstuurd via e-mail")


def decided(service: Service) -> CaseView:
    """The only case there is."""
    with service.engine() as engine, engine.connect() as connection:
        number = connection.exec_driver_sql('SELECT number FROM "case"').scalar_one()
    return case_numbered(service, str(number))


@pytest.mark.needs("swaks")
def test_without_javascript_a_suggestion_is_corrected_and_taken_back(service: Service, chromium: Chromium) -> None:
    swaks(service, f"Message-Id: {MESSAGE_ID}", "Subject: Niet teruggebeld over mijn paspoort")
    classified(service)
    with chromium.page(javascript=False) as page:
        desk = Desk(service, page)
        desk.sign_in_first_time()
        page.get_by_role("radio", name="Vraag").check()
        page.get_by_label("Team").select_option(label="Belastingen en WOZ")
        page.get_by_label("Over", exact=True).select_option(label="niemand in het bijzonder")
        page.get_by_role("button", name="Bevestigen en volgende").click()
        expect(page.get_by_role("status")).to_contain_text(re.compile(r"Vraag \d{4}-0001 vastgelegd"))
        view = decided(service)
        assert view.case.decision
        assert (view.case.decision.kinds, view.case.decision.team) == ((Kind.VRAAG,), "belastingen")
        (confirmed,) = [entry.event for entry in view.history if isinstance(entry.event, Confirmed)]
        assert confirmed.suggestion is not None
        assert {task.kind: task.done_at is None for task in view.tasks} == {
            TaskKind.REVIEW: False,
            TaskKind.HAND_OVER: True,
        }
        expect(page.get_by_role("region", name="Lijst met berichten")).to_contain_text("Doorgeven")

        page.get_by_role("button", name="Ongedaan maken").click()
        expect(page.get_by_role("status")).to_contain_text("De vastlegging is ongedaan gemaakt.")
        expect(page.get_by_role("radio", name="Klacht")).to_be_checked()
        view = decided(service)
        assert view.case.decision is None
        assert [(task.kind, task.done_at) for task in view.tasks] == [(TaskKind.REVIEW, None)]
        assert any(isinstance(entry.event, ConfirmationUndone) for entry in view.history)
