"""The process description as scenarios through the services, numbered as in process.md, on both databases."""

from dataclasses import replace
from datetime import date

import pytest

from core.domain.access import Role
from core.domain.consent import may_send
from core.domain.errors import Incomplete, NotAllowed, NotFound, Stale, StepNotAllowed, StepRefused
from core.domain.events import DeadlinesSet
from core.domain.labels import Kind
from core.domain.message import Route
from core.domain.people import PartyRole
from core.domain.procedure.slugs import Ending
from core.domain.procedure.table import ACTIVITIES
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage
from tests.core.world import KLACHT, World
from tests.procedure.town import TEAM, Town


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


def refused(town: Town, actor, activity: str, **answers) -> dict[str, str]:
    with pytest.raises(StepRefused) as refusal:
        town.take(actor, activity, **answers)
    return {each.slug: each.article for each in refusal.value.refusals}


def test_1_and_2_filed_registered_and_acknowledged(town: Town) -> None:
    town.check(Stage.RECEIVED)
    assert town.stored.acknowledged_at is not None
    assert town.tasks() == [TaskKind.REVIEW]


def test_3_data_are_completed_asked_for_and_passed_on(town: Town) -> None:
    town.confirm()
    assert town.world.casework.desk(town.support, town.case).missing == ("adres",)
    dates = town.stored.deadlines
    town.take(town.support, "ask_data", reply_by=town.ahead(14))  # 3.3
    assert town.owed() == ["aanvullende_gegevens:complainant"]
    town.take(
        town.support, "complete_data", phone="0591 123456", address="Dorpsstraat 1\n7811 AA Emmen",
        representative_name="mr. G. Machtigde", on_behalf_of="Mw. Jansen",
    )  # fmt: skip  # 3.1, 3.3
    with town.world.store.read() as work:
        parties = {party.role: party.contact for party in work.cases.parties(town.case)}
    assert parties[PartyRole.COMPLAINANT].address.startswith("Dorpsstraat 1")
    assert parties[PartyRole.COMPLAINANT].email == "jan@voorbeeld.example", "what was left open stays"
    assert parties[PartyRole.REPRESENTATIVE].name == "mr. G. Machtigde"
    assert parties[PartyRole.ON_BEHALF_OF].name == "Mw. Jansen"
    assert town.world.casework.desk(town.support, town.case).missing == ()
    town.take(town.support, "complete", team=TEAM)  # 3.5, 3.6
    assert town.stored.deadlines == dates, "A-4.4"
    assert TaskKind.INTERVIEW in town.tasks()
    town.check(Stage.INTERVIEW)


def test_3_5_another_team_has_another_teamleider(town: Town) -> None:
    town.decision = replace(town.decision, team=None)
    town.confirm()
    assert TaskKind.CHOOSE_HANDLER in town.tasks()
    town.take(town.support, "complete", team=TEAM)
    assert (town.stored.proposed, town.stored.handler) == (town.leader, None)
    assert TaskKind.CHOOSE_HANDLER not in town.tasks()
    town.check(Stage.INTERVIEW)


def test_4_exit_a_settled_at_intake(town: Town) -> None:
    town.complete()
    town.on(town.coordinator, "interview", result="gesproken", how="telefoon")  # 4.1
    town.settle("settle_at_interview")  # 4.3
    assert TaskKind.INTERVIEW not in town.tasks(), "4.7"
    assert town.owed() == ["informeel_afgerond:complainant"], "4.6"
    assert "team_not_informed" in refused(town, town.coordinator, "close")
    town.take(town.coordinator, "inform_team", team=TEAM)  # 4.4
    town.take(town.coordinator, "pass_to_team", team=TEAM)  # 4.5
    town.send_letters()
    town.on(town.coordinator, "follow_up", satisfied="ja", how="telefoon")  # 10.1
    assert set(refused(town, town.coordinator, "close")) == {"not_discussed", "tasks_open"}, "H9"
    town.on(town.coordinator, "discussed", with_whom="T. Leider")
    town.take(town.coordinator, "close")  # 10.4
    assert (town.stored.ending, town.stored.closed_on) == (Ending.INFORMEEL_AFGEROND, town.today)
    assert town.tasks() == []
    town.check(Stage.CLOSED)


