"""The brake holds from its figure on, and never before."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.brakes import Braked, Brakes, braked

FIGURES = st.integers(min_value=1, max_value=50)
COUNTS = st.integers(min_value=0, max_value=200)


def test_nothing_written_yet_holds_nothing() -> None:
    assert braked(Brakes(), to_address=0, in_case=0) is None


def test_the_last_letter_within_the_figure_still_leaves() -> None:
    assert braked(Brakes(per_address=8, per_case=4), to_address=7, in_case=3) is None


def test_each_figure_holds_by_itself() -> None:
    brakes = Brakes(per_address=8, per_case=4)
    assert braked(brakes, to_address=8, in_case=0) == Braked.ADDRESS
    assert braked(brakes, to_address=0, in_case=4) == Braked.CASE


@given(FIGURES, FIGURES, COUNTS, COUNTS)
def test_it_holds_exactly_when_a_figure_is_reached(address: int, case: int, to_address: int, in_case: int) -> None:
    held = braked(Brakes(per_address=address, per_case=case), to_address=to_address, in_case=in_case)
    assert (held is not None) == (to_address >= address or in_case >= case)


@given(FIGURES, FIGURES, COUNTS, COUNTS)
def test_once_held_more_letters_never_loosen_it(address: int, case: int, to_address: int, in_case: int) -> None:
    brakes = Brakes(per_address=address, per_case=case)
    if braked(brakes, to_address=to_address, in_case=in_case):
        assert braked(brakes, to_address=to_address + 1, in_case=in_case)
        assert braked(brakes, to_address=to_address, in_case=in_case + 1)


def test_by_default_an_ordinary_week_of_a_citizen_is_never_held() -> None:
    """A form, two additions and a refused file on one day: four letters."""
    assert braked(Brakes(), to_address=3, in_case=3) is None
