"""One shape for what comes in and what goes out, whatever the channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.labels import Channel


class Route(StrEnum):
    """How an answer leaves: the name of a sender."""

    MAIL = "mail"
    TELEGRAM = "telegram"
    WEBCHAT = "webchat"
    PRINT = "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRoute:
    """Where an answer to this message goes: a mail address, a chat number, or a letter to print."""

    route: Route
    address: str


class ScanState(StrEnum):
    """What the virus scanner said of a file."""

    OFF = "off"
    """No scanner is set up."""
    WAITING = "waiting"
    """Not looked at yet: held back."""
    CLEAN = "clean"
    UNSCANNABLE = "unscannable"
    """The scanner cannot look into it: encrypted, or too large. Handed over with a warning."""
    INFECTED = "infected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message or leaves with one."""

    filename: str
    content_type: str
    content: bytes
    inline: bool = False
    risk: str = ""
    """Why opening it is dangerous, as a slug such as ``macro``; empty when nothing speaks for that."""

    @property
    def size(self) -> int:
        """Decoded size in bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Signs that nobody typed this message: such messages are kept and never acknowledged (RFC 3834)."""

    auto_submitted: bool = False
    bounce: bool = False
    answers: tuple[str, ...] = ()
    """Message-IDs of the messages that a bounce or automatic answer is about."""
    permanent: bool = False
    """Whether a bounce says that delivery failed for good (RFC 3464 status 5.x)."""

    def __bool__(self) -> bool:
        return self.auto_submitted or self.bounce


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file of a message that was not taken; its bytes still stand in the raw original (Awb 2:15)."""

    filename: str
    reason: str
    """Slug: ``too_large``, ``too_many``, ``total_too_large``."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What is known of the sender. Every field may be empty: missing data never stop a complaint (Awb 9:4)."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    """Postal address, on one or more lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A citizen's message that a colleague passed on: a proposal, which a person confirms before anything is sent."""

    contact: Contact
    received_at: datetime | None
    """UTC instant at which it reached the municipality, as far as the forwarded headers tell: the term starts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message as a door hands it to the core."""

    channel: Channel
    door: str
    """Name of the door that received it, such as ``smtp`` or ``imap:klachten``."""
    external_id: str
    """Identity at the source: Message-ID, idempotency key, or chat and message number."""
    content_hash: str
    """SHA-256 of the content without what transport adds; with ``external_id`` it tells a repeat (decisions 10)."""
    received_at: datetime
    """UTC instant at which the message reached us (Awb 2:20)."""
    sender: Contact
    reply: ReplyRoute | None
    """None when no answer may be sent: an automatic message, or a sender that left no way back."""
    subject: str = ""
    text: str = ""
    """The full text, quotes included."""
    reply_text: str = ""
    """Only what is new; a view on ``text``, never a replacement for it."""
    references: tuple[str, ...] = ()
    """Identities of the messages that this one answers, nearest first."""
    attachments: tuple[Attachment, ...] = ()
    raw: bytes
    raw_type: str = "message/rfc822"
    automatic: Automatic = Automatic()
    authentication: tuple[str, ...] = ()
    """Authentication-Results as the receiving server wrote them (RFC 8601)."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What a form or conversation asked beside the story: ``about_whom``, ``when``, and ``consent``: the wording with
    which somebody allowed electronic answers by the way they came (Awb 2:8), or empty when they said no."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Signs for the person who reads it, as slugs: ``dmarc`` = ``fail``, ``reply_to_differs`` = the address, ..."""
    refused: tuple[Refused, ...] = ()
    """Files over a limit; the sender is told, and the rest is taken."""
    reply_keys: tuple[str, ...] = ()
    """Unguessable keys of ours that came back, in the address that it was sent to or in what it answers."""
    forwarded: Forwarded | None = None
    """The citizen's message inside, when somebody of the municipality passed one on."""
    imported: bool = False
    """Whether an administrator imported it: old mail, of which nobody is told anything by the machine."""
    problem: str | None = None
    """Why the message could not be understood; it is then kept whole and shown under "Niet verwerkt"."""

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None:
            raise ValueError("received_at must be an aware datetime")


class Outcome(StrEnum):
    """What intake did with a message."""

    OPENED = "opened"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    UNPROCESSED = "unprocessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The core's word that a message is safe: returned only after the commit."""

    outcome: Outcome
    message: int
    case_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message that leaves; immutable once queued, so that a repeat is byte-equal (decisions 11)."""

    id: int = 0
    case: int | None
    letter: str
    """Name of the template, a slug of law.md section 8."""
    to: ReplyRoute
    to_name: str = ""
    subject: str
    text: str
    html: str | None = None
    message_id: str
    """Message-ID without brackets; fixed when queued."""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    created_at: datetime
    receipt: bool = False
    """Whether this is an acknowledgement: the only kind that may be repeated by the machine itself."""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    """Address for answers, with the reply key of the case in it; empty means the municipality's own."""
    automatic: bool = True
    """Whether the machine sends it by itself; False for what a person wrote (RFC 3834)."""


class DeliveryState(StrEnum):
    """Where an outgoing message is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a sender knows once it handed a message over: the other side's own number for it, if any."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel can carry."""

    text_length: int | None = None
    """Longest text in characters; None for no limit."""
    html: bool = False
    attachments: bool = False
