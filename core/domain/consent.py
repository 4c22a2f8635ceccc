"""May we write to this person electronically? Awb 2:8: only if they expressly made that known."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.message import Route

CHAT_ROUTES = frozenset({Route.TELEGRAM, Route.WEBCHAT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody told us about one route, when and how; the newest one per route holds, and it can be withdrawn."""

    route: Route
    given: bool
    at: datetime
    source: str
    """Where it was said: ``form``, ``mail``, ``chat``, ``phone``."""
    wording: str
    """The question as it was put, so that its reach can be judged later."""


def may_send(route: Route, consents: tuple[Consent, ...], *, receipt: bool, confidential: bool) -> bool:
    """Whether a letter may leave by this route.

    A receipt goes back the way the message came (law.md E-2.8, E-2.17). Anything else needs consent, and a chat never
    carries findings, names or special data (Awb 2:9; law.md E-2.9). A printed letter is always allowed.
    """
    if route == Route.PRINT or receipt:
        return True
    if confidential and route in CHAT_ROUTES:
        return False
    newest = max((consent for consent in consents if consent.route == route), key=lambda c: c.at, default=None)
    return newest is not None and newest.given
