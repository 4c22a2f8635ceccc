"""The trainable component: stored without loss, deterministic, and its explanations add up."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spacy
import srsly  # type: ignore[import-untyped]  # explosion's serialisers ship no types
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlp import components, explain
from nlp.classifier import MODEL
from nlp.intake_cats import IntakeCats, NotTrainedError, WrongModelError, words
from nlp.labels import KINDS, PERSON, TEAM_PREFIX, TEAMS
from nlp.rules import Expert

assert components.SIGNALS  # registers the factories also where the entry points are not installed
TEXT = "De container bij de Kerkstraat is al drie keer niet geleegd, en ik ben het niet eens met uw besluit!"


@pytest.fixture(scope="module")
def pipeline() -> Language:
    return spacy.load(MODEL)


def _cats(pipeline: Language) -> IntakeCats:
    cats = pipeline.get_pipe("intake_cats")
    assert isinstance(cats, IntakeCats)
    return cats


def _lessons(nlp: Language) -> Iterator[Example]:
    """Forty tiny texts by four writers in which every kind and team occurs."""
    for number in range(40):
        kind, team = KINDS[number % 6], TEAMS[number % 13]
        doc = nlp.make_doc(f"{kind} over iets van {team} nummer {number}")
        doc.cats = {k: float(k == kind) for k in KINDS} | {TEAM_PREFIX + t: float(t == team) for t in TEAMS}
        doc.cats[PERSON] = float(number % 2)
        doc.user_data.update({"writer": f"w{number % 4}", "padded": False})
        yield Example(nlp.make_doc(doc.text), doc)


def _trained() -> Language:
    nlp = spacy.blank("nl")
    for name in ("intake_roles", "intake_signals", "intake_cats"):
        nlp.add_pipe(name)
    nlp.initialize(lambda: list(_lessons(nlp)))
    return nlp


def test_training_twice_gives_the_same_bytes_and_learns() -> None:
    first, second = _trained(), _trained()
    assert _cats(first).to_bytes() == _cats(second).to_bytes()
    scores = _cats(first).score([Example(first(example.predicted), example.reference) for example in _lessons(first)])
    assert scores["kind_exact"] == 1.0


def test_a_model_just_trained_decides_as_the_one_loaded_again(tmp_path: Path) -> None:
    trained = _trained()
    trained.to_disk(tmp_path / "model")
    assert spacy.load(tmp_path / "model")(TEXT).cats == trained(TEXT).cats
    copy = IntakeCats("copy", _cats(trained).recipe, Expert(0.0, 0.0, 0.0)).from_bytes(_cats(trained).to_bytes())
    assert copy(trained(TEXT)).cats == trained(TEXT).cats


def test_nothing_in_the_model_folder_can_run_code() -> None:
    for path in MODEL.rglob("*"):
        assert path.is_dir() or path.suffix in {"", ".json", ".cfg", ".msgpack", ".bin"}, path
        assert path.is_dir() or path.stat().st_size == 0 or path.read_bytes()[:2] not in (b"\x80\x04", b"\x80\x05"), (
            path
        )


def test_an_untrained_component_and_a_foreign_model_say_so() -> None:
    nlp = spacy.blank("nl")
    cats = nlp.add_pipe("intake_cats")
    assert isinstance(cats, IntakeCats)
    with pytest.raises(NotTrainedError):
        cats(nlp.make_doc("tekst"))
    parts = srsly.msgpack_loads(_cats(spacy.load(MODEL)).to_bytes())
    with pytest.raises(WrongModelError):
        cats.from_bytes(srsly.msgpack_dumps(parts | {"feature_version": 0}))
    with pytest.raises(ValueError, match="use_embedding"):
        nlp.add_pipe("intake_cats", name="later", config={"use_embedding": True})


@pytest.mark.parametrize("text", [TEXT, "ik heb een klacht", "A" * 300 + " 111 !!"])
def test_the_contributions_of_the_words_add_up_to_the_logit(pipeline: Language, text: str) -> None:
    cats, doc = _cats(pipeline), pipeline(text)
    for head, label in ((cats.ready.kinds, "klacht"), (cats.ready.kinds, "bezwaar"), (cats.ready.teams, "belastingen")):
        logits, bias = head.logits(cats.row(doc)), head.bias
        if head.exclusive:
            logits, bias = logits - logits.mean(), bias - bias.mean()
        at = head.labels.index(label)
        total = sum(explain.contributions(cats, doc, head, label).values())
        assert np.isclose(total * head.temperature, logits[at] - bias[at], atol=1e-4)


def test_masked_numbers_and_spaces_are_no_features(pipeline: Language) -> None:
    assert words(pipeline.make_doc("bsn *********  graag\n\n? !")) == ["bsn", "graag", "?", "!"]


def test_the_rules_are_added_outside_the_learnt_weights(pipeline: Language) -> None:
    cats = _cats(pipeline)
    with_rules = pipeline(TEXT).cats
    bare: Doc = pipeline.make_doc(TEXT)
    without = cats(bare).cats
    assert with_rules["bezwaar"] > without["bezwaar"]
