"""What can be done in a case, without script: the section on the case page, and the page of every activity."""

from dataclasses import MISSING, fields, replace
from datetime import UTC, date, datetime
from enum import EnumMeta
from types import UnionType
from typing import get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from core.domain.access import Role
from core.domain.procedure.events import ProcedureEvent
from core.domain.procedure.table import ACTIVITIES
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage
from templates.texts import texts
from tests.web.house import House, csrf_of, field_value
from tests.web.test_cases import confirmed
from tests.web.test_review import case
from web.happenings import happenings, key_of

WORDS = texts("procedure")
CASE = "/zaken/2026-0001"
TODAY = "2026-11-23"
EVERYBODY = (Role.COORDINATOR, Role.SUPPORT, Role.JURIST, Role.HANDLER)
JUDGED = {"kinds": ["bejegening"], "regime": "afd_9_1_2", "towards_complainant": "yes", "parts": "weggestuurd\nkort"}
TALK = {"result": "gesproken", "how": "telefoon", "on": TODAY}
SETTLED = {"satisfied": "yes", "how": "telefoon", "on": TODAY, "agreed": "Het team belt terug."}


@pytest.fixture
def handler(house: House) -> TestClient:
    """Somebody with every role, who handles the one case and was not involved."""
    house.account("jansen", *EVERYBODY, person="jansen")
    confirmed(house, about="balie")
    client = house.client("jansen")
    client.post(f"{CASE}/betrokken", data={"csrf": csrf_of(client, CASE), "betrokken": "nee"})
    return client


def step(client: TestClient, slug: str, **answers: object):
    """Open the page of an activity, fill it in and send it."""
    page = client.get(f"{CASE}/stap/{slug}")
    assert page.status_code == 200, slug
    hidden = {"csrf": field_value(page.text, "csrf"), "version": field_value(page.text, "version")}
    return client.post(f"{CASE}/stap/{slug}", data=hidden | answers)


def done(client: TestClient, slug: str, **answers: object) -> None:
    answer = step(client, slug, **answers)
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{CASE}?melding=step-done"), slug


def at(house: House, stage: Stage) -> None:
    """Put the case at a stage without what leads there."""
    found = case(house).case
    with house.store.write() as work:
        work.cases.save(replace(found, stage=stage), by_person=True)


def test_the_case_page_says_what_can_be_done_and_what_cannot_yet(house: House, handler: TestClient):
    done(handler, "complete", team="publiekszaken")
    page = handler.get(CASE).text
    section = page.split('id="wat-kan"', 1)[1].split("</section>", 1)[0]
    now, later = section.split("Nog niet mogelijk", 1)
    assert "Wat kan er nu?" in section
    here, always = now.split("Kan bijna altijd", 1)
    assert f'href="{CASE}/stap/record_letter"' in always
    assert f'href="{CASE}/stap/note"' in always
    assert f'href="{CASE}/stap/refer"' in here
    assert f'href="{CASE}/stap/interview"' in now
    assert "De zaak gaat dan naar: Nazorg" in now
    assert f"{CASE}/stap/formalise" not in section
    assert "Formeel behandelen" in later
    assert "Bel eerst de klager, of noteer dat het niet is gelukt." in later
    assert "(procedure 4.1)" in later
    assert "In deze klacht ontbreekt nog: adres." in now


def test_an_informal_line_from_confirming_to_closing(house: House, handler: TestClient):
    done(handler, "complete_data", address="Dorpsstraat 1\n7811 AA Emmen")
    done(handler, "complete", team="publiekszaken")
    done(handler, "interview", **TALK, note="<b>rustig</b>")
    done(handler, "judge", **JUDGED)
    done(handler, "try_informally")
    done(handler, "pass_to_team", team="publiekszaken")
    done(handler, "discussed", on=TODAY, with_whom="P. Jansen")
    done(handler, "settle", **SETTLED)
    letter = next(task.id for task in case(house).tasks if task.kind == TaskKind.WRITE_LETTER)
    assert f'href="{CASE}/stap/record_letter"' in handler.get(CASE).text.split("Kan bijna altijd")[0], (
        "it is waited for"
    )
    assert "Brief: afgerond naar tevredenheid, aan de klager" in handler.get(f"{CASE}/stap/record_letter").text
    done(handler, "record_letter", letter=str(letter), on=TODAY, how="brief")
    done(handler, "follow_up", satisfied="ja", how="telefoon", on=TODAY)
    done(handler, "close")
    assert case(house).case.stage == Stage.CLOSED
    page = handler.get(f"{CASE}?melding=step-done").text
    for words in (
        "Vastgelegd.", "Zaak gesloten", "Het team belt terug.", "&lt;b&gt;rustig&lt;/b&gt;", "weggestuurd\nkort",
        "Afgerond naar tevredenheid van de klager", "Zaak heropenen", "23 november 2026",
    ):  # fmt: skip
        assert words in page
    assert "<b>rustig" not in page


