"""Every activity at every stage by everybody: done as drawn, or refused with its reason."""

from collections.abc import Callable, Mapping
from itertools import product

import pytest

from core.domain.errors import NotAllowed, StepNotAllowed
from core.domain.events import InvolvementDeclared
from core.domain.labels import Kind, RespondentRole
from core.domain.procedure.activity import Who
from core.domain.procedure.drawing import mermaid
from core.domain.procedure.slugs import Side
from core.domain.procedure.table import ACTIVITIES, activities_at, guards
from core.domain.procedure.taking import offers
from core.domain.reactions import Ask
from core.domain.tasks import TaskKind
from core.domain.workflow import TABLE, Stage, Step
from tests.procedure.simulated import COORDINATOR, GOOD, HANDLER, JURIST, STRANGER, SUPPORT, Simulated, at, ready

ACTORS = {Who.COORDINATOR: COORDINATOR, Who.SUPPORT: SUPPORT, Who.JURIST: JURIST, Who.HANDLER: HANDLER}
NUMBERS = {"1.1", "2.1", *(f"3.{n}" for n in (1, 2, 3, 5, 6)), *(f"4.{n}" for n in range(1, 9))}
NUMBERS |= {"5.1", "5.2", "5.3", "5.4", "6.1", "6.2", "6.3", "6.4", "7.1", "8.1", "9.1", "9.2", "9.3", "9.4"}
NUMBERS |= {"10.1", "10.2", "10.3", "10.4"}
HOLES = {"H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H11", "H12", "H13"}
ELSEWHERE = {"1.1"}
"""Filing is the citizen's; scanning, booking, acknowledging and linking (2.2 to 2.4, 3.4) are intake and joining."""


def _involved(one: Simulated) -> None:
    one.assign()
    one.record(InvolvementDeclared(person=HANDLER, involved=True), HANDLER)


def _emptied(one: Simulated) -> None:
    one.send_letters()
    one.tasks = []


def _assigned(one: Simulated) -> None:
    if one.case.handler is None:
        one.assign()


def _called(one: Simulated) -> None:
    if one.case.stage in (Stage.COMPLETING, Stage.INTERVIEW):
        one.good(COORDINATOR, "interview")


BEFOREHAND: Mapping[str, Callable[[Simulated], None]] = {
    "take_back": _assigned,
    "except_involvement": _involved,
    "discussed": lambda one: one.good(COORDINATOR, "pass_to_team"),
    "report_hearing": lambda one: one.good(HANDLER, "hold_hearing", report=""),
    "stop_waiting": lambda one: one.good(COORDINATOR, "wait"),
    "answer_ombudsman": lambda one: one.good(COORDINATOR, "involve_ombudsman"),
    "follow_improvement": lambda one: one.good(COORDINATOR, "draw_lesson"),
    "retract": _called,
    "record_letter": lambda one: one._ask(Ask(task=TaskKind.WRITE_LETTER, note="verdaging:complainant")),
    "close": _emptied,
}
"""What an activity needs beside the stage."""


def prepared(slug: str, stage: Stage) -> Simulated:
    """A case at this stage in which what the activity needs beside the stage is there."""
    respondent = {"leave_out_copy": "onbekend", "except_involvement": "college"}.get(slug, "medewerker")
    kinds = ("klacht", "bezwaar") if slug == "hand_over_part" else ("klacht",)
    one = _made(stage, respondent, kinds)
    BEFOREHAND.get(slug, lambda one: _readied(one, slug))(one)
    return one


def _made(stage: Stage, respondent: str, kinds: tuple[str, ...]) -> Simulated:
    return at(stage, respondent=RespondentRole(respondent), kinds=tuple(Kind(kind) for kind in kinds))


def _readied(one: Simulated, slug: str) -> None:
    order = ["write_findings", "judge_part", "ask_review", "review_findings", "sign", "find"]
    if slug in ("try_informally", "formalise"):
        if one.case.stage == Stage.INTERVIEW:
            one.good(COORDINATOR, "interview")
            one.good(COORDINATOR, "judge")
        if one.case.handler is None:
            one.assign()
    if slug == "find":
        ready(one)
    elif slug in ("ask_review", "review_findings", "sign"):
        one.good(HANDLER, "write_findings")
        one.good(HANDLER, "judge_part")
        one.good(HANDLER, "judge_part", part="2")
        if slug == "sign":
            one.good(COORDINATOR, "review_findings")
    assert slug not in order or one.case.stage == Stage.DRAFTING


def answers(one: Simulated, slug: str) -> dict[str, str]:
    given = dict(GOOD.get(slug, lambda _: {})(one))
    if slug == "retract":
        retractable = one.situation(COORDINATOR).options(next(f.kind for f in ACTIVITIES[slug].fields))
        given["entry"] = retractable[-1] if retractable else "1"
    return given


