"""What the law wants in a letter, and what must not be in it, however a municipality words it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from markupsafe import Markup

from core.letters.facts import JudgedPart
from core.letters.rendering import Known, Letter
from core.letters.wording import written_day

RECEIPT, FINDINGS, DECLINED = "ontvangst", "bevindingen", "niet_in_behandeling"
FINAL = frozenset({FINDINGS, DECLINED, "informeel_afgerond", "ingetrokken", "afsluiting"})
"""Letters that end a complaint: each names the ombudsman and the day until which it can be asked (Awb 9:12, 9:8)."""
NO_ROAD = ("bezwaar maken", "bezwaarschrift", "in beroep gaan", "beroep instellen", "rechtbank")
"""Roads that are not open against the handling of a complaint (Awb 9:3)."""
ROADS_OPEN = frozenset({"9:8-1c", "9:8-1d", "9:8-1e"})
"""Grounds for not handling that must name such a road: the conduct itself could or can be brought there."""

_NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "afschrift_beklaagde": ("copy",),
        "uitnodiging_hoorzitting": ("hearing_on", "reply_by"),
        "verdaging": ("limit", "reason"),
        "verzoek_instemming_uitstel": ("proposed_until", "reason"),
        DECLINED: ("reasons", "where_next", "authority", "ombudsman_until"),
        "doorzending_ander_orgaan": ("body", "received_on"),
        "omzetting_bezwaar": ("received_on",),
        "informeel_afgerond": ("agreement", "ombudsman_until"),
        FINDINGS: ("findings", "reasons", "conclusions", "deviation", "authority", "ombudsman_until"),
        "afsluiting": ("ombudsman_until",),
        "ingetrokken": ("ombudsman_until",),
    }
)
"""Letter -> facts that stand in it word for word where they are given."""
_MANDATORY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "verdaging": ("reason", "limit"),
        "verzoek_instemming_uitstel": ("reason", "proposed_until"),
        DECLINED: ("ground", "reasons", "where_next", "authority", "ombudsman_until"),
        "doorzending_ander_orgaan": ("body",),
        "informeel_afgerond": ("agreement", "ombudsman_until"),
        FINDINGS: ("findings", "parts", "reasons", "ombudsman_until"),
        "ingetrokken": ("ombudsman_until",),
    }
)
"""Letter -> facts without which the letter would not be what the law (or, for reasons of delay, the house) asks."""


def blank(letter: str, known: Known) -> list[str]:
    """The facts that this letter cannot do without and that are empty (Awb 9:8 lid 3, 9:11, 9:12; law.md A-12.1)."""
    return [name for name in _MANDATORY.get(letter, ()) if not _given(known.get(name))]


def absent(letter: str, written: Letter, known: Known) -> tuple[str, str] | None:
    """The file of a letter in which something is absent and what that is, or None when all is there.

    Every letter has a subject and names the case, by number. The receipt of a form gives back all that was typed
    (Awb 2:17 lid 2). White space is not compared: how lines are laid out is the municipality's own business.
    """
    if not written.subject:
        return "subject.txt", "a subject"
    for file, text in _parts(written):
        for what, value in _needed(letter, known):
            if _bare(value) not in _bare(text):
                return file, what
    return None


def unlawful(letter: str, written: Letter, known: Known) -> tuple[str, str] | None:
    """The file of a letter that points to a road which is not open (Awb 9:3), and the words that do.

    What was typed for this one letter is not counted: findings may tell of a court, the letter itself may not.
    """
    if letter not in FINAL or known.get("ground") in ROADS_OPEN:
        return None
    typed = " ".join(_typed(known)).casefold()
    for file, text in _parts(written):
        words = " ".join(text.split()).casefold()
        for road in NO_ROAD:
            if words.count(road) > " ".join(typed.split()).count(road) * 2:  # parts of a complaint are named twice
                return file, road
    return None


def _parts(written: Letter) -> Sequence[tuple[str, str]]:
    html = Markup(written.html).striptags()  # noqa: S704 - read, never shown
    return ("text.txt", written.text), ("html.html", html)


def _typed(known: Known) -> Iterator[str]:
    for fact in known.values():
        if isinstance(fact, str):
            yield fact
        elif isinstance(fact, tuple):
            for one in fact:
                if isinstance(one, JudgedPart):
                    yield f"{one.complaint} {one.reasons}"
                elif isinstance(one, str):
                    yield one


def _needed(letter: str, known: Known) -> Iterator[tuple[str, str]]:
    yield "the case number", str(known["number"])
    if letter == RECEIPT:
        yield from _typed_in_a_form(known)
    for name in _NAMED.get(letter, ()):
        if _given(value := known.get(name)):
            yield f"'{name}'", written_day(value) if isinstance(value, date) else str(value)
    if letter in FINAL and _given(known.get("ombudsman_until")):
        yield from _ombudsman(known)
    if letter == FINDINGS and isinstance(parts := known["parts"], tuple):
        for part in parts:
            yield "'complaint' of a part", part.complaint
            yield "'reasons' of a part", part.reasons


def _typed_in_a_form(known: Known) -> Iterator[tuple[str, str]]:
    fields = known["fields"]
    if isinstance(fields, tuple) and fields:
        yield "the story ('copy')", str(known["copy"])
        for key, value in fields:
            if key != "consent":  # said as yes or no
                yield from ((f"what was typed ('{key}' of 'fields')", line) for line in str(value).splitlines())


def _ombudsman(known: Known) -> Iterator[tuple[str, str]]:
    ombudsman = getattr(known["municipality"], "ombudsman", None)
    for name in ("name", "address"):
        yield f"the ombudsman's {name}", str(getattr(ombudsman, name))


def _given(fact: object) -> bool:
    return bool(fact.strip()) if isinstance(fact, str) else bool(fact)


def _bare(text: str) -> str:
    return "".join(text.split())
