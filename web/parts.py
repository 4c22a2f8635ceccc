"""What the pages need from the rest of the house, given by the wiring in one value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.message import Attachment, Refused
from core.domain.municipality import Municipality
from core.domain.terms import Calendar
from core.ports import Accept, Clock
from core.service.accounts import Accounts
from core.service.casework import Casework
from core.service.complainants import Complainants
from core.service.correspondence import Correspondence
from core.service.joining import Joining
from core.service.printing import Printing
from core.service.queries import Queries
from core.service.rereading import Rereading
from core.service.review import Review
from web.mapped import Forms, NoForms, PostedBefore, nothing_before

Files = tuple[Attachment, ...]
Examine = Callable[[Files], tuple[Files, tuple[Refused, ...]]]
"""What files are by their content, and which of them are over a limit."""


def unexamined(files: Files) -> tuple[Files, tuple[Refused, ...]]:
    """For a house that takes every file for what its sender says."""
    return files, ()


def unformatted(_raw: bytes) -> str:
    """For a house that shows the words of a mail only."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Services, settings and the clock, as the pages use them."""

    queries: Queries
    review: Review
    casework: Casework
    joining: Joining
    complainants: Complainants
    correspondence: Correspondence
    printing: Printing
    accounts: Accounts
    rereading: Rereading
    accept: Accept
    """Takes a message of the form in; returns after the commit."""
    calendar: Calendar
    clock: Clock
    municipality: Municipality
    is_ready: Callable[[], Mapping[str, bool]]
    """What must work before people are let in, by name."""
    metrics: Callable[[], tuple[bytes, str]]
    """The figures for Prometheus: body and content type."""
    form_keys: Mapping[str, str]
    """API key of each form forwarder -> its name."""
    max_upload: int
    """Bytes of one form post, files included."""
    secure_cookies: bool
    """True behind HTTPS."""
    forms: Forms = field(default_factory=NoForms)
    """The form mappings, for posts of other websites."""
    posted_before: PostedBefore = nothing_before
    """What came before under an idempotency key."""
    examine: Examine = unexamined
    """For files that citizens and officials hand in here."""
    formatted: Callable[[bytes], str] = unformatted
    """The safe HTML of a raw mail, empty when it has none."""
    development_mailbox: Path | None = None
    """Maildir with outgoing mail, shown at /postvak; None outside development."""
