"""What has happened to a case: typed, past tense, append-only. Stage and dates follow from these (decisions 18)."""

from dataclasses import dataclass
from datetime import date, datetime

from core.domain.labels import Channel
from core.domain.message import Refused
from core.domain.procedure.events import ProcedureEvent
from core.domain.terms import Deadlines
from core.domain.triage import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A first message came in and a case was opened for it (Awb 9:12a: registered before anything else)."""

    message: int
    channel: Channel
    received_at: datetime
    received_on: date
    """Local day; every term starts here."""
    anonymous: bool = False
    imported: bool = False
    """Whether it is old mail that was imported: it was answered, or not, before our time."""
    forwarded: bool = False
    """Whether a colleague passed it on: the complainant is then a proposal until a person confirms it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplainantConfirmed:
    """A person said who complains, and when the message reached the municipality."""

    message: int
    received_at: datetime
    received_on: date
    """Local day; the terms start here."""
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesSet:
    """The dates were computed, with what they rest on; a new computation is a new event (law.md section 2.3)."""

    deadlines: Deadlines
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAdded:
    """A further message of a party, or an automatic one about the case."""

    message: int
    automatic: bool = False
    imported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRefused:
    """Files of a message were over a limit: the sender is told which and why, and the rest is taken (Awb 2:15)."""

    message: int
    files: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MalwareFound:
    """The virus scanner found something in a file of a message; the file is held back."""

    message: int
    attachment: int | None
    """None for the original as a whole."""
    name: str
    """What the scanner calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """The classifier proposed something for a message."""

    message: int
    suggestion: int
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A person recorded what the message is; ``before`` is the earlier decision that this one replaces."""

    message: int
    suggestion: int | None
    before: Decision | None
    after: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationUndone:
    """A person took the last confirmation back."""

    message: int
    before: Decision
    after: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerProposed:
    """The routing table was asked who handles the case."""

    outcome: str
    rule: int | None
    office: str | None
    person: int | None
    candidates: tuple[int, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerAssigned:
    """A person decided who handles the case."""

    before: int | None
    after: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvolvementDeclared:
    """A handler said whether they were involved in the conduct (Awb 9:7)."""

    person: int
    involved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterQueued:
    """A letter was put in the outbox."""

    outgoing: int
    letter: str
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSent:
    """A letter reached a system outside our responsibility (Awb 2:19)."""

    outgoing: int
    letter: str
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFailed:
    """A letter could not be delivered; it must go again or another way (Awb 2:11)."""

    outgoing: int
    letter: str
    reason: str
    certain: bool = True
    """False when it may have arrived all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDelayed:
    """A mail server on the way told that it is still trying."""

    outgoing: int
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHeld:
    """A letter that the machine would have written was not, because a brake holds."""

    letter: str
    brake: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A person said that another case belongs beside this one."""

    case: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedInto:
    """A person said that this case is the same as an older one, in which it goes on."""

    case: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorbed:
    """A newer case turned out to be the same as this one; its messages are read here from now on."""

    case: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone:
    """A person took a merge back, in the newer case."""

    case: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A newer case that had been absorbed stands by itself again."""

    case: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressAdded:
    """A person said that a party of the case also writes from another address."""

    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """Somebody finished a task of this case."""

    task: int
    kind: str
    note: str = ""


Event = (
    Received
    | DeadlinesSet
    | MessageAdded
    | FilesRefused
    | MalwareFound
    | Suggested
    | Confirmed
    | ConfirmationUndone
    | HandlerProposed
    | HandlerAssigned
    | InvolvementDeclared
    | LetterQueued
    | LetterSent
    | LetterFailed
    | LetterDelayed
    | LetterHeld
    | ComplainantConfirmed
    | Linked
    | MergedInto
    | Absorbed
    | MergeUndone
    | Released
    | AddressAdded
    | TaskDone
    | ProcedureEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit trail: an event, when and by whom. ``actor`` is a user's number; None is the system."""

    id: int = 0
    case: int
    at: datetime
    actor: int | None
    event: Event
