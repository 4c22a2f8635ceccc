"""Case numbers: YYYY-NNNN, the local year of receipt, found again in a subject line (decisions 9)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.numbering import case_number, numbers_in

PROPERTY = settings(deadline=None, database=None)
years, counters = st.integers(2020, 2099), st.integers(1, 99999)


@pytest.mark.parametrize(
    ("year", "counter", "number"),
    [(2026, 1, "2026-0001"), (2026, 217, "2026-0217"), (2027, 9999, "2027-9999"), (2026, 12345, "2026-12345")],
)
def test_the_number_as_people_read_it(year, counter, number):
    assert case_number(year, counter) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ()),
        ("Re: Uw bericht 2026-0001", ("2026-0001",)),
        ("RE: FW: [2026-0001] klacht", ("2026-0001",)),
        ("(2026-0001), zie ook 2025-0310.", ("2026-0001", "2025-0310")),
        ("2026-0002 en 2026-0001 en 2026-0002", ("2026-0002", "2026-0001")),
        ("Uw brief van 2026-01-02", ()),
        ("bel 06-20260001 of 0591-2026-0001", ()),
        ("kenmerk 12026-0001", ()),
        ("kenmerk 2026-000", ()),
        ("20260001", ()),
        ("zaak2026-0001", ("2026-0001",)),
    ],
)
def test_numbers_in_a_text(text, numbers):
    assert numbers_in(text) == numbers


@PROPERTY
@given(years, counters, st.sampled_from(("", "Re: ", "Antw: [", "bericht ")), st.sampled_from(("", "]", ".", " hallo")))
def test_what_we_write_we_find(year, counter, before, after):
    assert numbers_in(f"{before}{case_number(year, counter)}{after}") == (case_number(year, counter),)


@PROPERTY
@given(years, counters, years, counters)
def test_two_cases_never_share_a_number(year, counter, other_year, other_counter):
    same = (year, counter) == (other_year, other_counter)
    assert (case_number(year, counter) == case_number(other_year, other_counter)) is same


@PROPERTY
@given(st.text(alphabet="0123456789- 26\n", max_size=60))
def test_any_text_is_read_and_each_number_comes_once(text):
    found = numbers_in(text)
    assert len(found) == len(set(found))
    assert all(number in text for number in found)
