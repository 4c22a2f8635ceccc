"""Each guard by the article it rests on: what it refuses, what takes the refusal away (law.md sections 1 to 3)."""

from datetime import date

import pytest

from core.domain.errors import Incomplete, NotAllowed, StepRefused
from core.domain.events import HandlerAssigned, InvolvementDeclared, LetterSent
from core.domain.hearing import WaiverGround
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.message import Contact
from core.domain.procedure.dossier import dossier, overall
from core.domain.procedure.events import DataCompleted, Declined, Found, HearingWaived
from core.domain.procedure.slugs import Ending, Judgement
from core.domain.reactions import Ask
from core.domain.tasks import TaskKind
from core.domain.terms import ombudsman_on
from core.domain.workflow import Stage
from tests.procedure.simulated import COORDINATOR, HANDLER, JURIST, RESPONDENT, STRANGER, SUPPORT, Simulated, at, ready

S = Stage


def refused(one: Simulated, actor: int, slug: str, **changes) -> dict[str, tuple[str, ...]]:
    """The refusals by article and slug, with what is missing; nothing may have happened."""
    before = list(one.entries)
    with pytest.raises(StepRefused) as refusal:
        one.good(actor, slug, **changes)
    assert one.entries == before
    assert all(each.article for each in refusal.value.refusals)
    return {each.slug: each.missing for each in refusal.value.refusals}


# --- Awb 9:1 to 9:5: completing, intake, settling -------------------------------------------------------------------


def test_a_4_2_what_is_missing_by_9_4_is_listed_and_asked_for() -> None:
    one = at(S.COMPLETING)
    assert one.situation(SUPPORT).missing == ("adres",)
    dates = one.case.deadlines
    one.good(SUPPORT, "ask_data")
    assert one.letters == ["aanvullende_gegevens:complainant"]
    assert one.case.deadlines == dates, "A-4.4: asking stops no clock"
    one.good(SUPPORT, "complete")
    assert one.case.stage == S.INTERVIEW, "A-4.3: missing data never block"


def test_a_4_2_nothing_is_asked_when_nothing_is_missing() -> None:
    one = at(S.COMPLETING, complainant=Contact(name="Jan Jansen", email="j@voorbeeld.example", address="Dorpsstraat 1"))
    assert "nothing_missing" in refused(one, SUPPORT, "ask_data")


def test_a_4_2_completing_records_what_is_still_missing() -> None:
    one = at(S.COMPLETING, channel=Channel.POST)
    assert one.situation(SUPPORT).missing == ("adres", "ondertekening")
    one.good(SUPPORT, "complete_data", signature="ontbreekt")
    [done] = dossier(one.entries).all(DataCompleted)
    assert (done.changed, done.missing) == (("address", "signature"), ("ondertekening",))
    assert "nothing_filled_in" in _empty(one)


def _empty(one: Simulated) -> set[str]:
    with pytest.raises(StepRefused) as refusal:
        one.take(SUPPORT, "complete_data")
    return {each.slug for each in refusal.value.refusals}


def test_a_4_2_an_oral_complaint_needs_no_signature() -> None:
    assert at(S.COMPLETING, channel=Channel.TELEFONISCH).situation(SUPPORT).missing == ("adres",)


def test_3_5_the_handling_team_is_one_of_ours() -> None:
    assert refused(at(S.COMPLETING), SUPPORT, "complete", team="verzonnen") == {"unknown_team": ("team",)}
    assert refused(at(S.COMPLETING), SUPPORT, "complete", interviewer="99") == {"unknown_person": ("person",)}


def test_a_4_1_a_complete_written_complaint_gets_the_whole_procedure() -> None:
    whole = Contact(name="Jan Jansen", address="Dorpsstraat 1")
    assert "lighter_regime" in refused(
        at(S.INTERVIEW, complainant=whole), COORDINATOR, "judge", regime="behoorlijk_9_2"
    )
    for one, towards in (
        (at(S.INTERVIEW, complainant=whole, channel=Channel.MONDELING), "yes"),
        (at(S.INTERVIEW, complainant=whole), "no"),
        (at(S.INTERVIEW), "yes"),
    ):
        one.good(COORDINATOR, "judge", regime="behoorlijk_9_2", towards_complainant=towards)


