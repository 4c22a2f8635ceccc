"""Dates as people write them, seen from a Wednesday of receipt."""

from datetime import date

import pytest

from nlp.dates import mentions

RECEIVED = date(2026, 4, 1)
assert RECEIVED.weekday() == 2


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("besluit van 12-03-2026", "12-03-2026", date(2026, 3, 12)),
        ("op 3/2/26 gebeld", "3/2/26", date(2026, 2, 3)),
        ("d.d. 2026-03-12", "2026-03-12", date(2026, 3, 12)),
        ("uw brief d.d. 12-3", "12-3", date(2026, 3, 12)),
        ("op 12 maart 2025 belde ik", "12 maart 2025", date(2025, 3, 12)),
        ("op 12 maart belde ik", "12 maart", date(2026, 3, 12)),
        ("op 12 december belde ik", "12 december", date(2025, 12, 12)),
        ("op 29 februari belde ik", "29 februari", date(2024, 2, 29)),
        ("dinsdag 3 maart jl.", "dinsdag 3 maart jl.", date(2026, 3, 3)),
        ("gisteren was er niemand", "gisteren", date(2026, 3, 31)),
        ("eergisteren al", "eergisteren", date(2026, 3, 30)),
        ("vanmorgen aan de balie", "vanmorgen", date(2026, 4, 1)),
        ("afgelopen vrijdag", "afgelopen vrijdag", date(2026, 3, 27)),
        ("maandagmiddag", "maandagmiddag", date(2026, 3, 30)),
        ("woensdag kwam er niemand", "woensdag", date(2026, 3, 25)),
        ("vorige week maandag", "vorige week maandag", date(2026, 3, 23)),
        ("drie weken geleden", "drie weken geleden", date(2026, 3, 11)),
        ("5 dagen geleden", "5 dagen geleden", date(2026, 3, 27)),
        ("vorige maand", "vorige maand", None),
        ("in maart 2026", "maart 2026", None),
    ],
)
def test_a_date_is_read(text: str, written: str, value: date | None) -> None:
    assert [(found.text, found.value) for found in mentions(text, RECEIVED)] == [(written, value)]


@pytest.mark.parametrize(
    "text", ["Meistraat 12", "31-13-2026", "30 februari", "zaak 2026-004512", "12 mensen", "half drie", "nr 99-99-9999"]
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert mentions(text, RECEIVED) == []


def test_without_a_day_of_receipt_relative_days_have_no_value() -> None:
    assert [found.value for found in mentions("gisteren, en op 12 maart, en 1-2-2026", None)] == [
        None,
        None,
        date(2026, 2, 1),
    ]
