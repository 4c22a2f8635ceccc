"""Read models: what a screen or an export shows, as plain values. Made by ``service.queries`` and by nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.domain.access import Actor
from core.domain.case import Case
from core.domain.events import Entry
from core.domain.labels import Channel, Kind
from core.domain.message import Contact, DeliveryState, ReplyRoute
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


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many open items each tab of the queue has."""

    all: int
    doubt: int
    replies: int
    undelivered: int
    unprocessed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file that can be downloaded by its number."""

    id: int
    filename: str
    content_type: str
    size: int


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
