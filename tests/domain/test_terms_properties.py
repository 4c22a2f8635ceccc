"""What must hold for the terms of any receipt, on any calendar: law.md T-1 to T-8."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.adapters.holidays import netherlands
from core.domain.terms import AWB, Calendar, deadlines, extended, over_a_year_ago, year_after

D = date.fromisoformat
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CALENDAR = netherlands(2023, 2029)
PROPERTY = settings(deadline=None, database=None)

receipts = st.dates(D("2023-01-01"), D("2028-09-30"))
adjournments = st.integers(0, 28)


def test_the_lengths_are_those_of_the_law():
    """T-1, A-8.1, A-13, T-7, B-5 and the target T-10."""
    assert (AWB.target, AWB.notice, AWB.limit, AWB.limit_with_committee, AWB.adjournment, AWB.objection) == (
        28,
        28,
        42,
        70,
        28,
        42,
    )


@PROPERTY
@given(receipts, adjournments, st.booleans())
def test_a_limit_is_a_working_day_and_never_before_nominal(receipt, adjourned, committee):
    got = deadlines(receipt, CALENDAR, adjourned=adjourned, committee=committee)
    for term in (got.notice, got.limit):
        assert CALENDAR.rest(term.day) is None
        assert term.day.weekday() < 5
        assert term.day >= term.nominal


@PROPERTY
@given(receipts, st.sampled_from((0, 7, 14, 21, 28)), st.booleans())
def test_nominal_has_the_weekday_of_receipt(receipt, adjourned, committee):
    got = deadlines(receipt, CALENDAR, adjourned=adjourned, committee=committee)
    weekdays = {receipt.weekday(), got.target.weekday(), got.notice.nominal.weekday(), got.limit.nominal.weekday()}
    assert len(weekdays) == 1
    assert got.limit.nominal - receipt == timedelta(days=(70 if committee else 42) + adjourned)


@PROPERTY
@given(receipts, receipts, adjournments, st.booleans())
def test_a_later_receipt_never_has_an_earlier_deadline(one, other, adjourned, committee):
    first, second = sorted((one, other))
    early = deadlines(first, CALENDAR, adjourned=adjourned, committee=committee)
    late = deadlines(second, CALENDAR, adjourned=adjourned, committee=committee)
    assert early.limit.day <= late.limit.day
    assert early.notice.day <= late.notice.day
    assert early.target <= late.target


@PROPERTY
@given(receipts, adjournments, adjournments, st.booleans())
def test_a_longer_adjournment_is_never_earlier(receipt, one, other, committee):
    shorter, longer = sorted((one, other))
    first = deadlines(receipt, CALENDAR, adjourned=shorter, committee=committee)
    second = deadlines(receipt, CALENDAR, adjourned=longer, committee=committee)
    assert first.limit.day <= second.limit.day
    assert deadlines(receipt, CALENDAR, committee=committee).limit.day <= first.limit.day


@PROPERTY
@given(receipts, st.times())
def test_the_hour_and_the_clock_change_do_not_matter(receipt, hour):
    """T-8: any hour of a local day, summer or winter, leads to the dates of that day."""
    wall = datetime.combine(receipt, hour, tzinfo=AMSTERDAM)
    instant = wall.astimezone(UTC)
    assume(instant.astimezone(AMSTERDAM).replace(tzinfo=None) == wall.replace(tzinfo=None))  # an hour that existed
    assert CALENDAR.day_of(instant) == receipt
    assert deadlines(CALENDAR.day_of(instant), CALENDAR) == deadlines(receipt, CALENDAR)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"])
def test_days_of_23_and_25_hours_are_one_day(day):
    start = datetime.combine(D(day), time(0), tzinfo=AMSTERDAM).astimezone(UTC)
    end = datetime.combine(D(day) + timedelta(days=1), time(0), tzinfo=AMSTERDAM).astimezone(UTC)
    assert end - start != timedelta(hours=24)
    assert CALENDAR.day_of(start) == CALENDAR.day_of(end - timedelta(microseconds=1)) == D(day)
    assert CALENDAR.day_of(start - timedelta(microseconds=1)) == D(day) - timedelta(days=1)
    assert CALENDAR.day_of(end) == D(day) + timedelta(days=1)


@PROPERTY
@given(st.dates(D("2023-01-01"), D("2028-12-01")), st.sets(st.dates(D("2023-01-01"), D("2029-03-01")), max_size=30))
def test_extension_under_any_table_of_holidays(nominal, days):
    """T-3: the first day on or after nominal that is no Saturday, Sunday or holiday; every day before it is named."""
    table = Calendar(
        zone=AMSTERDAM, holidays=dict.fromkeys(days, "feest"), known_until=D("2029-12-31"), version="proef"
    )
    got = extended(nominal, table)
    expected = nominal
    while expected.weekday() >= 5 or expected in days:
        expected += timedelta(days=1)
    assert got.nominal == nominal
    assert got.day == expected
    assert [day for day, _ in got.skipped] == [nominal + timedelta(days=n) for n in range((expected - nominal).days)]
    assert all(why for _, why in got.skipped)


@PROPERTY
@given(st.dates(D("2020-01-01"), D("2040-12-31")))
def test_a_year_lands_on_the_same_day_of_the_next_year(day):
    until = year_after(day)
    assert until.year == day.year + 1
    assert (until.month, until.day) == ((2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day))
    assert not over_a_year_ago(day, until)
    assert over_a_year_ago(day, until + timedelta(days=1))


@pytest.mark.parametrize(("day", "certain"), [("2026-12-30", True), ("2026-12-31", True), ("2027-01-04", False)])
def test_the_last_day_of_the_table_is_still_covered(day, certain):
    table = Calendar(zone=AMSTERDAM, holidays={}, known_until=D("2026-12-31"), version="proef")
    assert extended(D(day), table).certain is certain
