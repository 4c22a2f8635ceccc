"""Reads the dates people write in Dutch, relative to the day of receipt, with the past preferred."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "feb": 2, "maart": 3, "mrt": 3, "april": 4, "apr": 4, "mei": 5,
    "juni": 6, "jun": 6, "juli": 7, "jul": 7, "augustus": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "oktober": 10, "okt": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
WEEKDAYS = {
    "maandag": 0, "dinsdag": 1, "woensdag": 2, "donderdag": 3, "vrijdag": 4, "zaterdag": 5, "zondag": 6,
}  # fmt: skip
NUMBERS = {
    "een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "tien": 10,
}  # fmt: skip
DAYS_AGO = {
    "eergisteren": 2, "gisteren": 1, "gisteravond": 1, "gistermiddag": 1, "gisterochtend": 1, "gistermorgen": 1,
    "vandaag": 0, "vanmorgen": 0, "vanochtend": 0, "vanmiddag": 0, "vanavond": 0,
}  # fmt: skip

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(WEEKDAYS)
_COUNT = r"\d{1,2}|" + "|".join(NUMBERS)
_DATE = re.compile(
    rf"""
    (?<![\w*])(?:
      (?P<iso>(?P<iy>\d{{4}})-(?P<im>\d\d)-(?P<id>\d\d))(?![\d-])
    | (?P<num>(?P<nd>\d{{1,2}})(?P<sep>[-/.])(?P<nm>\d{{1,2}})(?P=sep)(?P<ny>\d{{4}}|\d{{2}}))(?![\d-])
    | (?P<short>(?<=d\.\ |dd\ )(?P<sd>\d{{1,2}})[-/](?P<sm>\d{{1,2}}))(?![\d/-])
    | (?:(?:{_WEEKDAY})\s+)?
      (?P<long>(?P<ld>\d{{1,2}})(?:e|ste|de)?\s+(?P<lm>{_MONTH})\b\.?(?:\s+(?P<ly>\d{{4}})(?!\d))?)(?:\s+j\.?l\.?(?!\w))?
    | (?P<month>(?P<mm>{_MONTH})\s+(?P<my>(?:19|20)\d\d))\b
    | (?P<lastweek>vorige\s+week\s+(?P<lw>{_WEEKDAY})|(?P<wl>{_WEEKDAY})\s+(?:van\s+)?vorige\s+week)\b
    | (?P<week>(?:vorige|afgelopen|verleden)\s+(?:week|maand))\b
    | (?P<day>(?:(?:afgelopen|vorige|verleden|jongstleden)\s+)?
      (?P<wd>{_WEEKDAY})(?:avond|middag|ochtend|morgen)?\b(?:\s+j\.?l\.?(?!\w))?)
    | (?P<ago>(?P<an>{_COUNT})\s+(?P<au>dagen|dag|weken|week|maanden|maand|jaar)\s+geleden)\b
    | (?P<word>{"|".join(DAYS_AGO)})\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as written; ``value`` is None when it names no single day or no day of receipt is known."""

    start: int
    end: int
    text: str
    value: date | None


def mentions(text: str, received: date | None) -> list[Mention]:
    """Every date in the text; days without a year or with a weekday only are the latest ones before receipt."""
    found = []
    for hit in _DATE.finditer(text):
        valid, value = _value(hit, received)
        if valid:
            found.append(Mention(hit.start(), hit.end(), hit.group(), value))
    return found


def _value(hit: re.Match[str], received: date | None) -> tuple[bool, date | None]:
    """Whether the words can be a date, and the day they name if they name one."""
    part = hit.groupdict()
    if part["iso"]:
        return _exact(int(part["iy"]), int(part["im"]), int(part["id"]))
    if part["num"]:
        year = int(part["ny"])
        return _exact(year + 2000 if year < 100 else year, int(part["nm"]), int(part["nd"]))
    if part["short"]:
        return _latest(int(part["sd"]), int(part["sm"]), received)
    if part["long"]:
        month = MONTHS[part["lm"].lower()]
        if part["ly"]:
            return _exact(int(part["ly"]), month, int(part["ld"]))
        return _latest(int(part["ld"]), month, received)
    if part["month"] or part["week"] or received is None:
        return True, None
    return True, _relative(part, received)


def _relative(part: dict[str, str | None], received: date) -> date | None:
    if word := part["word"]:
        return received - timedelta(days=DAYS_AGO[word.lower()])
    if weekday := part["lw"] or part["wl"]:
        monday = received - timedelta(days=received.weekday() + 7)
        return monday + timedelta(days=WEEKDAYS[weekday.lower()])
    if weekday := part["wd"]:
        return received - timedelta(days=(received.weekday() - WEEKDAYS[weekday.lower()] - 1) % 7 + 1)
    if (count := part["an"]) and (unit := part["au"]):
        number = NUMBERS.get(count.lower()) or int(count)
        days = {"d": 1, "w": 7}.get(unit.lower()[0])
        return received - timedelta(days=number * days) if days else None
    return None


def _exact(year: int, month: int, day: int) -> tuple[bool, date | None]:
    if not 1900 <= year <= 2100:
        return False, None
    try:
        return True, date(year, month, day)
    except ValueError:
        return False, None


def _latest(day: int, month: int, received: date | None) -> tuple[bool, date | None]:
    """The last time this day of the year came round; 2024 only serves to admit 29 February."""
    valid, _ = _exact(2024, month, day)
    if not valid or received is None:
        return valid, None
    for year in range(received.year, received.year - 8, -1):
        fits, value = _exact(year, month, day)
        if fits and value is not None and value <= received:
            return True, value
    return True, None
