"""Terms and dates: the vectors of law.md section 2.2 as they stand there, and the boundaries around them."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from core.adapters.holidays import netherlands
from core.domain.terms import (
    deadlines,
    objection_until,
    ombudsman_until,
    over_a_year_ago,
    working_days_after,
    year_after,
)

D = date.fromisoformat
CALENDAR = netherlands(2023, 2029)

# law.md 2.2, word for word but for the last column
VECTORS = """
d01,2026-03-02 ma,2026-03-30,2026-03-30,2026-04-13,2026-04-13,2026-05-11
d02,2026-02-20 vr,2026-03-20,2026-03-20,2026-04-03,2026-04-07,2026-05-01
d03,2026-02-22 zo,2026-03-22,2026-03-23,2026-04-05,2026-04-07,2026-05-04
d04,2026-03-16 ma,2026-04-13,2026-04-13,2026-04-27,2026-04-28,2026-05-26
d05,2026-03-24 di,2026-04-21,2026-04-21,2026-05-05,2026-05-06,2026-06-02
d06,2026-04-02 do,2026-04-30,2026-04-30,2026-05-14,2026-05-18,2026-06-11
d07,2026-04-03 vr,2026-05-01,2026-05-01,2026-05-15,2026-05-18,2026-06-12
d08,2026-04-13 ma,2026-05-11,2026-05-11,2026-05-25,2026-05-26,2026-06-22
d09,2026-11-13 vr,2026-12-11,2026-12-11,2026-12-25,2026-12-28,2027-01-22
d10,2026-11-14 za,2026-12-12,2026-12-14,2026-12-26,2026-12-28,2027-01-25
d11,2026-11-20 vr,2026-12-18,2026-12-18,2027-01-01,2027-01-04,2027-01-29
d12,2025-11-20 do,2025-12-18,2025-12-18,2026-01-01,2026-01-05,2026-01-29
d13,2025-11-21 vr,2025-12-19,2025-12-19,2026-01-02,2026-01-05,2026-01-30
d14,2027-03-24 wo,2027-04-21,2027-04-21,2027-05-05,2027-05-10,2027-06-02
d15,2027-03-16 di,2027-04-13,2027-04-13,2027-04-27,2027-04-28,2027-05-25
d16,2028-03-16 do,2028-04-13,2028-04-13,2028-04-27,2028-05-01,2028-05-29
d17,2025-03-15 za,2025-04-12,2025-04-14,2025-04-26,2025-04-28,2025-05-26
d18,2025-03-14 vr,2025-04-11,2025-04-11,2025-04-25,2025-04-25,2025-05-23
d19,2027-02-12 vr,2027-03-12,2027-03-12,2027-03-26,2027-03-30,2027-04-23
d20,2028-01-18 di,2028-02-15,2028-02-15,2028-02-29,2028-02-29,2028-03-28
d21,2026-11-23 ma,2026-12-21,2026-12-21,2027-01-04,2027-01-04,2027-02-01
"""
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")


class Vector(NamedTuple):
    """One line of the table: ``limit`` is its column ``deadline``."""

    receipt: date
    weekday: str
    target: date
    notice: date
    nominal: date
    limit: date
    adjourned: date


def _vector(line: str):
    name, receipt, *rest = line.split(",")
    day, weekday = receipt.split()
    return pytest.param(Vector(D(day), weekday, *map(D, rest)), id=name)


ROWS = [_vector(line) for line in VECTORS.strip().splitlines()]
vectors = pytest.mark.parametrize("row", ROWS)


def test_all_vectors_are_here():
    assert len(ROWS) == 21


@vectors
def test_dates_of_a_case(row):
    """T-1 to T-5, T-10 and the four weeks of 9:8 lid 3."""
    got = deadlines(row.receipt, CALENDAR)
    assert DAYS[row.receipt.weekday()] == row.weekday
    assert got.target == row.target
    assert got.notice.day == row.notice
    assert got.notice.nominal == row.target
    assert got.limit.nominal == row.nominal
    assert got.limit.day == row.limit
    assert got.basis == "statutory"
    assert got.limit.certain
    assert got.calendar == CALENDAR.version


@vectors
def test_adjourned_by_four_weeks(row):
    """T-7b: receipt + 42 + 28 days, then the Termijnenwet once."""
    got = deadlines(row.receipt, CALENDAR, adjourned=28)
    assert got.limit.nominal == row.receipt + timedelta(days=70)
    assert got.limit.day == row.adjourned
    assert got.basis == "adjourned"
    assert got.target == row.target, "an adjournment does not move our own target"
    assert got.notice.day == row.notice, "nor the four weeks of 9:8"


@vectors
def test_ten_weeks_with_a_committee(row):
    """A-13 and the line below the vectors: the first deadline is the column of ten weeks."""
    got = deadlines(row.receipt, CALENDAR, committee=True)
    assert got.limit.day == row.adjourned
    assert got.basis == "statutory"
    assert got.target == row.target
    assert got.notice.day == row.notice


@pytest.mark.parametrize(
    ("receipt", "limit"),
    [
        ("2026-03-02", "2026-06-08"),  # Monday, plain
        ("2026-02-20", "2026-05-29"),  # Friday, plain
        ("2026-02-16", "2026-05-26"),  # nominal 25 May 2026: second day of Pentecost
        ("2026-02-05", "2026-05-18"),  # nominal 14 May 2026: Ascension, equated Friday, weekend
        ("2026-02-22", "2026-06-01"),  # nominal Sunday 31 May
        ("2026-09-18", "2026-12-28"),  # nominal 25 December 2026, a Friday
    ],
)
def test_committee_and_adjournment_is_98_days(receipt, limit):
    got = deadlines(D(receipt), CALENDAR, committee=True, adjourned=28)
    assert got.limit.nominal == D(receipt) + timedelta(days=98)
    assert got.limit.day == D(limit)
    assert got.basis == "adjourned"


@pytest.mark.parametrize(
    ("instant", "local", "limit"),
    [
        ("2026-03-20T23:30+01:00", "2026-03-20", "2026-05-01"),
        ("2026-10-20T00:15+02:00", "2026-10-20", "2026-12-01"),
        ("2026-06-01T22:15+00:00", "2026-06-02", "2026-07-14"),
        ("2026-12-31T23:30+00:00", "2027-01-01", "2027-02-12"),
    ],
)
def test_instant_local_day_deadline(instant, local, limit):
    """T-8: a day is a day in Europe/Amsterdam, whatever the zone in which the instant is written."""
    moment = datetime.fromisoformat(instant)
    assert CALENDAR.day_of(moment) == CALENDAR.day_of(moment.astimezone(UTC)) == D(local)
    assert deadlines(CALENDAR.day_of(moment), CALENDAR).limit.day == D(limit)


def test_an_instant_without_zone_is_refused():
    """It would be read in the zone of the machine, and shift a day unseen."""
    naive = datetime.fromisoformat("2026-06-01T22:15")
    with pytest.raises(ValueError, match=r".+"):
        CALENDAR.day_of(naive)


def test_a_complaint_of_new_year_belongs_to_the_new_local_year():
    assert CALENDAR.day_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)).year == 2027
    assert CALENDAR.day_of(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)).year == 2026


# --- why a date was extended (law.md 2.3) --------------------------------------------------------------------------


def _reasons(receipt: str, **options) -> list[tuple[date, str]]:
    return [(day, why.casefold()) for day, why in deadlines(D(receipt), CALENDAR, **options).limit.skipped]


def test_reasons_name_the_holidays_in_order():
    skipped = _reasons("2026-02-20")
    assert [day for day, _ in skipped] == [D("2026-04-03"), D("2026-04-04"), D("2026-04-05"), D("2026-04-06")]
    assert skipped[0][1] == "goede vrijdag"
    assert skipped[1][1] == "weekend"
    assert skipped[3][1] == "tweede paasdag"


@pytest.mark.parametrize(
    ("receipt", "day", "name"),
    [
        ("2026-03-16", "2026-04-27", "koningsdag"),
        ("2025-03-15", "2025-04-26", "koningsdag"),
        ("2026-03-24", "2026-05-05", "bevrijdingsdag"),
        ("2026-04-02", "2026-05-14", "hemelvaartsdag"),
        ("2026-04-13", "2026-05-25", "tweede pinksterdag"),
        ("2026-11-13", "2026-12-25", "eerste kerstdag"),
        ("2026-11-14", "2026-12-26", "tweede kerstdag"),
        ("2026-11-20", "2027-01-01", "nieuwjaarsdag"),
        ("2027-02-12", "2027-03-26", "goede vrijdag"),
    ],
)
def test_the_first_skipped_day_and_its_name(receipt, day, name):
    assert _reasons(receipt)[0] == (D(day), name)


@pytest.mark.parametrize(
    ("receipt", "day"),
    [
        ("2025-11-21", "2026-01-02"),
        ("2026-04-03", "2026-05-15"),
        ("2026-04-02", "2026-05-15"),
        ("2028-03-16", "2028-04-28"),
    ],
)
def test_an_equated_day_says_that_it_is_one(receipt, day):
    reasons = dict(_reasons(receipt))
    assert "gelijkgesteld" in reasons[D(day)]


def test_nothing_skipped_nothing_to_explain():
    got = deadlines(D("2026-03-02"), CALENDAR)
    assert got.limit.skipped == ()
    assert got.notice.skipped == ()


# --- what is not extended (T-4, T-10, T-7d) ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receipt", "target"),
    [
        ("2026-02-22", "2026-03-22"),  # Sunday
        ("2026-11-14", "2026-12-12"),  # Saturday
        ("2026-03-06", "2026-04-03"),  # Good Friday
        ("2026-04-07", "2026-05-05"),  # 5 May
        ("2026-11-27", "2026-12-25"),  # Christmas
    ],
)
def test_our_own_target_is_never_extended(receipt, target):
    assert deadlines(D(receipt), CALENDAR).target == D(target)


@pytest.mark.parametrize("agreed", ["2026-06-07", "2026-05-25", "2026-05-15", "2026-12-25", "2026-06-10"])
@pytest.mark.parametrize("adjourned", [0, 28])
def test_an_agreed_date_replaces_the_limit_and_stays(agreed, adjourned):
    """T-7d: not a term set in a law, so no Termijnenwet on it; it comes in the place of any adjournment."""
    got = deadlines(D("2026-03-02"), CALENDAR, adjourned=adjourned, agreed=D(agreed))
    assert got.limit.day == D(agreed)
    assert got.limit.skipped == ()
    assert got.basis == "agreed"
    assert got.target == D("2026-03-30")
    assert got.notice.day == D("2026-03-30")


# --- the adjournment has a limit (T-7) -----------------------------------------------------------------------------


@pytest.mark.parametrize("committee", [False, True])
@pytest.mark.parametrize("adjourned", [-28, -1, 29, 35, 56])
def test_adjournment_out_of_range_is_refused(adjourned, committee):
    with pytest.raises(ValueError, match=r".+"):
        deadlines(D("2026-03-02"), CALENDAR, adjourned=adjourned, committee=committee)


@pytest.mark.parametrize(
    ("adjourned", "limit"),
    [
        (0, "2026-04-13"),
        (1, "2026-04-14"),
        (7, "2026-04-20"),
        (14, "2026-04-28"),
        (22, "2026-05-06"),
        (28, "2026-05-11"),
    ],
)
def test_a_shorter_adjournment_is_allowed(adjourned, limit):
    got = deadlines(D("2026-03-02"), CALENDAR, adjourned=adjourned)
    assert got.limit.day == D(limit)
    assert got.basis == ("adjourned" if adjourned else "statutory")


# --- beyond the published list of equated days (T-5b) --------------------------------------------------------------


def test_the_list_is_known_until_the_end_of_2028():
    assert CALENDAR.known_until == D("2028-12-31")


@pytest.mark.parametrize(
    ("receipt", "limit", "certain"),
    [
        ("2028-11-17", "2028-12-29", True),  # the last working day that is covered
        ("2028-11-19", "2029-01-02", False),  # nominal Sunday 31 December 2028, runs into 2029
        ("2028-11-21", "2029-01-02", False),
        ("2028-12-15", "2029-01-26", False),
    ],
)
def test_a_deadline_after_the_last_year_covered_is_not_certain(receipt, limit, certain):
    got = deadlines(D(receipt), CALENDAR)
    assert got.limit.day == D(limit)
    assert got.limit.certain is certain


def test_each_date_has_its_own_certainty():
    got = deadlines(D("2028-11-24"), CALENDAR)
    assert (got.notice.day, got.notice.certain) == (D("2028-12-22"), True)
    assert (got.limit.day, got.limit.certain) == (D("2029-01-05"), False)


def test_a_table_that_was_not_built_so_far_is_not_certain_either():
    """Holidays that were never loaded are as unknown as those that were never published."""
    got = deadlines(D("2026-11-20"), netherlands(2025, 2026))
    assert got.limit.nominal == D("2027-01-01")
    assert got.limit.certain is False


# --- objection, Awb 6:7 and 6:8 (B-5) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("announced", "nominal", "until"),
    [
        ("2026-03-24", "2026-05-05", "2026-05-06"),
        ("2026-11-13", "2026-12-25", "2026-12-28"),
        ("2026-04-02", "2026-05-14", "2026-05-18"),
    ],
)
def test_objection_until(announced, nominal, until):
    got = objection_until(D(announced), CALENDAR)
    assert got.nominal == D(nominal)
    assert got.day == D(until)


# --- a year: 9:8 lid 1 b and 9:24 (A-24) -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conduct", "filed", "over"),
    [
        ("2025-03-10", "2026-03-10", False),
        ("2025-03-10", "2026-03-11", True),
        ("2025-03-10", "2025-03-10", False),
        ("2025-03-15", "2026-03-15", False),  # 15 March 2026 is a Sunday ...
        ("2025-03-15", "2026-03-16", True),  # ... and a year is not extended (T-4)
        ("2024-02-29", "2025-02-28", False),
        ("2024-02-29", "2025-03-01", True),  # a year from 29 February ends on 28 February (decisions 37)
        ("2023-03-01", "2024-02-29", False),
        ("2023-03-01", "2024-03-01", False),
        ("2023-03-01", "2024-03-02", True),
        ("2023-02-28", "2024-02-28", False),
        ("2023-02-28", "2024-02-29", True),
    ],
)
def test_over_a_year_ago(conduct, filed, over):
    assert over_a_year_ago(D(conduct), D(filed)) is over


@pytest.mark.parametrize(
    ("ended", "until"),
    [
        ("2026-04-13", "2027-04-13"),
        ("2027-02-28", "2028-02-28"),
        ("2028-02-29", "2029-02-28"),
        ("2024-02-29", "2025-02-28"),
        ("2026-12-31", "2027-12-31"),
        ("2026-05-01", "2027-05-01"),  # a Saturday: not extended (T-4)
        ("2026-05-05", "2027-05-05"),  # a holiday: not extended
        ("2025-12-25", "2026-12-25"),
    ],
)
def test_ombudsman_until(ended, until):
    assert ombudsman_until(D(ended)) == D(until)
    assert year_after(D(ended)) == D(until)


# --- promises of our own in working days (A-6, B-9) ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "count", "until"),
    [
        ("2026-11-13", 5, "2026-11-20"),
        ("2026-11-13", 1, "2026-11-16"),
        ("2026-04-02", 1, "2026-04-07"),  # over Easter
        ("2026-05-13", 1, "2026-05-18"),  # Ascension, equated Friday, weekend
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-11-14", 1, "2026-11-16"),  # received on a Saturday
        ("2026-11-13", 0, "2026-11-13"),
    ],
)
def test_working_days_after(day, count, until):
    assert working_days_after(D(day), count, CALENDAR) == D(until)
