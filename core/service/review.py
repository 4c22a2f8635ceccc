"""What a person does with a suggestion and with tasks: confirm, correct, undo, assign, finish."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.access import Actor, Role, Visibility
from core.domain.case import Case, confirmed, unconfirmed
from core.domain.errors import NotAllowed, NotFound, Stale
from core.domain.events import Confirmed, HandlerAssigned, InvolvementDeclared, LetterSent, TaskDone
from core.domain.labels import RespondentRole
from core.domain.message import Contact, DeliveryState
from core.domain.organisation import Organisation
from core.domain.people import Party, PartyRole
from core.domain.routing import Proposal
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.domain.triage import Decision
from core.ports import Clock, Store, Work
from core.service.admission import admitted, case_for, task_for
from core.service.following import About, Following
from core.service.proposing import proposal_for, proposed
from core.views import Preview

MADE_BY_CONFIRMING = (
    TaskKind.INTERVIEW,
    TaskKind.HAND_OVER,
    TaskKind.CHOOSE_HANDLER,
    TaskKind.HANDLER_CONFLICT,
)
"""Tasks that a confirmation hands out and that its undoing takes back."""

NOT_BY_TICKING_OFF = (
    TaskKind.REVIEW,
    TaskKind.COMPLAINANT,
    TaskKind.UNPROCESSED,
    TaskKind.CHOOSE_HANDLER,
    TaskKind.HANDLER_CONFLICT,
    TaskKind.WRITE_LETTER,
    TaskKind.DISCUSS,
    TaskKind.HANDLE,
    TaskKind.REVIEW_FINDINGS,
    TaskKind.AFTERCARE,
    TaskKind.OMBUDSMAN,
    TaskKind.IMPROVEMENT,
)
"""Tasks that end only by doing what they ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Decisions of people about messages and cases."""

    store: Store
    clock: Clock
    calendar: Calendar

    def preview(self, actor: Actor, case: int, decision: Decision) -> Preview:
        """What confirming would record. Raises NotFound."""
        with self.store.read() as work:
            admitted(work, actor, case)
            organisation = work.people.organisation()
            proposal = self._propose(organisation, work.cases.get(case), decision)
            people = {proposal.person, *proposal.candidates} - {None}
            return Preview(proposal=proposal, names=_names(organisation, people))

    def confirm(self, actor: Actor, task: int, decision: Decision, version: int) -> Case:
        """Record what a message is, and propose the handler.

        Raises NotFound, NotAllowed, StepNotAllowed, or Stale when the case is no longer at ``version``.
        """
        now = self.clock()
        with self.store.write() as work:
            found = task_for(work, actor, task)
            if found.kind != TaskKind.REVIEW or found.case is None or found.message is None:
                raise NotFound
            case = case_for(work, actor, found.case, Role.COORDINATOR)
            if case.version != version:
                raise Stale(case.id, version)
            latest = work.triage.latest(found.message)
            event = confirmed(case, found.message, latest[0] if latest else None, decision)
            proposal = self._propose(work.people.organisation(), case, decision)
            work.tasks.finish(task, now, actor.user)
            work.cases.set_respondent(case.id, _respondent(decision))
            about = About(message=found.message)
            following = Following(calendar=self.calendar)
            return following.record(work, case, [event, proposed(proposal)], now, actor=actor.user, about=about)

    def undo(self, actor: Actor, case: int) -> Case:
        """Take the last confirmation of a case back; its review is open again. Raises NotFound, StepNotAllowed."""
        now = self.clock()
        with self.store.write() as work:
            found = case_for(work, actor, case, Role.COORDINATOR)
            decisions = [entry.event for entry in work.cases.history(case) if isinstance(entry.event, Confirmed)]
            if not decisions:
                raise NotFound
            last = decisions[-1]
            event = unconfirmed(found, last.message, last.before)
            reviews = [one for one in work.tasks.of_case(case) if one.kind == TaskKind.REVIEW]
            work.tasks.reopen(reviews[-1].id)
            work.tasks.remove_open(case, MADE_BY_CONFIRMING)
            work.cases.set_respondent(case, _respondent(last.before) if last.before else None)
            about = About(message=last.message)
            return Following(calendar=self.calendar).record(work, found, [event], now, actor=actor.user, about=about)

    def assign(self, actor: Actor, case: int, person: int, version: int) -> Case:
        """Decide who handles the case. Raises NotFound, Stale, or NotAllowed for somebody involved (Awb 9:7)."""
        now = self.clock()
        with self.store.write() as work:
            found = case_for(work, actor, case, Role.COORDINATOR)
            if found.version != version:
                raise Stale(case, version)
            if work.people.organisation().person(person) is None:
                raise NotFound
            access = work.cases.access(case)
            if person in access.respondents | access.involved:
                raise NotAllowed
            for task in work.tasks.of_case(case):
                if task.kind in (TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT) and task.done_at is None:
                    work.tasks.finish(task.id, now, actor.user)
            event = HandlerAssigned(before=found.handler, after=person)
            following = Following(calendar=self.calendar)
            return following.record(work, found, [event], now, actor=actor.user, about=About())

    def declare(self, actor: Actor, case: int, *, involved: bool) -> Case:
        """The handler says whether they were involved in the conduct; if so the table is asked again (Awb 9:7).

        Raises NotFound when the actor is not the handler of this case.
        """
        now = self.clock()
        with self.store.write() as work:
            admitted(work, actor, case, at_least=Visibility.NAMES_AND_DATES)
            found = work.cases.get(case)
            if actor.person is None or found.handler != actor.person:
                raise NotFound
            declared = InvolvementDeclared(person=actor.person, involved=involved)
            following = Following(calendar=self.calendar)
            changed = following.record(work, found, [declared], now, actor=actor.user, about=About())
            if not involved or changed.decision is None:
                return changed
            proposal = self._propose(work.people.organisation(), changed, changed.decision)
            return following.record(work, changed, [proposed(proposal)], now, actor=actor.user, about=About())

    def finish(self, actor: Actor, task: int, note: str = "") -> None:
        """Tick a task off; ticking off a letter to post records it as sent. Raises NotFound, NotAllowed."""
        now = self.clock()
        with self.store.write() as work:
            found = task_for(work, actor, task)
            if found.kind in NOT_BY_TICKING_OFF:
                raise NotAllowed
            work.tasks.finish(task, now, actor.user)
            if found.case is None:
                return
            case = work.cases.get(found.case)
            events: list[TaskDone | LetterSent] = [TaskDone(task=task, kind=found.kind, note=note)]
            if found.kind == TaskKind.POST_LETTER and found.outgoing is not None:
                events.append(self._posted(work, found.outgoing))
            Following(calendar=self.calendar).record(work, case, events, now, actor=actor.user, about=About())

    def _posted(self, work: Work, number: int) -> LetterSent:
        outgoing = work.outbox.get(number)
        work.outbox.record(number, DeliveryState.SENT, self.clock())
        return LetterSent(outgoing=number, letter=outgoing.letter, route=outgoing.to.route)

    def _propose(self, organisation: Organisation, case: Case, decision: Decision) -> Proposal:
        return proposal_for(organisation, case, decision, self.calendar.day_of(self.clock()))


def _respondent(decision: Decision) -> Party | None:
    """The person complained about as a party; nobody when the text names nobody in particular."""
    if decision.respondent_role == RespondentRole.ONBEKEND and not decision.respondent_name:
        return None
    return Party(
        role=PartyRole.RESPONDENT,
        contact=Contact(name=decision.respondent_name),
        person=decision.respondent_person,
        respondent_role=decision.respondent_role,
    )


def _names(organisation: Organisation, people: set[int | None]) -> Mapping[int, str]:
    return {person.id: person.name for person in organisation.people if person.id in people}