def test_4_1_and_4_2_come_before_handling() -> None:
    one = at(S.INTERVIEW)
    assert set(refused(one, COORDINATOR, "try_informally")) == {"not_called_yet", "not_judged_yet"}
    one.good(COORDINATOR, "interview", result="niet_bereikt")
    assert set(refused(one, COORDINATOR, "try_informally")) == {"not_judged_yet"}
    one.good(COORDINATOR, "judge")
    one.good(COORDINATOR, "try_informally")


@pytest.mark.parametrize(
    ("stage", "slug"),
    [(S.INTERVIEW, "settle_at_interview"), (S.INFORMAL, "settle"), (S.FORMAL, "settle"), (S.DRAFTING, "settle")],
)
def test_a_5_only_a_satisfied_complainant_ends_the_duties(stage: Stage, slug: str) -> None:
    """Awb 9:5, H12; at whatever stage."""
    one = at(stage)
    assert refused(one, COORDINATOR, slug, satisfied="no") == {"not_satisfied": ("satisfied",)}
    one.good(COORDINATOR, slug)
    assert (one.case.stage, one.case.ending) == (S.AFTERCARE, Ending.INFORMEEL_AFGEROND)
    assert one.letters[-1] == "informeel_afgerond:complainant"


def test_what_is_judged_a_klacht_is_a_klacht() -> None:
    one = at(S.INTERVIEW, kinds=(Kind.VRAAG,))
    one.good(COORDINATOR, "judge")
    assert one.case.decision and one.case.decision.kinds == (Kind.KLACHT, Kind.VRAAG)


# --- Awb 9:7: who handles -------------------------------------------------------------------------------------------


def test_a_7_nobody_handles_formally_without_having_declared() -> None:
    one = at(S.INFORMAL)
    assert refused(one, COORDINATOR, "formalise") == {"no_cleared_handler": ("handler",)}
    one.assign(cleared=False)
    assert refused(one, COORDINATOR, "formalise") == {"no_cleared_handler": ("declaration",)}
    assert set(refused(one, HANDLER, "note")) == {"not_declared"}, "names and dates only until then"
    one.record(InvolvementDeclared(person=HANDLER, involved=False), HANDLER)
    one.good(COORDINATOR, "formalise")


def test_a_7_a_later_handler_declares_too() -> None:
    one = at(S.DRAFTING)
    ready(one)
    one.good(COORDINATOR, "hand_over", person=str(STRANGER))
    found = refused(one, COORDINATOR, "find")
    assert found["no_cleared_handler"] == ("declaration",)
    assert found["not_signed"] == ("sign",), "who is responsible now signs"
    with pytest.raises(NotAllowed):
        one.good(HANDLER, "find")


def test_a_7_the_person_complained_about_and_the_involved_never_handle() -> None:
    one = at(S.INTERVIEW)
    assert "may_not_handle" in refused(one, COORDINATOR, "hand_over", person=str(RESPONDENT))
    one.assign(cleared=False)
    one.record(InvolvementDeclared(person=HANDLER, involved=True), HANDLER)
    assert "may_not_handle" in refused(one, COORDINATOR, "hand_over", person=str(HANDLER))
    assert str(RESPONDENT) not in (one.situation(COORDINATOR).options(_kind("hand_over")) or ())


def _kind(slug: str):
    from core.domain.procedure.table import ACTIVITIES

    return ACTIVITIES[slug].fields[0].kind


@pytest.mark.parametrize(
    ("role", "may"), [("college", True), ("burgemeester", True), ("medewerker", False), ("griffier", False)]
)
def test_a_7_lid_2_the_exception_is_for_the_body_its_chair_and_its_members(role: str, may: bool) -> None:
    one = at(S.INTERVIEW, respondent=RespondentRole(role))
    one.assign(cleared=False)
    assert "no_exception" in refused(one, COORDINATOR, "except_involvement"), "nobody said to be involved"
    one.record(InvolvementDeclared(person=HANDLER, involved=True), HANDLER)
    if not may:
        assert refused(one, COORDINATOR, "except_involvement") == {"no_exception": ("body",)}
        return
    one.good(COORDINATOR, "except_involvement")
    assert one.case.handler_cleared is True
    assert HANDLER not in one.case.involved


