"""Why the model says what it says: exact contributions of the linear heads, summed to words, and the rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from nlp import rules
from nlp.components import SIGNALS
from nlp.heads import Head
from nlp.intake_cats import IntakeCats, counts
from nlp.labels import TEAM_PREFIX

MOST = 8
_RULES_FIRST = 3
_WORTH = 0.05
"""Log-odds below which a word explains nothing."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Characters of the document that weighed for (or, below zero, against) a label."""

    start: int
    end: int
    label: str
    weight: float


def contributions(cats: IntakeCats, doc: Doc, head: Head, label: str) -> dict[int, float]:
    """Log-odds that each token adds to a label; together with the bias they are the head's logit, exactly.

    An n-gram that stands in several words is shared among them by how often each one holds it. Where labels exclude
    each other the logit is the distance to their average. The temperature is in it, the rules are not.
    """
    ngrams, row = cats.ready.ngrams, cats.row(doc)
    held = {token.i: Counter(ngrams.places(token.text)) for token in doc if counts(token.text)}
    total: Counter[int] = Counter()
    for places in held.values():
        total.update(places)
    slopes = head.slopes(label)[row.indices] * row.values / head.temperature
    worth = {int(place): float(slope) / total[int(place)] for place, slope in zip(row.indices, slopes, strict=True)}
    return {at: sum(worth[place] * times for place, times in places.items()) for at, places in held.items()}


def reasons(cats: IntakeCats, doc: Doc, kinds: Sequence[str], teams: Sequence[str]) -> list[Reason]:
    """The weightiest reasons for the given labels, rules first; stop words and masked numbers are not shown."""
    ruled = sorted(_ruled(cats, doc, {*kinds, *(TEAM_PREFIX + team for team in teams)}), key=_weightiest)
    worded = [
        *_worded(cats, doc, cats.ready.kinds, kinds),
        *_worded(cats, doc, cats.ready.teams, teams),
    ]
    first = ruled[:_RULES_FIRST]
    taken = {(reason.start, reason.end, reason.label) for reason in first}
    rest = [
        reason for reason in sorted(worded, key=_weightiest) if (reason.start, reason.end, reason.label) not in taken
    ]
    return first + rest[: MOST - len(first)]


def _weightiest(reason: Reason) -> tuple[float, int, str]:
    return -abs(reason.weight), reason.start, reason.label


def _ruled(cats: IntakeCats, doc: Doc, labels: set[str]) -> Iterator[Reason]:
    for span in doc.spans[SIGNALS]:
        signal = rules.SIGNALS[span.label_]
        for slug in labels & signal.effects.keys():
            weight = cats.expert.weight(signal, slug)
            if weight:
                yield Reason(span.start_char, span.end_char, slug.removeprefix(TEAM_PREFIX), weight)


def _worded(cats: IntakeCats, doc: Doc, head: Head, labels: Iterable[str]) -> Iterator[Reason]:
    for label in labels:
        for at, weight in contributions(cats, doc, head, label).items():
            token = doc[at]
            if abs(weight) >= _WORTH and not token.is_stop and not token.is_punct and not token.like_num:
                yield Reason(token.idx, token.idx + len(token.text), label, weight)
