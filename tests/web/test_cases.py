"""Case pages: who sees what, the question about involvement, the dates, and files that are only ever handed over."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from core.domain.access import Actor, Role
from core.domain.labels import Kind, RespondentRole
from core.domain.message import Contact, ReplyRoute, Route
from core.domain.triage import Decision
from tests.web.house import House, attachment, csrf_of, field_value
from tests.web.test_review import COORDINATOR, case, tasks

SECRET = "Balie drie stuurde mij weg"


def confirmed(house: House, *, about: str | None = None, assign: str | None = "jansen") -> None:
    """One confirmed complaint, perhaps about somebody of the organisation, perhaps assigned."""
    house.receive(
        "Weggestuurd", SECRET, attachments=(attachment(),),
        sender=Contact(name="A. Wiersma", email="a.wiersma@voorbeeld.example", phone="06 0000 0009"),
    )  # fmt: skip
    decision = Decision(
        kinds=(Kind.KLACHT,),
        team="publiekszaken",
        respondent_role=RespondentRole.MEDEWERKER,
        respondent_name="L. Balie",
        respondent_person=house.people[about] if about else None,
    )
    found = house.parts.review.confirm(COORDINATOR, tasks(house)[0], decision, case(house).case.version)
    if assign:
        house.parts.review.assign(COORDINATOR, found.id, house.people[assign], found.version)


def test_the_page_tells_the_whole_case_in_plain_dutch(house: House, staff: TestClient):
    confirmed(house)
    page = staff.get("/zaken/2026-0001").text
    for words in (
        "Weggestuurd", SECRET, "Bericht ontvangen: E-mail", "Ontvangstbevestiging verstuurd via e-mail",
        "Vastgelegd als klacht, team Publiekszaken, over een medewerker", "Behandelaar vastgelegd: P. Jansen",
        "42 dagen", "21 december 2026", "4 januari 2027", "wettelijke termijn", "Intakegesprek", "A. Wiersma",
        "06 0000 0009", "L. Balie", "bezorgd bij de mailserver",
    ):  # fmt: skip
        assert words in page
    assert "/overzicht" not in page
    assert "/vastleggen" not in page
    assert "2026-0001" in staff.get("/zaken").text


def test_a_last_day_in_a_weekend_says_why_it_moved(house: House, staff: TestClient):
    house.wait(days=-1)
    house.receive()
    house.wait(days=1)
    page = staff.get("/zaken/2026-0001").text
    assert "3 januari 2027 is een dag in het weekend" in page
    assert "4 januari 2027" in page


def test_a_term_that_has_passed_is_said(house: House):
    house.receive()
    house.wait(days=50)
    client = house.client("coordinator")
    assert "over de uiterste datum" in client.get("/zaken/2026-0001").text


def test_the_handler_sees_names_and_dates_until_they_say_they_were_not_involved(house: House):
    confirmed(house)
    house.account("jansen", Role.HANDLER, person="jansen")
    client = house.client("jansen")
    page = client.get("/zaken/2026-0001").text
    assert "Bent u betrokken?" in page
    for words in ("A. Wiersma", "L. Balie", "4 januari 2027"):
        assert words in page
    for words in (SECRET, "Weggestuurd", "06 0000 0009", "a.wiersma@", "Ontvangstbevestiging", "foto.jpg"):
        assert words not in page
    assert client.get("/bijlagen/1").status_code == 404
    assert client.get("/berichten/1/origineel").status_code == 404
    assert client.get("/zaken/2026-0001/brieven/1").status_code == 404
    client.post("/zaken/2026-0001/betrokken", data={"csrf": field_value(page, "csrf"), "betrokken": "nee"})
    page = client.get("/zaken/2026-0001").text
    assert SECRET in page
    assert "Bent u betrokken?" not in page
    assert client.get("/bijlagen/1").status_code == 200


def test_a_handler_who_was_involved_sees_nothing_any_more(house: House):
    confirmed(house)
    house.account("jansen", Role.HANDLER, person="jansen")
    client = house.client("jansen")
    csrf = csrf_of(client, "/zaken/2026-0001")
    assert client.post("/zaken/2026-0001/betrokken", data={"csrf": csrf, "betrokken": "misschien"}).status_code == 400
    answer = client.post("/zaken/2026-0001/betrokken", data={"csrf": csrf, "betrokken": "ja"})
    assert "Iemand anders krijgt deze zaak" in client.get(answer.headers["location"]).text
    assert client.get("/zaken/2026-0001").status_code == 404
    assert "2026-0001" not in client.get("/zaken").text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPPORT, Role.JURIST, Role.AUDITOR, Role.HANDLER])
def test_the_person_complained_about_is_locked_out_of_every_page_in_every_role(house: House, role: Role):
    confirmed(house, about="balie", assign=None)
    house.account("balie", role, person="balie")
    client = house.client("balie")
    csrf = csrf_of(client)
    letter = case(house).letters[0].id
    for path in ("/zaken/2026-0001", f"/zaken/2026-0001/brieven/{letter}", "/bijlagen/1", "/berichten/1/origineel"):
        assert client.get(path).status_code == 404
    for path in ("ongedaan", "behandelaar", "betrokken"):
        fields = {"csrf": csrf, "betrokken": "nee", "person": str(house.people["smit"]), "version": "1"}
        assert client.post(f"/zaken/2026-0001/{path}", data=fields).status_code == 404
    for page in (
        client.get("/zaken").text,
        client.get("/beoordelen").text,
        client.get("/beoordelen?klaar=2026-0001").text,
    ):
        assert "2026-0001" not in page
        assert SECRET not in page
    assert case(house).case.handler is None


def test_what_is_not_there_and_what_one_may_not_see_look_the_same(house: House):
    confirmed(house)
    house.account("smit", Role.HANDLER, person="smit")
    client = house.client("smit")
    for unseen, missing in (
        ("/zaken/2026-0001", "/zaken/2026-9999"), ("/bijlagen/1", "/bijlagen/999"),
        ("/berichten/1/origineel", "/berichten/999/origineel"),
        ("/zaken/2026-0001/brieven/1", "/zaken/2026-9999/brieven/1"), ("/zaken/2026-0001", "/nergens"),
    ):  # fmt: skip
        one, other = client.get(unseen), client.get(missing)
        assert (one.status_code, one.text) == (404, other.text)
        assert dict(one.headers) == dict(other.headers)
    csrf = csrf_of(client)
    for task in (tasks(house, kind)[0] for kind in {item.kind for item in house.parts.queries.queue(COORDINATOR)}):
        one = client.post(f"/beoordelen/{task}/afronden", data={"csrf": csrf})
        other = client.post("/beoordelen/99999/afronden", data={"csrf": csrf})
        assert one.headers["location"] == other.headers["location"]


def test_the_administrator_reads_no_cases(house: House):
    confirmed(house)
    house.account("beheer", Role.ADMINISTRATOR)
    client = house.client("beheer")
    assert client.get("/zaken/2026-0001").status_code == 404
    assert "2026-0001" not in client.get("/zaken").text + client.get("/beoordelen").text


def test_only_the_coordinator_decides_who_handles(house: House):
    confirmed(house)
    house.account("jurist", Role.JURIST)
    client = house.client("jurist")
    assert 'name="person"' not in client.get("/zaken/2026-0001").text
    fields = {"csrf": csrf_of(client), "person": "1", "version": "2", "terug": "zaak"}
    assert client.post("/zaken/2026-0001/behandelaar", data=fields).status_code == 403
    assert case(house).case.handler == house.people["jansen"]


def test_the_proposed_handler_is_confirmed_on_the_case_page(house: House, staff: TestClient):
    confirmed(house, assign=None)
    page = staff.get("/zaken/2026-0001").text
    assert "P. Jansen (voorgesteld)" in page
    person = re.search(r'<option value="(\d+)" selected>P. Jansen', page)
    assert person
    fields = {name: field_value(page.split('class="assign"')[1], name) for name in ("csrf", "version", "terug")}
    staff.post("/zaken/2026-0001/behandelaar", data=fields | {"person": person[1]})
    assert case(house).case.handler == house.people["jansen"]


def test_somebody_who_was_involved_cannot_be_made_handler(house: House, staff: TestClient):
    confirmed(house, about="balie", assign=None)
    page = staff.get("/zaken/2026-0001").text.split('class="assign"')[1]
    fields = {name: field_value(page, name) for name in ("csrf", "version", "terug")}
    answer = staff.post("/zaken/2026-0001/behandelaar", data=fields | {"person": str(house.people["balie"])})
    assert "mag de klacht niet behandelen" in staff.get(answer.headers["location"]).text
    assert case(house).case.handler is None


@pytest.mark.parametrize(
    ("name", "kind", "served", "shown"),
    [
        ("foto.jpg", "image/jpeg", "image/jpeg", 'filename="foto.jpg"'),
        ("brief.pdf", "application/pdf; x=y", "application/pdf", 'filename="brief.pdf"'),
        ("lief.html", "text/html", "application/octet-stream", 'filename="lief.html"'),
        ("plaat.svg", "image/svg+xml", "application/octet-stream", 'filename="plaat.svg"'),
        ('../../a"b\r\nX: y;.pdf', "application/pdf", "application/pdf", 'filename="abX: y_.pdf"'),
        ("naïef ☃.pdf", "application/pdf", "application/pdf", "filename*=UTF-8''na%C3%AFef%20%E2%98%83.pdf"),
        ("", "x\r\ny/z", "application/octet-stream", 'filename="bestand"'),
    ],
)  # fmt: skip
def test_files_are_handed_over_and_never_shown(
    house: House, staff: TestClient, name: str, kind: str, served: str, shown: str
):
    house.receive(attachments=(attachment(name, kind, b"<script>"),))
    answer = staff.get("/bijlagen/1")
    assert answer.content == b"<script>"
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert shown in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_the_original_is_handed_over_byte_for_byte(house: House, staff: TestClient):
    house.receive(raw=b"Subject: x\r\n\r\n\xff\x00")
    answer = staff.get("/berichten/1/origineel")
    assert answer.content == b"Subject: x\r\n\r\n\xff\x00"
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_printed_letter_carries_the_postal_address(house: House, staff: TestClient):
    house.receive(reply=ReplyRoute(route=Route.PRINT, address="H. Drenth\nKerkpad 11"))
    page = staff.get(f"/zaken/2026-0001/brieven/{case(house).letters[0].id}").text
    assert "H. Drenth\nKerkpad 11" in page
    assert "Uw nummer is 2026-0001" in page


def test_the_development_mailbox_is_there_only_in_development_and_only_signed_in(house: House, tmp_path):
    client = house.client("coordinator")
    assert client.get("/postvak").status_code == 404
    for part in ("new", "cur", "tmp"):
        (tmp_path / "uit" / part).mkdir(parents=True)
    mail = "To: a@voorbeeld.example\r\nSubject: =?utf-8?q?Caf=C3=A9?= <b>\r\n\r\n<script>hoi</script>\r\n"
    (tmp_path / "uit" / "new" / "een").write_text(mail)
    house.parts = replace(house.parts, development_mailbox=tmp_path / "uit")
    client = house.client("coordinator")
    listed, shown = client.get("/postvak").text, client.get("/postvak/een").text
    assert "Alleen voor ontwikkeling" in listed
    assert "Café &lt;b&gt;" in listed
    assert "&lt;script&gt;hoi" in shown
    assert client.get("/postvak/..%2Ftmp").status_code == 404
    assert client.get("/postvak/twee").status_code == 404
    assert house.client().get("/postvak").headers["location"].startswith("/inloggen")


def test_a_journal_line_for_every_event_has_its_words(house: House, staff: TestClient):
    confirmed(house, assign=None)
    actor = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))
    house.parts.review.undo(actor, case(house).case.id)
    assert "Vastlegging ongedaan gemaakt" in staff.get("/zaken/2026-0001").text


def test_a_letter_is_handed_over_on_paper(house: House, staff: TestClient):
    number = house.receive("Niet teruggebeld").case_number
    page = staff.get(f"/zaken/{number}").text
    letter = page.split(f'href="/zaken/{number}/brieven/', 1)[1].split('"', 1)[0]
    pdf = staff.get(f"/zaken/{number}/brieven/{letter}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("attachment;")