def test_taking_back_leaves_a_choice() -> None:
    one = at(S.FORMAL)
    one.good(COORDINATOR, "take_back")
    assert (one.case.handler, one.case.handler_cleared) == (None, None)
    assert TaskKind.CHOOSE_HANDLER in {task.kind for task in one.tasks}
    assert "has_no_handler" in refused(one, COORDINATOR, "take_back")


# --- Awb 9:9: the copy ----------------------------------------------------------------------------------------------


def test_a_9_no_findings_without_a_copy() -> None:
    one = at(S.DRAFTING)
    assert refused(one, HANDLER, "find")["copy_owed"] == ("send_copy",)
    assert "enclosures_left_out" in refused(one, HANDLER, "send_copy", enclosures="no")
    one.good(HANDLER, "send_copy")
    assert one.letters[-1] == "afschrift_beklaagde:respondent"
    found = refused(one, HANDLER, "find")
    assert "copy_owed" not in found
    assert found["copy_unsent"] == ("record_letter",), "a copy that lies here was not sent"
    one.send_letters()
    assert "copy_unsent" not in refused(one, HANDLER, "find")


def test_a_9_a_copy_that_came_back_was_not_sent() -> None:
    """Awb 2:11."""
    one = at(S.DRAFTING)
    ready(one)
    one._ask(Ask(task=TaskKind.UNDELIVERED, note="afschrift_beklaagde"))
    assert set(refused(one, HANDLER, "find")) == {"copy_unsent"}


@pytest.mark.parametrize("ground", ["lichter_regime", "niemand_te_noemen"])
def test_decision_34_a_copy_is_not_left_out_on_a_wish(ground: str) -> None:
    assert "copy_may_not_be_left_out" in refused(at(S.FORMAL), HANDLER, "leave_out_copy", ground=ground)


def test_decision_34_where_nobody_can_be_named_none_is_owed() -> None:
    one = at(S.DRAFTING, respondent=RespondentRole.ONBEKEND)
    assert "nobody_to_send_to" in refused(one, HANDLER, "send_copy")
    ready(one)
    one.good(HANDLER, "find")
    assert one.case.stage == S.FOUND


def test_decision_34_under_the_lighter_regime_it_may_be_left_out() -> None:
    one = at(S.FORMAL, channel=Channel.TELEFONISCH)
    one.good(COORDINATOR, "judge", regime="behoorlijk_9_2")
    one.good(HANDLER, "leave_out_copy", ground="lichter_regime")


# --- Awb 9:10: hearing ----------------------------------------------------------------------------------------------


def test_a_10_1_both_sides_get_the_opportunity() -> None:
    found = refused(at(S.DRAFTING), HANDLER, "find")
    assert found["complainant_unheard"] == ("hold_hearing", "waive_hearing")
    assert found["respondent_unheard"] == ("hold_hearing", "offer_hearing")
    one = at(S.DRAFTING)
    one.good(HANDLER, "offer_hearing", side="klager")
    assert "complainant_unheard" in refused(one, HANDLER, "find"), "an offer alone is no hearing for the complainant"
    one.good(HANDLER, "offer_hearing", side="beklaagde")
    assert "respondent_unheard" not in refused(one, HANDLER, "find")
    assert one.letters == ["uitnodiging_hoorzitting:complainant", "uitnodiging_hoorzitting:respondent"]


def test_a_10_2_silence_counts_once_the_term_is_over() -> None:
    one = at(S.FORMAL)
    early = {"silence_too_early": ("reply_by",)}
    assert refused(one, HANDLER, "waive_hearing", ground="geen_reactie") == early, "nobody asked"
    one.good(HANDLER, "offer_hearing", side="klager")
    one.send_letters()
    one.later(10)
    assert refused(one, HANDLER, "waive_hearing", ground="geen_reactie") == early, "the last day is not over"
    one.later(1)
    one.good(HANDLER, "waive_hearing", ground="geen_reactie")
    assert dossier(one.entries).last(HearingWaived) == HearingWaived(
        ground=WaiverGround.GEEN_REACTIE, reply_by=date(2026, 3, 12)
    )


