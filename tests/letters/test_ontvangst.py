"""The acknowledgement: neutral, complete and plain (law.md 8.1, decisions 8)."""

from dataclasses import replace
from datetime import date

import pytest
from jinja2 import UndefinedError

from core.letters import Fact, Letters
from tests.core.world import MUNICIPALITY
from tests.letters.plain import complaints

FACTS: dict[str, Fact] = {
    "number": "2026-0187",
    "name": "M. de Boer",
    "received_on": date(2026, 11, 23),
    "call_before": date(2026, 11, 30),
    "target": date(2026, 12, 21),
    "limit": date(2027, 1, 4),
    "ask_consent": True,
    "copy": "Ik ben <b>drie</b> keer niet teruggebeld.",
    "attachments": ("bewijs.pdf",),
}


def test_the_whole_text() -> None:
    letter = Letters(MUNICIPALITY).write("ontvangst", FACTS)
    assert letter.subject == "Wij hebben uw bericht ontvangen (2026-0187)"
    assert letter.text == EXPECTED


def test_it_is_plain() -> None:
    assert complaints(Letters(MUNICIPALITY).write("ontvangst", FACTS).text) == []


@pytest.mark.parametrize("part", ["text", "html"])
def test_what_must_and_should_be_in_it_is_in_it(part: str) -> None:
    municipality = replace(MUNICIPALITY, privacy_page="https://gemeente.example/privacy", address="Raadhuisplein 1")
    written = getattr(Letters(municipality).write("ontvangst", FACTS), part)
    for must in (
        "2026-0187",  # case number
        "23 november 2026",  # date of receipt
        "30 november 2026",  # when we call
        "21 december 2026",  # target
        "4 januari 2027",  # legal date
        "14 0591",  # who to call
        "de klachtencoördinator",
        "de computer niet",  # people decide
        "gesprek",  # the right to be heard
        "kopie",  # a copy goes to the person concerned
        "intrekken",
        "toevoegen",
        "per e-mail antwoorden",  # consent
        "https://gemeente.example/privacy",
        "bezwaar maken",  # the two standing sentences for a decision (decisions 8)
        "bewijs.pdf",
    ):
        assert must in written, must


def test_what_must_not_be_in_it_is_not() -> None:
    text = Letters(MUNICIPALITY).write("ontvangst", FACTS).text.casefold()
    for never in (
        "niet antwoorden",
        "in behandeling genomen",
        "gegrond",
        "uw klacht van",
        "beroep instellen",
        "rechtbank",
    ):
        assert never not in text


def test_a_citizens_words_are_harmless_in_html() -> None:
    html = Letters(MUNICIPALITY).write("ontvangst", {**FACTS, "name": "<script>x</script>"}).html
    assert "&lt;b&gt;drie&lt;/b&gt;" in html
    assert "<script>" not in html
    assert 'lang="nl"' in html


def test_a_committee_is_named_where_there_is_one() -> None:
    assert "commissie" not in Letters(MUNICIPALITY).write("ontvangst", FACTS).text
    with_committee = Letters(replace(MUNICIPALITY, committee=True)).write("ontvangst", FACTS)
    assert "Een commissie geeft advies" in with_committee.text
    assert "Een commissie geeft advies" in with_committee.html


def test_a_missing_fact_is_an_error_and_never_a_gap() -> None:
    with pytest.raises(UndefinedError):
        Letters(MUNICIPALITY).write("ontvangst", {name: fact for name, fact in FACTS.items() if name != "limit"})


EXPECTED = """\
Beste M. de Boer,

Wij hebben uw bericht ontvangen op 23 november 2026. Dank u wel dat u ons dit laat weten.

Uw nummer is 2026-0187. Houd dit nummer bij de hand als u ons belt of schrijft.

Wat gebeurt er nu?

1. Een medewerker leest uw bericht. Mensen beslissen, de computer niet.
2. Wij bellen u uiterlijk 30 november 2026. Lukt bellen niet? Dan schrijven wij u.
3. Samen kijken wij wat er nodig is. U kunt uw verhaal ook in een gesprek vertellen.
4. Is uw bericht een klacht? Dan willen wij die afronden voor 21 december 2026.
   U krijgt in elk geval antwoord uiterlijk op 4 januari 2027. Dat is de wettelijke termijn.

Wie helpt u?

U kunt bellen met de klachtencoördinator: 14 0591.
U kunt ook gewoon op dit bericht antwoorden. Zo kunt u ook iets toevoegen of een foto sturen.

Gaat uw bericht over een besluit?

Bent u het niet eens met een besluit van de gemeente? Dan kunt u vaak bezwaar maken. Daarvoor is een vaste termijn.
Wij kijken er snel naar. De dag waarop wij uw bericht kregen, blijft tellen.

Goed om te weten

- Gaat uw klacht over een medewerker? Dan krijgt die medewerker een kopie van uw klacht.
- U mag uw bericht altijd intrekken. Bel of schrijf ons dan.
- Mogen wij u per e-mail antwoorden? Antwoord dan "ja". Anders sturen wij een brief.

Dit schreef u ons:

Ik ben <b>drie</b> keer niet teruggebeld.

Bijlagen: bewijs.pdf

Met vriendelijke groet,

de klachtencoördinator
gemeente Voorbeeld
14 0591
"""
