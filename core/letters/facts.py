"""What a letter can be told, and what a form's letter gives back of what somebody typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.domain.labels import Channel
from core.domain.message import Inbound, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPart:
    """One part of a complaint in the findings, with the judgement on it (Awb 9:12 lid 1; law.md A-12.3)."""

    complaint: str
    """What was complained about, in one line."""
    judgement: str
    """Slug: ``gegrond``, ``deels_gegrond``, ``ongegrond``, ``geen_oordeel``."""
    reasons: str = ""
    """Why, where the reasons of the whole do not say it already."""


Fact = (
    str
    | int
    | bool
    | date
    | datetime
    | None
    | Mapping[str, str]
    | tuple[str, ...]
    | tuple[tuple[str, str], ...]
    | tuple[Refused, ...]
    | tuple[JudgedPart, ...]
)

_FORMS = frozenset({Channel.KLACHTENFORMULIER, Channel.MIJN_LOKET})
_IN_ORDER = ("about_whom", "team", "when")
_LAST = "consent"
_NOT_TYPED = frozenset({"form"})
"""Marks of our own among a message's fields."""


def typed(message: Inbound) -> tuple[tuple[str, str], ...]:
    """What somebody filled in beside the story, as (key, value), in the order of the form (Awb 2:17 lid 2).

    Empty for what came another way: a mail or a chat has no fields, its words are given back whole. Consent stays in
    when it is empty, because not ticking it is an answer too.
    """
    if message.channel not in _FORMS:
        return ()
    fields, sender = message.fields, message.sender
    others = sorted(fields.keys() - {*_IN_ORDER, _LAST} - _NOT_TYPED)
    given = [(key, fields.get(key, "")) for key in (*_IN_ORDER, *others)]
    given += [("name", sender.name), ("phone", sender.phone), ("email", sender.email), ("address", sender.address)]
    consent = [(_LAST, fields[_LAST])] if _LAST in fields else []
    return (*((key, value) for key, value in given if value), *consent)
