"""Moments as mail programs write them for people, in Dutch, English and German; pure, and total on any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january januar jänner jan",
            "februari february februar feb febr",
            "maart march märz maerz mrt mar mär mrz",
            "april apr",
            "mei may mai",
            "juni june jun",
            "juli july jul",
            "augustus august aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov",
            "december dezember dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    letters: number
    for number, pairs in enumerate(("ma mo", "di tu", "wo we mi", "do th", "vr fr", "za sa", "zo su so"))
    for letters in pairs.split()
}
"""The first two letters of a day's name, in the three languages; Monday is 0."""
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "cet": 1, "mez": 1, "west": 1, "cest": 2, "mesz": 2}
_LENGTH = 300
_YEARS = range(1990, 2101)

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|e)?[.\s-]{{1,3}}(?:of )?({_MONTH})\.?,?[\s-]{{1,3}}'?"
    r"(\d{4}|\d{2})(?![\d:])",
    re.I,
)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.?\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(\d{{4}})(?!\d)", re.I)
_TIME = re.compile(r"(?<![\d:.+-])(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?![\d:])(?:\s?([ap])\.?m\b)?", re.I)
_FIRST_WORD = re.compile(r"\W{0,5}([^\W\d_]{2,12})")
_OFFSET = re.compile(r"(?:(?:gmt|utc)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)", re.I)
_ZONE_NAME = re.compile(r"\b(" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")\b", re.I)


@dataclass(frozen=True, slots=True)
class _Day:
    """A day and where it ends in the text."""

    day: date
    start: int
    end: int


def written_date(text: str, zone: tzinfo) -> datetime | None:
    """The UTC instant that a line such as "maandag 3 maart 2025 21:14" names; None when it names none.

    A time without a zone is local in ``zone``, a day without a time is its first moment there. "3/4/2025" is the third
    of April, as the Dutch write, unless the day of the week or "PM" beside it says that an American wrote it.
    """
    text = " ".join(text[:_LENGTH].split())
    found = _day(text)
    if found is None:
        return None
    after, before = text[found.end :], text[: found.start]
    clock = _TIME.search(after)
    rest = after[clock.end() :] if clock else ""
    clock = clock or _TIME.search(before)
    moment = _time(clock)
    if moment is None:
        return None
    local = datetime.combine(found.day, moment, (_offset(rest) if clock else None) or zone)
    return local.astimezone(UTC)


def _day(text: str) -> _Day | None:
    if match := _ISO.search(text):
        return _first(match, [match.group(1, 2, 3)])
    if match := _DAY_MONTH.search(text):
        day, name, year = match.groups()
        return _first(match, [(year, str(_MONTHS[name.lower()]), day)])
    if match := _MONTH_DAY.search(text):
        name, day, year = match.groups()
        return _first(match, [(year, str(_MONTHS[name.lower()]), day)])
    if match := _NUMERIC.search(text):
        one, two, year = match.groups()
        orders = [(year, two, one), (year, one, two)]
        clock = _TIME.search(text)
        if "/" in match.group() and clock and clock.group(4):
            orders.reverse()
        return _first(match, orders, _weekday(text))
    return None


def _first(match: re.Match[str], orders: Sequence[tuple[str | None, ...]], weekday: int | None = None) -> _Day | None:
    """The first order of year, month and day that exists; one on the named day of the week goes before."""
    days = list(_existing(orders))
    on_day = [day for day in days if day.weekday() == weekday]
    chosen = next(iter(on_day or days), None)
    return _Day(chosen, match.start(), match.end()) if chosen else None


def _existing(orders: Sequence[tuple[str | None, ...]]) -> Iterator[date]:
    for order in orders:
        year, month, day = (int(number or 0) for number in order)
        year += 2000 if len(order[0] or "") == 2 else 0
        if year in _YEARS and 1 <= month <= 12 and 1 <= day <= 31:
            try:
                yield date(year, month, day)
            except ValueError:
                continue  # 31 February


def _weekday(text: str) -> int | None:
    match = _FIRST_WORD.match(text)
    return _WEEKDAYS.get(match.group(1)[:2].lower()) if match else None


def _time(match: re.Match[str] | None) -> time | None:
    """Midnight when no time stands there, None for one that no clock shows."""
    if match is None:
        return time.min
    hour, minute, second, half = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0), match.group(4)
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _offset(text: str) -> tzinfo | None:
    """The zone behind a time: "+0100", "(GMT+01:00)" or "CET"."""
    nearby = text[:24]
    if match := _OFFSET.search(nearby):
        minutes = int(match.group(2)) * 60 + int(match.group(3) or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if match.group(1) == "-" else minutes))
        return None
    if match := _ZONE_NAME.search(nearby):
        return timezone(timedelta(hours=_ZONES[match.group(1).lower()]))
    return None
