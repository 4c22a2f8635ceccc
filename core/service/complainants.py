"""Who complains, when a colleague passed the message on: a person says so before anything is sent to a citizen."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.access import Actor, Role
from core.domain.errors import NotFound
from core.domain.events import ComplainantConfirmed, DeadlinesSet, Event
from core.domain.message import Contact, Inbound
from core.domain.municipality import Municipality
from core.domain.people import way_to
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar, deadlines
from core.ports import Clock, Original, Store
from core.service.admission import case_for, task_for
from core.service.answering import Answering
from core.service.following import About, Following


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a person says of a message that was passed on."""

    contact: Contact
    received_at: datetime
    """UTC instant at which the municipality first had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complainants:
    """Confirms complainants."""

    store: Store
    clock: Clock
    calendar: Calendar
    municipality: Municipality
    answering: Answering

    def confirm(self, actor: Actor, task: int, claim: Claim) -> None:
        """Record who complains and since when, compute the dates from there, and send the acknowledgement.

        Raises NotFound, NotAllowed, or ValueError for a receipt later than that of the message itself.
        """
        now = self.clock()
        with self.store.write() as work:
            found = task_for(work, actor, task)
            if found.kind != TaskKind.COMPLAINANT or found.case is None or found.message is None:
                raise NotFound
            case = case_for(work, actor, found.case, Role.COORDINATOR)
            original = work.messages.original(found.message)
            if claim.received_at > original.received_at:
                raise ValueError("a message cannot have come in after it was passed on")
            work.tasks.finish(task, now, actor.user)
            work.cases.set_complainant(case.id, claim.contact, claim.contact.email)
            day = self.calendar.day_of(claim.received_at)
            contact = claim.contact
            confirmed = ComplainantConfirmed(
                message=found.message,
                received_at=claim.received_at,
                received_on=day,
                anonymous=not (contact.name or contact.email or contact.phone or contact.address),
            )
            dates = deadlines(day, self.calendar, committee=self.municipality.committee)
            events: list[Event] = [confirmed, DeadlinesSet(deadlines=dates, reason="complainant_confirmed")]
            following, about = Following(calendar=self.calendar), About(message=found.message)
            case = following.record(work, case, events, now, actor=actor.user, about=about)
            letters = self.answering.answer(work, case, found.message, _answered(original, contact), [confirmed], now)
            following.record(work, case, letters, now, actor=None, about=about)


def _answered(original: Original, contact: Contact) -> Inbound:
    """What the acknowledgement answers: the citizen's message, without the colleague's words and thread."""
    return Inbound(
        channel=original.channel,
        door=original.door,
        external_id=original.external_id,
        content_hash=original.content_hash,
        received_at=original.received_at,
        sender=contact,
        reply=way_to(contact),
        raw=b"",
        raw_type="passed_on",
    )
