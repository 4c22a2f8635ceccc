"""What every service does with events: write them to the journal, apply them to the case, hand out what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.access import Role
from core.domain.case import Case, applied
from core.domain.events import DeadlinesSet, Event
from core.domain.procedure.dates import dated, reason_for
from core.domain.procedure.dossier import dossier
from core.domain.reactions import Ask, JobKind, Run, reactions
from core.domain.tasks import Task, TaskKind
from core.domain.terms import Calendar, working_days_after
from core.ports import Work

ALERTED = Role.ADMINISTRATOR
"""Who is told what the machine itself runs into."""


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
        self,
        work: Work,
        case: Case,
        events: Sequence[Event],
        at: datetime,
        *,
        actor: int | None,
        about: About,
        always: bool = False,
    ) -> Case:
        """Write events to the journal, carry out what follows, and save the case as they make it.

        ``always`` makes a new version also of a case whose own fields stay the same: what somebody wrote meanwhile is
        then told to whoever looked at it before.
        """
        changed = case
        for event in events:
            changed = applied(changed, event, at)
        work.cases.append(case.id, events, at, actor)
        changed = self._dated(work, changed, events, at)
        self.carry_out(work, case.id, events, at, about)
        if changed == case and not always:
            return case
        return work.cases.save(changed, by_person=actor is not None)

    def _dated(self, work: Work, case: Case, events: Sequence[Event], at: datetime) -> Case:
        """Compute the dates anew from the whole history where these events may move them (decisions 18)."""
        reasons = [reason for event in events if (reason := reason_for(event)) is not None]
        if not reasons:
            return case
        dates = dated(dossier(work.cases.history(case.id)), self.calendar)
        if dates == case.deadlines:
            return case
        fresh = DeadlinesSet(deadlines=dates, reason=reasons[-1])
        work.cases.append(case.id, [fresh], at, None)
        return applied(case, fresh, at)

    def carry_out(self, work: Work, case: int, events: Sequence[Event], at: datetime, about: About) -> None:
        """Queue the jobs and hand out the tasks that follow; letters are written by whoever knows their facts."""
        for reaction in (reaction for event in events for reaction in reactions(event)):
            if isinstance(reaction, Ask):
                self.ask(work, reaction, at, case=case, about=about)
            elif isinstance(reaction, Run) and reaction.job == JobKind.CLASSIFY and about.message is not None:
                work.jobs.add(JobKind.CLASSIFY, about.message, at)

    def alert(self, work: Work, kind: TaskKind, note: str, at: datetime) -> None:
        """Tell the administrator, unless the same was told and still stands open."""
        told = work.tasks.open_notes(ALERTED, kind)
        if note not in told:
            ask = Ask(task=kind, role=ALERTED, note=note)
            self.ask(work, ask, at, case=None, about=About())

    def ask(self, work: Work, ask: Ask, at: datetime, *, case: int | None, about: About) -> int:
        """Give somebody a task; gives its number."""
        due = ask.due or working_days_after(self.calendar.day_of(at), ask.working_days, self.calendar)
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
