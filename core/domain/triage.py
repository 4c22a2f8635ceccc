"""What the classifier proposes and what a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.domain.labels import Channel, Kind, RespondentRole

OBJECTION_FLAG = 0.20
"""From this probability a message is treated as a possible bezwaar (law.md B-9: a missed one costs a right)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What the classifier is asked: one message, as new text without quoted mail."""

    subject: str
    text: str
    channel: Channel = Channel.EMAIL
    received: date | None = None
    """Local day of receipt, for resolving words like "gisteren"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Words that weighed, as a span of ``Query.text``; ``weight`` below zero argues against ``label``."""

    start: int
    end: int
    text: str
    label: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What the classifier proposes; nothing but the order of the queue may depend on it (law.md AI-2)."""

    kinds: Mapping[Kind, float]
    """Independent probabilities."""
    teams: Mapping[str, float]
    """A distribution, or empty when no team stands out ("nog niet bepaald")."""
    respondent_role: RespondentRole
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = "nl"
    why: tuple[Evidence, ...] = ()
    abstain: str | None = None
    """Why the classifier does not know: a slug that templates/texts turns into words; None when it does."""
    model: str = ""

    @property
    def kind(self) -> Kind:
        """The likeliest kind; on a tie, or without figures, klacht (process description, section 2)."""
        return max(self.kinds, key=lambda kind: (self.kinds[kind], kind == Kind.KLACHT), default=Kind.KLACHT)

    @property
    def team(self) -> str | None:
        """The likeliest team, or None when it is not to be told."""
        return max(self.teams, key=lambda slug: self.teams[slug], default=None)

    @property
    def confidence(self) -> float:
        """Probability of the leading kind, 0 to 1."""
        return self.kinds.get(self.kind, 0.0)

    @property
    def possible_objection(self) -> bool:
        """Whether a bezwaar is plausible enough to be looked at first."""
        return self.kinds.get(Kind.BEZWAAR, 0.0) >= OBJECTION_FLAG


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person recorded for one message: kinds (the first leads), team and person complained about."""

    kinds: tuple[Kind, ...]
    team: str | None
    respondent_role: RespondentRole
    respondent_name: str = ""
    respondent_person: int | None = None
    """Number of the person complained about in the organisation, when that person is known."""

    def __post_init__(self) -> None:
        if not self.kinds:
            raise ValueError("a decision names at least one kind")
        if len(set(self.kinds)) != len(self.kinds):
            raise ValueError("a decision names each kind once")
