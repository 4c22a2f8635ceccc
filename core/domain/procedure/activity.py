"""What a row of the procedure says, and what a guard is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.access import Role
from core.domain.events import Event
from core.domain.procedure.fields import Answers, Field
from core.domain.procedure.situation import Situation
from core.domain.refusals import Refusal
from core.domain.tasks import TaskKind
from core.domain.workflow import TABLE, Stage, Step

Check = Callable[[Situation, Answers], tuple[str, ...] | None]
"""None when it may be done; else what is missing, which may be nothing that could be filled in."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A reason not to do something."""

    slug: str
    article: str
    asks: bool
    """Whether it looks at the answers, so that it can only speak once something was filled in."""
    check: Check

    def __call__(self, situation: Situation, answers: Answers) -> Refusal | None:
        """The refusal, or None."""
        missing = self.check(situation, answers)
        return None if missing is None else Refusal(slug=self.slug, article=self.article, missing=missing)


def guard(article: str, *, asks: bool = False) -> Callable[[Check], Guard]:
    """Make a guard of a function, under its own name and with the article it rests on."""

    def made(check: Check) -> Guard:
        return Guard(slug=check.__name__, article=article, asks=asks, check=check)

    return made


class Who(StrEnum):
    """Who may do something."""

    COORDINATOR = "coordinator"
    SUPPORT = "support"
    JURIST = "jurist"
    HANDLER = "handler"
    """The handler of this case, who declared not to be involved."""


class To(StrEnum):
    """To whom a letter goes."""

    COMPLAINANT = "complainant"
    """Or their representative (Awb 2:1)."""
    RESPONDENT = "respondent"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOwed:
    """A letter that follows; ``when`` names the answer on which it depends, as ``field=choice``."""

    letter: str
    to: To = To.COMPLAINANT
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One row: something that somebody does in a case."""

    slug: str
    process: tuple[str, ...]
    """The activities of the process description, or the holes (H1 to H13) that it fills."""
    by: frozenset[Who]
    stages: tuple[Stage, ...]
    step: Step | None = None
    """The step of the table that it is; where the table has none for a stage, the case stays."""
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    letters: tuple[LetterOwed, ...] = ()
    finishes: tuple[TaskKind, ...] = ()
    """Tasks that end with it."""
    happens: Callable[[Situation, Answers], tuple[Event, ...]]

    def leads(self, stage: Stage) -> Stage:
        """The stage that follows when it is done at this one."""
        return TABLE.get((stage, self.step), stage) if self.step is not None else stage

    def open_to(self, situation: Situation) -> bool:
        """Whether the actor may do this, whatever guards say."""
        return bool(self.by & whose(situation))


_OF_ROLE = {Role.COORDINATOR: Who.COORDINATOR, Role.SUPPORT: Who.SUPPORT, Role.JURIST: Who.JURIST}


def whose(situation: Situation) -> frozenset[Who]:
    """In which capacities the actor stands before this case."""
    found = {_OF_ROLE[role] for role in situation.roles if role in _OF_ROLE}
    handles = situation.person is not None and situation.person == situation.case.handler
    if handles and Role.HANDLER in situation.roles:
        found.add(Who.HANDLER)
    return frozenset(found)
