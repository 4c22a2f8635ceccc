"""The facts of every letter, as samples: what it must be told, and the variants that change its text."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from core.domain.message import Refused
from core.letters.case_samples import CASE_SAMPLES
from core.letters.facts import Fact

_DAY = date(2026, 11, 23)
_EVERY: Mapping[str, Fact] = {"number": "2026-0001", "name": ""}
_RECEIPT: Mapping[str, Fact] = {
    **_EVERY,
    "received_on": _DAY,
    "call_before": date(2026, 11, 30),
    "target": date(2026, 12, 21),
    "limit": date(2027, 1, 4),
    "ask_consent": True,
    "copy": "Eerste <regel>.\n\nTweede regel & slot.",
    "attachments": (),
}
_FIELDS = (
    ("about_whom", "Een medewerker"), ("when", "gisteren"), ("name", "M. de Boer"),
    ("address", "Dorpsstraat 1\n1234 AB Voorbeeld"), ("consent", ""),
)  # fmt: skip
_REFUSED = tuple(
    Refused(filename=f"{reason}.pdf", reason=reason, size=48_200_000)
    for reason in ("too_large", "too_many", "total_too_large", "infected", "type", "other")
)

SAMPLES: Mapping[str, tuple[Mapping[str, Fact], ...]] = MappingProxyType(
    {
        "ontvangst": (
            _RECEIPT,
            {**_RECEIPT, "name": "M. de Boer", "ask_consent": False, "fields": _FIELDS, "attachments": ("een.pdf",)},
        ),
        "aanvulling_ontvangen": ({**_EVERY, "added_on": _DAY},),
        "mogelijk_bezwaar": ({**_EVERY, "received_on": _DAY},),
        "bericht": (
            {**_EVERY, "body": "Een.\n\nTwee.", "signer_name": "S. Visser", "signer_function": "", "signer_phone": ""},
            {**_EVERY, "body": "", "signer_name": "S. Visser", "signer_function": "klachtencoördinator",
             "signer_phone": "14 0591"},
        ),
        "weigering_bericht": ({**_EVERY, "refused": _REFUSED}, {**_EVERY, "refused": _REFUSED[:1]}),
        **CASE_SAMPLES,
    }
)  # fmt: skip
"""Letter -> the facts of each variant."""
LIMITS: Mapping[str, int] = {"too_large": 25_000_000, "total_too_large": 35_000_000, "too_many": 20}