def test_a_10_2_who_never_got_the_question_was_not_silent() -> None:
    one = at(S.FORMAL)
    one.good(HANDLER, "offer_hearing", side="klager")
    one.later(30)
    assert refused(one, HANDLER, "waive_hearing", ground="geen_reactie") == {"invitation_unsent": ("record_letter",)}


def test_a_10_2_the_term_lies_ahead() -> None:
    one = at(S.FORMAL)
    assert "reply_day_passed" in refused(one, HANDLER, "offer_hearing", reply_by=one.today.isoformat())


def test_a_10_2_a_an_evidently_unfounded_complaint_is_judged_so() -> None:
    one = at(S.DRAFTING)
    one.good(HANDLER, "waive_hearing", ground="kennelijk_ongegrond")
    one.good(HANDLER, "judge_part", judgement="ongegrond")
    one.good(HANDLER, "judge_part", part="2", judgement="gegrond")
    assert refused(one, HANDLER, "find")["not_evidently_unfounded"] == ("hold_hearing",)
    one.good(HANDLER, "judge_part", part="2", judgement="ongegrond")
    assert "not_evidently_unfounded" not in refused(one, HANDLER, "find")


def test_a_10_3_every_hearing_has_its_report() -> None:
    one = at(S.DRAFTING)
    one.good(HANDLER, "hold_hearing", report="")
    assert refused(one, HANDLER, "find")["report_missing"] == ("report_hearing",)
    assert "no_hearing_held" in refused(one, HANDLER, "report_hearing", side="beklaagde")
    one.good(SUPPORT, "report_hearing")
    assert "report_missing" not in refused(one, HANDLER, "find")


def test_a_10_1_somebody_who_is_heard_can_be_named() -> None:
    one = at(S.FORMAL, respondent=RespondentRole.ONBEKEND)
    assert refused(one, HANDLER, "hold_hearing", side="beklaagde") == {"nobody_to_hear": ("respondent",)}


def test_a_10_2_who_was_heard_has_not_waived() -> None:
    one = at(S.FORMAL)
    one.good(HANDLER, "hold_hearing")
    assert "heard_already" in refused(one, HANDLER, "waive_hearing")


# --- Awb 9:11: the term ---------------------------------------------------------------------------------------------


def test_t_7_once_at_most_four_weeks_before_the_end_to_both() -> None:
    one = at(S.FORMAL)
    for weeks in ("0", "5"):
        assert "adjourned_too_long" in refused(one, HANDLER, "adjourn", weeks=weeks)
    with pytest.raises(Incomplete) as incomplete:
        one.good(HANDLER, "adjourn", reason=" ")
    assert incomplete.value.problems == {"reason": "required"}
    one.good(HANDLER, "adjourn", weeks="2")
    assert one.letters == ["verdaging:complainant", "verdaging:respondent"]
    assert one.case.deadlines and (one.case.deadlines.limit.day, one.case.deadlines.basis) == (
        date(2026, 4, 28),
        "adjourned",
    )
    assert refused(one, HANDLER, "adjourn", weeks="2") == {"adjourned_before": ("agree_delay",)}


def test_t_7_not_after_the_term_and_on_its_last_day_still() -> None:
    one = at(S.FORMAL)
    one.later(42)
    one.good(HANDLER, "adjourn")
    late = at(S.FORMAL)
    late.later(43)
    assert refused(late, HANDLER, "adjourn") == {"term_is_over": ()}


def test_t_7_with_nobody_to_name_only_the_complainant_is_told() -> None:
    one = at(S.FORMAL, respondent=RespondentRole.ONBEKEND)
    one.good(HANDLER, "adjourn")
    assert one.letters == ["verdaging:complainant"]


