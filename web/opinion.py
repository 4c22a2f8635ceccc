"""What the classifier proposed, ready to be shown: how sure in words, the likeliest kinds, the words that weighed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.labels import Kind, RespondentRole
from core.domain.triage import Decision, Evidence, Suggestion

SURE = 0.80
"""From here "vrij zeker", below it "waarschijnlijk"; "twijfel" is no figure but the classifier's own abstaining."""
ALSO = 0.50
"""A second kind at least this likely is proposed beside the first."""
REASONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What stands in the fields of the decision; ``kind`` is None while nothing is chosen."""

    kind: Kind | None = None
    also: Kind | None = None
    team: str | None = None
    role: RespondentRole = RespondentRole.ONBEKEND
    name: str = ""
    person: int | None = None

    def decision(self, kind: Kind) -> Decision:
        """The decision that these fields make, with this kind in front."""
        also = (self.also,) if self.also is not None and self.also != kind else ()
        return Decision(
            kinds=(kind, *also),
            team=self.team,
            respondent_role=self.role,
            respondent_name=self.name,
            respondent_person=self.person,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A suggestion as people read it. Without one, or when the classifier does not know, it is a doubt."""

    certainty: str
    """``sure``, ``likely``, ``doubt`` or ``none``: nothing was suggested yet."""
    kind: Kind | None = None
    team: str | None = None
    abstain: str | None = None
    bars: tuple[tuple[Kind, float], ...] = ()
    """The two likeliest kinds."""
    reasons: tuple[Evidence, ...] = ()
    """The words that weighed most, each word once."""

    @property
    def doubt(self) -> bool:
        """Whether nothing may be filled in for the person."""
        return self.kind is None


def opinion(suggestion: Suggestion | None) -> Opinion:
    """How a suggestion is shown."""
    if suggestion is None:
        return Opinion(certainty="none")
    bars = sorted(suggestion.kinds.items(), key=lambda item: (-item[1], item[0] != suggestion.kind))[:2]
    shown = Opinion(
        certainty="doubt",
        abstain=suggestion.abstain,
        bars=tuple(bars),
        reasons=tuple(_once(sorted(suggestion.why, key=lambda one: -abs(one.weight))))[:REASONS],
    )
    if suggestion.abstain is not None:
        return shown
    return Opinion(
        certainty="sure" if suggestion.confidence >= SURE else "likely",
        kind=suggestion.kind,
        team=suggestion.team,
        bars=shown.bars,
        reasons=shown.reasons,
    )


def proposed(suggestion: Suggestion | None, teams: Iterable[str]) -> Choice:
    """What is filled in before a person looks: the suggestion, or nothing where the classifier does not know."""
    shown = opinion(suggestion)
    if suggestion is None or shown.kind is None:
        return Choice()
    others = [kind for kind, share in shown.bars if kind != shown.kind and share >= ALSO]
    return Choice(
        kind=shown.kind,
        also=others[0] if others else None,
        team=shown.team if shown.team in set(teams) else None,
        role=suggestion.respondent_role,
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message; ``label`` says what its words argued for, or is None for plain text."""

    text: str
    label: str | None = None


def pieces(text: str, why: Sequence[Evidence]) -> tuple[Piece, ...]:
    """The text cut where words argued for something, whole and in order, for the template to escape and mark.

    A span that does not say what it should is left out, so that a wrong word is never marked.
    """
    right = [one for one in why if one.weight > 0 and one.text and text[one.start : one.end] == one.text]
    found, at = [], 0
    for start, end, label in _joined(text, sorted(right, key=lambda one: (one.start, -one.end))):
        found += [Piece(text[at:start]), Piece(text[start:end], label)]
        at = end
    return tuple(piece for piece in (*found, Piece(text[at:])) if piece.text)


def _joined(text: str, spans: Iterable[Evidence]) -> list[tuple[int, int, str]]:
    """Spans without overlap; neighbours for the same label become one."""
    joined: list[tuple[int, int, str]] = []
    for one in spans:
        if joined and one.start < joined[-1][1]:
            continue
        if joined and joined[-1][2] == one.label and not text[joined[-1][1] : one.start].strip(" "):
            joined[-1] = (joined[-1][0], one.end, one.label)
        else:
            joined.append((one.start, one.end, one.label))
    return joined


def _once(reasons: Iterable[Evidence]) -> Iterable[Evidence]:
    seen = set()
    for one in reasons:
        if (one.text.casefold(), one.label) not in seen:
            seen.add((one.text.casefold(), one.label))
            yield one
