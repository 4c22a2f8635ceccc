"""What the core needs from the world. Adapters, doors and senders implement these; the services know nothing else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.domain.access import CaseAccess, Role
from core.domain.case import Case
from core.domain.consent import Consent
from core.domain.events import Entry, Event
from core.domain.labels import Channel
from core.domain.matching import Candidate
from core.domain.message import Accepted, Delivered, DeliveryState, Inbound, Limits, Outgoing, Route
from core.domain.organisation import Absence, Appointment, Organisation, Person, Team
from core.domain.people import Party
from core.domain.reactions import JobKind
from core.domain.tasks import Task, TaskKind
from core.domain.triage import Query, Suggestion
from core.views import AttachmentView, CaseRow, LetterView, MessageView, QueueItem

Clock = Callable[[], datetime]
"""Now, as an aware UTC datetime."""

Accept = Callable[[Inbound], Awaitable[Accepted]]
"""What a door calls for each message. It returns only after the commit; if it raises, the door must not say "taken"."""


# --- channels ---------------------------------------------------------------------------------------------------


class Door(Protocol):
    """How the machine receives. ``listen`` runs until it is cancelled; it calls ``ready`` once it can receive."""

    @property
    def name(self) -> str:
        """Name in logs, metrics and rows, such as ``smtp`` or ``imap:klachten``."""

    async def listen(self, accept: Accept, ready: Callable[[], None]) -> None:
        """Receive until cancelled. Confirms a message to its sender only after ``accept`` returned."""


class Sender(Protocol):
    """How the machine delivers over one route."""

    @property
    def route(self) -> Route:
        """The route this sender serves."""

    @property
    def limits(self) -> Limits:
        """What the route can carry."""

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Hand one message over. Raises Temporary or Permanent (core.domain.errors), nothing else on purpose."""


class Classifier(Protocol):
    """What suggests kind, team and person complained about."""

    def suggest_batch(self, queries: Sequence[Query]) -> list[Suggestion]:
        """One suggestion for each query, in order."""


class Blobs(Protocol):
    """Contents by their SHA-256, outside the database. What was put is durable (decisions 13)."""

    def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Store each content and give its hexadecimal digest; storing twice is harmless."""

    def get(self, digest: str) -> bytes:
        """The content. Raises NotFound when it is missing, ValueError when it was altered."""

    def digests(self) -> set[str]:
        """Everything that is stored."""


class PasswordHasher(Protocol):
    """One-way storage of passwords."""

    def hash(self, password: str) -> str:
        """A salted hash that carries its own parameters."""

    def matches(self, stored: str, password: str) -> bool:
        """Whether the password is the one that was hashed."""


# --- stored things that are not domain objects ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that was claimed: its kind and the number of the message or outgoing message it is about."""

    id: int
    kind: JobKind
    subject: int
    attempts: int
    """How often it was started before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A stored message as it came in, for trying again: everything but what was understood of it."""

    message: int
    channel: Channel
    door: str
    external_id: str
    content_hash: str
    received_at: datetime
    raw: str
    """Digest of the raw original."""
    raw_type: str
    case: int | None
    problem: str | None
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A local account."""

    id: int
    login: str
    name: str
    password: str
    roles: frozenset[Role]
    person: int | None
    active: bool
    must_change: bool
    """Whether the password was set by somebody else and must be changed at the next sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in that is still open. ``token`` is the hash of what the browser holds."""

    token: str
    account: int
    csrf: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An unfinished conversation, stored after every answer."""

    key: str
    state: str
    """What the dialogue wrote, as JSON text."""
    updated_at: datetime


# --- the unit of work -------------------------------------------------------------------------------------------


class Messages(Protocol):
    """Inbound messages."""

    def same(self, external_id: str, content_hash: str) -> Accepted | None:
        """What was done with this message before, if it is a repeat (decisions 10)."""

    def add(self, inbound: Inbound, raw: str, attachments: Sequence[str], case: int | None) -> int:
        """Store a message with the digests of its contents; gives its number."""

    def original(self, message: int) -> Original:
        """The message as it came in. Raises NotFound."""

    def replace(self, message: int, inbound: Inbound, attachments: Sequence[str], case: int | None) -> None:
        """Store what a second reading made of a message that was not understood."""

    def join(self, message: int, case: int) -> None:
        """Put a message in a case."""

    def query(self, message: int) -> Query:
        """What the classifier is asked about this message, without a local day. Raises NotFound."""

    def view(self, message: int) -> MessageView:
        """The message as it is shown. Raises NotFound."""

    def of_case(self, case: int) -> list[MessageView]:
        """The messages of a case, oldest first."""

    def attachment(self, attachment: int) -> tuple[int, AttachmentView, str]:
        """Message number, description and digest of an attachment. Raises NotFound."""

    def digests(self) -> set[str]:
        """Every digest that a row refers to."""


