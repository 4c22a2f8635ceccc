"""How dates, sizes and foreign words are written in letters: the filters of the templates."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Undefined, UndefinedError

DUTCH = "nl"
LANGUAGES: Mapping[str, str] = {"en": "en_GB", "de": "de", "pl": "pl", "tr": "tr", "uk": "uk", "ar": "ar"}
"""Languages in which a letter can have a second paragraph, and the locale in which its dates are written."""
RIGHT_TO_LEFT = frozenset({"ar"})

_PATTERNS: Mapping[str, str] = {"de": "d. MMMM y"}
_LTR, _RTL, _END = "\u2066", "\u2067", "\u2069"
"""Isolates of Unicode's bidirectional algorithm (UAX #9): they need no mark-up, so plain text can carry them."""


def written_day(day: date | Undefined, language: str = DUTCH) -> str:
    """A date as people read it: "4 januari 2027". Raises UndefinedError for a date that nobody gave."""
    if isinstance(day, Undefined):
        raise UndefinedError("a date that the letter needs was not given")
    return _written(day, language)


@cache
def _written(day: date, language: str) -> str:
    return format_date(day, _PATTERNS.get(language, "d MMMM y"), locale=LANGUAGES.get(language, "nl_NL"))


def written_size(size: int) -> str:
    """A number of bytes as people read it: "48,2 MB"."""
    unit, name = (1_000_000, "MB") if size >= 1_000_000 else (1_000, "kB")
    return f"{format_decimal(size / unit, '#,##0.#', locale='nl_NL')} {name}"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of typed text: what stands between empty lines."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return [part.strip("\n") for part in "\n".join(lines).split("\n\n") if part.strip("\n")]


def left_to_right(text: str) -> str:
    """Numbers and Dutch words as one piece within right-to-left text: "2026-0187" would otherwise read "0187-2026"."""
    return f"{_LTR}{text}{_END}"


def right_to_left(text: str) -> str:
    """A line of right-to-left words for a reader (of plain text) that lays every line out from the left."""
    return f"{_RTL}{text}{_END}"
