"""The review queue without script: shown, confirmed, corrected, undone, and what happens to who comes second."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from core.domain.access import Actor, Role
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.message import Contact, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.domain.triage import Decision
from tests.web.house import AUTOMATIC, DOUBT, OBJECTION, SURE, House, attachment, csrf_of, field_value, why

COORDINATOR = Actor(user=1, person=None, roles=frozenset({Role.COORDINATOR}))


def tasks(house: House, kind: TaskKind = TaskKind.REVIEW) -> list[int]:
    return [item.task for item in house.parts.queries.queue(COORDINATOR) if item.kind == kind]


def case(house: House, number: str = "2026-0001"):
    return house.parts.queries.case_numbered(COORDINATOR, number)


def post(client: TestClient, task: int, **fields: str):
    page = client.get(f"/beoordelen?taak={task}").text
    given = {"csrf": field_value(page, "csrf"), "version": field_value(page, "version"), "besluit": "zoals"}
    return client.post(f"/beoordelen/{task}/bevestigen", data=given | fields)


CHOSEN = {"kind": "klacht", "team": "publiekszaken", "role": "medewerker"}


def test_the_page_shows_the_message_the_proposal_and_what_will_be_recorded(house: House, staff: TestClient):
    text = "Ik ben niet teruggebeld over mijn aangifte."
    house.receive(text=text, suggestion=replace(SURE, why=why(text, ("niet teruggebeld", "klacht", 1.2))))
    page = staff.get("/beoordelen").text
    assert "M. de Boer" in page
    assert "<mark>niet teruggebeld</mark>" in page
    assert "vrij zeker" in page
    assert "‘niet teruggebeld’ wijst op klacht" in page
    assert 'value="klacht" checked' in page
    assert '<option value="publiekszaken" selected>' in page
    assert '<option value="medewerker" selected>' in page
    assert "P. Jansen, teamleider" in page
    assert "21 december 2026" in page
    assert "4 januari 2027" in page


def test_confirming_records_it_goes_on_to_the_next_and_says_which_case(house: House, staff: TestClient):
    house.receive("Eerste")
    house.receive("Tweede")
    first, second = tasks(house)
    answer = post(staff, first, **CHOSEN)
    assert answer.headers["location"] == f"/beoordelen?taak={second}&klaar=2026-0001"
    page = staff.get(answer.headers["location"]).text
    assert "Klacht 2026-0001 vastgelegd" in page
    assert "Ongedaan maken" in page
    recorded = case(house).case
    assert recorded.decision == Decision(
        kinds=(Kind.KLACHT,), team="publiekszaken", respondent_role=RespondentRole.MEDEWERKER
    )
    assert recorded.proposed == house.people["jansen"]


def test_correcting_records_kind_second_kind_team_and_person(house: House, staff: TestClient):
    house.receive()
    (task,) = tasks(house)
    post(staff, task, kind="klacht", also="bezwaar", team="belastingen", role="medewerker", name=" L.  Balie ",
         person=str(house.people["balie"]))  # fmt: skip
    assert case(house).case.decision == Decision(
        kinds=(Kind.KLACHT, Kind.BEZWAAR),
        team="belastingen",
        respondent_role=RespondentRole.MEDEWERKER,
        respondent_name="L. Balie",
        respondent_person=house.people["balie"],
    )


def test_the_objection_button_records_a_bezwaar_whatever_was_proposed(house: House, staff: TestClient):
    house.receive(suggestion=DOUBT)
    (task,) = tasks(house)
    post(staff, task, besluit="bezwaar", role="onbekend")
    decision = case(house).case.decision
    assert decision is not None
    assert decision.kinds == (Kind.BEZWAAR,)


@pytest.mark.parametrize("suggestion", [DOUBT, None])
def test_in_doubt_nothing_is_filled_in_and_nothing_is_recorded_without_a_kind(
    house: House, staff: TestClient, suggestion
):
    house.receive(suggestion=suggestion, classify=suggestion is not None)
    (task,) = tasks(house)
    page = staff.get("/beoordelen").text
    assert " checked" not in page
    assert '<option value="">nog niet bepaald</option>' in page
    assert page.index('value="klacht"') < page.index('value="bezwaar"')
    answer = post(staff, task)
    assert answer.status_code == 422
    assert "Kies eerst wat het is" in answer.text
    assert case(house).case.decision is None


def test_the_strip_undoes_and_the_message_is_open_again(house: House, staff: TestClient):
    house.receive()
    (task,) = tasks(house)
    page = staff.get(post(staff, task, **CHOSEN).headers["location"]).text
    answer = staff.post("/zaken/2026-0001/ongedaan", data={"csrf": field_value(page, "csrf")})
    assert f"taak={task}" in answer.headers["location"]
    assert "ongedaan gemaakt" in staff.get(answer.headers["location"]).text
    assert case(house).case.decision is None
    assert tasks(house) == [task]
    again = staff.post("/zaken/2026-0001/ongedaan", data={"csrf": field_value(page, "csrf")})
    assert "Ongedaan maken kan niet meer" in staff.get(again.headers["location"]).text


def test_when_somebody_else_was_first_it_says_so_and_changes_nothing(house: House, staff: TestClient):
    house.receive()
    (task,) = tasks(house)
    page = staff.get("/beoordelen").text
    post(house.client("coordinator"), task, **CHOSEN)
    late = {"csrf": field_value(page, "csrf"), "version": "0", "besluit": "zoals", "kind": "melding"}
    answer = staff.post(f"/beoordelen/{task}/bevestigen", data=late)
    assert "door iemand anders" in staff.get(answer.headers["location"]).text
    decision = case(house).case.decision
    assert decision is not None
    assert decision.kinds == (Kind.KLACHT,)


def test_a_case_that_changed_meanwhile_must_be_looked_at_again(house: House, staff: TestClient):
    house.receive()
    (task,) = tasks(house)
    house.parts.review.assign(COORDINATOR, case(house).case.id, house.people["smit"], 0)
    page = staff.get("/beoordelen").text
    answer = staff.post(
        f"/beoordelen/{task}/bevestigen", data={"csrf": field_value(page, "csrf"), "version": "0", "kind": "klacht"}
    )  # fmt: skip
    assert "Iemand anders heeft deze zaak net gewijzigd" in staff.get(answer.headers["location"]).text
    assert tasks(house) == [task]


@pytest.mark.parametrize(
    "wrong", [{"kind": "onzin"}, {"team": "onzin"}, {"person": "999"}, {"role": "x"}, {"person": "abc"}]
)
def test_values_that_were_never_on_offer_are_refused(house: House, staff: TestClient, wrong: dict[str, str]):
    house.receive()
    (task,) = tasks(house)
    assert post(staff, task, **CHOSEN | wrong).status_code == 400
    assert case(house).case.decision is None


def test_the_handler_can_be_looked_at_before_confirming_with_and_without_script(house: House, staff: TestClient):
    house.receive()
    (task,) = tasks(house)
    assert "A. Smit" in post(staff, task, besluit="bekijken", kind="klacht", team="belastingen", role="medewerker").text
    fragment = staff.get(f"/beoordelen/{task}/behandelaar?team=juridische-zaken&role=medewerker").text
    assert fragment.strip() == "J. Kramer, teamleider"
    assert "<" not in fragment
    assert case(house).case.decision is None


def test_a_possible_objection_stands_first_and_tabs_count(house: House, staff: TestClient):
    house.receive("Gewoon")
    house.receive("Aanslag", suggestion=OBJECTION)
    house.receive("Onduidelijk", suggestion=DOUBT)
    house.receive("", "", problem="no_text", raw=b"kapot", reply=None)
    page = staff.get("/beoordelen").text
    assert page.index("Aanslag") < page.index("Gewoon")
    assert "Twijfel 1" in page
    assert "Niet verwerkt 1" in page
    doubt = staff.get("/beoordelen?tab=twijfel").text
    assert "Onduidelijk" in doubt
    assert "Gewoon" not in doubt


def test_the_figure_beside_a_possible_objection_is_that_of_the_objection(house: House, staff: TestClient):
    house.receive("Aanslag", suggestion=replace(OBJECTION, kinds={Kind.KLACHT: 0.99, Kind.BEZWAAR: 0.21}))
    row = staff.get("/beoordelen").text.split("Bezwaar?")[1].split("</span></a>")[0]
    assert "21%" in row.replace("\u00a0", "").replace(" ", "")
    assert "99" not in row


def test_quoted_text_is_folded_and_whole(house: House, staff: TestClient):
    house.receive(text="Nieuw.\n\nOp 3 november schreef u:\n> Oud een\n> Oud twee", reply_text="Nieuw.")
    page = staff.get("/beoordelen").text
    folded = page.split('<details class="quoted">')[1].split("</details>")[0]
    assert "Geciteerde tekst (3 regels)" in folded
    assert "&gt; Oud een" in folded


def test_an_empty_queue_says_so(staff: TestClient):
    assert "Niets te beoordelen" in staff.get("/beoordelen").text


def test_bsn_is_hidden_in_lists(house: House, staff: TestClient):
    house.receive("Mijn nummer is 111222333", "Kort.")
    row = staff.get("/beoordelen").text.split("<ol>")[1].split("</ol>")[0]
    assert "111222333" not in row
    assert "•••••••••" in row


def test_acknowledgement_that_did_not_leave_is_named(house: House, staff: TestClient):
    house.receive(deliver=False)
    assert "bevestiging nog niet verstuurd" in staff.get("/beoordelen").text


def test_an_unreadable_message_can_be_tried_again(house: House, staff: TestClient):
    house.receive("", "", problem="no_text", raw=b"kapot", reply=None)
    (task,) = tasks(house, TaskKind.UNPROCESSED)
    again = {"csrf": csrf_of(staff)}
    answer = staff.post(f"/beoordelen/{task}/opnieuw", data=again)
    assert "nog steeds niet te lezen" in staff.get(answer.headers["location"]).text
    house.receive("", "", problem="no_text", raw=b"toch leesbaar", reply=None)
    readable = tasks(house, TaskKind.UNPROCESSED)[-1]
    answer = staff.post(f"/beoordelen/{readable}/opnieuw", data=again)
    assert "alsnog verwerkt" in staff.get(answer.headers["location"]).text
    assert case(house).messages[0].text == "toch leesbaar"


def test_what_stays_unreadable_can_be_made_a_case_by_hand(house: House, staff: TestClient):
    house.receive("", "", problem="no_text", raw=b"kapot", reply=None)
    (task,) = tasks(house, TaskKind.UNPROCESSED)
    assert "Zelf een zaak maken" in staff.get(f"/beoordelen?taak={task}").text
    staff.post(f"/beoordelen/{task}/zaak", data={"csrf": csrf_of(staff)})
    assert not tasks(house, TaskKind.UNPROCESSED)
    assert case(house).case.number.endswith("-0001")


def test_tasks_are_shown_with_what_to_do_and_ticked_off(house: House, staff: TestClient):
    house.receive("Afwezig", "Ik ben er niet.", automatic=AUTOMATIC, reply=None)
    house.receive("Per post", channel=Channel.POST, reply=ReplyRoute(route=Route.PRINT, address="Kerkpad 11"))
    house.receive("Zonder adres", sender=Contact(phone="06 0000 0000"), reply=None)
    house.receive("Klacht")
    review = tasks(house)[-1]
    post(staff, review, **CHOSEN)
    wanted = {
        TaskKind.AUTOMATIC: "Toch verwerken",
        TaskKind.POST_LETTER: "Bekijk en print de brief",
        TaskKind.ACKNOWLEDGE: "06 0000 0000",
        TaskKind.INTERVIEW: "Gebeld",
    }
    csrf = csrf_of(staff)
    for kind, words in wanted.items():
        (task,) = tasks(house, kind)
        page = staff.get(f"/beoordelen?taak={task}").text
        assert words in page
        assert staff.post(f"/beoordelen/{task}/afronden", data={"csrf": csrf}).status_code == 303
        assert tasks(house, kind) == []
        gone = staff.post(f"/beoordelen/{task}/afronden", data={"csrf": csrf}).headers["location"]
        assert "al behandeld" in staff.get(gone).text


def test_a_choice_of_handler_is_made_in_the_queue(house: House, staff: TestClient):
    house.receive()
    (review,) = tasks(house)
    post(staff, review, kind="klacht", role="raadslid", team="publiekszaken")
    (task,) = tasks(house, TaskKind.HANDLER_CONFLICT)
    page = staff.get(f"/beoordelen?taak={task}").text
    assert "Volgens de regels is er niemand" in page
    fields = {"csrf": field_value(page, "csrf"), "version": field_value(page, "version"), "taak": str(task)}
    empty = staff.post("/zaken/2026-0001/behandelaar", data=fields | {"person": ""})
    assert "Kies eerst een persoon" in staff.get(empty.headers["location"]).text
    staff.post("/zaken/2026-0001/behandelaar", data=fields | {"person": str(house.people["smit"])})
    assert case(house).case.handler == house.people["smit"]
    assert tasks(house, TaskKind.HANDLER_CONFLICT) == []


def test_a_reply_and_a_doubtful_match_lead_to_their_cases(house: House, staff: TestClient):
    house.receive("Eerste")
    house.receive("Over 2026-0001", sender=Contact(name="Een ander", email="ander@voorbeeld.example"),
                  reply=ReplyRoute(route=Route.MAIL, address="ander@voorbeeld.example"))  # fmt: skip
    (match,) = tasks(house, TaskKind.MATCH)
    page = staff.get(f"/beoordelen?taak={match}").text
    assert 'href="/zaken/2026-0001"' in page
    assert 'href="/zaken/2026-0002"' in page
    house.receive("Nog iets over 2026-0001")
    (reply,) = tasks(house, TaskKind.FOLLOW_UP)
    assert "Gelezen" in staff.get(f"/beoordelen?taak={reply}&tab=antwoorden").text


EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def test_nothing_that_a_citizen_sends_is_ever_markup(house: House, staff: TestClient):
    suggestion = replace(SURE, why=why(EVIL, ("<script>", "klacht", 1.0), ("onerror", "<b>team</b>", 0.5)))
    house.receive(
        EVIL, EVIL, suggestion=suggestion,
        sender=Contact(name=EVIL, email="a@voorbeeld.example", phone=EVIL, address=EVIL),
        attachments=(attachment(EVIL + ".pdf", EVIL),), fields={"when": EVIL, "about_whom": EVIL},
    )  # fmt: skip
    (task,) = tasks(house)
    pages = [staff.get("/beoordelen").text, staff.get("/zaken").text, staff.get("/zaken/2026-0001").text]
    pages.append(staff.get(post(staff, task, **CHOSEN, name=EVIL).headers["location"]).text)
    pages.append(staff.get("/zaken/2026-0001").text)
    pages.append(staff.get(f"/zaken/2026-0001/brieven/{case(house).letters[0].id}").text)
    for page in pages:
        assert "<script>" not in page
        assert "<img" not in page
        assert "<b>team" not in page
    assert "<mark>&lt;script&gt;</mark>" in pages[0]


def test_a_span_that_does_not_fit_its_text_marks_nothing(house: House, staff: TestClient):
    shifted = replace(why("niet teruggebeld", ("niet", "klacht", 1.0))[0], start=3, end=7)
    house.receive(text="Ik ben niet teruggebeld.", suggestion=replace(SURE, why=(shifted,)))
    assert "<mark" not in staff.get("/beoordelen").text


def test_a_long_queue_is_shown_in_parts(house: House, staff: TestClient):
    for number in range(120):
        citizen = f"burger{number}@voorbeeld.example"
        house.receive(
            f"Bericht {number:03}", sender=Contact(email=citizen),
            reply=ReplyRoute(route=Route.MAIL, address=citizen), classify=False, deliver=False,
        )  # fmt: skip
    page = staff.get("/beoordelen").text
    assert page.count('class="row"') == 100
    assert "Latere berichten" in page
    last = tasks(house)[-1]
    page = staff.get(f"/beoordelen?taak={last}").text
    assert page.count('class="row"') == 20
    assert "Eerdere berichten" in page
    assert staff.get("/zaken").text.count('scope="row"') == 100
    older = staff.get("/zaken?pagina=2").text
    assert older.count('scope="row"') == 20
    assert "Nieuwere zaken" in older
    assert staff.get("/zaken?pagina=99").text == older
