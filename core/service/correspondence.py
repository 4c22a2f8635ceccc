"""Letters that a person sends or releases: a message, "dit is mogelijk een bezwaar", and what did not arrive again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.access import Actor, Role
from core.domain.case import Case
from core.domain.consent import CHAT_ROUTES
from core.domain.errors import NotAllowed, NotFound
from core.domain.events import LetterQueued, Received, TaskDone
from core.domain.language import written_in
from core.domain.message import Attachment, DeliveryState, Outgoing, ReplyRoute, Route
from core.domain.people import Party, PartyRole, way_to
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.letters import Fact, Letter, Letters
from core.ports import Blobs, Clock, Store, Work
from core.service.admission import case_for, task_for
from core.service.following import About, Following
from core.service.posting import Dispatch, Posting, Thread, thread_of
from core.views import MessageView

MESSAGE_LETTER, OBJECTION_LETTER = "bericht", "mogelijk_bezwaar"
UNDELIVERED = (TaskKind.UNDELIVERED, TaskKind.DELIVERY_UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an official wrote."""

    text: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """Sends what people write, in the thread of the complainant's last message."""

    store: Store
    blobs: Blobs
    clock: Clock
    calendar: Calendar
    letters: Letters
    posting: Posting

    def write(self, actor: Actor, case: int, words: Words) -> int:
        """Send a message of the coördinator to the complainant; gives its number.

        Raises NotFound, NotAllowed, or ValueError when there is no text, or no way to reach the complainant.
        """
        if not words.text.strip():
            raise ValueError("a message has a text")
        return self._send(actor, case, MESSAGE_LETTER, _said(actor, words), words.files)

    def preview(self, actor: Actor, case: int, words: Words) -> Letter:
        """The message as it would leave. Raises NotFound, NotAllowed."""
        with self.store.read() as work:
            found = case_for(work, actor, case, Role.COORDINATOR)
            facts = {**_said(actor, words), **self._known(work, found)}
            return self.letters.write(MESSAGE_LETTER, facts, self._language(work, found))

    def preview_objection_notice(self, actor: Actor, case: int) -> Letter:
        """The notice that a message may be an objection, as it would leave. Raises NotFound, NotAllowed."""
        with self.store.read() as work:
            found = case_for(work, actor, case, Role.COORDINATOR)
            return self.letters.write(OBJECTION_LETTER, self._known(work, found), self._language(work, found))

    def way(self, actor: Actor, case: int) -> ReplyRoute | None:
        """Where a message to the complainant goes; None when nothing is known. Raises NotFound, NotAllowed."""
        with self.store.read() as work:
            return self._way(work, case_for(work, actor, case, Role.COORDINATOR))

    def release_objection_notice(self, actor: Actor, case: int) -> int:
        """Tell the complainant that the message may be an objection; gives the letter's number.

        Never sent by the machine: a person releases it (decisions 8). Raises NotFound, NotAllowed, ValueError.
        """
        return self._send(actor, case, OBJECTION_LETTER, {}, ())

    def again(self, actor: Actor, task: int, to: ReplyRoute) -> int:
        """Send what did not arrive once more, to this address or by post; gives the new letter's number.

        What counts from now on is the second sending (Awb 2:11). Raises NotFound, NotAllowed, or ValueError.
        """
        if not to.address.strip():
            raise ValueError("a letter needs an address")
        now = self.clock()
        with self.store.write() as work:
            found = task_for(work, actor, task)
            if found.kind not in UNDELIVERED or found.case is None or found.outgoing is None:
                raise NotFound
            case = case_for(work, actor, found.case, Role.COORDINATOR)
            former = work.outbox.get(found.outgoing)
            if to.route in CHAT_ROUTES and to != former.to:
                raise NotAllowed
            if work.outbox.state(former.id) == DeliveryState.UNKNOWN:
                work.outbox.record(former.id, DeliveryState.FAILED, now, error="sent_again")
            work.tasks.finish(task, now, actor.user)
            if to.route == Route.MAIL and to != former.to:  # a person says that the citizen can be reached there
                work.links.add_address(case.id, to.address, None)
            done = TaskDone(task=task, kind=found.kind, note="again")
            queued = self.posting.queue(work, case, self._repeat(work, former, to), now, message=found.message)
            about = About(message=found.message, outgoing=queued.outgoing)
            Following(calendar=self.calendar).record(work, case, [done, queued], now, actor=actor.user, about=about)
            return queued.outgoing

    def _repeat(self, work: Work, former: Outgoing, to: ReplyRoute) -> Dispatch:
        files = work.outbox.enclosed(former.id)
        same_way = to.route == former.to.route
        return Dispatch(
            letter=former.letter,
            written=Letter(subject=former.subject, text=former.text, html=former.html or ""),
            to=to,
            to_name=former.to_name,
            thread=Thread(parent=former.in_reply_to, references=former.references) if same_way else Thread(),
            receipt=former.receipt,
            automatic=former.automatic,
            files=tuple(Attachment(filename=name, content_type=kind, content=b"") for name, kind, _ in files),
            digests=[digest for _, _, digest in files],
            again_for=former.id,
        )

    def _send(
        self, actor: Actor, case: int, letter: str, facts: Mapping[str, Fact], files: tuple[Attachment, ...]
    ) -> int:
        digests = self.blobs.put_all([file.content for file in files])
        now = self.clock()
        with self.store.write() as work:
            found = case_for(work, actor, case, Role.COORDINATOR)
            if any(task.kind == TaskKind.COMPLAINANT and task.done_at is None for task in work.tasks.of_case(case)):
                raise NotAllowed  # nobody is written to before a person said who complains
            if letter == OBJECTION_LETTER and work.outbox.written_since(case, letter, found.received_at):
                raise NotAllowed
            dispatch = self._dispatch(
                work,
                found,
                letter,
                self.letters.write(letter, {**facts, **self._known(work, found)}, self._language(work, found)),
            )
            queued = self.posting.queue(work, found, replace(dispatch, files=files, digests=digests), now, message=None)
            self._record(work, actor, found, queued, now)
            return queued.outgoing

    def _dispatch(self, work: Work, case: Case, letter: str, written: Letter) -> Dispatch:
        """To the complainant, the way they last used, in the thread of their last message."""
        last, complainant = _last_answerable(work, case), _complainant(work, case)
        to = self._way(work, case)
        if to is None:
            raise ValueError("nothing is known by which the complainant can be reached")
        thread = thread_of(work.messages.original(last.id)) if last else Thread()
        return Dispatch(
            letter=letter, written=written, to=to, to_name=complainant.contact.name, thread=thread, automatic=False
        )

    @staticmethod
    def _way(work: Work, case: Case) -> ReplyRoute | None:
        last = _last_answerable(work, case)
        return (last.reply if last else None) or way_to(_complainant(work, case).contact)

    @staticmethod
    def _language(work: Work, case: Case) -> str:
        """The language of the complainant's first message, for a paragraph that they can read."""
        first = next((message for message in work.messages.of_case(case.id) if not message.automatic), None)
        return written_in(first.reply_text or first.text) if first else "nl"

    def _known(self, work: Work, case: Case) -> dict[str, Fact]:
        """What every letter about a case may say."""
        return {
            "number": case.number,
            "name": _complainant(work, case).contact.name,
            "received_on": case.received_on,
        }

    def _record(self, work: Work, actor: Actor, case: Case, queued: LetterQueued, now: datetime) -> None:
        about = About(outgoing=queued.outgoing)
        Following(calendar=self.calendar).record(work, case, [queued], now, actor=actor.user, about=about)


def _said(actor: Actor, words: Words) -> dict[str, Fact]:
    return {"body": words.text.strip(), "signer_name": actor.name, "signer_function": "", "signer_phone": ""}


def _complainant(work: Work, case: Case) -> Party:
    parties = work.cases.parties(case.id)
    return next(party for party in parties if party.role == PartyRole.COMPLAINANT)


def _last_answerable(work: Work, case: Case) -> MessageView | None:
    """The complainant's last message that can be answered; never one that a colleague passed on."""
    events = [entry.event for entry in work.cases.history(case.id)]
    passed_on = {event.message for event in events if isinstance(event, Received) and event.forwarded}
    messages = [one for one in work.messages.of_case(case.id) if not one.automatic and one.id not in passed_on]
    return next((message for message in reversed(messages) if message.reply is not None), None)
