"""Who is complained about decides who handles the complaint (process description, section 5)."""

import pytest

from core.domain.triage import Query
from nlp.classifier import SpacyClassifier
from nlp.labels import ROLES
from nlp.roles import FUNCTIONS, NOBODY


def test_every_role_has_words() -> None:
    assert {*FUNCTIONS, NOBODY} == set(ROLES)
    assert all(phrase == phrase.strip() for phrases in FUNCTIONS.values() for phrase in phrases)


@pytest.mark.parametrize("role", FUNCTIONS)
def test_each_function_is_recognised_as_the_one_complained_about(classifier: SpacyClassifier, role: str) -> None:
    for phrase in (FUNCTIONS[role][0], FUNCTIONS[role][-1]):
        text = f"Ik heb een klacht over {phrase}. Die was onbeschoft tegen mij en luisterde niet."
        assert classifier.suggest(Query(subject="", text=text)).respondent_role == role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Geachte burgemeester,\nDe medewerker aan de balie was onbeschoft tegen mij.", "medewerker"),
        (
            "De klachtencoördinator heeft mij uitgelachen, terwijl ik de medewerker al had gemaild.",
            "klachtencoordinator",
        ),
        ("De medewerkster van de griffie snauwde mij af en hing op.", "griffiemedewerker"),
        ("De lantaarnpaal in de Kerkstraat is kapot.", "onbekend"),
    ],
)
def test_the_one_aimed_at_wins(classifier: SpacyClassifier, text: str, role: str) -> None:
    assert classifier.suggest(Query(subject="", text=text)).respondent_role == role
