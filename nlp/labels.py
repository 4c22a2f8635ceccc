"""The label set of the shipped model and the names of what it extracts, taken from the domain."""

from core.domain.labels import DEFAULT_TEAMS, Kind, RespondentRole

LABELS_VERSION = 1
"""Raised when a slug is added; a slug never changes meaning (domain/labels.md)."""

KINDS: tuple[str, ...] = tuple(kind.value for kind in Kind)
TEAMS: tuple[str, ...] = DEFAULT_TEAMS
ROLES: tuple[str, ...] = tuple(role.value for role in RespondentRole)

TEAM_PREFIX = "team:"
"""Before a team's slug in ``doc.cats``, which holds kinds and teams in one mapping."""

PERSON = "person"
"""In ``doc.cats``: whether the message is about what somebody did, rather than about nobody in particular."""

ENTITY_KEYS: tuple[str, ...] = (
    "kenmerk", "phone", "email", "iban", "bsn", "dates", "places", "street", "postcode", "person",
)  # fmt: skip
"""Every key that ``entities.extract`` returns, always all of them."""

ABSTAIN: tuple[str, ...] = (
    "no_content", "too_short", "foreign_language", "nothing_stands_out", "kinds_close", "team_unsure",
)  # fmt: skip
"""Why the classifier says "weet ik niet", heaviest reason first; templates/texts turns them into words."""
