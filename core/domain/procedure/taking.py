"""Doing something in a case: may it be done, and what happens then. Pure: the service loads before and saves after."""

from dataclasses import dataclass

from core.domain.errors import NotAllowed, StepNotAllowed, StepRefused
from core.domain.events import Event
from core.domain.procedure.activity import Activity, LetterOwed
from core.domain.procedure.fields import Answers, Raw, read
from core.domain.procedure.situation import Situation
from core.domain.procedure.table import ALWAYS, activities_at
from core.domain.refusals import Refusal

NOTHING = Answers(values={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that the actor could do now, or what stands in the way before anything is filled in."""

    activity: Activity
    refusals: tuple[Refusal, ...]


def offers(situation: Situation) -> tuple[Offer, ...]:
    """What the actor can do at this stage, with every reason why not that can be told beforehand."""
    found = [activity for activity in activities_at(situation.case.stage) if activity.open_to(situation)]
    return tuple(Offer(activity=one, refusals=standing(situation, one)) for one in found)


def standing(situation: Situation, activity: Activity) -> tuple[Refusal, ...]:
    """The refusals that do not depend on what is filled in."""
    guards = [guard for guard in (*ALWAYS, *activity.guards) if not guard.asks]
    refusals = (guard(situation, NOTHING) for guard in guards)
    return tuple(refusal for refusal in refusals if refusal is not None)


def take(situation: Situation, activity: Activity, raw: Raw) -> tuple[tuple[Event, ...], Answers]:
    """What happens when the actor does this, and the answers as they were read.

    Raises StepNotAllowed at a stage where it is not in the table, NotAllowed for somebody who may not do it,
    StepRefused with every article that forbids it now, and Incomplete for what was filled in wrongly.
    """
    stage = situation.case.stage
    if stage not in activity.stages:
        raise StepNotAllowed(stage, activity.slug, tuple(one.slug for one in activities_at(stage)))
    if not activity.open_to(situation):
        raise NotAllowed
    refused = standing(situation, activity)
    if refused:
        raise StepRefused(activity.slug, refused)
    answers = read(activity.fields, raw, zone=situation.calendar.zone, today=situation.today)
    found = (guard(situation, answers) for guard in activity.guards if guard.asks)
    refused = tuple(refusal for refusal in found if refusal is not None)
    if refused:
        raise StepRefused(activity.slug, refused)
    return activity.happens(situation, answers), answers


def letters_of(situation: Situation, activity: Activity, answers: Answers) -> tuple[LetterOwed, ...]:
    """The letters that follow; one to the person complained about only where somebody can be named."""
    return tuple(
        owed
        for owed in activity.letters
        if _holds(owed.when, answers) and (owed.to == "complainant" or situation.respondent is not None)
    )


def _holds(when: str, answers: Answers) -> bool:
    name, _, choice = when.partition("=")
    return not when or answers.text(name) == choice
