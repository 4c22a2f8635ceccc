"""What somebody must do: kind, for whom, until when, done by whom. The review queue is the coördinator's open tasks."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.domain.access import Role


class TaskKind(StrEnum):
    """What there is to do."""

    REVIEW = "review"
    """Confirm or correct what a new message is."""
    FOLLOW_UP = "follow_up"
    """Read a further message in a known case."""
    MATCH = "match"
    """Decide whether a message belongs to a known case: the reference is right, the sender is not."""
    UNPROCESSED = "unprocessed"
    """A message that could not be understood; it is kept whole."""
    AUTOMATIC = "automatic"
    """A message that a machine seems to have sent: kept, not acknowledged; glance at it."""
    ACKNOWLEDGE = "acknowledge"
    """Confirm receipt by hand: the message left no way back."""
    UNDELIVERED = "undelivered"
    """A letter did not arrive: send it again or another way (Awb 2:11)."""
    DELIVERY_UNKNOWN = "delivery_unknown"
    """A letter may or may not have arrived (decisions 11)."""
    POST_LETTER = "post_letter"
    """Print a letter and post it."""
    HANDLER_CONFLICT = "handler_conflict"
    """The routing table gives no handler: decide (Awb 9:7)."""
    CHOOSE_HANDLER = "choose_handler"
    """The routing table leaves a choice, or nobody holds the office."""
    HAND_OVER = "hand_over"
    """Pass the message on to where it belongs: a bezwaar, melding, claim or question."""
    INTERVIEW = "interview"
    """Call the citizen (4.1)."""
    CLASSIFIER_AWAY = "classifier_away"
    """The classifier failed: messages come without a suggestion until the administrator mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do, for a role or for one person."""

    id: int = 0
    kind: TaskKind
    role: Role
    person: int | None = None
    case: int | None = None
    message: int | None = None
    outgoing: int | None = None
    due: date
    note: str = ""
    """A slug or number that says more; never free text of a citizen."""
    created_at: datetime
    done_at: datetime | None = None
    done_by: int | None = None