def test_t_7c_further_delay_only_with_written_consent_on_file() -> None:
    one = at(S.FORMAL)
    assert refused(one, HANDLER, "agree_delay", message="77") == {"consent_not_on_file": ("message",)}
    assert refused(one, HANDLER, "agree_delay", until="2026-04-13") == {"not_later": ("until",)}
    one.good(HANDLER, "ask_delay")
    assert one.case.deadlines and one.case.deadlines.basis == "statutory", "asking presumes nothing"
    one.good(HANDLER, "agree_delay", until="2026-05-30")
    assert one.case.deadlines.limit.day == date(2026, 5, 30), "T-7d: a Saturday, and not extended"
    assert "delay_is_agreed" in refused(one, HANDLER, "adjourn")


def test_waiting_stops_no_clock_and_ends() -> None:
    one = at(S.INFORMAL)
    dates = one.case.deadlines
    assert "wait_is_over" in refused(one, COORDINATOR, "wait", until=one.today.isoformat())
    assert "not_waiting" in refused(one, COORDINATOR, "stop_waiting")
    one.good(COORDINATOR, "wait")
    assert (one.case.waiting_until, one.case.deadlines) == (date(2026, 3, 9), dates)
    [task] = [task for task in one.tasks if task.kind == TaskKind.WAITING]
    assert task.due == date(2026, 3, 9)
    one.good(COORDINATOR, "stop_waiting")
    assert one.case.waiting_until is None
    assert not [task for task in one.tasks if task.kind == TaskKind.WAITING]


# --- Awb 9:12 and 9.2: findings -------------------------------------------------------------------------------------


def test_a_12_1_findings_judgement_and_reasons_for_every_part() -> None:
    one = at(S.DRAFTING)
    found = refused(one, HANDLER, "find")
    assert found["findings_incomplete"] == ("write_findings",)
    assert found["part_unjudged"] == ("1", "2")
    with pytest.raises(Incomplete) as incomplete:
        one.good(HANDLER, "write_findings", reasons="", conclusions="")
    assert incomplete.value.problems == {"reasons": "required", "conclusions": "required"}
    one.good(HANDLER, "judge_part", part="2")
    assert refused(one, HANDLER, "find")["part_unjudged"] == ("1",)
    assert "no_such_part" in refused(one, HANDLER, "judge_part", part="3")


def test_9_2_discussed_beforehand_and_signed_by_the_handler() -> None:
    one = at(S.DRAFTING)
    ready(one)
    one.good(HANDLER, "write_findings", findings="Toch anders.")
    found = refused(one, HANDLER, "find")
    assert found == {"not_reviewed": ("review_findings",), "not_signed": ("sign",)}, "a changed text is reviewed anew"
    one.good(JURIST, "review_findings", result="aanpassen")
    assert set(refused(one, HANDLER, "sign")) == {"not_reviewed"}
    one.good(JURIST, "review_findings")
    with pytest.raises(NotAllowed):
        one.good(COORDINATOR, "sign")
    one.good(HANDLER, "sign")
    one.good(HANDLER, "find")
    assert one.letters[-1] == "bevindingen:complainant"


def test_9_2_a_review_is_asked_for_once_for_each_text() -> None:
    one = at(S.DRAFTING)
    one.good(HANDLER, "write_findings")
    assert set(refused(one, HANDLER, "ask_review")) == {"part_unjudged"}
    for part in ("1", "2"):
        one.good(HANDLER, "judge_part", part=part)
    one.good(HANDLER, "ask_review", of="jurist")
    assert [task.role for task in one.tasks if task.kind == TaskKind.REVIEW_FINDINGS] == ["jurist"]
    assert refused(one, HANDLER, "ask_review") == {"review_asked_already": ()}
    one.good(JURIST, "review_findings", result="aanpassen")
    one.good(HANDLER, "ask_review", of="jurist")


def test_9_3_only_a_letter_that_is_owed_is_recorded() -> None:
    one = at(S.FORMAL)
    assert refused(one, SUPPORT, "record_letter", letter="7") == {"no_letter_owed": ("letter",)}
    one.good(HANDLER, "adjourn")
    first, second = (task for task in one.tasks if task.kind == TaskKind.WRITE_LETTER)
    one.good(SUPPORT, "record_letter", letter=str(second.id))
    assert [task for task in one.tasks if task.kind == TaskKind.WRITE_LETTER] == [first]
    assert refused(one, SUPPORT, "record_letter", letter=str(second.id)) == {"no_letter_owed": ("letter",)}


