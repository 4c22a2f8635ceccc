"""Handling a case: what can be done now, and doing it, in one transaction; the table of the procedure decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.access import Actor, Visibility
from core.domain.case import Case
from core.domain.consent import Consent
from core.domain.errors import NotFound, Stale
from core.domain.message import Contact
from core.domain.people import Party, PartyRole
from core.domain.procedure.activities.completing import COMPLETE_DATA, ON_BEHALF, completed
from core.domain.procedure.activity import Activity
from core.domain.procedure.dossier import dossier
from core.domain.procedure.events import ConsentRecorded
from core.domain.procedure.fields import FROM_THE_CASE, Answers, Raw
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import OBJECTIONS
from core.domain.procedure.table import ACTIVITIES
from core.domain.procedure.taking import Offer, letters_of, offers, take
from core.domain.reactions import Ask
from core.domain.tasks import Task, TaskKind
from core.domain.terms import Calendar
from core.ports import Clock, Store, Work
from core.service.admission import admitted
from core.service.following import About, Following
from core.service.proposing import proposal_for, proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What somebody can do in a case now."""

    case: Case
    offers: tuple[Offer, ...]
    options: Mapping[str, tuple[str, ...]]
    """For kinds of field whose choices depend on the case: what can be chosen."""
    missing: tuple[str, ...]
    """What a klaagschrift still lacks (Awb 9:4 lid 2)."""
    over_a_year_ago: bool
    """A hint: the conduct lay more than a year before the complaint; never a refusal (Awb 9:8 lid 1 b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Casework:
    """Carries the procedure out."""

    store: Store
    clock: Clock
    calendar: Calendar

    def desk(self, actor: Actor, case: int) -> Desk:
        """What the actor can do now, and what stands in the way of the rest. Raises NotFound."""
        with self.store.read() as work:
            situation = self._situation(work, actor, case)
        if not situation.cleared:
            raise NotFound
        options = {kind: situation.options(kind) for kind in sorted(FROM_THE_CASE)}
        return Desk(
            case=situation.case,
            offers=offers(situation),
            options={kind: found for kind, found in options.items() if found is not None},
            missing=situation.missing,
            over_a_year_ago=situation.over_a_year_ago,
        )

    def take(self, actor: Actor, case: int, activity: str, answers: Raw, version: int) -> Case:
        """Do something in a case: everything that follows from it becomes true together.

        Raises NotFound, NotAllowed, StepNotAllowed, StepRefused, Incomplete, or Stale when the case is no longer at
        ``version``.
        """
        if activity not in ACTIVITIES:
            raise NotFound
        now, row = self.clock(), ACTIVITIES[activity]
        with self.store.write() as work:
            situation = self._situation(work, actor, case)
            if situation.case.version != version:
                raise Stale(case, version)
            events, given = take(situation, row, answers)
            if row is COMPLETE_DATA:
                _complete(work, situation, given)
            for consent in (event for event in events if isinstance(event, ConsentRecorded)):
                work.cases.add_consent(case, _consent(consent, now))
            for task in _finished(situation, row, given):
                work.tasks.finish(task.id, now, actor.user)
            following, about = Following(calendar=self.calendar), About()
            changed = following.record(work, situation.case, events, now, actor=actor.user, about=about, always=True)
            self._owe(work, situation, row, given, now)
            return self._propose_anew(work, situation.case, changed, now)

    def _propose_anew(self, work: Work, before: Case, case: Case, now: datetime) -> Case:
        """Another team has another teamleider: as long as nobody was assigned, the routing table is asked again."""
        if case.handler is not None or case.decision is None or before.decision is None:
            return case
        if case.decision.team == before.decision.team:
            return case
        proposal = proposal_for(work.people.organisation(), case, case.decision, self.calendar.day_of(now))
        work.tasks.remove_open(case.id, (TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT))
        following = Following(calendar=self.calendar)
        return following.record(work, case, [proposed(proposal)], now, actor=None, about=About())

    def _owe(self, work: Work, situation: Situation, row: Activity, answers: Answers, now: datetime) -> None:
        """Hand out the letters that follow; one about a bezwaar the same day (law.md B-3)."""
        for owed in letters_of(situation, row, answers):
            objection = answers.text("to") in {one.value for one in OBJECTIONS}
            ask = Ask(task=TaskKind.WRITE_LETTER, note=f"{owed.letter}:{owed.to}", working_days=0 if objection else 1)
            Following(calendar=self.calendar).ask(work, ask, now, case=situation.case.id, about=About())

    def _situation(self, work: Work, actor: Actor, case: int) -> Situation:
        seen = admitted(work, actor, case, at_least=Visibility.NAMES_AND_DATES)
        found = work.cases.get(case)
        access, organisation = work.cases.access(case), work.people.organisation()
        messages = [message for message in work.messages.of_case(case) if not message.automatic]
        return Situation(
            case=found,
            dossier=dossier(work.cases.history(case)),
            calendar=self.calendar,
            today=self.calendar.day_of(self.clock()),
            user=actor.user,
            person=actor.person,
            roles=actor.roles,
            cleared=seen == Visibility.EVERYTHING,
            parties=tuple(work.cases.parties(case)),
            open_tasks=tuple(task for task in work.tasks.of_case(case) if task.done_at is None),
            messages=tuple(message.id for message in messages),
            described=any((message.reply_text or message.text).strip() for message in messages),
            people=tuple(person.id for person in organisation.people),
            teams=tuple(team.slug for team in organisation.teams),
            barred=access.respondents | access.involved,
        )


def _finished(situation: Situation, row: Activity, answers: Answers) -> list[Task]:
    """The open tasks that end: of several letters, lessons or matters of the ombudsman the one that was named."""
    found = situation.owed(*row.finishes)
    if TaskKind.WRITE_LETTER in row.finishes:
        return [task for task in found if task.id == answers.number("letter")]
    number, kind = answers.number("number"), answers.text("kind")
    if number is not None:
        return [task for task in found if task.note.startswith(f"{number}:")]
    return [task for task in found if not kind or task.kind != TaskKind.HAND_OVER or task.note == kind]


def _consent(event: ConsentRecorded, at: datetime) -> Consent:
    return Consent(route=event.route, given=event.given, at=at, source=event.how, wording=event.wording)


def _complete(work: Work, situation: Situation, answers: Answers) -> None:
    """Write the data to the parties: letters go to a representative, once there is one (Awb 2:1)."""
    complainant = situation.complainant
    contact = completed(complainant.contact if complainant else Contact(), answers)
    if complainant is None:
        work.cases.add_party(situation.case.id, Party(role=PartyRole.COMPLAINANT, contact=contact))
    elif contact != complainant.contact:
        work.cases.change_contact(complainant.id, contact)
    _set(work, situation, PartyRole.REPRESENTATIVE, _representative(answers))
    _set(work, situation, PartyRole.ON_BEHALF_OF, Contact(name=answers.text(ON_BEHALF)))


def _representative(answers: Answers) -> Contact:
    return Contact(
        name=answers.text("representative_name"),
        email=answers.text("representative_email"),
        phone=answers.text("representative_phone"),
        address=answers.text("representative_address"),
    )


def _set(work: Work, situation: Situation, role: PartyRole, contact: Contact) -> None:
    """Make this the party in that role; nothing filled in changes nothing."""
    if contact == Contact():
        return
    known = next((party for party in situation.parties if party.role == role), None)
    if known is None:
        work.cases.add_party(situation.case.id, Party(role=role, contact=contact))
    else:
        work.cases.change_contact(known.id, contact)
