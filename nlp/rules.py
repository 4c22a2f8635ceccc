"""Signals that need no model: what the law and the label set name, as a bounded expert beside the weights.

Written from law.md (B-8, B-11, B-12) and labels.md alone, never from the training messages: rules made by an author who
knows the corpus look better than they are. Each signal counts once for a message, and ``Expert`` bounds their sum.
Its weights were set on held-out writers of the training corpus (team top-1 .79 without rules, .82 with them).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from nlp.labels import TEAM_PREFIX


@dataclass(frozen=True, slots=True)
class Signal:
    """Words that argue for or against labels, in log-odds."""

    name: str
    pattern: re.Pattern[str]
    effects: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a signal stands in the text."""

    signal: Signal
    start: int
    end: int


def _signals() -> dict[str, Signal]:
    """The table of ``signals.toml``, compiled."""
    table = tomllib.loads(_TABLE)
    terms = {f"<{name}>": f"(?:{'|'.join(words)})" for name, words in table["terms"].items()} | {"<near>": _NEAR}
    found = {}
    for entry in table["signal"]:
        pattern = "|".join(entry["words"])
        for name, alternatives in terms.items():
            pattern = pattern.replace(name, alternatives)
        compiled = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
        found[entry["name"]] = Signal(entry["name"], compiled, dict(entry["effects"]))
    return found


_TABLE = (files("nlp") / "signals.toml").read_text(encoding="utf-8")
_NEAR = r"[^.!?\n]{0,60}"
SIGNALS: Mapping[str, Signal] = _signals()
"""Every signal by name, in the order of the table."""
FINGERPRINT = sha256(_TABLE.encode()).hexdigest()[:4]
"""Part of the model's name, so that a suggestion tells by which rules it was made."""


def hits(text: str) -> list[Hit]:
    """Where the signals stand, at most one place for each, in the order of the table."""
    found = ((signal, signal.pattern.search(text)) for signal in SIGNALS.values())
    return [Hit(signal, place.start(), place.end()) for signal, place in found if place]


@dataclass(frozen=True, slots=True)
class Expert:
    """How much the rules weigh beside the learnt weights, and the most they may move a label either way (log-odds)."""

    kinds: float
    teams: float
    bound: float

    def weight(self, signal: Signal, slug: str) -> float:
        """What one signal adds to one label, before the bound on their sum."""
        return signal.effects[slug] * (self.teams if slug.startswith(TEAM_PREFIX) else self.kinds)

    def offsets(self, names: Iterable[str]) -> dict[str, float]:
        """Log-odds for each label by the named signals together."""
        total: dict[str, float] = {}
        for signal in (SIGNALS[name] for name in names):
            for slug in signal.effects:
                total[slug] = total.get(slug, 0.0) + self.weight(signal, slug)
        return {slug: max(-self.bound, min(self.bound, weight)) for slug, weight in total.items()}