def test_9_2_nobody_reviews_their_own_findings() -> None:
    one = at(S.DRAFTING)
    ready(one)
    one.record(HandlerAssigned(before=HANDLER, after=COORDINATOR), COORDINATOR)
    one.record(InvolvementDeclared(person=COORDINATOR, involved=False), COORDINATOR)
    assert "reviews_own_work" in refused(one, COORDINATOR, "review_findings")


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("gegrond", "gegrond"), "gegrond"),
        (("gegrond", "ongegrond"), "deels_gegrond"),
        (("deels_gegrond",), "deels_gegrond"),
        (("ongegrond", "geen_oordeel"), "ongegrond"),
        (("geen_oordeel",), "geen_oordeel"),
        (("gegrond", "geen_oordeel"), "deels_gegrond"),
    ],
)
def test_a_12_3_the_whole_follows_from_the_parts(parts: tuple[str, ...], whole: str) -> None:
    assert overall(tuple(map(Judgement, parts))) == whole


def test_a_12_3_a_handler_may_depart_from_it() -> None:
    one = at(S.DRAFTING)
    one.good(HANDLER, "write_findings", overall="gegrond")
    ready_text = {"overall": "gegrond"}
    ready(one)
    one.good(HANDLER, "write_findings", **ready_text)
    one.good(COORDINATOR, "review_findings")
    one.good(HANDLER, "sign")
    one.good(HANDLER, "find")
    assert one.case.ending == Ending.GEGROND


# --- Awb 9:8, 6:15, 2:3: ways out -----------------------------------------------------------------------------------


def test_a_8_1_declining_gives_ground_reasons_and_tells_when_it_is_late() -> None:
    one = at(S.INTERVIEW)
    for name in ("ground", "reasons", "on_behalf_of", "instead"):
        with pytest.raises(Incomplete) as incomplete:
            one.good(COORDINATOR, "decline", **{name: ""})
        assert incomplete.value.problems == {name: "required"}, "A-8.2: every slot is mandatory"
    one.later(29)
    one.good(COORDINATOR, "decline")
    assert dossier(one.entries).all(Declined)[-1].late
    assert (one.case.ending, one.letters[-1]) == (Ending.NIET_IN_BEHANDELING, "niet_in_behandeling:complainant")


def test_a_8_1_within_four_weeks_it_is_not_late() -> None:
    one = at(S.INTERVIEW)
    one.later(28)
    one.good(COORDINATOR, "decline")
    assert not dossier(one.entries).all(Declined)[-1].late


@pytest.mark.parametrize(("day", "over"), [("2025-03-02", False), ("2025-03-01", True)])
def test_a_8_3_a_year_ago_is_a_hint_and_no_refusal(day: str, over: bool) -> None:
    one = at(S.INTERVIEW)
    one.good(SUPPORT, "complete_data", conduct_on=day)
    assert one.situation(COORDINATOR).over_a_year_ago is over
    one.good(COORDINATOR, "settle_at_interview")


def test_b_3_a_bezwaar_is_handed_over_the_same_day_and_keeps_its_receipt() -> None:
    one = at(S.FORMAL)
    one.later(1)
    received = (one.case.received_at, one.case.received_on, one.case.number)
    assert refused(one, COORDINATOR, "refer", to="bezwaar", on="2026-03-02") == {"handed_over_late": ("on",)}
    one.good(COORDINATOR, "refer", to="bezwaar")
    assert (one.case.received_at, one.case.received_on, one.case.number) == received
    assert one.letters[-1] == "omzetting_bezwaar:complainant"
    assert one.case.ending == Ending.DOORVERWEZEN


def test_b_1_who_passes_on_says_to_whom() -> None:
    one = at(S.INTERVIEW)
    assert refused(one, COORDINATOR, "refer", to="andere_instantie") == {"body_not_named": ("body",)}
    one.good(COORDINATOR, "refer", to="andere_instantie", body="waterschap")
    assert one.letters == ["doorzending_ander_orgaan:complainant"]


