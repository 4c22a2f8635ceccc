"""Linear heads: from a row of features to probabilities, calibrated by one temperature each."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from nlp.features import CharNgrams, Row, Vector


@dataclass(frozen=True, slots=True)
class Head:
    """Weights for a set of labels; ``exclusive`` makes one distribution of them, else each stands alone."""

    labels: tuple[str, ...]
    weights: Vector
    bias: Vector
    exclusive: bool
    temperature: float = 1.0

    def logits(self, row: Row) -> Vector:
        """Raw scores, before rules and temperature."""
        scores: Vector = self.weights[:, row.indices] @ row.values + self.bias
        return scores

    def probabilities(self, logits: Vector, offsets: Vector) -> Vector:
        """Probabilities after temperature, with the rules' log-odds added outside the learnt weights."""
        return squash(logits / np.float32(self.temperature) + offsets, self.exclusive)

    def slopes(self, label: str) -> Vector:
        """Weights that speak for one label: against all others where labels exclude each other."""
        own: Vector = self.weights[self.labels.index(label)]
        return own - self.weights.mean(axis=0) if self.exclusive else own


def squash(scores: Vector, exclusive: bool) -> Vector:
    """Softmax over the last axis, or a sigmoid for each score."""
    wide = scores.astype(np.float64)
    if not exclusive:
        independent: Vector = (1 / (1 + np.exp(-np.clip(wide, -30, 30)))).astype(np.float32)
        return independent
    grown = np.exp(wide - wide.max(axis=-1, keepdims=True))
    shares: Vector = (grown / grown.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


@dataclass(frozen=True, slots=True)
class Lesson:
    """One training text as n-grams with their counts; ``padded`` copies teach but do not calibrate."""

    terms: Counter[str]
    kinds: frozenset[str]
    teams: tuple[str, ...]
    person: bool
    writer: str
    padded: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a fit: n-gram sizes, rarest n-gram kept, strength (C) for kinds and for teams, seed."""

    shortest: int = 2
    longest: int = 5
    min_df: int = 2
    kind_strength: float = 30.0
    team_strength: float = 10.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit yields."""

    ngrams: CharNgrams
    kinds: Head
    teams: Head
    person: Head