def test_5_exit_b_informal_after_intake(town: Town) -> None:
    town.interview()
    town.take(town.coordinator, "try_informally")
    town.take(town.coordinator, "pass_to_team", team=TEAM)  # 5.2
    town.on(town.coordinator, "discussed", with_whom="T. Leider")
    assert TaskKind.DISCUSS not in town.tasks()
    unsatisfied = {"satisfied": "no", "how": "telefoon", "agreed": "niets", "on": town.ahead(0)}
    assert refused(town, town.coordinator, "settle", **unsatisfied) == {"not_satisfied": "Awb 9:5"}
    town.settle()  # 5.1
    town.send_letters()  # 5.3
    town.on(town.coordinator, "follow_up", satisfied="ja", how="telefoon")
    town.take(town.coordinator, "close")  # 5.4
    town.check(Stage.CLOSED)


def test_6_9_10_exit_c_formal(town: Town) -> None:
    town.formalise()
    assert TaskKind.HANDLE in town.tasks(), "4.8"
    town.take(town.handler, "send_copy", enclosures="yes")  # 6.0, H3
    town.take(town.handler, "offer_hearing", side="beklaagde", reply_by=town.ahead(7))  # 6.1
    town.take(
        town.support, "plan_hearing", side="klager", at=f"{town.ahead(7)}T10:00", place="gemeentehuis",
        form="gezamenlijk", attendants=["klachtencoordinator", "begeleider"],
    )  # fmt: skip  # 6.3, 6.4
    assert town.owed() == [
        "afschrift_beklaagde:respondent",
        "uitnodiging_hoorzitting:respondent",
        "uitnodiging_hoorzitting:complainant",
    ]
    town.send_letters()
    town.world.later(days=7)
    town.on(town.handler, "hold_hearing", side="klager", form="gezamenlijk")
    town.on(town.handler, "hold_hearing", side="beklaagde", form="gezamenlijk", report="Verslag.")
    town.take(town.handler, "draft")  # 9.1
    town.take(town.handler, "write_findings", findings="Zo ging het.", reasons="Omdat.", conclusions="geen")
    for part in ("1", "2"):
        town.take(town.handler, "judge_part", part=part, judgement="gegrond")
    assert set(refused(town, town.handler, "find")) == {"report_missing", "not_reviewed", "not_signed"}
    town.take(town.support, "report_hearing", side="klager", report="Klager vertelde.")  # 6.5, H4
    town.take(town.handler, "ask_review", of="coordinator")  # 9.2
    assert TaskKind.REVIEW_FINDINGS in town.tasks()
    town.take(town.coordinator, "review_findings", result="akkoord")
    town.take(town.handler, "sign", on_behalf_of="college")
    town.take(town.handler, "find")
    town.check(Stage.FOUND)
    assert town.owed() == ["bevindingen:complainant"]
    assert TaskKind.HANDLE not in town.tasks(), "9.4"
    town.world.later(days=1)
    town.send_letters()  # 9.3
    assert town.dates.ended == date(2026, 12, 1)
    assert town.dates.ombudsman_until == date(2027, 12, 1), "A-24: from the day it was sent"
    town.on(town.coordinator, "follow_up", satisfied="nee", how="telefoon")  # 10.1
    town.on(town.coordinator, "point_to_ombudsman", how="telefoon")  # 10.3
    town.take(town.coordinator, "send_closing_message")  # 10.2
    town.take(
        town.coordinator, "draw_lesson", lesson="terugbellen", improvement="belijst", owner=str(town.leader),
        due=town.ahead(60),
    )  # fmt: skip
    town.send_letters()
    town.take(town.coordinator, "close")
    assert town.stored.ending == Ending.GEGROND
    assert town.tasks() == [TaskKind.IMPROVEMENT], "an improvement outlasts its case"
    town.take(town.coordinator, "follow_improvement", number="1", progress="uitgevoerd")
    assert town.tasks() == []
    town.check(Stage.CLOSED)


def test_8_adjournment_tells_both_and_moves_the_dates_once(town: Town) -> None:
    town.formalise()
    town.take(town.handler, "adjourn", weeks="4", reason="een getuige is op reis")
    assert town.owed() == ["verdaging:complainant", "verdaging:respondent"], "H2"
    assert (town.dates.limit.day, town.dates.basis) == (date(2027, 2, 1), "adjourned"), "d21"
    reasons = [event.reason for event in town.world.happened(town.case) if isinstance(event, DeadlinesSet)]
    assert reasons == ["received", "adjourned"]
    answers = {"weeks": "1", "reason": "nog eens"}
    assert refused(town, town.handler, "adjourn", **answers) == {"adjourned_before": "Awb 9:11 lid 2"}
    later = {"until": "2027-03-01", "message": "999"}
    assert refused(town, town.handler, "agree_delay", **later) == {"consent_not_on_file": "Awb 9:11 lid 3"}
    town.take(town.handler, "agree_delay", until="2027-03-01", message=str(town.message))
    assert (town.dates.limit.day, town.dates.basis) == (date(2027, 3, 1), "agreed")
    town.check(Stage.FORMAL)


