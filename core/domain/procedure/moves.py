"""Which step of the table an event is: the one place where something that happened moves a case on."""

from collections.abc import Mapping

from core.domain.procedure.events import (
    Closed,
    Completed,
    Declined,
    DraftingStarted,
    FollowedUp,
    Formalised,
    Found,
    Referred,
    Reopened,
    SettledInformally,
    TriedInformally,
    Withdrawn,
)
from core.domain.workflow import Stage, Step, after

STEPS: Mapping[type, Step] = {
    Completed: Step.COMPLETE,
    TriedInformally: Step.TRY_INFORMALLY,
    Formalised: Step.FORMALISE,
    DraftingStarted: Step.DRAFT,
    Found: Step.FIND,
    Closed: Step.CLOSE,
    Referred: Step.REFER,
    Declined: Step.DECLINE,
    Withdrawn: Step.WITHDRAW,
    Reopened: Step.REOPEN,
}


def step_of(event: object, stage: Stage) -> Step | None:
    """The step that this event is at this stage; None for what moves nothing."""
    if isinstance(event, SettledInformally):
        return Step.SETTLE_AT_INTERVIEW if stage == Stage.INTERVIEW else Step.SETTLE
    if isinstance(event, FollowedUp):
        return Step.FOLLOW_UP if stage == Stage.FOUND else None
    return STEPS.get(type(event))


def stage_after(stage: Stage, event: object) -> Stage:
    """The stage after an event. Raises StepNotAllowed for one that the table does not know at this stage."""
    step = step_of(event, stage)
    return stage if step is None else after(stage, step)
