"""Taking messages in: duplicate check, original, case or follow-up, acknowledgement and jobs in one transaction.

The channel is told "accepted" only after the commit; if anything fails, the sender keeps the message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.case import Case, opened
from core.domain.consent import CHAT_ROUTES, Consent
from core.domain.errors import Unstorable
from core.domain.events import Event, LetterFailed, LetterQueued, MessageAdded
from core.domain.matching import Belongs, Match, match
from core.domain.message import Accepted, Contact, DeliveryState, Inbound, Outcome, Outgoing, ReplyRoute, Route
from core.domain.municipality import Municipality
from core.domain.numbering import numbers_in
from core.domain.people import Party, PartyRole
from core.domain.reactions import Ask, JobKind, Write, reactions
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar, deadlines, working_days_after
from core.letters import Letters
from core.ports import Blobs, Clock, Store, Work
from core.service.following import About, Following

LONGEST_COPY = 4_000
"""Characters of the citizen's own words that an acknowledgement by mail gives back; chats and forms get all of them."""

CONSENT_FIELD = "consent"
"""The field that tells whether somebody agreed to electronic answers (see ``Inbound.fields``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Accepts messages from every door."""

    store: Store
    blobs: Blobs
    clock: Clock
    calendar: Calendar
    letters: Letters
    municipality: Municipality
    mail_domain: str
    new_token: Callable[[], str]
    """An unguessable token; it stands in the Message-ID of what we send, and recognises the answer to it."""

    def accept(self, inbound: Inbound) -> Accepted:
        """Take one message in. Raises what the database or the disk raises: the message is then not taken."""
        return self.accept_all([inbound])[0]

    def accept_all(self, inbounds: Sequence[Inbound]) -> list[Accepted]:
        """Take a chunk in with one commit; each message has a savepoint of its own (decisions 14)."""
        contents = [content for one in inbounds for content in (one.raw, *(file.content for file in one.attachments))]
        digests = iter(self.blobs.put_all(contents))
        with self.store.write() as work:
            accepted = []
            for inbound in inbounds:
                raw, files = next(digests), [next(digests) for _ in inbound.attachments]
                accepted.append(self._take_or_keep(work, inbound, raw, files))
            return accepted

    def open_kept(self, work: Work, message: int, inbound: Inbound, at: datetime) -> Case:
        """Open a case for a message that was kept before without one."""

        def place(case: int) -> int:
            work.messages.join(message, case)
            return message

        return self._open(work, inbound, at, place)[0]

    def _take_or_keep(self, work: Work, inbound: Inbound, raw: str, files: Sequence[str]) -> Accepted:
        """Take a message; what cannot be stored as understood is kept as its original and shown to a person."""
        try:
            with work.savepoint():
                return self._take(work, inbound, raw, files)
        except Unstorable:
            bare = replace(
                inbound, sender=Contact(), reply=None, subject="", text="", reply_text="", references=(),
                attachments=(), authentication=(), fields={}, problem="unstorable",
            )  # fmt: skip
            with work.savepoint():
                return self._take(work, bare, raw, [])

    def _take(self, work: Work, inbound: Inbound, raw: str, files: Sequence[str]) -> Accepted:
        repeat = work.messages.same(inbound.external_id, inbound.content_hash)
        if repeat is not None:
            return repeat
        at = self.clock()
        if inbound.problem is not None:
            return self._keep(work, inbound, raw, files, at, Outcome.UNPROCESSED, TaskKind.UNPROCESSED)
        found = self._match(work, inbound)
        if found.belongs == Belongs.AUTOMATIC and found.case is None:
            return self._keep(work, inbound, raw, files, at, Outcome.AUTOMATIC, TaskKind.AUTOMATIC)
        if found.belongs in (Belongs.KNOWN, Belongs.AUTOMATIC) and found.case is not None:
            return self._append(work, inbound, raw, files, at, found.case)
        case, message = self._open(work, inbound, at, lambda case: work.messages.add(inbound, raw, files, case))
        if found.belongs == Belongs.DOUBTFUL and found.case is not None:
            number = work.cases.get(found.case).number
            ask = Ask(task=TaskKind.MATCH, note=number)
            Following(calendar=self.calendar).ask(work, ask, at, case=case.id, about=About(message=message))
        return Accepted(outcome=Outcome.OPENED, message=message, case_number=case.number)

    def _match(self, work: Work, inbound: Inbound) -> Match:
        references = (*inbound.automatic.answers, *inbound.references)
        return match(inbound, work.cases.by_message_id(references), work.cases.by_number(numbers_in(inbound.subject)))

    def _keep(
        self,
        work: Work,
        inbound: Inbound,
        raw: str,
        files: Sequence[str],
        at: datetime,
        outcome: Outcome,
        task: TaskKind,
    ) -> Accepted:
        """Store a message without a case and show it to a person."""
        message = work.messages.add(inbound, raw, files, None)
        following = Following(calendar=self.calendar)
        following.ask(work, Ask(task=task), at, case=None, about=About(message=message))
        return Accepted(outcome=outcome, message=message)

    def _append(
        self, work: Work, inbound: Inbound, raw: str, files: Sequence[str], at: datetime, number: int
    ) -> Accepted:
        case = work.cases.get(number)
        message = work.messages.add(inbound, raw, files, case.id)
        events: list[Event] = [MessageAdded(message=message, automatic=bool(inbound.automatic))]
        following = Following(calendar=self.calendar)
        case = following.record(work, case, events, at, actor=None, about=About(message=message))
        if inbound.automatic.bounce and inbound.automatic.permanent:
            self._bounced(work, inbound, case, message, at)
        outcome = Outcome.AUTOMATIC if inbound.automatic else Outcome.APPENDED
        return Accepted(outcome=outcome, message=message, case_number=case.number)

    def _bounced(self, work: Work, inbound: Inbound, case: Case, message: int, at: datetime) -> None:
        """A letter came back: it counts as not sent, and a person finds another way (Awb 2:11)."""
        for number in work.outbox.by_message_id(inbound.automatic.answers):
            work.outbox.record(number, DeliveryState.FAILED, at, error="bounced")
            failed = LetterFailed(outgoing=number, letter=work.outbox.get(number).letter, reason="bounced")
            about = About(message=message, outgoing=number)
            case = Following(calendar=self.calendar).record(work, case, [failed], at, actor=None, about=about)

    def _open(self, work: Work, inbound: Inbound, at: datetime, place: Callable[[int], int]) -> tuple[Case, int]:
        """Open a case; ``place`` puts the message in it and gives its number."""
        anonymous = not (inbound.sender.name or inbound.sender.email or inbound.sender.phone)
        day = self.calendar.day_of(inbound.received_at)
        committee = self.municipality.committee
        case = Case(
            id=0,
            number=work.cases.next_number(day.year),
            channel=inbound.channel,
            received_at=inbound.received_at,
            received_on=day,
            deadlines=deadlines(day, self.calendar, committee=committee),
            anonymous=anonymous,
        )
        case = replace(case, id=work.cases.add(case))
        message = place(case.id)
        self._add_complainant(work, case.id, inbound, at)
        events: list[Event] = [
            *opened(
                message,
                inbound.channel,
                inbound.received_at,
                self.calendar,
                anonymous=anonymous,
                committee=committee,
            )
        ]
        for letter in (r.letter for event in events for r in reactions(event) if isinstance(r, Write)):
            events += self._write(work, letter, case, message, inbound, at)
        work.cases.append(case.id, events, at, None)
        Following(calendar=self.calendar).carry_out(work, case.id, events, at, About(message=message))
        return case, message

    def _add_complainant(self, work: Work, case_id: int, inbound: Inbound, at: datetime) -> None:
        address = inbound.reply.address if inbound.reply and inbound.reply.route != Route.PRINT else ""
        party = Party(role=PartyRole.COMPLAINANT, contact=inbound.sender, reply_address=address)
        work.cases.add_party(case_id, party)
        if CONSENT_FIELD in inbound.fields:
            wording = inbound.fields[CONSENT_FIELD]
            chat = inbound.reply is not None and inbound.reply.route in CHAT_ROUTES
            route = inbound.reply.route if inbound.reply and chat else Route.MAIL
            source = "chat" if chat else "form"
            consent = Consent(route=route, given=bool(wording), at=at, source=source, wording=wording)
            work.cases.add_consent(case_id, consent)

    def _write(self, work: Work, letter: str, case: Case, message: int, inbound: Inbound, at: datetime) -> list[Event]:
        """Put an acknowledgement in the outbox; without a way back a person confirms receipt by hand."""
        following = Following(calendar=self.calendar)
        if inbound.reply is None:
            ask = Ask(task=TaskKind.ACKNOWLEDGE)
            following.ask(work, ask, at, case=case.id, about=About(message=message))
            return []
        outgoing = self._receipt(letter, case, inbound, inbound.reply, at)
        number = work.outbox.add(outgoing)
        if outgoing.to.route == Route.PRINT:
            ask = Ask(task=TaskKind.POST_LETTER, note=letter)
            following.ask(work, ask, at, case=case.id, about=About(message=message, outgoing=number))
        else:
            work.jobs.add(JobKind.DELIVER, number, at)
        return [LetterQueued(outgoing=number, letter=letter, route=outgoing.to.route)]

    def _receipt(self, letter: str, case: Case, inbound: Inbound, to: ReplyRoute, at: datetime) -> Outgoing:
        dates = case.deadlines
        if dates is None:
            raise ValueError("a case has its dates before anything is written about it")
        whole = inbound.text.strip()
        by_mail = inbound.raw_type == "message/rfc822"
        written = self.letters.write(
            letter,
            {
                "number": case.number,
                "name": inbound.sender.name,
                "received_on": case.received_on,
                "call_before": working_days_after(case.received_on, self.municipality.call_within, self.calendar),
                "target": dates.target,
                "limit": dates.limit.day,
                "ask_consent": CONSENT_FIELD not in inbound.fields and to.route != Route.PRINT,
                "copy": whole[:LONGEST_COPY] + " …" if by_mail and len(whole) > LONGEST_COPY else whole,
                "attachments": tuple(file.filename for file in inbound.attachments),
            },
        )
        parent = inbound.external_id if by_mail else None
        return Outgoing(
            case=case.id,
            letter=letter,
            to=to,
            to_name=inbound.sender.name,
            subject=written.subject,
            text=written.text,
            html=written.html,
            message_id=f"{case.number}.{self.new_token()}@{self.mail_domain}",
            in_reply_to=parent,
            references=(*((parent,) if parent else ()), *inbound.references)[::-1],
            created_at=at,
            receipt=True,
        )
