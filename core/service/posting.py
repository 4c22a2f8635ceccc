"""Putting a letter in the outbox: its identity, its thread, its address for answers, and the job that delivers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.case import Case
from core.domain.events import LetterQueued
from core.domain.message import Attachment, Inbound, Outgoing, ReplyRoute, Route
from core.domain.municipality import Municipality
from core.domain.reactions import Ask, JobKind
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.letters import Letter
from core.ports import Original, Work
from core.service.following import About, Following

MAIL_TYPE = "message/rfc822"
KEY_LENGTH, SERIAL_LENGTH = 20, 12
"""Characters of a case's reply key, and of what tells its letters apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What a letter answers, so that mail programs show it beneath that."""

    parent: str | None = None
    references: tuple[str, ...] = ()
    """The thread, oldest first."""


def thread_of(message: Inbound | Original) -> Thread:
    """The thread in which an answer to this message belongs; only mails have one."""
    parent = message.external_id if message.raw_type == MAIL_TYPE else None
    return Thread(parent=parent, references=(*((parent,) if parent else ()), *message.references)[::-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A written letter and how it leaves."""

    letter: str
    written: Letter
    to: ReplyRoute
    to_name: str = ""
    thread: Thread = Thread()
    receipt: bool = False
    automatic: bool = True
    files: tuple[Attachment, ...] = ()
    digests: Sequence[str] = ()
    again_for: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Queues letters within an open transaction."""

    municipality: Municipality
    calendar: Calendar
    mail_domain: str
    plus_addresses: bool
    """Whether the mailbox takes mail for ``klachten+key@…``: answers then come back with the key of their case."""
    new_token: Callable[[], str]
    """An unguessable token; it stands in the Message-ID of what we send, and recognises the answer to it."""

    def new_key(self) -> str:
        """A reply key for a new case."""
        return self.new_token()[:KEY_LENGTH]

    def queue(self, work: Work, case: Case, dispatch: Dispatch, at: datetime, *, message: int | None) -> LetterQueued:
        """Put a letter in the outbox; what must go by post becomes a task to print and post it."""
        number = work.outbox.add(self._outgoing(case, dispatch, at), dispatch.digests, again_for=dispatch.again_for)
        route = dispatch.to.route
        if route == Route.PRINT:
            ask = Ask(task=TaskKind.POST_LETTER, note=dispatch.letter)
            about = About(message=message, outgoing=number)
            Following(calendar=self.calendar).ask(work, ask, at, case=case.id, about=about)
        else:
            work.jobs.add(JobKind.DELIVER, number, at)
        return LetterQueued(outgoing=number, letter=dispatch.letter, route=route)

    def _outgoing(self, case: Case, dispatch: Dispatch, at: datetime) -> Outgoing:
        written = dispatch.written
        return Outgoing(
            case=case.id,
            letter=dispatch.letter,
            to=dispatch.to,
            to_name=dispatch.to_name,
            subject=written.subject,
            text=written.text,
            html=written.html or None,
            message_id=self._message_id(case),
            in_reply_to=dispatch.thread.parent,
            references=dispatch.thread.references,
            created_at=at,
            receipt=dispatch.receipt,
            attachments=dispatch.files,
            reply_to=self._reply_to(case),
            automatic=dispatch.automatic,
        )

    def _message_id(self, case: Case) -> str:
        """Case number, reply key and a serial: our own messages are recognised by this form when they come back."""
        middle = ".".join(part for part in (case.reply_key, self.new_token()[:SERIAL_LENGTH]) if part)
        return f"{case.number}.{middle}@{self.mail_domain}"

    def _reply_to(self, case: Case) -> str:
        if not self.plus_addresses or not case.reply_key:
            return ""
        local, _, domain = self.municipality.email.rpartition("@")
        return f"{local}+{case.reply_key}@{domain}"