@pytest.mark.parametrize(
    ("to", "letter"),
    [
        ("bezwaar", "omzetting_bezwaar"),
        ("melding", "niet_voor_ons"),
        ("schadeclaim", "niet_voor_ons"),
        ("andere_instantie", "doorzending_ander_orgaan"),
    ],
)
def test_4_2_referred_with_the_receipt_kept_and_the_citizen_told(sqlite_world: World, to: str, letter: str) -> None:
    town = Town(sqlite_world)
    before = town.stored
    town.confirm()
    town.on(town.coordinator, "refer", to=to, body="waterschap")
    after = town.stored
    assert (after.number, after.received_at, after.received_on) == (
        before.number,
        before.received_at,
        before.received_on,
    )
    assert town.owed() == [f"{letter}:complainant"]
    assert town.tasks() == [TaskKind.WRITE_LETTER]
    town.check(Stage.REFERRED)


def test_4_2_klacht_and_bezwaar_in_one_message(sqlite_world: World) -> None:
    """law.md B-8: the bezwaar goes over the same day, the klacht goes on."""
    town = Town(sqlite_world, replace(KLACHT, kinds=(Kind.KLACHT, Kind.BEZWAAR)))
    town.complete()
    assert TaskKind.HAND_OVER in town.tasks()
    to = {"to": "melding", "on": town.ahead(0)}
    assert "mixed" in refused(town, town.coordinator, "refer", **to)
    town.on(town.coordinator, "hand_over_part", kind="bezwaar", to="bezwaar")
    assert TaskKind.HAND_OVER not in town.tasks()
    [task] = town.world.tasks(town.case, kind=TaskKind.WRITE_LETTER)
    assert (task.note, task.due) == ("omzetting_bezwaar:complainant", town.today)
    town.check(Stage.INTERVIEW)


def test_h6_not_handled(town: Town) -> None:
    town.complete()
    town.take(
        town.coordinator, "decline", ground="9:8-1b", reasons="Het is twee jaar geleden.", on_behalf_of="college",
        instead="U kunt de ombudsman vragen.",
    )  # fmt: skip
    assert town.owed() == ["niet_in_behandeling:complainant"]
    assert town.stored.ending == Ending.NIET_IN_BEHANDELING
    town.check(Stage.NOT_HANDLED)


def test_h11_withdrawn_and_reopened(town: Town) -> None:
    town.formalise()
    town.on(town.coordinator, "withdraw", how="telefoon")
    assert TaskKind.HANDLE not in town.tasks()
    assert town.stored.ending == Ending.INGETROKKEN
    with pytest.raises(Incomplete):
        town.take(town.coordinator, "reopen")
    opened = town.take(town.coordinator, "reopen", reason="klager wil toch door")
    assert opened.ending is None
    assert TaskKind.INTERVIEW in town.tasks()
    town.check(Stage.INTERVIEW)


def test_9_the_ombudsman_asks_for_documents(town: Town) -> None:
    town.complete()
    town.on(town.coordinator, "involve_ombudsman", matter="no_verzoek_stukken", due="2026-12-07", reference="2026.123")
    [task] = town.world.tasks(town.case, kind=TaskKind.OMBUDSMAN)
    assert (task.due, task.note) == (date(2026, 12, 7), "1:no_verzoek_stukken")
    with pytest.raises(NotAllowed):
        town.world.review.finish(town.coordinator, task.id)
    town.on(town.coordinator, "answer_ombudsman", number="1")
    assert TaskKind.OMBUDSMAN not in town.tasks()


def test_h1_the_channel_follows_consent_which_can_be_taken_back(town: Town) -> None:
    """Awb 2:8; law.md E-2.8."""

    def may() -> bool:
        with town.world.store.read() as work:
            return may_send(Route.MAIL, tuple(work.cases.consents(town.case)), receipt=False, confidential=True)

    assert not may()
    for given in ("yes", "no"):
        asked = "Mogen wij u per e-mail antwoorden?"
        town.take(town.coordinator, "record_consent", route="mail", given=given, how="telefoon", wording=asked)
        assert may() is (given == "yes")
        town.world.later(hours=1)


