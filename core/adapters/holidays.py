"""The Dutch calendar: holidays from the ``holidays`` library plus the days equated with them by royal decree."""

import tomllib
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
from holidays.constants import OPTIONAL, PUBLIC

from core.domain.terms import Calendar

ZONE = ZoneInfo("Europe/Amsterdam")
EQUATED = "gelijkgestelde dag"


def netherlands(first_year: int, last_year: int) -> Calendar:
    """The calendar of the Algemene termijnenwet (art. 3) for these years.

    Category ``optional`` is needed because the library counts 5 May as public only once in five years, while the law
    names it every year (decisions 22). Good Friday is in the same category and is equated with a holiday by the law.
    """
    with (files("core.adapters") / "equated_days.toml").open("rb") as stream:
        equated = tomllib.load(stream)
    days: dict[date, str] = dict.fromkeys(equated["days"], EQUATED)
    library = holidays.country_holidays(
        "NL", years=range(first_year, last_year + 1), categories=(PUBLIC, OPTIONAL), language="nl"
    )
    days |= dict(library.items())
    return Calendar(
        zone=ZONE,
        holidays=days,
        known_until=min(equated["known_until"], date(last_year, 12, 31)),
        version=f"holidays {version('holidays')}, gelijkgestelde dagen tot en met {equated['known_until']}",
    )
