"""Details come back as the citizen wrote them."""

import pytest

from nlp.entities import extract
from nlp.labels import ENTITY_KEYS


@pytest.mark.parametrize(
    ("text", "key", "found"),
    [
        ("Uw kenmerk: Z-2026-00123 van vorige week", "kenmerk", ["Z-2026-00123"]),
        ("zaaknummer 2026-004512", "kenmerk", ["2026-004512"]),
        ("aanslagnummer 7761.12.345", "kenmerk", ["7761.12.345"]),
        ("beschikking nr. WMO/2026/887", "kenmerk", ["WMO/2026/887"]),
        ("over OV-2026-0033 heb ik een vraag", "kenmerk", ["OV-2026-0033"]),
        ("het besluit van 12 maart 2026", "kenmerk", []),
        ("besluit 12-03-2026", "kenmerk", []),
        ("de zaak 2025 loopt nog", "kenmerk", []),
        ("kenmerk 111222333", "kenmerk", []),
        ("bel 06-12345678 of 0591 685555, of 14 0591", "phone", ["06-12345678", "0591 685555", "14 0591"]),
        ("+31 6 12345678", "phone", ["+31 6 12345678"]),
        ("zaak 2026-004512", "phone", []),
        ("BSN 111222333", "bsn", ["111222333"]),
        ("mijn nummer is 111.222.333.", "bsn", ["111.222.333"]),
        ("nummer 123456789", "bsn", []),
        ("stort op NL91 ABNA 0417 1643 00 graag", "iban", ["NL91 ABNA 0417 1643 00"]),
        ("nl91abna0417164300", "iban", ["nl91abna0417164300"]),
        ("NL91ABNA0417164301", "iban", []),
        ("in klazienaveen en Nieuw Amsterdam", "places", ["klazienaveen", "Nieuw Amsterdam"]),
        ("Klazienaveen-Noord", "places", ["Klazienaveen-Noord"]),
        ("de gemeente Emmen", "places", []),
        ("ik woon in Emmen", "places", ["Emmen"]),
        ("bij de Kerkstraat 12 te Erica", "street", ["Kerkstraat 12"]),
        ("hoofdstraat 5a", "street", ["hoofdstraat 5a"]),
        ("onderweg 3 keer gestopt, het Fietspad 2", "street", []),
        ("7811 AB Emmen", "postcode", ["7811 AB"]),
        ("mail naar jan.voorbeeld@voorbeeld.example aub", "email", ["jan.voorbeeld@voorbeeld.example"]),
        ("mevrouw de Vries en dhr. J. van der Berg", "person", ["de Vries", "J. van der Berg"]),
        ("op 12 maart en gisteren en op 12 maart", "dates", ["12 maart", "gisteren"]),
    ],
)
def test_an_entity_is_found(text: str, key: str, found: list[str]) -> None:
    assert list(extract(text)[key]) == found


def test_all_keys_are_always_there() -> None:
    assert tuple(extract("")) == ENTITY_KEYS
    assert not any(extract("").values())


def test_a_masked_number_shows_up_nowhere_else() -> None:
    found = extract("kenmerk 111222333 bsn 111222333, rekening NL91ABNA0417164300")
    assert found["bsn"] == ("111222333",)
    assert found["iban"] == ("NL91ABNA0417164300",)
    assert not any(found[key] for key in ENTITY_KEYS if key not in ("bsn", "iban"))


@pytest.mark.parametrize(
    "piece", [" ", "A-", "1 ", "zaak-", "0591 ", "a.", "bsn 1", "Straat ", "maandag ", "NL91", "\n"]
)
def test_hostile_repetition_is_read_to_the_end(piece: str) -> None:
    """Twenty thousand characters of the worst kind; were a pattern to explode, the run's time limit would end it."""
    assert set(extract(piece * (20_000 // len(piece)))) == set(ENTITY_KEYS)