class Cases(Protocol):
    """Cases with their parties and their journal."""

    def next_number(self, year: int) -> str:
        """The next case number of a year."""

    def add(self, case: Case) -> int:
        """Store a new case; gives its number in the database."""

    def get(self, case: int) -> Case:
        """The case, locked for this transaction where the database can. Raises NotFound."""

    def save(self, case: Case, *, by_person: bool) -> Case:
        """Store a changed case; a person's change makes a new version. Raises Stale when it was changed meanwhile."""

    def access(self, case: int) -> CaseAccess:
        """What decides who may see the case. Raises NotFound."""

    def rows(self) -> list[tuple[CaseAccess, CaseRow]]:
        """Every case as a line, newest first, each with what decides who sees it."""

    def parties(self, case: int) -> list[Party]:
        """The parties of a case."""

    def add_party(self, case: int, party: Party) -> None:
        """Add somebody to a case."""

    def set_respondent(self, case: int, party: Party | None) -> None:
        """Make this the only respondent of the case, or none."""

    def by_message_id(self, ids: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases to which outgoing messages with these Message-IDs belong."""

    def by_number(self, numbers: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases with these numbers."""

    def append(self, case: int, events: Sequence[Event], at: datetime, actor: int | None) -> None:
        """Add lines to the journal."""

    def history(self, case: int) -> list[Entry]:
        """The journal of a case, oldest first."""

    def consents(self, case: int) -> list[Consent]:
        """What the complainant told us about electronic answers."""

    def add_consent(self, case: int, consent: Consent) -> None:
        """Record a consent, or its withdrawal."""


class Tasks(Protocol):
    """Things to do."""

    def add(self, task: Task) -> int:
        """Store a task; gives its number."""

    def get(self, task: int) -> Task:
        """One task. Raises NotFound."""

    def finish(self, task: int, at: datetime, by: int | None) -> None:
        """Mark a task as done; an already finished one stays as it is."""

    def reopen(self, task: int) -> None:
        """Make a finished task open again (undo)."""

    def remove_open(self, case: int, kinds: Sequence[TaskKind]) -> None:
        """Drop the open tasks of these kinds that a decision, now undone, had made."""

    def of_case(self, case: int) -> list[Task]:
        """All tasks of a case, oldest first."""

    def open_for(self, role: Role) -> list[tuple[CaseAccess | None, QueueItem]]:
        """Open tasks of a role with what decides who sees them; None where no case holds the message."""


class Triage(Protocol):
    """Suggestions and decisions."""

    def suggested(self, message: int, suggestion: Suggestion, at: datetime) -> int:
        """Store a suggestion; gives its number."""

    def latest(self, message: int) -> tuple[int, Suggestion] | None:
        """The newest suggestion for a message."""


class Outbox(Protocol):
    """Outgoing messages."""

    def add(self, outgoing: Outgoing) -> int:
        """Put a message in the outbox; gives its number."""

    def get(self, outgoing: int) -> Outgoing:
        """One message. Raises NotFound."""

    def state(self, outgoing: int) -> DeliveryState:
        """Where it is. Raises NotFound."""

    def record(
        self, outgoing: int, state: DeliveryState, at: datetime, *, provider_id: str = "", error: str | None = None
    ) -> None:
        """Note a change of state; ``at`` becomes the sent date when the state is SENT."""

    def by_message_id(self, ids: Sequence[str]) -> list[int]:
        """Outgoing messages with these Message-IDs."""

    def of_case(self, case: int) -> list[LetterView]:
        """The letters of a case, oldest first."""


class Jobs(Protocol):
    """Work for later, with leases so that a killed worker's jobs come back."""

    def add(self, kind: JobKind, subject: int, due: datetime) -> None:
        """Queue a job."""

    def claim(self, kinds: Sequence[JobKind], now: datetime, lease_until: datetime, limit: int) -> list[Job]:
        """Take jobs that are due and not leased; on PostgreSQL with SKIP LOCKED, so that workers never wait."""

    def finish(self, job: int) -> None:
        """The job is done."""

    def retry(self, job: int, due: datetime, error: str) -> None:
        """Try again at ``due``; ``error`` holds no personal data."""

    def release(self) -> None:
        """End every lease: for the embedded database, where a new start means that the former worker is dead."""

    def waiting(self, now: datetime) -> tuple[int, float]:
        """How many jobs are due and the age in seconds of the oldest one."""


class People(Protocol):
    """The organisation and the accounts."""

    def organisation(self) -> Organisation:
        """The organisation as it stands."""

    def add_team(self, team: Team) -> None:
        """Add or rename a team."""

    def add_person(self, person: Person) -> int:
        """Add somebody; gives their number (``person.id`` is ignored)."""

    def appoint(self, appointment: Appointment) -> None:
        """Put somebody in an office."""

    def add_absence(self, absence: Absence) -> None:
        """Note that somebody is away."""

    def add_account(self, account: Account) -> int:
        """Add an account (``account.id`` is ignored). Raises ValueError when the login is taken."""

    def account(self, login: str) -> Account | None:
        """The account with this login."""

    def account_by_id(self, account: int) -> Account | None:
        """The account with this number."""

    def accounts(self) -> list[Account]:
        """All accounts."""

    def set_password(self, account: int, password: str, *, must_change: bool) -> None:
        """Store a new password hash."""

    def add_session(self, session: Session) -> None:
        """Open a session."""

    def session(self, token: str) -> Session | None:
        """The session with this token hash."""

    def touch_session(self, token: str, at: datetime) -> None:
        """Note that a session was used."""

    def end_session(self, token: str) -> None:
        """Close a session."""

    def draft(self, key: str) -> Draft | None:
        """An unfinished conversation."""

    def save_draft(self, draft: Draft) -> None:
        """Store a conversation."""

    def drop_draft(self, key: str) -> None:
        """Remove a conversation."""


class Work(Protocol):
    """One transaction. Everything done through it becomes true together, or not at all."""

    @property
    def messages(self) -> Messages: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def triage(self) -> Triage: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def people(self) -> People: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of the transaction that can fail alone."""


class Store(Protocol):
    """Where everything is kept."""

    def write(self) -> AbstractContextManager[Work]:
        """A transaction that commits on a clean exit and rolls back on an error. On SQLite there is one at a time."""

    def read(self) -> AbstractContextManager[Work]:
        """A transaction for looking only; it never waits for a writer."""

    def counts(self, day: date) -> Mapping[str, int]:
        """Figures for metrics and the overview: cases and messages received on ``day`` and open tasks by kind."""
