"""Dates, sizes and numbers as people read them: the filters of the templates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_datetime, format_time

from core.domain.terms import Calendar
from templates.texts import Texts

LOCALE = "nl_NL"
_NINE_DIGITS = re.compile(r"(?<!\d)(?:\d[ .-]?){8}\d(?!\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Values made readable, in Dutch and in local time."""

    calendar: Calendar
    texts: Texts
    today: Callable[[], date]

    def filters(self) -> dict[str, Callable[..., str]]:
        """Every filter by its name in the templates."""
        return {
            "day": self.day,
            "short_day": self.short_day,
            "moment": self.moment,
            "clock": self.clock,
            "lately": self.lately,
            "size": self.size,
            "percent": self.percent,
            "masked": masked,
        }

    def day(self, value: date) -> str:
        """4 januari 2027."""
        return format_date(value, "d MMMM y", locale=LOCALE)

    def short_day(self, value: date) -> str:
        """4 jan."""
        return format_date(value, "d MMM", locale=LOCALE).rstrip(".")

    def moment(self, value: datetime) -> str:
        """Maandag 4 januari 2027, 09:12."""
        return format_datetime(value, "EEEE d MMMM y, HH:mm", tzinfo=self.calendar.zone, locale=LOCALE)

    def clock(self, value: datetime) -> str:
        """09:12."""
        return format_time(value, "HH:mm", tzinfo=self.calendar.zone, locale=LOCALE)

    def lately(self, value: datetime) -> str:
        """The time for today, "gisteren", or the day; the year only when it is another one."""
        day, today = self.calendar.day_of(value), self.today()
        if day == today:
            return self.clock(value)
        if day == today - timedelta(days=1):
            return self.texts("day.yesterday")
        return self.short_day(day) if day.year == today.year else self.day(day)

    def size(self, value: int) -> str:
        """84 kB; the number alone for people, not for machines."""
        if value < 1_000_000:
            return self.texts("size.kb", n=max(1, round(value / 1000)))
        return self.texts("size.mb", n=f"{value / 1_000_000:.1f}".replace(".", ","))

    def percent(self, value: float) -> str:
        """94%; never 100 or 0, because nothing is certain."""
        return f"{min(99, max(1, round(value * 100)))}%"


def masked(text: str) -> str:
    """Text for a list, with every number that can be a burgerservicenummer hidden (law.md P-3)."""
    return _NINE_DIGITS.sub(lambda found: "•" * 9 if _is_bsn(found.group()) else found.group(), text)


def _is_bsn(written: str) -> bool:
    digits = [int(sign) for sign in written if sign.isdigit()]
    return sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11 == 0