def test_what_is_not_filled_in_is_said_beside_the_field_and_what_was_typed_stays(handler: TestClient):
    answer = step(handler, "interview", how="rooksignaal", on="2026-12-24", note='"><script>')
    assert answer.status_code == 422
    page = answer.text
    assert "Fout: " in page.split("</title>")[0]
    assert '<a href="#result">Resultaat: Vul dit in.</a>' in page
    assert '<a href="#how">Hoe: Kies een van de mogelijkheden.</a>' in page
    assert '<a href="#on">Datum: Deze dag moet nog komen.</a>' in page
    for name in ("result", "how", "on"):
        assert f'id="{name}-fault"' in page
        assert f'aria-describedby="{name}-fault"' in page
        assert f' id="{name}"' in page
    assert 'value="2026-12-24"' in page
    assert "&#34;&gt;&lt;script&gt;</textarea>" in page


def test_what_the_law_forbids_is_refused_with_its_article(house: House, handler: TestClient):
    done(handler, "complete", team="publiekszaken")
    shown = handler.get(f"{CASE}/stap/formalise").text
    assert "Dit kan nu nog niet" in shown
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]
    answer = step(handler, "settle_at_interview", **SETTLED | {"satisfied": "no"})
    assert answer.status_code == 422
    assert "Afronden kan alleen als de klager tevreden is. (Awb 9:5)" in answer.text
    assert "Het team belt terug.</textarea>" in answer.text
    assert case(house).case.stage == Stage.INTERVIEW


def test_a_page_of_an_older_version_changes_nothing_and_keeps_what_was_typed(house: House, handler: TestClient):
    old = handler.get(f"{CASE}/stap/note").text
    hidden = {"csrf": field_value(old, "csrf"), "version": field_value(old, "version")}
    done(handler, "note", text="eerst")
    answer = handler.post(f"{CASE}/stap/note", data=hidden | {"text": "daarna"})
    assert answer.status_code == 409
    assert "Iemand anders heeft deze zaak net gewijzigd" in answer.text
    assert "daarna</textarea>" in answer.text
    assert field_value(answer.text, "version") != hidden["version"]
    assert "daarna" not in handler.get(CASE).text


def test_a_form_without_token_or_with_a_strange_version_is_refused(house: House, handler: TestClient):
    before = case(house).case.version
    token = csrf_of(handler)
    assert handler.post(f"{CASE}/stap/note", data={"version": str(before), "text": "x"}).status_code == 403
    for version in ("", "x", "-1", "1" * 30):
        answer = handler.post(f"{CASE}/stap/note", data={"csrf": token, "version": version, "text": "x"})
        assert answer.status_code == 400
    assert case(house).case.version == before


def test_who_may_not_and_what_is_not_there(house: House, handler: TestClient):
    house.account("ondersteuning", Role.SUPPORT)
    support = house.client("ondersteuning")
    assert support.get(f"{CASE}/stap/refer").status_code == 403
    post = {"csrf": csrf_of(support), "version": str(case(house).case.version), "reason": "x"}
    assert support.post(f"{CASE}/stap/take_back", data=post).status_code == 403
    assert handler.get(f"{CASE}/stap/verzonnen").status_code == 404
    assert handler.get(f"{CASE}/stap/close").headers["location"] == f"{CASE}?melding=not-now"
    assert handler.get("/zaken/2026-9999/stap/note").status_code == 404
    assert "Dat kan in deze zaak nu niet." in handler.get(f"{CASE}?melding=not-now").text
    assert urlsplit(house.client().get(f"{CASE}/stap/note").headers["location"]).path == "/inloggen"


def test_the_person_complained_about_finds_nothing(house: House, handler: TestClient):
    house.account("balie", *EVERYBODY, person="balie")
    respondent = house.client("balie")
    token, version = csrf_of(respondent), str(case(house).case.version)
    for slug in ACTIVITIES:
        assert respondent.get(f"{CASE}/stap/{slug}").status_code == 404, slug
        answer = respondent.post(f"{CASE}/stap/{slug}", data={"csrf": token, "version": version})
        assert answer.status_code == 404, slug


