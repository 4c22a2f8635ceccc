"""What the issue Mail added to the pages of officials, without script."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.domain.access import Actor, Role
from core.domain.errors import Permanent
from core.domain.events import ComplainantConfirmed, FilesRefused, LetterDelayed, LetterHeld, MalwareFound
from core.domain.message import Attachment, Contact, DeliveryState, Forwarded, Refused, ReplyRoute, Route, ScanState
from core.domain.tasks import TaskKind
from core.service.alerting import Alerts
from core.views import LetterView, QueueItem
from templates.texts import texts
from tests.web.house import House, attachment, build, csrf_of
from web.alerts import alert
from web.delivery import whereabouts

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))
STORY = "Op 9 november wachtte ik anderhalf uur aan de balie. De medewerker lachte mij uit en liep weg van mij."


def task(house: House, kind: TaskKind) -> int:
    (found,) = [item.task for item in house.parts.queries.queue(COORDINATOR) if item.kind == kind]
    return found


def view(house: House, number: str):
    return house.parts.queries.case_numbered(COORDINATOR, number)


def matched(house: House) -> int:
    """Two cases, of which the second names the first."""
    house.receive("Weggelachen", STORY)
    ander = "ander@voorbeeld.example"
    house.receive("Re: 2026-0001", "Mijn moeder schreef u.", sender=Contact(name="Een ander", email=ander),
                  reply=ReplyRoute(route=Route.MAIL, address=ander))  # fmt: skip
    return task(house, TaskKind.MATCH)


def answer(client: TestClient, number: int, said: str):
    given = {"csrf": csrf_of(client), "antwoord": said}
    return client.post(f"/beoordelen/{number}/samen", data=given)


# --- questions


def test_a_question_shows_both_messages_and_two_answers(house: House, staff: TestClient):
    page = staff.get(f"/beoordelen?taak={matched(house)}").text
    assert "Mijn moeder schreef u." in page
    assert STORY in page
    assert "Ja, hoort bij zaak 2026-0001" in page
    assert "Nee, een eigen zaak" in page


def test_yes_merges_says_so_and_can_be_undone(house: House, staff: TestClient):
    said = answer(staff, matched(house), "ja")
    assert "samen=2026-0002" in said.headers["location"]
    page = staff.get(said.headers["location"]).text
    assert "Zaak 2026-0002 gaat verder in zaak 2026-0001" in page
    assert "al behandeld" not in page
    assert view(house, "2026-0002").merged_into == "2026-0001"
    assert "Bericht uit zaak 2026-0002" in staff.get("/zaken/2026-0001").text
    newer = staff.get("/zaken/2026-0002").text
    assert "gaat verder in zaak 2026-0001" in newer
    assert "/zaken/2026-0002/bericht" not in newer
    undone = staff.post("/zaken/2026-0002/losmaken", data={"csrf": csrf_of(staff)})
    assert "De zaak staat weer op zichzelf" in staff.get(undone.headers["location"]).text
    assert view(house, "2026-0002").merged_into is None
    twice = staff.post("/zaken/2026-0002/losmaken", data={"csrf": csrf_of(staff)})
    assert "al losgemaakt" in staff.get(twice.headers["location"]).text


def test_no_keeps_them_apart_and_asks_no_more(house: House, staff: TestClient):
    number = matched(house)
    assert "melding=apart" in answer(staff, number, "nee").headers["location"]
    assert view(house, "2026-0002").merged_into is None
    assert "Hoort dit bij een zaak? Nee" in staff.get("/zaken/2026-0002").text
    assert "melding=gone" in answer(staff, number, "ja").headers["location"]
    assert answer(staff, number, "misschien").status_code == 400


def test_a_case_that_one_may_not_see_is_not_compared_with(house: House):
    house.account("kramer", Role.COORDINATOR, person="kramer")
    number = matched(house)
    client = house.client("kramer")
    first = next(item.task for item in house.parts.queries.queue(COORDINATOR) if item.number == "2026-0001")
    given = {"kind": "klacht", "role": "medewerker", "person": str(house.people["kramer"]), "besluit": "zoals"}
    coordinator = house.client("coordinator")
    coordinator.post(f"/beoordelen/{first}/bevestigen", data=given | {"csrf": csrf_of(coordinator), "version": "0"})
    page = client.get(f"/beoordelen?taak={number}").text
    assert STORY not in page
    assert "mag u niet bekijken" in page
    assert 'name="antwoord"' not in page
    assert "melding=gone" in answer(client, number, "ja").headers["location"]
    assert view(house, "2026-0002").merged_into is None


def test_related_cases_are_put_beside_each_other_by_number(house: House, staff: TestClient):
    house.receive("Eerste", STORY)
    house.receive("Vergunning", "Ik wacht al acht weken op antwoord over mijn vergunning.", sender=Contact(name="B"))

    def join(how: str, number: str) -> str:
        given = {"csrf": csrf_of(staff), "hoe": how, "nummer": number}
        return staff.get(staff.post("/zaken/2026-0002/verwant", data=given).headers["location"]).text

    assert "Die zaak is niet gevonden" in join("verwant", "2026-0099")
    assert "kunnen niet worden gekoppeld" in join("samen", "2026-0002")
    assert "staan nu bij elkaar" in join("verwant", " 2026-0001 ")
    assert 'href="/zaken/2026-0001"' in staff.get("/zaken/2026-0002").text
    assert "zijn samengevoegd" in join("samen", "2026-0001")
    assert view(house, "2026-0001").absorbed


# --- the complainant


def passed_on(house: House) -> int:
    house.receive(
        "FW: klacht", "Zie hieronder", sender=Contact(name="Collega", email="collega@gemeente.example"),
        reply=ReplyRoute(route=Route.MAIL, address="collega@gemeente.example"),
        forwarded=Forwarded(contact=Contact(name="J. de Wit", email="jdewit@voorbeeld.example"),
                            received_at=house.time[0] - timedelta(days=3, seconds=7)),
    )  # fmt: skip
    return task(house, TaskKind.COMPLAINANT)


CLAIM = {"name": "J. de Wit", "email": "jdewit@voorbeeld.example", "phone": "", "address": ""}


def claim(client: TestClient, number: int, **fields: str):
    given = CLAIM | {"date": "2026-11-20", "time": "09:29"} | fields
    return client.post(f"/beoordelen/{number}/klager", data=given | {"csrf": csrf_of(client)})


def test_the_proposed_complainant_stands_in_the_form_in_local_time(house: House, staff: TestClient):
    page = staff.get(f"/beoordelen?taak={passed_on(house)}").text
    for value in ("J. de Wit", "jdewit@voorbeeld.example", "2026-11-20", "09:29"):
        assert f'value="{value}"' in page


def test_confirming_sends_the_acknowledgement_and_keeps_the_moment(house: House, staff: TestClient):
    number = passed_on(house)
    assert view(house, "2026-0001").letters == ()
    assert "melding=complainant" in claim(staff, number, phone="06 0000 0001").headers["location"]
    found = view(house, "2026-0001")
    (event,) = [entry.event for entry in found.history if isinstance(entry.event, ComplainantConfirmed)]
    assert event.received_at == house.time[0] - timedelta(days=3, seconds=7)
    assert [letter.to.address for letter in found.letters] == ["jdewit@voorbeeld.example"]
    assert "Klager vastgelegd, binnengekomen op 20 november 2026" in staff.get("/zaken/2026-0001").text


def form_problem(key: str) -> str:
    return texts("web")(f"form.problem.{key}")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "geen adres"}, form_problem("email_wrong")),
        ({"date": ""}, "Vul een datum en een tijd in."),
        ({"date": "2026-11-24"}, "Dit moment ligt na de ontvangst"),
        ({"name": "x" * 300}, form_problem("too_long")),
    ],
)
def test_a_wrong_claim_is_said_at_its_field_and_kept(house: House, staff: TestClient, fields, words):
    number = passed_on(house)
    shown = claim(staff, number, **fields)
    assert shown.status_code == 422
    assert words in shown.text
    assert 'aria-invalid="true"' in shown.text
    assert view(house, "2026-0001").letters == ()


def test_our_own_address_is_no_complainant(tmp_path: Path):
    house = build(tmp_path, forms=Ours())
    house.account("coordinator", Role.COORDINATOR)
    client = house.client("coordinator")
    shown = claim(client, passed_on(house), email="klachten@gemeente.example")
    assert shown.status_code == 422
    assert "adres van de gemeente zelf" in shown.text
    form = {"story": "Iets.", "email": "klachten@gemeente.example"}
    filed = house.client().post("/klacht-indienen", data=form)
    assert filed.status_code == 422
    assert "adres van de gemeente zelf" in filed.text


class Ours:
    """Form mappings that know our own address."""

    def posted(self, key: str, form: str, posted: object, most: int) -> None:
        return None

    def is_mapped(self, key: str) -> bool:
        return False

    def answerable(self, address: str) -> bool:
        return not address.endswith("@gemeente.example")


# --- what did not arrive


def undelivered(house: House) -> int:
    house.receive(sender=Contact(name="P. Fout", email="fout@voorbeeld.example", phone="06 0000 0009"),
                  reply=ReplyRoute(route=Route.MAIL, address="fout@voorbeeld.example"), deliver=False)  # fmt: skip
    for delivery in house.worker.claim_deliveries(limit=10):
        house.worker.failed(delivery, Permanent("recipient_unknown rcpt 550 5.1.1"))
    return task(house, TaskKind.UNDELIVERED)


def again(client: TestClient, number: int, **fields: str):
    return client.post(f"/beoordelen/{number}/versturen", data={"csrf": csrf_of(client)} | fields)


def test_what_did_not_arrive_goes_to_a_better_address(house: House, staff: TestClient):
    number = undelivered(house)
    page = staff.get(f"/beoordelen?taak={number}").text
    assert "Dit e-mailadres bestaat niet." in page
    assert 'href="tel:0600000009"' in page
    assert again(staff, number, via="mail", email="goed").status_code == 422
    assert "melding=sent-again" in again(staff, number, via="mail", email="goed@voorbeeld.example").headers["location"]
    letters = view(house, "2026-0001").letters
    assert letters[-1].to == ReplyRoute(route=Route.MAIL, address="goed@voorbeeld.example")
    assert "niet aangekomen, opnieuw gestuurd" in staff.get("/zaken/2026-0001").text


def test_what_did_not_arrive_goes_by_post(house: House, staff: TestClient):
    number = undelivered(house)
    assert "Vul een postadres in." in again(staff, number, via="print", post=" ").text
    assert again(staff, number, via="chat").status_code == 403
    assert again(staff, number, via="duif").status_code == 400
    again(staff, number, via="print", post="P. Fout\r\nKerkpad 11")
    assert view(house, "2026-0001").letters[-1].to.address == "P. Fout\nKerkpad 11"
    assert task(house, TaskKind.POST_LETTER)


# --- writing


Posted = tuple[str, tuple[str, bytes, str]]


def write(client: TestClient, files: Sequence[Posted] = (), **fields: str):
    given = {"csrf": csrf_of(client)} | fields
    return client.post("/zaken/2026-0001/bericht", data=given, files=list(files))


def test_a_message_is_seen_before_it_leaves(house: House, staff: TestClient):
    house.receive()
    assert "Via e-mail" in staff.get("/zaken/2026-0001/bericht").text
    shown = write(staff, text="Wij bellen <u> morgen.", stap="bekijken").text
    assert "Wij bellen &lt;u&gt; morgen." in shown
    assert "Beste M. de Boer" in shown
    assert len(view(house, "2026-0001").letters) == 1
    assert (
        "Wij bellen &lt;u&gt; morgen.</textarea>" in write(staff, text="Wij bellen <u> morgen.", stap="schrijven").text
    )
    assert "melding=written" in write(staff, text="Wij bellen <u> morgen.", stap="versturen").headers["location"]
    sent = view(house, "2026-0001").letters[-1]
    assert "Wij bellen <u> morgen." in sent.text
    assert not sent.automatic


def test_files_leave_with_it_and_too_many_do_not(house: House, staff: TestClient):
    house.receive()
    many = [("files", (f"{n}.txt", b"a", "text/plain")) for n in range(6)]
    refused = write(staff, text="Zie bijlage.", stap="versturen", files=many)
    assert refused.status_code == 422
    assert 'href="#files"' in refused.text
    write(staff, text="Zie bijlage.", stap="versturen", files=many[:1])
    assert view(house, "2026-0001").letters[-1].files == ("0.txt",)
    assert write(staff, text=" ", stap="bekijken").status_code == 422


def test_the_notice_that_it_may_be_an_objection_leaves_once(house: House, staff: TestClient):
    house.receive()
    assert "Uw bericht gaat misschien over een besluit" in staff.get("/zaken/2026-0001/mogelijk-bezwaar").text
    for _ in range(2):
        staff.post("/zaken/2026-0001/mogelijk-bezwaar", data={"csrf": csrf_of(staff)})
    assert [one.letter for one in view(house, "2026-0001").letters] == ["ontvangst", "mogelijk_bezwaar"]


def test_only_the_coordinator_writes_and_joins(house: House):
    house.receive()
    house.account("support", Role.SUPPORT)
    client = house.client("support")
    for path in ("bericht", "mogelijk-bezwaar"):
        assert client.get(f"/zaken/2026-0001/{path}").status_code in (403, 404)
        assert f"/zaken/2026-0001/{path}" not in client.get("/zaken/2026-0001").text
    for path in ("bericht", "mogelijk-bezwaar", "verwant", "losmaken"):
        given = {"csrf": csrf_of(client), "hoe": "verwant", "nummer": "2026-0001", "text": "x", "stap": "versturen"}
        answered = client.post(f"/zaken/2026-0001/{path}", data=given)
        assert answered.status_code in (403, 404) or "not-undone" in answered.headers["location"], path
    assert len(view(house, "2026-0001").letters) == 1


# --- the message


MARKS = {"dmarc": "fail", "reply_to_differs": "<b>@voorbeeld.example", "spam": "x-spam-flag", "date_lies": "past"}


def test_what_deviates_is_said_and_what_is_fine_stays_folded(house: House, staff: TestClient):
    house.receive(marks=MARKS)
    page = staff.get("/beoordelen").text
    for words in ("De afzender is misschien niet echt (DMARC).", "&lt;b&gt;@voorbeeld.example",
                  "ziet dit bericht als spam", "veel eerder dan de ontvangst"):  # fmt: skip
        assert words in page
    assert "trust--odd" in page
    other = Contact(name="A. Ander", email="a@voorbeeld.example")
    fine = {"dmarc": "pass", "spf": "fail", "aligned_domain": "voorbeeld.example"}
    house.receive("Goed", sender=other, marks=fine)
    goed = next(item.task for item in house.parts.queries.queue(COORDINATOR) if item.number == "2026-0002")
    page = staff.get(f"/beoordelen?taak={goed}").text
    assert "niets bijzonders" in page
    assert "trust--odd" not in page
    assert "Echt verstuurd vanaf voorbeeld.example" in page


def test_files_are_shown_with_what_is_known_of_them(tmp_path: Path):
    house = build(tmp_path)
    house.account("coordinator", Role.COORDINATOR)
    client = house.client("coordinator")
    files = (replace(attachment("a.docm"), risk="macro"), replace(attachment("b.zip", content=b"b"), risk="new_slug"),
             attachment("c.pdf", content=b"c"), attachment("d.pdf", content=b"d"))  # fmt: skip
    house.receive(attachments=files, refused=(Refused(filename="film.mp4", reason="too_large", size=90_000_000),))
    number = view(house, "2026-0001").messages[0].attachments
    with house.store.write() as work:
        for file, state in zip(
            number, (ScanState.CLEAN, ScanState.UNSCANNABLE, ScanState.WAITING, ScanState.INFECTED), strict=True
        ):
            work.messages.scanned(1, file.id, state)
    page = client.get("/zaken/2026-0001").text
    for words in ("Zet macro", "kan onveilig zijn", "Kon niet worden gecontroleerd", "Wordt gecontroleerd",
                  "Niet te openen", "film.mp4 (90,0 MB): te groot", "zodra het is gecontroleerd"):  # fmt: skip
        assert words in page
    links = re.findall(r"/bijlagen/(\d+)", page)
    assert links == [str(one.id) for one in number[:2]]
    for path in (f"/bijlagen/{number[2].id}", f"/bijlagen/{number[3].id}", "/berichten/1/origineel",
                 "/berichten/1/opmaak/inhoud"):  # fmt: skip
        held = client.get(path)
        assert held.status_code == 403
        assert "niet vrijgegeven" in held.text


def test_form_fields_are_shown_under_readable_names(house: House, staff: TestClient):
    house.receive(fields={"team": "Belastingen", "datum_bezoek": "<maandag>", "form": "unknown"})
    page = staff.get("/beoordelen").text
    assert "Onbekend formulier" in page
    assert '<dt>Datum bezoek</dt><dd class="lines">&lt;maandag&gt;</dd>' in page
    assert "<dt>Afdeling</dt><dd>Belastingen</dd>" in page


def test_formatting_is_shown_in_a_frame_in_which_nothing_runs(tmp_path: Path):
    house = build(tmp_path, formatted=lambda raw: f"<p>{len(raw)} <b>vet</b></p>")
    house.account("coordinator", Role.COORDINATOR)
    client = house.client("coordinator")
    house.receive()
    page = client.get("/berichten/1/opmaak").text
    assert '<iframe class="card formatted" sandbox src="/berichten/1/opmaak/inhoud"' in page
    inside = client.get("/berichten/1/opmaak/inhoud")
    assert "<b>vet</b>" in inside.text
    policy = inside.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "unsafe" not in policy
    assert "allow-" not in policy
    assert inside.headers["x-frame-options"] == "SAMEORIGIN"
    assert client.get("/berichten/99/opmaak").status_code == 404
    assert house.client().get("/berichten/1/opmaak/inhoud").status_code == 303


def test_a_message_without_formatting_says_so(house: House, staff: TestClient):
    house.receive()
    assert "heeft geen opmaak" in staff.get("/berichten/1/opmaak").text


def test_uploads_are_looked_at_and_what_is_over_a_limit_is_named(tmp_path: Path):
    def examine(files: tuple[Attachment, ...]) -> tuple[tuple[Attachment, ...], tuple[Refused, ...]]:
        refused = tuple(Refused(filename=one.filename, reason="too_large", size=one.size) for one in files[1:])
        return tuple(replace(one, content_type="image/png", risk="type_disagrees") for one in files[:1]), refused

    house = build(tmp_path, examine=examine)
    posted = [("files", ("a.jpg", b"x", "image/jpeg")), ("files", ("b.pdf", b"y", "application/pdf"))]
    receipt = house.client().post("/klacht-indienen", data={"story": "Zie foto."}, files=posted)
    assert receipt.status_code == 201
    assert "b.pdf: te groot" in receipt.text
    (message,) = view(house, "2026-0001").messages
    assert [(one.filename, one.content_type, one.risk) for one in message.attachments] == [
        ("a.jpg", "image/png", "type_disagrees")
    ]
    assert [one.filename for one in message.refused] == ["b.pdf"]
    key = {"Authorization": "Bearer sleutel-van-de-website"}
    assert house.client().post("/api/v1/messages", data={"story": "Zie."}, files=posted, headers=key).status_code == 201
    assert [one.filename for one in view(house, "2026-0002").messages[0].refused] == ["b.pdf"]


# --- alerts


NOTES = [
    (TaskKind.OLD_MAIL, "imap:klachten:41", "41 oudere berichten in postbus klachten: importeren?"),
    (TaskKind.OLD_MAIL, "imap:klachten:1", "1 ouder bericht in postbus klachten"),
    (TaskKind.DOOR_DIFFERENCE, "imap:klachten:3:2026-11-22", "3 berichten in postbus klachten staan niet in Gehoord"),
    (TaskKind.LOOP, "address", "naar één adres"),
    (TaskKind.LOOP, "case:2026-0001", "in zaak 2026-0001"),
    (TaskKind.LETTER_OVERRIDE, "ontvangst/text.txt:12 UndefinedError", "Fout in ontvangst/text.txt, regel 12"),
    (TaskKind.SCANNER_AWAY, "timeout", "De virusscanner antwoordt niet: timeout"),
    (TaskKind.CLASSIFIER_AWAY, "RuntimeError", "RuntimeError"),
    (TaskKind.OLD_MAIL, "iets vreemds", "Melding van het systeem: iets vreemds"),
]


@pytest.mark.parametrize(("kind", "note", "words"), NOTES)
def test_the_administrator_reads_what_happened_and_ticks_it_off(house: House, kind: TaskKind, note: str, words: str):
    house.receive("Geheim", STORY)
    house.account("beheer", Role.ADMINISTRATOR)
    alerts = Alerts(store=house.store, clock=house.parts.clock, calendar=house.parts.calendar)
    alerts.tell(kind, note)
    alerts.write_down()
    client = house.client("beheer")
    page = client.get("/beoordelen").text
    assert page.count(words) >= 2
    assert STORY not in page
    number = re.search(r"/beoordelen/(\d+)/afronden", page)
    assert number
    client.post(number.group(), data={"csrf": csrf_of(client, "/beoordelen")})
    assert "Niets te beoordelen" in client.get("/beoordelen").text


def test_only_alerts_are_told_as_alerts(house: House):
    house.receive()
    (item,) = house.parts.queries.queue(COORDINATOR)
    assert isinstance(item, QueueItem)
    assert alert(item) is None


# --- letters and history


@pytest.mark.parametrize(
    ("changes", "key", "reason", "wrong"),
    [
        ({}, "queued", "", False),
        ({"to": ReplyRoute(route=Route.PRINT, address="x")}, "to_post", "", False),
        ({"attempts": 1, "last_error": "relay_away connect"}, "trying_one", "reason.relay_away", False),
        ({"attempts": 3, "last_error": "strange"}, "trying", "reason.other", False),
        ({"state": DeliveryState.SENDING}, "sending", "", False),
        ({"state": DeliveryState.SENT}, "sent_mail", "", False),
        ({"state": DeliveryState.FAILED, "last_error": "bounced"}, "bounced", "", True),
        ({"state": DeliveryState.FAILED, "last_error": "disk OSError"}, "failed", "reason.disk", True),
        ({"state": DeliveryState.UNKNOWN, "last_error": "network: X"}, "unknown", "reason.other", True),
        ({"state": DeliveryState.FAILED, "last_error": "sent_again", "again_as": 9}, "replaced", "", False),
    ],
)  # fmt: skip
def test_the_state_of_a_letter_is_told_in_words(house: House, changes: dict[str, object], key: str, reason: str, wrong):
    letter = LetterView(
        id=1, letter="ontvangst", to=ReplyRoute(route=Route.MAIL, address="a@voorbeeld.example"), to_name="",
        subject="", text="", html=None, state=DeliveryState.QUEUED, created_at=house.time[0], sent_at=None, attempts=0,
        last_error=None,
    )  # fmt: skip
    found = whereabouts(replace(letter, **changes))  # type: ignore[arg-type]
    assert (found.key, found.reason, found.wrong) == (f"delivery.{key}", reason, wrong)


def test_the_history_tells_what_mail_brought(house: House, staff: TestClient):
    house.receive(attachments=(attachment("ziek.pdf"),))
    found = view(house, "2026-0001")
    file = found.messages[0].attachments[0].id
    with house.store.write() as work:
        work.cases.append(
            found.case.id,
            [
                LetterDelayed(outgoing=1, letter="ontvangst"), LetterHeld(letter="ontvangst", brake="case"),
                FilesRefused(message=1, files=(Refused(filename="film.mp4", reason="too_large", size=9),)),
                MalwareFound(message=1, attachment=file, name="Eicar-Test"),
            ],
            house.time[0], None,
        )  # fmt: skip
    page = staff.get("/zaken/2026-0001").text
    for words in ("Ontvangstbevestiging: een mailserver onderweg probeert het nog", "niet automatisch gestuurd",
                  "Bestanden niet aangenomen: film.mp4 (te groot)", "Virus gevonden in ziek.pdf: Eicar-Test",
                  "vertraagd: een mailserver"):  # fmt: skip
        assert words in page
