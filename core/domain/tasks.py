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
    DUPLICATE = "duplicate"
    """Decide whether a new case tells the same as an earlier one of the same sender."""
    LINK = "link"
    """Decide whether a new case belongs beside an earlier one of the same sender."""
    COMPLAINANT = "complainant"
    """Confirm who complains and when it came in: a colleague passed the message on; nothing was sent yet."""
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
    WRITE_LETTER = "write_letter"
    """A letter is owed for which there is no template yet: write it and record that it was sent."""
    DISCUSS = "discuss"
    """A team deals with a complaint without contact with the complainant; record when it was discussed (5.2)."""
    HANDLE = "handle"
    """Handle the complaint formally: the task "behandelen zaak" (4.8, 9.4)."""
    REVIEW_FINDINGS = "review_findings"
    """Look at the findings before they are signed (9.2)."""
    AFTERCARE = "aftercare"
    """Ask the complainant whether they are satisfied (10.1)."""
    OMBUDSMAN = "ombudsman"
    """Answer the ombudsman within the term that was set (Awb 9:30, 9:31, 9:35)."""
    IMPROVEMENT = "improvement"
    """See what became of an improvement action."""
    WAITING = "waiting"
    """The day until which the case was put aside has come."""
    INFECTED = "infected"
    """A file of a message holds malware: it is held back; hear the citizen another way if it mattered."""
    LOOP = "loop"
    """A brake on answering was reached: a machine may be answering us, or somebody writes very often."""
    OLD_MAIL = "old_mail"
    """A mailbox holds mail from before the first start: import it, or leave it."""
    DOOR_DIFFERENCE = "door_difference"
    """The daily reconciliation found messages at a door that are not in our books."""
    LETTER_OVERRIDE = "letter_override"
    """A letter template of the municipality is broken; the built-in one is used."""
    SCANNER_AWAY = "scanner_away"
    """The virus scanner cannot be reached: files are held back until it is."""
    CLASSIFIER_AWAY = "classifier_away"
    """The classifier failed: messages come without a suggestion until the administrator mends it."""


PROPOSALS = (TaskKind.MATCH, TaskKind.DUPLICATE, TaskKind.LINK)
"""Tasks that ask whether two cases belong together; their note is the number of the older one."""
ALERTS = (
    TaskKind.LOOP,
    TaskKind.OLD_MAIL,
    TaskKind.DOOR_DIFFERENCE,
    TaskKind.LETTER_OVERRIDE,
    TaskKind.SCANNER_AWAY,
    TaskKind.CLASSIFIER_AWAY,
)
"""What the machine tells the administrator; each is told once as long as it stands open."""


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
