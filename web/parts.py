"""What the pages need from the rest of the house, given by the wiring in one value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.domain.municipality import Municipality
from core.domain.terms import Calendar
from core.ports import Accept, Clock
from core.service.accounts import Accounts
from core.service.queries import Queries
from core.service.rereading import Rereading
from core.service.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Services, settings and the clock, as the pages use them."""

    queries: Queries
    review: Review
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
    development_mailbox: Path | None = None
    """Maildir with outgoing mail, shown at /postvak; None outside development."""
