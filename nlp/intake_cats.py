"""The trainable component: six independent kinds and one choice among the teams, explainable to the word.

Storage is msgpack of plain values and raw float16 bytes: nothing in a model file can run code.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path

import numpy as np
import srsly  # type: ignore[import-untyped]  # explosion's serialisers ship no types
from spacy.language import Language
from spacy.pipeline.pipe import Pipe
from spacy.tokens import Doc
from spacy.training import Example

from nlp import rules
from nlp.components import SIGNALS
from nlp.features import CharNgrams, Row, Vector, bag
from nlp.heads import Fitted, Head, Lesson, Recipe
from nlp.labels import KINDS, LABELS_VERSION, PERSON, TEAM_PREFIX, TEAMS

FEATURE_VERSION = 1
"""Raised when the features change, so that a model of before is refused instead of misread."""

_HEADS = ("kinds", "teams", "person")
_FILE = "intake_cats.msgpack"
_PUNCTUATION_KEPT = frozenset("?!")

DEFAULTS: dict[str, object] = {
    "ngram_min": 2,
    "ngram_max": 5,
    "min_df": 2,
    "C": 30.0,
    "C_teams": 10.0,
    "kind_rules": 1.0,
    "team_rules": 2.0,
    "rule_bound": 2.0,
    "use_embedding": False,
    "seed": 1,
}


class NotTrainedError(RuntimeError):
    """The component was asked for an opinion before it was trained or loaded."""


class WrongModelError(ValueError):
    """The stored model was made for other features or another label set."""


class IntakeCats(Pipe):
    """Sets ``doc.cats``: a probability for each kind, and a share for each team under the prefix "team:"."""

    def __init__(self, name: str, recipe: Recipe, expert: rules.Expert) -> None:
        self.name = name
        self.recipe = recipe
        self.expert = expert
        self.fitted: Fitted | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Set the probabilities of one document."""
        fitted, row = self.ready, self.row(doc)
        offsets = self.offsets(doc)
        for head, prefix in ((fitted.kinds, ""), (fitted.teams, TEAM_PREFIX), (fitted.person, "")):
            added = np.asarray([offsets.get(prefix + label, 0.0) for label in head.labels], dtype=np.float32)
            shares = head.probabilities(head.logits(row), added)
            doc.cats.update({prefix + label: float(share) for label, share in zip(head.labels, shares, strict=True)})
        return doc

    @property
    def ready(self) -> Fitted:
        """The fitted parts, or NotTrainedError."""
        if self.fitted is None:
            raise NotTrainedError(self.name)
        return self.fitted

    @property
    def labels(self) -> tuple[str, ...]:
        """Kinds, then teams with their prefix, then the person."""
        return (*KINDS, *(TEAM_PREFIX + team for team in TEAMS), PERSON)

    def row(self, doc: Doc) -> Row:
        """The features of a document."""
        return self.ready.ngrams.row(words(doc))

    def offsets(self, doc: Doc) -> Mapping[str, float]:
        """What the rules add, in log-odds; the component ``intake_signals`` runs before this one."""
        return self.expert.offsets(span.label_ for span in doc.spans[SIGNALS]) if SIGNALS in doc.spans else {}

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # spaCy passes both
        labels: object = None,
    ) -> None:
        """Learn from the examples; there are no later updates, so spaCy's loop has nothing to repeat."""
        lessons = [lesson(example.reference, self.recipe) for example in get_examples()]
        # Imported by name: scikit-learn belongs to training, and is not installed where the model only runs.
        self.fitted = import_module("nlp.fitting").fit(lessons, self.recipe)

    def score(
        self,
        examples: Iterable[Example],
        **kwargs: object,  # spaCy's signature
    ) -> dict[str, float | dict[str, float]]:
        """Share of texts whose set of kinds at .5 is exactly right, and whose leading team is right."""
        kinds, teams = [], []
        for example in examples:
            said, truth = example.predicted.cats, lesson(example.reference, self.recipe)
            kinds.append({kind for kind in KINDS if said[kind] >= 0.5} == truth.kinds)
            if truth.teams:
                teams.append(max(TEAMS, key=lambda team: said[TEAM_PREFIX + team]) in truth.teams)
        return {"kind_exact": sum(kinds) / max(1, len(kinds)), "team_top1": sum(teams) / max(1, len(teams))}

    def to_bytes(self, exclude: Iterable[str] = ()) -> bytes:
        """The fitted parts as msgpack."""
        fitted = self.ready
        packed: bytes = srsly.msgpack_dumps(
            {
                "feature_version": FEATURE_VERSION,
                "labels_version": LABELS_VERSION,
                "ngrams": [fitted.ngrams.shortest, fitted.ngrams.longest],
                "terms": list(fitted.ngrams.terms),
                "idf": fitted.ngrams.idf.astype("<f4").tobytes(),
                **{name: _pack(getattr(fitted, name)) for name in _HEADS},
                "rules": [self.expert.kinds, self.expert.teams, self.expert.bound],
            }
        )
        return packed

    def from_bytes(self, data: bytes, exclude: Iterable[str] = ()) -> "IntakeCats":
        """Take over fitted parts, or WrongModelError when they were made for other features or labels."""
        parts = srsly.msgpack_loads(data)
        if (parts["feature_version"], parts["labels_version"]) != (FEATURE_VERSION, LABELS_VERSION):
            raise WrongModelError(parts["feature_version"], parts["labels_version"])
        shortest, longest = parts["ngrams"]
        idf: Vector = np.frombuffer(parts["idf"], dtype="<f4").astype(np.float32)
        ngrams = CharNgrams(shortest, longest, parts["terms"], idf)
        self.fitted = Fitted(ngrams, *(_unpack(parts[name]) for name in _HEADS))
        self.expert = rules.Expert(*parts["rules"])
        return self

    def to_disk(self, path: Path | str, exclude: Iterable[str] = ()) -> None:
        """Write the fitted parts into a folder of the component."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: Path | str, exclude: Iterable[str] = ()) -> "IntakeCats":
        """Read what ``to_disk`` wrote."""
        return self.from_bytes((Path(path) / _FILE).read_bytes())


@Language.factory(
    "intake_cats",
    assigns=["doc.cats"],
    default_config=DEFAULTS,
    default_score_weights={"kind_exact": 0.5, "team_top1": 0.5},
)
def make_intake_cats(  # one argument for each line of the configuration
    nlp: Language,  # noqa: ARG001  # spaCy passes it
    name: str,
    ngram_min: int,
    ngram_max: int,
    min_df: int,
    C: float,  # noqa: N803  # the name every text on logistic regression uses for this
    C_teams: float,  # noqa: N803
    kind_rules: float,
    team_rules: float,
    rule_bound: float,
    use_embedding: bool,
    seed: int,
) -> IntakeCats:
    """The factory behind ``intake_cats`` in a pipeline's configuration."""
    if use_embedding:
        raise ValueError("use_embedding: sentence vectors are not part of this release")
    recipe = Recipe(ngram_min, ngram_max, min_df, C, C_teams, seed)
    return IntakeCats(name, recipe, rules.Expert(kind_rules, team_rules, rule_bound))