def test_b_8_a_mixed_message_keeps_both_tracks() -> None:
    both = (Kind.KLACHT, Kind.BEZWAAR)
    for slug in ("refer", "withdraw", "decline"):
        assert refused(at(S.INTERVIEW, kinds=both), COORDINATOR, slug) == {"mixed": ("hand_over_part",)}
    one = at(S.INTERVIEW, kinds=both)
    assert "not_a_part" in refused(one, COORDINATOR, "hand_over_part", kind="melding", to="melding")
    one.good(COORDINATOR, "hand_over_part")
    assert (one.case.stage, one.letters) == (S.INTERVIEW, ["omzetting_bezwaar:complainant"])
    assert "nothing_to_hand_over" in refused(one, COORDINATOR, "hand_over_part")
    one.good(COORDINATOR, "withdraw")


# --- step 10 --------------------------------------------------------------------------------------------------------


def test_h9_closing_waits_until_it_was_discussed() -> None:
    one = at(S.INFORMAL)
    one.good(COORDINATOR, "settle")
    found = refused(one, COORDINATOR, "close")
    assert found["team_not_informed"] == ("inform_team",)
    assert found["not_discussed"] == ("discussed",)
    assert found["not_followed_up"] == ("follow_up",)
    assert found["tasks_open"] == ("aftercare", "write_letter")
    one.good(COORDINATOR, "pass_to_team")
    one.good(COORDINATOR, "discussed")
    one.good(COORDINATOR, "pass_to_team")
    assert refused(one, COORDINATOR, "close")["not_discussed"] == ("discussed",), "given again, discussed again"
    one.good(COORDINATOR, "discussed")
    one.good(COORDINATOR, "follow_up")
    one.send_letters()
    one.good(COORDINATOR, "close")
    assert (one.case.stage, one.case.closed_on) == (S.CLOSED, one.today)


def test_5_2_only_what_was_given_or_settled_is_discussed() -> None:
    assert "no_team_tasked" in refused(at(S.INFORMAL), COORDINATOR, "discussed")


def test_h8_an_improvement_has_an_owner_and_a_date_and_may_outlast_the_case() -> None:
    one = at(S.AFTERCARE)
    assert refused(one, COORDINATOR, "draw_lesson", owner="", due="") == {"improvement_without_owner": ("owner", "due")}
    one.good(COORDINATOR, "draw_lesson")
    assert "no_such_lesson" in refused(one, COORDINATOR, "follow_improvement", number="2")
    one.send_letters()
    one.good(COORDINATOR, "close")
    assert [task.kind for task in one.tasks] == [TaskKind.IMPROVEMENT]
    one.good(COORDINATOR, "follow_improvement", progress="uitgevoerd")
    assert one.tasks == []


# --- the ombudsman --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("matter", ["no_verzoek_stukken", "no_verzoek_standpunt", "no_voorlopige_bevindingen"])
def test_a_31_what_the_ombudsman_sets_a_term_for_has_it(matter: str) -> None:
    one = at(S.CLOSED)
    assert refused(one, COORDINATOR, "involve_ombudsman", matter=matter, due="") == {"term_not_recorded": ("due",)}
    one.good(COORDINATOR, "involve_ombudsman", matter=matter, due="2026-04-01")
    [task] = [task for task in one.tasks if task.kind == TaskKind.OMBUDSMAN]
    assert task.due == date(2026, 4, 1)
    one.good(JURIST, "answer_ombudsman")
    assert not [task for task in one.tasks if task.kind == TaskKind.OMBUDSMAN]
    assert "no_such_matter" in refused(one, JURIST, "answer_ombudsman")


def test_a_24_the_year_runs_from_every_ending() -> None:
    """Decisions 37; the day of the letter, once it went (law.md T-9)."""
    for stage, slug in ((S.INTERVIEW, "withdraw"), (S.INTERVIEW, "decline"), (S.INFORMAL, "settle")):
        one = at(stage)
        one.good(COORDINATOR, slug)
        assert one.case.deadlines and one.case.deadlines.ombudsman_until == date(2027, 3, 2)
        one.later(3)
        one.send_letters()
        assert one.case.deadlines.ombudsman_until == date(2027, 3, 5)


