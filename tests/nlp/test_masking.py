"""No valid BSN and no IBAN may get past the mask, whatever stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from nlp.masking import MASK, identifiers, mask


def _valid(first_eight: int) -> str | None:
    digits = f"{first_eight:08d}"
    rest = sum((9 - place) * int(digit) for place, digit in enumerate(digits)) % 11
    whole = f"{digits}{rest}"
    return whole if rest < 10 and bsn.is_valid(whole) else None


valid_numbers = st.integers(min_value=1_000_000, max_value=99_999_999).map(_valid).filter(lambda n: n is not None)


@given(number=valid_numbers, before=st.text(max_size=30), after=st.text(max_size=30))
def test_every_valid_number_in_any_surrounding_is_masked(number: str, before: str, after: str) -> None:
    """A digit glued to the number would make it another number; everything else may stand there."""
    before, after = (
        (before + "x" if before[-1:].isdecimal() else before),
        ("x" + after if after[:1].isdecimal() else after),
    )
    text = before + number + after
    masked = mask(text)
    assert masked[len(before) : len(before) + 9] == MASK * 9
    assert len(masked) == len(text)


@given(number=valid_numbers, joint=st.sampled_from([" ", ".", "-", "\u00a0", " - ", "\u2009"]))
@pytest.mark.parametrize("sizes", [(3, 3, 3), (4, 2, 3), (2, 2, 2, 3), (1,) * 9])
def test_a_number_in_groups_is_masked(sizes: tuple[int, ...], number: str, joint: str) -> None:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    masked = mask(f"nummer {joint.join(parts)}.")
    assert not any(letter.isdigit() for letter in masked)


@given(text=st.text())
def test_masking_keeps_the_length_and_only_hides(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(new in (old, MASK) for new, old in zip(masked, text, strict=True))


@given(text=st.text(alphabet="0123456789 .-bsnNL"))
def test_masking_twice_is_masking_once_for_bare_numbers(text: str) -> None:
    assert all(found.end > found.start for found in identifiers(text))
    kept = [(found.start, found.end) for found in identifiers(text) if found.certain and found.kind == "bsn"]
    masked = mask(text)
    assert all(MASK * (end - start) == masked[start:end] for start, end in kept)


@pytest.mark.parametrize(
    "text",
    [
        "Mijn BSN is 123456789",  # wrong check digit, but called a BSN
        "bsn: 12345678",
        "burgerservicenummer 111.222.333",
        "123456789 (bsn)",
        "sofinummer 123456789",
    ],
)
def test_a_number_called_bsn_is_masked_whatever_its_check_digit(text: str) -> None:
    assert not any(letter.isdigit() for letter in mask(text))


@pytest.mark.parametrize(
    "text",
    [
        "IBAN NL91ABNA0417164300",
        "nl91 abna 0417 1643 00",
        "naar DE89 3704 0044 0532 0130 00 graag",
        "NL91ABNA0417164300.",
    ],
)
def test_an_account_is_masked(text: str) -> None:
    assert not any(letter.isdigit() for letter in mask(text))


@pytest.mark.parametrize(
    "text",
    [
        "bel 06-12345678 of 0591 685555",
        "BSN 111222333, bel 06-12345678",
        "zaak 2026-12345 van 12-03-2026",
        "+31 6 12345678",
        "NL91ABNA0417164301",  # wrong check digits
        "op 12-03-2026 7 keer gebeld",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    hidden = "".join(found.text for found in identifiers(text))
    assert hidden in ("", "111222333")
