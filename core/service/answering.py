"""The letters that the machine writes by itself when a message comes in, and the brake on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from core.domain.brakes import PERIOD, Braked, Brakes, braked
from core.domain.case import RECEIPT_LETTER, Case
from core.domain.events import Event, FilesRefused, LetterHeld, MessageAdded
from core.domain.language import written_in
from core.domain.message import Inbound, ReplyRoute, Route
from core.domain.municipality import Municipality
from core.domain.reactions import Ask, Write, reactions
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar, working_days_after
from core.letters import Fact, Letters, typed
from core.ports import Work
from core.service.following import About, Following
from core.service.posting import MAIL_TYPE, Dispatch, Posting, thread_of

LONGEST_COPY = 4_000
"""Characters of the citizen's own words that an acknowledgement by mail gives back; chats and forms get all of them."""
CONSENT_FIELD = "consent"
"""The field that tells whether somebody agreed to electronic answers (see ``Inbound.fields``)."""
ADDITION_LETTER = "aanvulling_ontvangen"
"""Written at most once a day in a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Writes acknowledgements within the transaction that takes a message in."""

    letters: Letters
    municipality: Municipality
    calendar: Calendar
    posting: Posting
    brakes: Brakes

    def answer(
        self, work: Work, case: Case, message: int, inbound: Inbound, events: Iterable[Event], at: datetime
    ) -> list[Event]:
        """Write every letter that follows from these events; gives what happened because of that.

        Old mail that is imported was answered, or not, before our time; and what a colleague passed on is answered once
        a person said who complains.
        """
        if inbound.imported or inbound.forwarded is not None:
            return []
        happened: list[Event] = []
        for event in events:
            for reaction in reactions(event):
                if isinstance(reaction, Write):
                    happened += self._letter(work, reaction.letter, event, case, message, inbound, at)
        return happened

    def _letter(
        self, work: Work, letter: str, event: Event, case: Case, message: int, inbound: Inbound, at: datetime
    ) -> list[Event]:
        if inbound.reply is None:
            if letter == RECEIPT_LETTER:  # without a way back a person confirms receipt by hand
                self._ask(work, TaskKind.ACKNOWLEDGE, "", case, message, at)
            return []
        if letter == ADDITION_LETTER and work.outbox.written_since(case.id, letter, self._midnight(at)):
            return []
        brake = self._brake(work, case, inbound.reply, at)
        if brake is not None:
            if letter != ADDITION_LETTER:  # what somebody must hear, they hear from a person
                self._ask(work, TaskKind.ACKNOWLEDGE, brake, case, message, at)
            told = brake if brake == Braked.ADDRESS else f"{brake}:{case.number}"
            Following(calendar=self.calendar).alert(work, TaskKind.LOOP, told, at)
            return [LetterHeld(letter=letter, brake=brake)]
        facts = self._facts(case, inbound, inbound.reply, event)
        dispatch = Dispatch(
            letter=letter,
            written=self.letters.write(letter, facts, language=written_in(inbound.reply_text or inbound.text)),
            to=inbound.reply,
            to_name=inbound.sender.name,
            thread=thread_of(inbound),
            receipt=letter == RECEIPT_LETTER,
        )
        return [self.posting.queue(work, case, dispatch, at, message=message)]

    def _brake(self, work: Work, case: Case, to: ReplyRoute, at: datetime) -> Braked | None:
        if to.route == Route.PRINT:  # no machine answers a printed letter
            return None
        to_address, in_case = work.outbox.automatic_since(at - PERIOD, address=to.address, case=case.id)
        return braked(self.brakes, to_address=to_address, in_case=in_case)

    def _facts(self, case: Case, inbound: Inbound, to: ReplyRoute, event: Event) -> Mapping[str, Fact]:
        dates = case.deadlines
        if dates is None:
            raise ValueError("a case has its dates before anything is written about it")
        facts: dict[str, Fact] = {
            "number": case.number,
            "name": inbound.sender.name,
            "received_on": case.received_on,
            "call_before": working_days_after(case.received_on, self.municipality.call_within, self.calendar),
            "target": dates.target,
            "limit": dates.limit.day,
            "attachments": tuple(file.filename for file in inbound.attachments),
        }
        if isinstance(event, FilesRefused):
            return facts | {"refused": event.files}
        if isinstance(event, MessageAdded):
            return facts | {"added_on": self.calendar.day_of(inbound.received_at)}
        fields = typed(inbound)
        whole = (inbound.reply_text if fields else inbound.text).strip()
        by_mail = inbound.raw_type == MAIL_TYPE and not fields
        return facts | {
            "ask_consent": CONSENT_FIELD not in inbound.fields and to.route != Route.PRINT,
            "copy": whole[:LONGEST_COPY] + " …" if by_mail and len(whole) > LONGEST_COPY else whole,
            "fields": fields,
        }

    def _ask(self, work: Work, kind: TaskKind, note: str, case: Case, message: int, at: datetime) -> None:
        ask = Ask(task=kind, note=note)
        Following(calendar=self.calendar).ask(work, ask, at, case=case.id, about=About(message=message))

    def _midnight(self, at: datetime) -> datetime:
        """When the local day of this instant began, in UTC."""
        return datetime.combine(self.calendar.day_of(at), time.min, self.calendar.zone).astimezone(UTC)
