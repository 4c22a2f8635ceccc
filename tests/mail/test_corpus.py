"""Every message of the corpus is read as its hand-written expectation says (RFC 5322, 2045-2047, 2231, 3464, 3834)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailin.understanding import inspection, mime
from tests.mail import make_corpus
from tests.mail.expectation import CHECKS, KEYS, Json, differences, load, unclean

CORPUS = Path(__file__).parent / "corpus"
MESSAGES = sorted(CORPUS.glob("*.eml"))


def inspect(path: Path) -> dict[str, Json]:
    """What `gehoord mail inspect` answers, as JSON carries it."""
    answer = json.loads(json.dumps(inspection.describe(mime.parse(path.read_bytes()))))
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_message_is_read_as_stated(path: Path) -> None:
    said = inspect(path)
    faults = unclean(said) + differences(load(path.with_suffix(".json")), said)
    assert not faults, f"{path.name}\n" + "\n".join(faults)


def test_corpus_has_at_least_ninety_messages() -> None:
    assert len(MESSAGES) >= 90


def test_every_message_has_its_expectation_and_the_reverse() -> None:
    assert {path.stem for path in MESSAGES} == {path.stem for path in CORPUS.glob("*.json")}


def test_generated_messages_are_the_committed_bytes() -> None:
    changed = [name for name, raw in make_corpus.messages().items() if (CORPUS / f"{name}.eml").read_bytes() != raw]
    assert changed == []


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_expectation_names_known_keys_only(path: Path) -> None:
    known = {key + ending for key in KEYS for ending in ("", *CHECKS)}
    stated = load(path)
    assert stated
    assert set(stated) <= known


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"subject": "a"}, {"subject": "b"}),
        ({"bounce": True}, {"bounce": 1}),
        ({"message_id": None}, {"message_id": ""}),
        ({"text": "a\nb"}, {"text": "a b"}),
        ({"text_contains": ["b", "a"]}, {"text": "a b"}),
        ({"text_lacks": ["a b"]}, {"text": "x a\nb"}),
        ({"from_addr_in": ["a@b", None]}, {"from_addr": "c@d"}),
        ({"attachments": [{"filename": "a"}]}, {"attachments": []}),
        ({"attachments": []}, {"attachments": [{"filename": "a"}]}),
        ({"attachments": [{"filename": "a", "size": 1}]}, {"attachments": [{"filename": "a", "size": 2}]}),
        ({"attachments_include": [{"filename": "a"}]}, {"attachments": [{"filename": "b"}]}),
    ],
)
def test_a_difference_is_seen(stated: dict[str, Json], said: dict[str, Json]) -> None:
    assert differences(stated, said)


@pytest.mark.parametrize("subject", ["a\x00b", "a\nb", "a\ud800b", "a\x85b"])
def test_an_unclean_header_is_seen(subject: str) -> None:
    clean = dict.fromkeys(KEYS, "")
    assert unclean({**clean}) == []
    assert unclean({**clean, "subject": subject})
