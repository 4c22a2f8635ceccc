"""The procedure: what process.md section 11 promises and decisions 2 name, pair by pair."""

from itertools import product

import pytest

from core.domain.errors import StepNotAllowed
from core.domain.workflow import OPEN_STAGES, TABLE, Stage, Step, after, steps_at

S, T = Stage, Step
ENDS = {S.CLOSED, S.REFERRED, S.NOT_HANDLED, S.WITHDRAWN}
SETTLED = {S.FOUND, S.AFTERCARE}  # the findings or the confirmation of 9:5 are out; what is left is follow-up
RUNNING = set(Stage) - ENDS - SETTLED

# The main line, the exits at and after the interview, and withdrawal from any open stage
PROMISED = {
    (S.RECEIVED, T.CONFIRM): S.COMPLETING,
    (S.COMPLETING, T.COMPLETE): S.INTERVIEW,
    (S.INTERVIEW, T.SETTLE_AT_INTERVIEW): S.AFTERCARE,  # 4.3, 4.6, then step 10
    (S.INTERVIEW, T.TRY_INFORMALLY): S.INFORMAL,
    (S.INTERVIEW, T.FORMALISE): S.FORMAL,
    (S.INTERVIEW, T.REFER): S.REFERRED,
    (S.INTERVIEW, T.DECLINE): S.NOT_HANDLED,
    (S.INFORMAL, T.FORMALISE): S.FORMAL,
    (S.INFORMAL, T.SETTLE): S.AFTERCARE,
    (S.FORMAL, T.DRAFT): S.DRAFTING,
    (S.DRAFTING, T.FIND): S.FOUND,
    (S.FOUND, T.FOLLOW_UP): S.AFTERCARE,
    (S.AFTERCARE, T.CLOSE): S.CLOSED,
    **{(stage, T.WITHDRAW): S.WITHDRAWN for stage in sorted(RUNNING)},
}
# Where the papers leave room: allowed or not, but never leading elsewhere
PERMITTED = {
    (S.COMPLETING, T.CONFIRM): {S.COMPLETING},  # a corrected decision
    (S.RECEIVED, T.REFER): {S.REFERRED},  # house.md section 5; a bezwaar is handed over the same day (B-3)
    (S.COMPLETING, T.REFER): {S.REFERRED},
    # A bezwaar that came in as a klacht is converted whenever that is seen (law.md B-3; docs/decisions.md).
    **{(stage, T.REFER): {S.REFERRED} for stage in (S.INFORMAL, S.FORMAL, S.DRAFTING)},
    # The duties end "zodra" the complainant is satisfied, also when a hearing brings it about (Awb 9:5; law.md A-5).
    **{(stage, T.SETTLE): {S.AFTERCARE} for stage in (S.FORMAL, S.DRAFTING)},
    (S.FOUND, T.WITHDRAW): {S.WITHDRAWN},  # is a case with findings sent still open? section 11 does not say
    (S.AFTERCARE, T.WITHDRAW): {S.WITHDRAWN},
    **{(stage, T.REOPEN): RUNNING for stage in ENDS | SETTLED},  # "heropend only with a reason"; to where is not said
}


@pytest.mark.parametrize(("stage", "step"), PROMISED)
def test_promised_step(stage, step):
    assert after(stage, step) is PROMISED[stage, step]
    assert step in steps_at(stage)


@pytest.mark.parametrize(("stage", "step"), [pair for pair in product(Stage, Step) if pair not in PROMISED])
def test_every_other_step_is_refused_and_says_what_is_possible(stage, step):
    if step in steps_at(stage):
        assert (stage, step) in PERMITTED, "a step that no paper names"
        assert after(stage, step) in PERMITTED[stage, step]
        return
    with pytest.raises(StepNotAllowed) as refusal:
        after(stage, step)
    assert refusal.value.stage == stage
    assert refusal.value.step == step
    assert set(refusal.value.allowed) == {s.value for s in steps_at(stage)}
    assert str(stage.value) in str(refusal.value), "the log says where the case was"


def test_a_closed_case_can_be_reopened():
    assert after(S.CLOSED, T.REOPEN) in RUNNING


@pytest.mark.parametrize("stage", sorted(RUNNING))
def test_an_open_case_has_nothing_to_reopen(stage):
    assert T.REOPEN not in steps_at(stage)


def test_open_stages_are_those_where_handling_still_runs():
    assert set(OPEN_STAGES) == RUNNING


def test_steps_are_those_of_the_table():
    for stage in Stage:
        assert steps_at(stage) == tuple(step for at, step in TABLE if at is stage)
    assert {stage for stage, _ in TABLE} <= set(Stage)


def _reachable(start: Stage) -> set[Stage]:
    seen, fresh = {start}, [start]
    while fresh:
        stage = fresh.pop()
        for step in steps_at(stage):
            if (target := after(stage, step)) not in seen:
                seen.add(target)
                fresh.append(target)
    return seen


def test_every_stage_is_reached_from_received():
    assert _reachable(S.RECEIVED) == set(Stage)


@pytest.mark.parametrize("stage", sorted(set(Stage) - ENDS))
def test_every_case_can_be_brought_to_an_end(stage):
    assert _reachable(stage) & ENDS
    assert S.CLOSED in _reachable(stage)


@pytest.mark.parametrize("stage", sorted(ENDS))
def test_an_end_is_left_by_reopening_only(stage):
    assert set(steps_at(stage)) <= {T.REOPEN}


def test_findings_go_out_from_a_draft_only():
    """No shortcut around hearing, copy and review: those guards look at the way through drafting (section 11)."""
    assert {stage for stage in Stage if T.FIND in steps_at(stage)} == {S.DRAFTING}
    steps = [(stage, step) for stage in Stage for step in steps_at(stage)]
    assert {stage for stage, step in steps if after(stage, step) is S.FOUND} == {S.DRAFTING}


def test_a_case_closes_after_follow_up_only():
    assert {stage for stage in Stage if T.CLOSE in steps_at(stage)} == {S.AFTERCARE}