def words(doc: Doc) -> list[str]:
    """The words that count as features: no spaces, no punctuation but question and exclamation marks."""
    return [token.text for token in doc if counts(token.text)]


def counts(word: str) -> bool:
    """Whether a token is a word for the model; masked numbers are not."""
    return word in _PUNCTUATION_KEPT or any(letter.isalnum() for letter in word)


def lesson(doc: Doc, recipe: Recipe) -> Lesson:
    """The annotation of a training document, as ``nlp/project/convert.py`` writes it."""
    kinds = frozenset(kind for kind in KINDS if doc.cats.get(kind, 0.0) > 0.5)
    teams = tuple(team for team in TEAMS if doc.cats.get(TEAM_PREFIX + team, 0.0) > 0.0)
    writer, padded = str(doc.user_data.get("writer", "")), bool(doc.user_data.get("padded", False))
    terms = bag(words(doc), recipe.shortest, recipe.longest)
    return Lesson(terms, kinds, teams, doc.cats.get(PERSON, 0.0) > 0.5, writer, padded)


def _pack(head: Head) -> dict[str, object]:
    return {
        "labels": list(head.labels),
        "weights": head.weights.astype("<f2").tobytes(),
        "bias": head.bias.astype("<f4").tobytes(),
        "exclusive": head.exclusive,
        "temperature": head.temperature,
    }


def _unpack(parts: Mapping[str, object]) -> Head:
    labels, weights, bias, temperature = parts["labels"], parts["weights"], parts["bias"], parts["temperature"]
    if not (isinstance(labels, list) and isinstance(weights, bytes) and isinstance(bias, bytes)):
        raise WrongModelError("head")
    if not isinstance(temperature, float):
        raise WrongModelError("temperature")
    table: Vector = np.frombuffer(weights, dtype="<f2").astype(np.float32).reshape(len(labels), -1)
    level: Vector = np.frombuffer(bias, dtype="<f4").astype(np.float32)
    return Head(tuple(labels), table, level, bool(parts["exclusive"]), temperature)
