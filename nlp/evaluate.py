"""Figures of the shipped model on a part of the corpus: ``python -m nlp.evaluate [PART]``."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.domain.triage import Query, Suggestion
from nlp import corpus
from nlp.classifier import MODEL, SpacyClassifier
from nlp.decide import BEZWAAR, KLACHT, LIKELY
from nlp.labels import KINDS

Pair = tuple[corpus.Annotated, Suggestion]
_BINS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1; ``nan`` where a part holds nothing to measure."""

    messages: int
    exact: float
    primary: float
    klacht_bezwaar: float
    bezwaar_recall: float
    bezwaar_false: float
    team_top1: float
    team_top2: float
    role_recall: float
    abstained: float
    ece_kinds: float
    ece_team: float


def pairs(part: str, model: Path = MODEL) -> list[Pair]:
    """Each message of a part with what the model says of it."""
    messages = corpus.read(part)
    queries = [Query(subject=message.subject, text=message.text) for message in messages]
    return list(zip(messages, SpacyClassifier(model).suggest_batch(queries), strict=True))


def figures(judged: Sequence[Pair]) -> Figures:
    """All figures over the given messages."""
    teamed = [(truth, list(said.teams)) for truth, said in judged if truth.teams]
    roled = [(truth, said) for truth, said in judged if truth.respondent_role != "onbekend"]
    return Figures(
        messages=len(judged),
        exact=_share(chosen(said) == truth.kinds for truth, said in judged),
        primary=_share(said.kind == truth.primary for truth, said in judged),
        klacht_bezwaar=_share(_tells_apart(said, truth) for truth, said in judged if _one_of_two(truth)),
        bezwaar_recall=_share(said.possible_objection for truth, said in judged if BEZWAAR in truth.kinds),
        bezwaar_false=_share(said.possible_objection for truth, said in judged if BEZWAAR not in truth.kinds),
        team_top1=_share(bool(set(ranked[:1]) & set(truth.teams)) for truth, ranked in teamed),
        team_top2=_share(bool(set(ranked[:2]) & set(truth.teams)) for truth, ranked in teamed),
        role_recall=_share(said.respondent_role == truth.respondent_role for truth, said in roled),
        abstained=_share(said.abstain is not None for _, said in judged),
        ece_kinds=_calibration_error(
            (said.kinds[kind], kind in truth.kinds) for truth, said in judged for kind in said.kinds
        ),
        ece_team=_calibration_error(
            (max(said.teams.values()), said.team in truth.teams) for truth, said in judged if truth.teams and said.teams
        ),
    )


def chosen(said: Suggestion) -> set[str]:
    """The kinds a suggestion stands for: all that are likely, at least the leading one."""
    return {kind.value for kind, share in said.kinds.items() if share >= LIKELY} | {said.kind.value}


def _one_of_two(truth: corpus.Annotated) -> bool:
    return truth.primary in (KLACHT, BEZWAAR) and len(truth.kinds & {KLACHT, BEZWAAR}) == 1


def _tells_apart(said: Suggestion, truth: corpus.Annotated) -> bool:
    by_name = {kind.value: share for kind, share in said.kinds.items()}
    return (by_name[KLACHT] >= by_name[BEZWAAR]) == (truth.primary == KLACHT)


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else float("nan")


def _calibration_error(points: Iterable[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins: how far the shown figure is from the share that proved right."""
    table = np.asarray(list(points), dtype=np.float64)
    if not len(table):
        return float("nan")
    places = np.minimum((table[:, 0] * _BINS).astype(int), _BINS - 1)
    gaps = [abs((table[places == bin_] @ (1, -1)).sum()) for bin_ in range(_BINS)]
    return float(sum(gaps) / len(table))


def main(arguments: list[str]) -> None:
    """Print the figures of a part, of each writer, and the recall of each kind."""
    judged = pairs(arguments[0] if arguments else "dev")
    total = figures(judged)
    for name in Figures.__slots__:
        sys.stdout.write(f"{name:16} {getattr(total, name):.3f}\n")
    for kind in KINDS:
        ours = [(truth, said) for truth, said in judged if truth.primary == kind]
        sys.stdout.write(f"recall {kind:12} {_share(said.kind == kind for _, said in ours):.2f} of {len(ours)}\n")
    writers: dict[str, list[Pair]] = defaultdict(list)
    for pair in judged:
        writers[pair[0].writer].append(pair)
    sys.stdout.write("writer  n  exact primary top1 top2\n")
    for writer, own in sorted(writers.items()):
        one = figures(own)
        sys.stdout.write(
            f"{writer:6} {len(own):3}   {one.exact:.2f}    {one.primary:.2f} {one.team_top1:.2f} {one.team_top2:.2f}\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
