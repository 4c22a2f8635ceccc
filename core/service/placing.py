"""Where a message goes: into a case of its own, or into the one that it belongs to; and what follows from that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.case import Case, opened
from core.domain.consent import CHAT_ROUTES, Consent
from core.domain.events import Event, FilesRefused, LetterDelayed, LetterFailed, MessageAdded
from core.domain.matching import Belongs, Match, addresses_of, match, repeated
from core.domain.message import Accepted, Contact, DeliveryState, Inbound, Outcome, Route
from core.domain.municipality import Municipality
from core.domain.numbering import numbers_in
from core.domain.people import Party, PartyRole
from core.domain.reactions import Ask
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar, deadlines
from core.ports import Work
from core.service.answering import CONSENT_FIELD, Answering
from core.service.following import About, Following

LOOK_BACK = timedelta(days=60)
"""How far back cases of the same sender are looked for: a complaint told twice, or one that belongs beside another."""

Put = Callable[[int], int]
"""Puts the message in the case with this number in the database, and gives the number of the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Puts messages in cases within an open transaction."""

    calendar: Calendar
    municipality: Municipality
    answering: Answering

    def place(self, work: Work, inbound: Inbound, at: datetime, put: Put, found: Match) -> Accepted:
        """Put the message where it belongs, and do what follows."""
        if found.belongs in (Belongs.KNOWN, Belongs.AUTOMATIC) and found.case is not None:
            return self._append(work, inbound, at, put, found.case)
        case, message = self._open(work, inbound, at, put)
        if found.belongs == Belongs.DOUBTFUL and found.case is not None:
            number = work.cases.get(found.case).number
            self._ask(work, TaskKind.MATCH, number, case, message, at)
        else:
            self._ask_about_earlier(work, inbound, case, message, at)
        return Accepted(outcome=Outcome.OPENED, message=message, case_number=case.number)

    def open(self, work: Work, message: int, inbound: Inbound, at: datetime) -> Case:
        """Open a case for a message that is stored already, wherever it might belong."""

        def put(case: int) -> int:
            work.messages.join(message, case)
            return message

        return self._open(work, inbound, at, put)[0]

    def match(self, work: Work, inbound: Inbound) -> Match:
        """Where the message belongs."""
        references = (*inbound.automatic.answers, *inbound.references)
        return match(
            inbound,
            work.cases.by_message_id(references),
            work.cases.by_number(numbers_in(inbound.subject)),
            work.cases.by_key(inbound.reply_keys),
        )

    def _append(self, work: Work, inbound: Inbound, at: datetime, put: Put, number: int) -> Accepted:
        case = work.cases.get(number)
        while case.merged_into is not None:
            case = work.cases.get(case.merged_into)
        message = put(case.id)
        added = MessageAdded(message=message, automatic=bool(inbound.automatic), imported=inbound.imported)
        events: list[Event] = [added, *_refused(message, inbound)]
        events += self.answering.answer(work, case, message, inbound, events, at)
        following = Following(calendar=self.calendar)
        case = following.record(work, case, events, at, actor=None, about=About(message=message))
        if inbound.automatic.bounce:
            self._bounced(work, inbound, case, message, at)
        outcome = Outcome.AUTOMATIC if inbound.automatic else Outcome.APPENDED
        return Accepted(outcome=outcome, message=message, case_number=case.number)

    def _bounced(self, work: Work, inbound: Inbound, case: Case, message: int, at: datetime) -> None:
        """A letter came back: it counts as not sent, and a person finds another way (Awb 2:11). Or it is delayed."""
        for number in work.outbox.by_message_id(inbound.automatic.answers):
            if work.outbox.state(number) == DeliveryState.FAILED:  # known already, and perhaps sent again since
                continue
            letter = work.outbox.get(number).letter
            event: Event = LetterDelayed(outgoing=number, letter=letter)
            if inbound.automatic.permanent:
                work.outbox.record(number, DeliveryState.FAILED, at, error="bounced")
                event = LetterFailed(outgoing=number, letter=letter, reason="bounced")
            about = About(message=message, outgoing=number)
            case = Following(calendar=self.calendar).record(work, case, [event], at, actor=None, about=about)

    def _open(self, work: Work, inbound: Inbound, at: datetime, put: Put) -> tuple[Case, int]:
        """Open a case for the message; gives it with the number of the message."""
        forwarded = inbound.forwarded is not None
        sender = inbound.forwarded.contact if inbound.forwarded else inbound.sender
        anonymous = not (sender.name or sender.email or sender.phone)
        received_at = _earliest(inbound)
        day = self.calendar.day_of(received_at)
        committee = self.municipality.committee
        case = Case(
            id=0,
            number=work.cases.next_number(self.calendar.day_of(inbound.received_at).year),
            channel=inbound.channel,
            received_at=received_at,
            received_on=day,
            deadlines=deadlines(day, self.calendar, committee=committee),
            anonymous=anonymous,
            reply_key=self.answering.posting.new_key(),
        )
        case = replace(case, id=work.cases.add(case))
        message = put(case.id)
        self._add_complainant(work, case.id, inbound, sender, at)
        events: list[Event] = [
            *opened(
                message,
                inbound.channel,
                received_at,
                self.calendar,
                anonymous=anonymous,
                committee=committee,
                imported=inbound.imported,
                forwarded=forwarded,
            ),
            *_refused(message, inbound),
        ]
        events += self.answering.answer(work, case, message, inbound, events, at)
        work.cases.append(case.id, events, at, None)
        Following(calendar=self.calendar).carry_out(work, case.id, events, at, About(message=message))
        return case, message

    def _add_complainant(self, work: Work, case_id: int, inbound: Inbound, sender: Contact, at: datetime) -> None:
        to = inbound.reply if inbound.forwarded is None else None
        address = to.address if to and to.route != Route.PRINT else ""
        party = Party(role=PartyRole.COMPLAINANT, contact=sender, reply_address=address)
        work.cases.add_party(case_id, party)
        if CONSENT_FIELD in inbound.fields:
            wording = inbound.fields[CONSENT_FIELD]
            chat = inbound.reply is not None and inbound.reply.route in CHAT_ROUTES
            route = inbound.reply.route if inbound.reply and chat else Route.MAIL
            source = "chat" if chat else "form"
            consent = Consent(route=route, given=bool(wording), at=at, source=source, wording=wording)
            work.cases.add_consent(case_id, consent)

    def _ask_about_earlier(self, work: Work, inbound: Inbound, case: Case, message: int, at: datetime) -> None:
        """Propose an earlier case of the same sender: as the same complaint, or as one that belongs beside it."""
        passed_on = inbound.forwarded
        addresses = addresses_of(inbound) if passed_on is None else {passed_on.contact.email.casefold()} - {""}
        if not addresses:
            return
        earlier = work.links.earlier(addresses, case.id, at - LOOK_BACK)
        same = repeated(inbound, earlier)
        if same is not None:
            self._ask(work, TaskKind.DUPLICATE, same.number, case, message, at)
        elif earlier:
            self._ask(work, TaskKind.LINK, earlier[0].number, case, message, at)

    def _ask(self, work: Work, kind: TaskKind, note: str, case: Case, message: int, at: datetime) -> None:
        ask = Ask(task=kind, note=note)
        Following(calendar=self.calendar).ask(work, ask, at, case=case.id, about=About(message=message))


def _refused(message: int, inbound: Inbound) -> tuple[Event, ...]:
    return (FilesRefused(message=message, files=inbound.refused),) if inbound.refused else ()


def _earliest(inbound: Inbound) -> datetime:
    """When the municipality first had it: what a colleague passed on had come in before (Awb 2:20)."""
    passed_on = inbound.forwarded.received_at if inbound.forwarded else None
    return min(passed_on, inbound.received_at) if passed_on else inbound.received_at