def test_two_people_the_second_is_told(town: Town) -> None:
    town.complete()
    seen = town.stored.version
    town.world.casework.take(town.support, town.case, "note", {"text": "ik bel morgen"}, seen)
    with pytest.raises(Stale):
        town.world.casework.take(town.coordinator, town.case, "note", {"text": "ik ook"}, seen)
    with pytest.raises(Stale):
        town.world.review.assign(town.coordinator, town.case, town.leader, version=seen)


def test_a_refusal_leaves_nothing_behind(town: Town) -> None:
    town.formalise()
    before, version = town.world.happened(town.case), town.stored.version
    for activity, answers in (("find", {}), ("adjourn", {"weeks": "9", "reason": "x"}), ("refer", {"to": "maan"})):
        with pytest.raises((StepNotAllowed, StepRefused, Incomplete)):
            town.take(town.coordinator, activity, **answers)
    assert (town.world.happened(town.case), town.stored.version) == (before, version)


def test_t_9_an_ending_counts_from_the_day_its_letter_went(town: Town) -> None:
    town.complete()
    town.on(town.coordinator, "withdraw", how="telefoon")
    assert town.dates.ombudsman_until == date(2027, 11, 23)
    town.world.later(days=2)
    town.send_letters()
    assert town.dates.ombudsman_until == date(2027, 11, 25)
    town.check(Stage.WITHDRAWN)


# --- who may ----------------------------------------------------------------------------------------------------


def test_nobody_complained_about_learns_or_does_anything(sqlite_world: World) -> None:
    """Decisions 19: through every activity, in every role."""
    town = Town(sqlite_world)
    town.formalise()
    roles = [role for role in Role if role != Role.ADMINISTRATOR]
    actor = sqlite_world.account("beklaagde", *roles, person=town.respondent)
    with pytest.raises(NotFound):
        sqlite_world.casework.desk(actor, town.case)
    for activity in ACTIVITIES:
        with pytest.raises(NotFound):
            town.take(actor, activity)


def test_a_handler_who_has_not_declared_can_do_nothing(sqlite_world: World) -> None:
    """Awb 9:7: names and dates only until then."""
    town = Town(sqlite_world)
    town.interview()
    sqlite_world.review.assign(town.coordinator, town.case, town.leader, version=town.stored.version)
    with pytest.raises(NotFound):
        sqlite_world.casework.desk(town.handler, town.case)
    assert refused(town, town.handler, "note", text="x") == {"not_declared": "Awb 9:7"}


def test_the_task_of_handling_is_seen_by_its_handler_alone(sqlite_world: World) -> None:
    town = Town(sqlite_world)
    town.formalise()
    other = sqlite_world.account("ander", Role.HANDLER, person=town.other)
    assert [item.kind for item in sqlite_world.queries.queue(town.handler)] == [TaskKind.HANDLE]
    assert sqlite_world.queries.queue(other) == []
    [item] = sqlite_world.queries.queue(town.handler)
    with pytest.raises(NotAllowed):
        sqlite_world.review.finish(town.handler, item.task)


def test_an_auditor_looks_and_does_nothing(sqlite_world: World) -> None:
    town = Town(sqlite_world)
    auditor = sqlite_world.account("controleur", Role.AUDITOR)
    assert sqlite_world.casework.desk(auditor, town.case).offers == ()
    with pytest.raises(NotAllowed):
        town.take(auditor, "note", text="x")


def test_what_is_not_in_the_table_does_not_exist(sqlite_world: World) -> None:
    town = Town(sqlite_world)
    with pytest.raises(NotFound):
        town.take(town.coordinator, "verzonnen")


def test_the_desk_offers_what_can_be_done_with_what_stands_in_the_way(sqlite_world: World) -> None:
    town = Town(sqlite_world)
    town.interview()
    desk = sqlite_world.casework.desk(town.coordinator, town.case)
    offered = {offer.activity.slug: [refusal.article for refusal in offer.refusals] for offer in desk.offers}
    assert offered["try_informally"] == []
    assert offered["formalise"] == ["Awb 9:7"]
    assert "sign" not in offered
    assert desk.options["part"] == ("1", "2")
    assert str(town.respondent) not in desk.options["person"]
    assert TEAM in desk.options["team"]
