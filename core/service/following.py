"""What every service does with events: write them to the journal, apply them to the case, hand out what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.case import Case, applied
from core.domain.events import Event
from core.domain.reactions import Ask, JobKind, Run, reactions
from core.domain.tasks import Task
from core.domain.terms import Calendar, working_days_after
from core.ports import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an event is about beside its case, for the tasks and jobs that follow from it."""

    message: int | None = None
    outgoing: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Records events within an open transaction."""

    calendar: Calendar

    def record(
        self, work: Work, case: Case, events: Sequence[Event], at: datetime, *, actor: int | None, about: About
    ) -> Case:
        """Write events to the journal, carry out what follows, and save the case as they make it."""
        changed = case
        for event in events:
            changed = applied(changed, event, at)
        work.cases.append(case.id, events, at, actor)
        self.carry_out(work, case.id, events, at, about)
        if changed == case:
            return case
        return work.cases.save(changed, by_person=actor is not None)

    def carry_out(self, work: Work, case: int, events: Sequence[Event], at: datetime, about: About) -> None:
        """Queue the jobs and hand out the tasks that follow; letters are written by whoever knows their facts."""
        for reaction in (reaction for event in events for reaction in reactions(event)):
            if isinstance(reaction, Ask):
                self.ask(work, reaction, at, case=case, about=about)
            elif isinstance(reaction, Run) and reaction.job == JobKind.CLASSIFY and about.message is not None:
                work.jobs.add(JobKind.CLASSIFY, about.message, at)

    def ask(self, work: Work, ask: Ask, at: datetime, *, case: int | None, about: About) -> int:
        """Give somebody a task; gives its number."""
        due = working_days_after(self.calendar.day_of(at), ask.working_days, self.calendar)
        task = Task(
            kind=ask.task,
            role=ask.role,
            case=case,
            message=about.message,
            outgoing=about.outgoing,
            due=due,
            note=ask.note,
            created_at=at,
        )
        return work.tasks.add(task)
