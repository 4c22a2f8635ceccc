"""What the core needs from the world. Adapters, doors and senders implement these; the services know nothing else."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.domain.access import CaseAccess, Role
from core.domain.case import Case
from core.domain.consent import Consent
from core.domain.events import Entry, Event
from core.domain.labels import Channel
from core.domain.matching import Candidate, Earlier
from core.domain.message import (
    Accepted,
    Contact,
    Delivered,
    DeliveryState,
    Inbound,
    Limits,
    Outgoing,
    ReplyRoute,
    Route,
    ScanState,
)
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
        """Store each content and give its hexadecimal digest; storing twice is harmless, and makes it young again."""

    def get(self, digest: str) -> bytes:
        """The content. Raises NotFound when it is missing, ValueError when it was altered."""

    def digests(self) -> set[str]:
        """Everything that is stored."""

    def older(self, before: datetime) -> set[str]:
        """What was put for the last time before this instant."""

    def remove(self, digests: Iterable[str], before: datetime) -> int:
        """Remove these contents, but none that was put again since this instant; gives how many went."""

    def tidy(self, before: datetime) -> int:
        """Remove what was left half written before this instant; gives how many files went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What was found in a file."""

    state: ScanState
    malware: str = ""
    """What the scanner calls it; empty when nothing was found."""


class Scanner(Protocol):
    """Looks for malware in files."""

    def scan(self, content: bytes) -> Scanned:
        """What is in a file. Raises Temporary when the scanner is away."""


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
    reply: ReplyRoute | None
    """Where an answer to it goes."""
    sender: Contact
    subject: str
    references: tuple[str, ...]
    imported: bool = False


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

    def add(
        self, inbound: Inbound, raw: str, attachments: Sequence[str], case: int | None, scan: ScanState = ScanState.OFF
    ) -> int:
        """Store a message with the digests of its contents; gives its number. ``scan`` is the state of its files."""

    def original(self, message: int) -> Original:
        """The message as it came in. Raises NotFound."""

    def replace(
        self,
        message: int,
        inbound: Inbound,
        attachments: Sequence[str],
        case: int | None,
        scan: ScanState = ScanState.OFF,
    ) -> None:
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

    def exists(self, message: int) -> bool:
        """Whether there is a message with this number."""

    def known(self, external_id: str) -> bool:
        """Whether a message with this identity came in before, whatever it held."""

    def unscanned(self, message: int) -> list[tuple[int | None, str]]:
        """Number and digest of the files of a message that wait for the virus scanner; None for the original itself."""

    def scanned(self, message: int, attachment: int | None, state: ScanState) -> None:
        """Note what the virus scanner said of a file, or of the original."""

    def digests(self) -> set[str]:
        """Every digest that a row refers to, files that leave included."""


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

    def change_contact(self, party: int, contact: Contact) -> None:
        """Replace what is known of a party; how their messages are recognised stays."""

    def set_respondent(self, case: int, party: Party | None) -> None:
        """Make this the only respondent of the case, or none."""

    def by_message_id(self, ids: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases to which outgoing messages with these Message-IDs belong."""

    def by_number(self, numbers: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases with these numbers."""

    def by_key(self, keys: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases with these reply keys."""

    def set_complainant(self, case: int, contact: Contact, reply_address: str) -> None:
        """Make this the complainant of the case."""

    def append(self, case: int, events: Sequence[Event], at: datetime, actor: int | None) -> None:
        """Add lines to the journal."""

    def history(self, case: int) -> list[Entry]:
        """The journal of a case, oldest first."""

    def consents(self, case: int) -> list[Consent]:
        """What the complainant told us about electronic answers."""

    def add_consent(self, case: int, consent: Consent) -> None:
        """Record a consent, or its withdrawal."""


class Links(Protocol):
    """How cases hang together."""

    def earlier(self, addresses: Collection[str], case: int, since: datetime) -> list[Earlier]:
        """The latest cases that the owner of these addresses brought in since then, this one left out; newest first."""

    def add_address(self, case: int, address: str, message: int | None) -> None:
        """Note that a party of the case also writes from this address, as a message showed or a person said."""

    def drop_addresses(self, case: int, messages: Sequence[int]) -> None:
        """Forget the addresses that these messages had shown."""

    def link(self, case: int, other: int) -> None:
        """Put two cases beside each other; repeating it changes nothing."""

    def linked(self, case: int) -> list[tuple[int, str]]:
        """Number in the database and case number of the cases beside this one, oldest first."""

    def absorbed(self, case: int) -> list[tuple[int, str]]:
        """Number in the database and case number of the cases that go on in this one, directly or through another."""


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

    def open_notes(self, role: Role, kind: TaskKind) -> dict[str, int]:
        """The notes of a role's open tasks of this kind, with the number of the task."""

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

    def add(self, outgoing: Outgoing, digests: Sequence[str] = (), *, again_for: int | None = None) -> int:
        """Put a message in the outbox, with the digests of its files; gives its number.

        ``again_for`` is the message that did not arrive and that this one sends again.
        """

    def get(self, outgoing: int) -> Outgoing:
        """One message, without the contents of its files. Raises NotFound."""

    def state(self, outgoing: int) -> DeliveryState:
        """Where it is. Raises NotFound."""

    def record(
        self, outgoing: int, state: DeliveryState, at: datetime, *, provider_id: str = "", error: str | None = None
    ) -> None:
        """Note a change of state; ``at`` becomes the sent date when the state is SENT."""

    def by_message_id(self, ids: Sequence[str]) -> list[int]:
        """Outgoing messages with these Message-IDs."""

    def automatic_since(self, since: datetime, *, address: str, case: int) -> tuple[int, int]:
        """How many letters the machine wrote by itself since then: to the address, and in the case."""

    def written_since(self, case: int, letter: str, since: datetime) -> bool:
        """Whether this letter was written in this case since then."""

    def enclosed(self, outgoing: int) -> list[tuple[str, str, str]]:
        """Name, type and digest of the files that leave with a message."""

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

    def add_absence(self, absence: Absence) -> int:
        """Note that somebody is away; gives the number of the absence (``absence.id`` is ignored)."""

    def remove_absence(self, absence: int) -> None:
        """Take an absence back. Raises NotFound."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Up to where a mailbox had filled when we first looked: what lies before it is old mail (decisions 12)."""

    source: str
    """Whose mailbox and which folder: another one under the same name of a door begins anew."""
    uidvalidity: int
    """What makes ``uidnext`` mean something (RFC 3501 section 2.3.1.1); 0 before the first connection."""
    uidnext: int
    """The first number that counts whatever its date."""
    since: datetime
    """The first start of the door, in whole seconds, as mailboxes know arrival."""
    settled: bool
    """Whether everything before ``uidnext`` is old; else what arrived from ``since`` on counts too."""


class Doors(Protocol):
    """What is remembered of the doors."""

    def mark(self, door: str) -> Mark | None:
        """Where old mail ends at this door; None before its first start."""

    def save_mark(self, door: str, mark: Mark) -> None:
        """Note where old mail ends."""

    def left(self, door: str) -> int:
        """How much old mail lay at this door when it was last looked at."""

    def set_left(self, door: str, number: int) -> None:
        """Note how much old mail lies at this door."""


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
    @property
    def links(self) -> Links: ...
    @property
    def doors(self) -> Doors: ...

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
