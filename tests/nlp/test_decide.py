"""The lean towards klacht, and the reasons for "weet ik niet"."""

import pytest

from nlp.decide import CLOSE, abstention, is_content, lean

NONE = {"klacht": 0.0, "bezwaar": 0.0, "melding": 0.0, "schadeclaim": 0.0, "vraag": 0.0, "overig": 0.0}
SURE_TEAM = {"afval-reiniging": 0.9, "belastingen": 0.1}


@pytest.mark.parametrize("rival", ["melding", "schadeclaim", "vraag", "overig"])
def test_klacht_leads_when_it_is_close(rival: str) -> None:
    assert next(iter(lean(NONE | {"klacht": 0.45, rival: 0.45 + CLOSE - 0.01}, 8))) == "klacht"
    assert next(iter(lean(NONE | {"klacht": 0.45, rival: 0.45 + CLOSE + 0.01}, 8))) == rival


def test_klacht_never_overtakes_bezwaar() -> None:
    assert next(iter(lean(NONE | {"klacht": 0.50, "bezwaar": 0.51}, 8))) == "bezwaar"
    assert next(iter(lean(NONE | {"klacht": 0.10, "bezwaar": 0.80}, 0))) == "bezwaar"


def test_without_content_no_other_kind_has_a_lead() -> None:
    assert next(iter(lean(NONE | {"klacht": 0.10, "overig": 0.97}, 0))) == "klacht"


def test_only_klacht_is_raised_and_never_by_more_than_the_margin() -> None:
    before = NONE | {"klacht": 0.40, "melding": 0.52}
    after = lean(before, 8)
    assert {kind for kind in before if before[kind] != after[kind]} == {"klacht"}
    assert after["klacht"] == before["melding"]


@pytest.mark.parametrize(
    ("kinds", "teams", "language", "words", "reason"),
    [
        ({"klacht": 0.9}, SURE_TEAM, "nl", 8, None),
        ({"klacht": 0.9, "bezwaar": 0.88}, SURE_TEAM, "nl", 8, None),  # both hold: no doubt
        ({"klacht": 0.9}, {}, "nl", 0, "no_content"),
        ({"klacht": 0.9}, SURE_TEAM, "nl", 3, "too_short"),
        ({"klacht": 0.9}, SURE_TEAM, "pl", 8, "foreign_language"),
        ({"klacht": 0.1}, SURE_TEAM, "nl", 8, "nothing_stands_out"),
        ({"klacht": 0.4, "melding": 0.3}, SURE_TEAM, "nl", 8, "kinds_close"),
        ({"klacht": 0.9}, {"belastingen": 0.4, "bestuur-griffie": 0.35}, "nl", 8, "team_unsure"),
    ],
)
def test_abstention(
    kinds: dict[str, float], teams: dict[str, float], language: str, words: int, reason: str | None
) -> None:
    assert abstention(NONE | kinds, teams, language, words) == reason


def test_the_name_of_a_message_is_no_content() -> None:
    assert not any(is_content(word, is_stop=False) for word in ("klacht", "Gemeente", "Hallo", "12", "!"))
    assert is_content("container", is_stop=False)
    assert not is_content("container", is_stop=True)
