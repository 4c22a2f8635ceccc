"""The days on which no statutory term ends: law.md T-5 to T-5d, year by year, and nothing else."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.adapters.holidays import netherlands

D = date.fromisoformat
CALENDAR = netherlands(2023, 2036)

# The movable days by hand from Easter; first Easter and Pentecost day are Sundays and may or may not be named.
EASTER = {
    2023: D("2023-04-09"),
    2024: D("2024-03-31"),
    2025: D("2025-04-20"),
    2026: D("2026-04-05"),
    2027: D("2027-03-28"),
    2028: D("2028-04-16"),
}
EQUATED = {
    2023: {D("2023-04-28"), D("2023-05-19")},
    2024: {D("2024-05-10"), D("2024-12-27")},
    2025: {D("2025-05-30")},
    2026: {D("2026-01-02"), D("2026-05-15")},
    2027: {D("2027-05-07")},
    2028: {D("2028-04-28"), D("2028-05-26")},
}


def _by_law(year: int) -> set[date]:
    easter = EASTER[year]
    return {
        date(year, 1, 1),
        easter - timedelta(days=2),  # Goede Vrijdag
        easter + timedelta(days=1),
        date(year, 4, 26 if date(year, 4, 27).weekday() == 6 else 27),
        date(year, 5, 5),
        easter + timedelta(days=39),  # Hemelvaartsdag
        easter + timedelta(days=50),  # tweede Pinksterdag
        date(year, 12, 25),
        date(year, 12, 26),
    }


@pytest.mark.parametrize("year", range(2023, 2029))
def test_exactly_the_holidays_of_the_law(year):
    sundays = {EASTER[year], EASTER[year] + timedelta(days=49)}
    known = {day for day in CALENDAR.holidays if day.year == year}
    assert known - sundays == _by_law(year) | EQUATED[year]


@pytest.mark.parametrize("year", range(2023, 2029))
def test_every_other_weekday_of_the_year_is_a_working_day(year):
    rest = _by_law(year) | EQUATED[year]
    day = date(year, 1, 1)
    while day.year == year:
        assert (CALENDAR.rest(day) is None) == (day.weekday() < 5 and day not in rest), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", range(2023, 2037))
def test_the_fifth_of_may_is_a_holiday_every_year(year):
    assert date(year, 5, 5) in CALENDAR.holidays


@pytest.mark.parametrize("year", range(2023, 2037))
def test_kings_day(year):
    """T-5c: 27 April, but 26 April when the 27th is a Sunday."""
    day = 26 if year in {2025, 2031, 2036} else 27
    assert CALENDAR.holidays[date(year, 4, day)].casefold() == "koningsdag"
    assert date(year, 4, 53 - day) not in CALENDAR.holidays


@pytest.mark.parametrize(
    "day",
    [
        "2025-12-24",
        "2026-12-24",
        "2026-12-31",
        "2027-12-31",
        "2027-12-24",
        "2028-05-04",  # Dodenherdenking
        "2026-05-04",  # a Monday before a holiday, not in the decree
        "2027-04-26",  # likewise
        "2026-02-16",  # carnaval
        "2026-02-17",
        "2027-02-08",
        "2025-12-05",  # Sinterklaas
        "2026-05-01",
        "2026-04-30",
        "2026-04-02",  # Witte Donderdag
        "2024-05-03",
    ],
)
def test_ordinary_days(day):
    assert D(day) not in CALENDAR.holidays
    assert CALENDAR.rest(D(day)) is None


@pytest.mark.parametrize("day", sorted(day for days in EQUATED.values() for day in days))
def test_equated_days_are_fridays_of_rest_and_say_what_they_are(day):
    assert day.weekday() == 4
    assert "gelijkgesteld" in (CALENDAR.rest(day) or "").casefold()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "nieuwjaarsdag"),
        ("2026-04-03", "goede vrijdag"),
        ("2026-04-06", "tweede paasdag"),
        ("2026-04-27", "koningsdag"),
        ("2026-05-05", "bevrijdingsdag"),
        ("2026-05-14", "hemelvaartsdag"),
        ("2026-05-25", "tweede pinksterdag"),
        ("2026-12-25", "eerste kerstdag"),
        ("2026-12-26", "tweede kerstdag"),
    ],
)
def test_names_are_dutch(day, name):
    assert (CALENDAR.rest(D(day)) or "").casefold() == name


def test_a_plain_weekend_is_called_weekend():
    assert CALENDAR.rest(D("2026-11-14")) == CALENDAR.rest(D("2026-11-15")) == "weekend"


def test_zone_and_version():
    assert CALENDAR.zone == ZoneInfo("Europe/Amsterdam")
    assert CALENDAR.version, "a deadline records by which table it was computed (law.md 2.3)"


@pytest.mark.parametrize(("last", "until"), [(2026, "2026-12-31"), (2028, "2028-12-31"), (2036, "2028-12-31")])
def test_known_until_is_what_was_both_published_and_loaded(last, until):
    assert netherlands(2025, last).known_until == D(until)
