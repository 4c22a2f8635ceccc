"""Details for prefilling a case, as the citizen wrote them: numbers, contact data, dates and places."""

import re
from collections.abc import Iterable
from datetime import date

import phonenumbers

from nlp import dates, masking, places
from nlp.labels import ENTITY_KEYS

_TRIGGER = (
    r"\b(?:kenmerk|referentie(?:nummer)?|ref\.?|zaak(?:nummer|nr|code)?|dossier(?:nummer|nr)?|volgnummer|meldnummer"
    r"|(?:beschikking|vergunning)(?:s?nummer|s?nr)?|besluit(?:nummer|nr)?|aanslag(?:nummer|biljetnummer|biljet|nr)?"
    r"|(?:aanslag)?biljet(?:nummer|nr)|meldings?(?:nummer|nr|code)?|aanvraag(?:nummer|nr)?|vordering(?:snummer)?"
    r"|(?:klacht|brief|bon|boete)(?:nummer|nr)|factuur(?:nummer|nr)?)"
)
_KENMERK = re.compile(
    _TRIGGER + r"(?:\s{0,2}(?:nummer|nr\.?|no\.?))?\s{0,3}(?:is|:|=|#|,|\(|-)?\s{0,3}"
    r"(?P<code>[A-Za-z0-9*][A-Za-z0-9*./_-]{0,38}[A-Za-z0-9*])(?!\w)",
    re.IGNORECASE,
)
_BARE_KENMERK = re.compile(
    r"(?<![\w*./-])(?P<code>[A-Z]{1,6}[-./ ]?(?:19|20)\d\d[-./]\d{2,8}(?:[-./][A-Z0-9]{1,6})?)(?![\w*])"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_POSTCODE = re.compile(r"(?<![\w*-])[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?!\w)")
_PERSON = re.compile(
    r"\b(?:mevrouw|mevr\.?|mw\.?|meneer|de heer|dhr\.?|wethouder|burgemeester)\s+"
    r"((?:[A-Z]\.\s?){0,4}(?:(?:van|de|der|den|ten|ter|te|'t|in 't)\s+){0,3}[A-ZÀ-Ý][\w'’-]{1,40})",
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def extract(text: str, received: date | None = None, municipality: str = "emmen") -> dict[str, tuple[str, ...]]:
    """Every entity in the text as written, by key, in order of appearance and each once."""
    hidden = masking.identifiers(text)
    masked = masking.mask(text)
    phones = _phones(text)
    international = {found for found in phones if found.lstrip("(").startswith(("+", "00"))}
    when = [mention.text for mention in dates.mentions(masked, received)]
    found: dict[str, Iterable[str]] = {
        "iban": (one.text for one in hidden if one.kind == "iban"),
        "bsn": (
            one.text for one in hidden if one.kind == "bsn" and one.certain and not _part_of(one.text, international)
        ),
        "phone": (one for one in phones if one in masked or one in international),
        "email": (hit.group() for hit in _EMAIL.finditer(masked)),
        "kenmerk": _codes(masked, when),
        "dates": when,
        "postcode": (hit.group() for hit in _POSTCODE.finditer(masked)),
        "places": (hit.group() for hit in places.places(masked, municipality)),
        "street": (hit.group() for hit in places.streets(masked)),
        "person": (hit.group(1) for hit in _PERSON.finditer(masked)),
    }
    return {key: tuple(dict.fromkeys(found[key])) for key in ENTITY_KEYS}


def _phones(text: str) -> list[str]:
    """Telephone numbers by the Dutch numbering plan, the 14 0xx numbers of municipalities included."""
    return [hit.raw_string for hit in phonenumbers.PhoneNumberMatcher(text, "NL")]


def _part_of(number: str, others: set[str]) -> bool:
    return any(number in other for other in others)


def _codes(text: str, when: list[str]) -> list[str]:
    """Case and decision numbers: a trigger word and a code, or a code with a year that can be nothing else."""
    hits = sorted((*_KENMERK.finditer(text), *_BARE_KENMERK.finditer(text)), key=lambda hit: hit.start("code"))
    return [hit["code"] for hit in hits if _is_code(hit["code"], when)]


def _is_code(code: str, when: list[str]) -> bool:
    if masking.MASK in code or code in when or _YEAR.fullmatch(code):
        return False
    digits = sum(letter.isdigit() for letter in code)
    return digits >= 3 or (digits >= 2 and any(letter.isupper() for letter in code))
