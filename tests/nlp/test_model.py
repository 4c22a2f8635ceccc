"""The model that ships: made from the committed data, good enough on writers it never saw, and rebuilt the same."""

import json
from pathlib import Path

import pytest

from nlp import corpus, evaluate, train
from nlp.classifier import MODEL
from nlp.evaluate import Pair


@pytest.fixture(scope="module")
def judged() -> list[Pair]:
    return evaluate.pairs("dev")


def test_the_model_is_made_from_the_corpus_beside_it() -> None:
    meta = json.loads((MODEL / "meta.json").read_text(encoding="utf-8"))
    assert meta["train_sha256"] == corpus.fingerprint("train")
    assert meta["seed"] == 1


def test_the_model_is_small() -> None:
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < 5_000_000


def test_the_model_names_no_place_of_the_machine_that_made_it() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in MODEL.glob("*.*"))
    assert not any(place in written for place in ("/tmp/", "/home/", "/work/", "/root/"))


def test_no_writer_is_in_train_and_dev() -> None:
    train_, dev = corpus.read("train"), corpus.read("dev")
    assert not {message.writer for message in train_} & {message.writer for message in dev}
    assert not {message.text for message in train_} & {message.text for message in dev}
    assert len({message.id for message in train_ + dev}) == len(train_ + dev)


def test_floor_on_dev(judged: list[Pair]) -> None:
    """Some points below the figures of the day it was set (130 messages: one message is .8 of a point)."""
    found = evaluate.figures(judged)
    assert found.messages >= 100
    assert found.exact >= 0.68
    assert found.primary >= 0.72
    assert found.klacht_bezwaar >= 0.88
    assert found.bezwaar_recall >= 0.90
    assert found.bezwaar_false <= 0.20
    assert found.team_top1 >= 0.70
    assert found.team_top2 >= 0.85
    assert found.role_recall >= 0.66
    assert found.ece_kinds <= 0.06


def test_a_team_that_stands_out_is_right(judged: list[Pair]) -> None:
    sure = [
        said.team in truth.teams for truth, said in judged if truth.teams and max(said.teams.values(), default=0) >= 0.7
    ]
    assert len(sure) >= 0.3 * len(judged)
    assert sum(sure) >= 0.9 * len(sure)


@pytest.mark.timeout(900)
def test_rebuilding_gives_the_same_decisions(judged: list[Pair], tmp_path: Path) -> None:
    """Equal decisions, not equal bytes: another machine rounds differently (decision 29)."""
    train.main([str(tmp_path / "model")])
    again = [said for _, said in evaluate.pairs("dev", tmp_path / "model")]
    for (_, said), anew in zip(judged, again, strict=True):
        assert (anew.kind, anew.team, anew.respondent_role) == (said.kind, said.team, said.respondent_role)
        assert anew.possible_objection == said.possible_objection
        assert anew.kinds == pytest.approx(dict(said.kinds), abs=0.02)