def test_t_9b_a_missed_end_is_an_ending_until_findings_go_out() -> None:
    one = at(S.DRAFTING)
    assert one.case.deadlines and ombudsman_on(one.case.deadlines, date(2026, 4, 13)) is None
    assert ombudsman_on(one.case.deadlines, date(2026, 4, 14)) == date(2027, 4, 13)
    one.later(50)
    ready(one)
    one.good(HANDLER, "find")
    assert ombudsman_on(one.case.deadlines, one.today) == date(2027, 4, 21)


def test_t_9_what_came_back_counts_from_its_second_sending() -> None:
    from core.domain.events import LetterFailed

    one = at(S.FOUND)
    sent = LetterSent(outgoing=1, letter="bevindingen", route="mail")
    one.record(sent, None)
    one.later(4)
    one.record(LetterFailed(outgoing=1, letter="bevindingen", reason="550"), None)
    one.record(sent, None)
    assert one.case.deadlines and one.case.deadlines.ended == date(2026, 3, 6)
    one.later(1)
    one.record(sent, None)
    assert one.case.deadlines.ended == date(2026, 3, 6), "a repeat is not later"


# --- mistakes -------------------------------------------------------------------------------------------------------


def test_a_wrong_adjournment_is_retracted_and_the_dates_follow() -> None:
    one = at(S.FORMAL)
    before = one.case.deadlines
    one.good(HANDLER, "adjourn")
    number = next(entry.id for entry in one.entries if type(entry.event).__name__ == "Adjourned")
    one.good(HANDLER, "retract", entry=str(number))
    assert one.case.deadlines == before
    assert any(entry.id == number for entry in one.entries), "it stays readable"
    one.good(HANDLER, "adjourn")
    receipt = str(one.entries[0].id)
    assert "not_retractable" in refused(one, HANDLER, "retract", entry=receipt)


def test_t_6b_a_corrected_receipt_moves_every_date_and_keeps_the_reason() -> None:
    one = at(S.FORMAL)
    one.good(HANDLER, "adjourn")
    one.good(SUPPORT, "correct_receipt", received_at="2026-02-20T10:00")
    assert one.case.received_on == date(2026, 2, 20)
    assert one.case.deadlines and one.case.deadlines.target == date(2026, 3, 20)
    assert one.case.deadlines.limit.day == date(2026, 5, 1), "d02, adjourned"
    assert "received_later" in refused(one, SUPPORT, "correct_receipt", received_at="2026-03-03T10:00")


def test_reopening_begins_a_new_round() -> None:
    one = at(S.CLOSED)
    one.good(COORDINATOR, "reopen")
    assert (one.case.stage, one.case.ending, one.case.closed_on) == (S.INTERVIEW, None, None)
    assert TaskKind.INTERVIEW in {task.kind for task in one.tasks}
    one.good(COORDINATOR, "formalise")
    one.good(HANDLER, "draft")
    found = refused(one, HANDLER, "find")
    assert {"findings_incomplete", "part_unjudged", "not_reviewed", "not_signed"} <= set(found)
    assert "copy_owed" not in found, "a copy that was sent was sent"


def test_a_merged_case_stands_still() -> None:
    from core.domain.events import MergedInto

    one = at(S.INTERVIEW)
    one.record(MergedInto(case=4, number="2026-0004"), COORDINATOR)
    assert set(refused(one, COORDINATOR, "interview")) == {"stands_still"}


def test_a_day_on_which_something_happened_is_not_tomorrow() -> None:
    one = at(S.INTERVIEW)
    with pytest.raises(Incomplete) as incomplete:
        one.good(COORDINATOR, "interview", on="2026-03-03")
    assert incomplete.value.problems == {"on": "in_future"}


def test_found_says_the_whole_judgement() -> None:
    one = at(S.FOUND)
    assert dossier(one.entries).last(Found) == Found(overall=Judgement.DEELS_GEGROND, on=one.today)
