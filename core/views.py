"""Read models: what a screen or an export shows, as plain values. Made by ``service.queries`` and by nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.domain.access import Actor
from core.domain.case import Case
from core.domain.events import Entry
from core.domain.labels import Channel, Kind
from core.domain.message import Contact, DeliveryState, Refused, ReplyRoute, ScanState
from core.domain.people import Party
from core.domain.routing import Proposal
from core.domain.tasks import Task, TaskKind
from core.domain.triage import Suggestion
from core.domain.workflow import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One line of the review queue: a task and what one needs to see of its message."""

    task: int
    kind: TaskKind
    due: date
    case: int | None
    number: str | None
    message: int | None
    channel: Channel | None
    received_at: datetime
    sender: str
    subject: str
    suggestion: Suggestion | None
    acknowledged: bool
    automatic: bool = False
    note: str = ""
    """The task's own, for tasks that stand outside every case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many open items each tab of the queue has."""

    all: int
    doubt: int
    replies: int
    undelivered: int
    unprocessed: int


HELD = (ScanState.WAITING, ScanState.INFECTED)
"""What the scanner has not looked at yet, or found something in: not handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file that can be downloaded by its number."""

    id: int
    filename: str
    content_type: str
    size: int
    inline: bool = False
    risk: str = ""
    """Why opening it is dangerous, as a slug; empty when nothing speaks for that."""
    scan: ScanState = ScanState.OFF

    @property
    def held(self) -> bool:
        """Whether it may not be handed over: not looked at yet, or infected."""
        return self.scan in HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message as the citizen wrote it."""

    id: int
    case: int | None
    channel: Channel
    door: str
    received_at: datetime
    sender: Contact
    reply: ReplyRoute | None
    subject: str
    text: str
    reply_text: str
    fields: Mapping[str, str]
    attachments: tuple[AttachmentView, ...]
    authentication: tuple[str, ...]
    automatic: bool
    problem: str | None
    suggestion: Suggestion | None
    suggestion_id: int | None
    marks: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()
    scan: ScanState = ScanState.OFF
    """What the virus scanner said of the original, where nobody could tell what files are in it."""

    @property
    def held(self) -> bool:
        """Whether the original may not be handed over: it holds, or may hold, malware."""
        return self.scan in HELD or any(file.held for file in self.attachments)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """One outgoing message and where it is."""

    id: int
    letter: str
    to: ReplyRoute
    to_name: str
    subject: str
    text: str
    html: str | None
    state: DeliveryState
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str | None
    automatic: bool = True
    again_for: int | None = None
    """The letter that did not arrive and that this one sends again."""
    again_as: int | None = None
    """The letter that sent this one again."""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the case list."""

    id: int
    number: str
    channel: Channel
    received_on: date
    stage: Stage
    kind: Kind | None
    team: str | None
    complainant: str
    handler: str | None
    """Name of the handler, or of the one who is proposed."""
    assigned: bool
    target: date | None
    limit: date | None
    acknowledged: bool
    ending: str | None = None
    """Slug of how handling ended."""
    waiting_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A whole case. For somebody who may see names and dates only, ``limited`` is set and the dossier is empty."""

    case: Case
    limited: bool
    parties: tuple[Party, ...]
    handler: str | None
    candidates: Mapping[int, str]
    """Whom the routing table proposes as handler, by number; several when a person must choose."""
    messages: tuple[MessageView, ...] = ()
    letters: tuple[LetterView, ...] = ()
    tasks: tuple[Task, ...] = ()
    history: tuple[Entry, ...] = ()
    actors: Mapping[int, str] = field(default_factory=dict)
    """Names of the users in the history, by number."""
    linked: tuple[tuple[int, str], ...] = ()
    """Cases beside this one: number in the database and case number, as far as the actor may see them."""
    absorbed: tuple[tuple[int, str], ...] = ()
    """Cases that turned out to be the same as this one."""
    merged_into: str | None = None
    """Number of the older case in which this one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to hand over: name, declared type and bytes."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What confirming a decision would record, for showing before the key is pressed."""

    proposal: Proposal
    names: Mapping[int, str]
    """Names of the proposed handler and the candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody with an open session."""

    actor: Actor
    csrf: str
    must_change: bool
