"""Place and street names: a list per municipality, and the way Dutch street names end."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

_SUFFIX = "straat|weg|laan|plein|kade|hof|dijk|kanaal|singel|dreef|steeg|brink|gracht|wal|pad"
_HOUSE = r"\s+\d{1,4}(?:\s?-\s?\d{1,3}|\s?[a-zA-Z])?(?![\w-])"
_STREET = re.compile(
    rf"(?<![\w*])(?:[A-ZÀ-Ý][\w'’.-]{{0,30}}\s{{1,2}}(?:(?:de|den|der|van|het|ter|ten)\s{{1,2}}){{0,2}}){{0,3}}[A-ZÀ-Ý][\w'’-]{{0,30}}(?:{_SUFFIX})(?!\w)(?:{_HOUSE})?"
    rf"|(?<![\w*])[a-zà-ý][\w'’-]{{0,30}}(?:{_SUFFIX}){_HOUSE}"
)
_NO_STREET = re.compile(
    r"(?:onder|halver|om|snel|spoor|auto|uit|in|terug|heen|rijks|fiets|voet|zand|wandel|bos|ruiter|tuin|kerk)(?:weg|pad|hof)"
    r"|(?:zij|woon|winkel|milieu|dwars|doodlopende)straat|(?:markt|school|speel|voorzienings)plein|stortkade",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"(?:gemeente|Gemeente|GEMEENTE)\s+$")


@cache
def names(municipality: str) -> tuple[str, ...]:
    """The places of one municipality, from ``nlp/places/<municipality>.txt``."""
    lines = (files("nlp") / "places" / f"{municipality}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _pattern(municipality: str) -> re.Pattern[str]:
    longest_first = sorted(names(municipality), key=len, reverse=True)
    words = "|".join(re.escape(name).replace(r"\-", r"[- ]?") for name in longest_first)
    return re.compile(rf"(?<![\w-])(?:{words})(?!\w|-\w)", re.IGNORECASE)


def places(text: str, municipality: str) -> Iterator[re.Match[str]]:
    """Places named in the text; "gemeente Emmen" is the addressee, not a place."""
    for hit in _pattern(municipality).finditer(text):
        if not _ADDRESSED.search(text, max(0, hit.start() - 12), hit.start()):
            yield hit


def streets(text: str) -> Iterator[re.Match[str]]:
    """Streets with their house number if one follows; without a capital a house number is required."""
    for hit in _STREET.finditer(text):
        if not _NO_STREET.fullmatch(hit.group().split()[0]):
            yield hit