def test_a_handler_who_has_not_declared_finds_no_steps(house: House):
    house.account("jansen", Role.HANDLER, person="jansen")
    confirmed(house)
    client = house.client("jansen")
    assert "wat-kan" not in client.get(CASE).text
    assert client.get(f"{CASE}/stap/note").status_code == 404


def test_an_auditor_sees_the_case_and_no_steps(house: House):
    house.account("controleur", Role.AUDITOR)
    confirmed(house)
    assert "wat-kan" not in house.client("controleur").get(CASE).text


def test_every_activity_has_a_form_with_a_label_for_every_field(house: House, handler: TestClient):
    shown: set[str] = set()
    token = csrf_of(handler)
    for stage in Stage:
        at(house, stage)
        for slug, activity in ACTIVITIES.items():
            if stage not in activity.stages or slug in shown:
                continue
            page = handler.get(f"{CASE}/stap/{slug}").text
            if "Dit kan nu nog niet" in page:  # refused beforehand: then what came in is shown with the reasons
                sent = {"csrf": token, "version": str(case(house).case.version)}
                answer = handler.post(f"{CASE}/stap/{slug}", data=sent)
                assert (answer.status_code, "Dit kan nu nog niet" in answer.text) == (422, True), slug
                page = answer.text
            for field in activity.fields:
                label = WORDS(f"field.{field.name}")
                assert f' name="{field.name}"' in page, (slug, field.name)
                assert page.count(f' id="{field.name}"') == 1, (slug, field.name)
                assert f'<label for="{field.name}">{label}' in page or f"<legend>{label}" in page, (slug, field.name)
            assert "Vastleggen</button>" in page, slug
            shown.add(slug)
    assert shown == set(ACTIVITIES)


def test_choices_of_the_case_have_names(house: House, handler: TestClient):
    done(handler, "complete", team="publiekszaken")
    done(handler, "judge", **JUDGED)
    done(handler, "draw_lesson", lesson="Bel terug.")
    done(handler, "involve_ombudsman", matter="no_onderzoek", on=TODAY)
    at(house, Stage.DRAFTING)
    assert ">2. kort</option>" in handler.get(f"{CASE}/stap/judge_part").text
    assert ">1. Bel terug.</option>" in handler.get(f"{CASE}/stap/follow_improvement").text
    assert ", 23 november 2026</option>" in handler.get(f"{CASE}/stap/answer_ombudsman").text
    assert ">Beoordeeld als klacht, maandag 23 november 2026" in handler.get(f"{CASE}/stap/retract").text
    assert ", Weggestuurd</option>" in handler.get(f"{CASE}/stap/agree_delay").text
    people = handler.get(f"{CASE}/stap/hand_over").text
    assert ">A. Smit</option>" in people
    assert "L. Balie" not in people.split("<main")[1]
    assert "Er is nu niets om uit te kiezen." in handler.get(f"{CASE}/stap/record_letter").text


SAMPLES = {str: "zomaar", int: 1, bool: True, date: date(2026, 11, 20), datetime: datetime(2026, 11, 20, 9, tzinfo=UTC)}


def sample(kind: object) -> object:
    """A value of a type."""
    if isinstance(kind, EnumMeta):
        return next(iter(kind))
    if get_origin(kind) is tuple:
        return (sample(get_args(kind)[0]),)
    if isinstance(kind, UnionType):
        return sample(get_args(kind)[0])
    return SAMPLES[kind]  # type: ignore[index]


def one_of_each() -> list[ProcedureEvent]:
    """Every event of the procedure, with everything filled in."""
    found = []
    for kind in get_args(ProcedureEvent):
        values = {name: sample(type_) for name, type_ in get_type_hints(kind).items()}
        if kind.__name__ == "LetterRecorded":
            values |= {"letter": "bevindingen", "to": "complainant"}
        found.append(kind(**values))
        if any(one.default is not MISSING for one in fields(kind)):
            found.append(kind(**{one.name: values[one.name] for one in fields(kind) if one.default is MISSING}))
    return found


def test_every_event_of_the_procedure_stands_on_the_case_page(house: House, handler: TestClient):
    events = one_of_each()
    with house.store.write() as work:
        work.cases.append(case(house).case.id, events, at=house.time[0], actor=None)
    page = handler.get(CASE).text
    said = happenings({}, {}, str, str)
    for event in events:
        assert f"<h3>{said.words(key_of(event))}</h3>" in page
    assert "Brief met de bevindingen, aan de klager" in page