@pytest.mark.parametrize(("slug", "stage"), [(slug, stage) for slug, row in ACTIVITIES.items() for stage in row.stages])
def test_it_can_be_done_as_drawn(slug: str, stage: Stage) -> None:
    row, one = ACTIVITIES[slug], prepared(slug, stage)
    who = next(who for who in (Who.HANDLER, Who.COORDINATOR, Who.SUPPORT, Who.JURIST) if who in row.by)
    if who == Who.HANDLER and one.case.handler != HANDLER:
        who = next(who for who in (Who.COORDINATOR, Who.SUPPORT, Who.JURIST) if who in row.by)
    before, letters = len(one.entries), len(one.letters)
    one.take(ACTORS[who], slug, answers(one, slug))
    assert one.case.stage == row.leads(stage)
    assert len(one.entries) > before, "what somebody does stands in the history"
    unconditional = [f"{owed.letter}:{owed.to}" for owed in row.letters if not owed.when]
    assert one.letters[letters:][: len(unconditional)] == unconditional or slug == "adjourn"


@pytest.mark.parametrize(
    ("slug", "stage"), [(slug, stage) for slug, row in ACTIVITIES.items() for stage in Stage if stage not in row.stages]
)
def test_elsewhere_it_is_refused_and_says_what_is_possible(slug: str, stage: Stage) -> None:
    one = at(stage)
    before = list(one.entries)
    with pytest.raises(StepNotAllowed) as refusal:
        one.good(COORDINATOR, slug)
    assert (refusal.value.stage, refusal.value.step) == (stage, slug)
    assert set(refusal.value.allowed) == {row.slug for row in activities_at(stage)}
    assert one.entries == before


@pytest.mark.parametrize("slug", ACTIVITIES)
def test_only_those_named_may_do_it(slug: str) -> None:
    row = ACTIVITIES[slug]
    one = prepared(slug, row.stages[-1])
    for actor in (*ACTORS.values(), STRANGER):
        situation = one.situation(actor)
        named = any(ACTORS[who] == actor and (who != Who.HANDLER or one.case.handler == actor) for who in row.by)
        assert row.open_to(situation) == named
        if not named:
            with pytest.raises(NotAllowed):
                one.take(actor, slug, answers(one, slug))


@pytest.mark.parametrize("stage", Stage)
def test_what_is_offered_is_what_the_table_says(stage: Stage) -> None:
    one = at(stage)
    offered = {offer.activity.slug for offer in offers(one.situation(COORDINATOR))}
    assert offered == {row.slug for row in activities_at(stage) if Who.COORDINATOR in row.by}


@pytest.mark.parametrize(("stage", "step"), [pair for pair in TABLE if pair[1] != Step.CONFIRM])
def test_every_step_of_the_drawing_is_an_activity(stage: Stage, step: Step) -> None:
    rows = [row for row in activities_at(stage) if row.step == step]
    assert len(rows) == 1
    assert rows[0].leads(stage) == TABLE[stage, step]
    assert f"{stage} --> {TABLE[stage, step]}: {step}" in mermaid()


@pytest.mark.parametrize(("slug", "stage"), list(product(ACTIVITIES, Stage)))
def test_no_activity_moves_a_case_where_the_table_does_not(slug: str, stage: Stage) -> None:
    row = ACTIVITIES[slug]
    if row.leads(stage) != stage:
        assert row.step is not None
        assert TABLE[stage, row.step] == row.leads(stage)


def test_every_activity_of_the_process_has_a_row() -> None:
    named = {number for row in ACTIVITIES.values() for number in row.process}
    assert named >= NUMBERS - ELSEWHERE
    assert named >= HOLES


def test_every_guard_names_what_it_rests_on() -> None:
    for guard in guards():
        assert guard.article.split()[0] in ("Awb", "procedure"), guard.slug
        assert guard.check.__doc__, guard.slug


def test_every_field_that_somebody_chooses_has_choices() -> None:
    for row in ACTIVITIES.values():
        for field in row.fields:
            assert bool(field.choices) == (field.kind in ("choice", "choices")), f"{row.slug}.{field.name}"


def test_a_letter_that_depends_on_an_answer_names_a_choice_there_is() -> None:
    for row in ACTIVITIES.values():
        for owed in row.letters:
            if owed.when:
                name, _, choice = owed.when.partition("=")
                assert choice in next(field for field in row.fields if field.name == name).choices
    assert {f"side={side}" for side in Side} == {owed.when for owed in ACTIVITIES["plan_hearing"].letters}
