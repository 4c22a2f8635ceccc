"""The frozen contract of ``gehoord nlp suggest --jsonl``."""

import json

import pytest

from nlp.labels import ENTITY_KEYS, KINDS, ROLES, TEAMS
from nlp.lines import BadRequestError, answer

LINE = {
    "id": "m1",
    "subject": "klacht",
    "text": "Mijn container aan de Kerkstraat 12 in Erica is gisteren voor de derde keer niet geleegd. BSN 111222333.",
    "channel": "email",
    "received": "2026-04-01",
}


def test_an_answer_has_the_keys_of_the_contract() -> None:
    said = answer(LINE)
    assert set(said) >= {"kinds", "teams", "subject_role", "entities", "language", "why", "abstain"}
    assert json.loads(json.dumps(said)) == said
    assert said["id"] == "m1"
    kinds, teams, entities, why = said["kinds"], said["teams"], said["entities"], said["why"]
    assert isinstance(kinds, dict)
    assert set(kinds) == set(KINDS)
    assert isinstance(teams, dict)
    assert set(teams) == set(TEAMS)
    assert sum(teams.values()) == pytest.approx(1.0, abs=1e-4)
    assert said["subject_role"] in ROLES
    assert isinstance(entities, dict)
    assert set(entities) == set(ENTITY_KEYS)
    assert (entities["bsn"], entities["dates"], entities["places"]) == (["111222333"], ["gisteren"], ["Erica"])
    assert isinstance(why, list)
    assert why
    for one in why:
        assert set(one) == {"span", "text", "for", "weight"}
        assert LINE["text"][slice(*one["span"])] == one["text"]
        assert one["for"] in {*KINDS, *TEAMS, *ROLES}


def test_text_alone_is_enough_and_an_id_is_not_made_up() -> None:
    said = answer({"text": "ik heb een klacht"})
    assert "id" not in said
    assert said["teams"] == {}
    assert said["abstain"] == "no_content"
    assert answer({"text": "ik heb een klacht", "subject": None, "received": None, "channel": None}) == said


def test_a_line_that_is_no_object_is_refused() -> None:
    with pytest.raises(BadRequestError):
        answer([1])


@pytest.mark.parametrize("wrong", [{"text": 3}, {"text": "x", "received": "morgen"}, {"text": "x", "channel": "fax"}])
def test_a_wrong_line_names_the_key_and_not_the_content(wrong: dict[str, object]) -> None:
    with pytest.raises(BadRequestError) as caught:
        answer(wrong)
    assert "morgen" not in str(caught.value)
