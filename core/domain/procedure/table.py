"""The procedure as one table: every activity, where it can be done, what follows. Pages, drawing, tests read it."""

from collections.abc import Mapping
from itertools import chain

from core.domain.procedure.activities import aftercare, anytime, completing, findings, formal, interview, leaving
from core.domain.procedure.activity import Activity, Guard
from core.domain.procedure.guards.handling import not_declared, stands_still
from core.domain.workflow import Stage

ACTIVITIES: Mapping[str, Activity] = {
    activity.slug: activity
    for activity in chain(
        completing.ACTIVITIES,
        interview.ACTIVITIES,
        formal.ACTIVITIES,
        findings.ACTIVITIES,
        aftercare.ACTIVITIES,
        leaving.ACTIVITIES,
        anytime.ACTIVITIES,
    )
}
"""By slug, in the order of the process description. Confirming a message (4.2) has a service of its own: the review."""

ALWAYS: tuple[Guard, ...] = (stands_still, not_declared)
"""Guards of every activity."""


def activities_at(stage: Stage) -> tuple[Activity, ...]:
    """What can be done at a stage, in the order of the table."""
    return tuple(activity for activity in ACTIVITIES.values() if stage in activity.stages)


def guards() -> tuple[Guard, ...]:
    """Every guard there is, once."""
    found = chain(ALWAYS, *(activity.guards for activity in ACTIVITIES.values()))
    return tuple({guard.slug: guard for guard in found}.values())
