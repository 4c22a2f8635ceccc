"""Another language is a banner, so doubt counts as Dutch."""

import pytest

from nlp.language import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("De container is al drie weken niet geleegd en niemand belt terug.", "nl"),
        ("My garbage has not been collected for three weeks and nobody answers the phone.", "en"),
        ("Mein Müll wurde seit drei Wochen nicht abgeholt und niemand geht ans Telefon.", "de"),
        ("Moje śmieci nie zostały odebrane od trzech tygodni i nikt nie odbiera telefonu.", "pl"),
        ("Mien container is al weken niet leeggemaakt, 't is een schande heur.", "nl"),
        ("container vol", "nl"),
        ("boa scheldt", "nl"),
        ("", "nl"),
        ("!!! ??? 12 34 56", "nl"),
        ("DE CONTAINER IS AL DRIE WEKEN NIET GELEEGD EN NIEMAND BELT TERUG", "nl"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language(text) == code


def test_line_breaks_and_odd_characters_are_fine() -> None:
    assert language("dit is\r\neen klacht\u2028over de gemeente\x0b hoor") == "nl"
