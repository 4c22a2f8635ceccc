"""The procedure as one table: which step may follow at which stage. Screens, tests and the drawing all read it."""

from collections.abc import Mapping
from enum import StrEnum

from core.domain.errors import StepNotAllowed


class Stage(StrEnum):
    """Where a case is (decisions 2). Adjourned, waiting and reopened are facts and dates on a case, not stages."""

    RECEIVED = "received"
    COMPLETING = "completing"
    INTERVIEW = "interview"
    INFORMAL = "informal"
    FORMAL = "formal"
    DRAFTING = "drafting"
    FOUND = "found"
    AFTERCARE = "aftercare"
    CLOSED = "closed"
    REFERRED = "referred"
    NOT_HANDLED = "not_handled"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What a person does that moves a case on; the number is the activity of the process description."""

    CONFIRM = "confirm"
    """Record kind, team and person complained about (4.2)."""
    COMPLETE = "complete"
    """Pass the case on with its data complete (3.6)."""
    SETTLE_AT_INTERVIEW = "settle_at_interview"
    """Settled by mediation or explanation at the intake call (4.3)."""
    TRY_INFORMALLY = "try_informally"
    """Go on informally after the intake call (5)."""
    FORMALISE = "formalise"
    """Formal handling: the complainant wants a hearing or is not satisfied (4.8, 6)."""
    SETTLE = "settle"
    """Settled to the complainant's satisfaction, which ends the duties at whatever stage (5.1; Awb 9:5)."""
    DRAFT = "draft"
    """Write the findings (9.1)."""
    FIND = "find"
    """Send the findings (9.1, 9.2; Awb 9:12)."""
    FOLLOW_UP = "follow_up"
    """Ask whether the complainant is satisfied (10.1)."""
    CLOSE = "close"
    """Close the case (10.4)."""
    REFER = "refer"
    """Pass on to where the message belongs (4.2; Awb 2:3, 6:15)."""
    DECLINE = "decline"
    """Decide not to handle (Awb 9:8)."""
    WITHDRAW = "withdraw"
    """The complainant takes the complaint back."""
    REOPEN = "reopen"
    """Open a case again, with a reason."""


S, T = Stage, Step

OPEN_STAGES: tuple[Stage, ...] = (S.RECEIVED, S.COMPLETING, S.INTERVIEW, S.INFORMAL, S.FORMAL, S.DRAFTING)
"""Stages in which the term runs and the complaint can still be withdrawn, or turn out to be a bezwaar (law.md B-3)."""

TABLE: Mapping[tuple[Stage, Step], Stage] = {
    (S.RECEIVED, T.CONFIRM): S.COMPLETING,
    (S.COMPLETING, T.CONFIRM): S.COMPLETING,
    (S.COMPLETING, T.COMPLETE): S.INTERVIEW,
    (S.INTERVIEW, T.SETTLE_AT_INTERVIEW): S.AFTERCARE,
    (S.INTERVIEW, T.TRY_INFORMALLY): S.INFORMAL,
    (S.INTERVIEW, T.FORMALISE): S.FORMAL,
    (S.INFORMAL, T.SETTLE): S.AFTERCARE,
    (S.INFORMAL, T.FORMALISE): S.FORMAL,
    (S.FORMAL, T.SETTLE): S.AFTERCARE,
    (S.DRAFTING, T.SETTLE): S.AFTERCARE,
    (S.FORMAL, T.DRAFT): S.DRAFTING,
    (S.DRAFTING, T.FIND): S.FOUND,
    (S.FOUND, T.FOLLOW_UP): S.AFTERCARE,
    (S.AFTERCARE, T.CLOSE): S.CLOSED,
    **{(stage, T.REFER): S.REFERRED for stage in OPEN_STAGES},
    (S.INTERVIEW, T.DECLINE): S.NOT_HANDLED,
    **{(stage, T.WITHDRAW): S.WITHDRAWN for stage in OPEN_STAGES},
    **{(stage, T.REOPEN): S.INTERVIEW for stage in (S.CLOSED, S.REFERRED, S.NOT_HANDLED, S.WITHDRAWN)},
}


def steps_at(stage: Stage) -> tuple[Step, ...]:
    """The steps that the table knows at this stage, in its order."""
    return tuple(step for at, step in TABLE if at == stage)


def after(stage: Stage, step: Step) -> Stage:
    """The stage that follows. Raises StepNotAllowed, which says what is possible."""
    try:
        return TABLE[stage, step]
    except KeyError:
        raise StepNotAllowed(stage, step, steps_at(stage)) from None
