"""What the letters are told in these tests: one citizen, one case, one municipality."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from core.domain.message import Refused
from core.letters import Fact, Letter, Letters
from tests.core.world import MUNICIPALITY
from tests.letters.case_telling import OF_A_CASE

LIMITS = {"too_large": 25_000_000, "total_too_large": 35_000_000, "too_many": 50}
FULL = replace(
    MUNICIPALITY, address="Raadhuisplein 1, Voorbeeld", privacy_page="https://gemeente.example/privacy", committee=True
)
CASE: dict[str, Fact] = {"number": "2026-0187", "name": "M. de Boer", "received_on": date(2026, 11, 23)}
RECEIPT: dict[str, Fact] = {
    **CASE,
    "call_before": date(2026, 11, 30),
    "target": date(2026, 12, 21),
    "limit": date(2027, 1, 4),
    "ask_consent": False,
    "copy": "Ik ben drie keer niet teruggebeld.\nNiemand weet waarom.",
    "attachments": (),
}
FORM: dict[str, Fact] = {
    **RECEIPT,
    "fields": (
        ("about_whom", "Een medewerker"),
        ("when", "12 november, rond tien uur"),
        ("name", "M. de Boer"),
        ("phone", "06 12345678"),
        ("email", "m.deboer@voorbeeld.example"),
        ("address", "Dorpsstraat 1\n1234 AB Voorbeeld"),
        ("consent", "Ja, de gemeente mag mij per e-mail antwoorden."),
    ),
    "attachments": ("brief.pdf", "foto.jpg"),
}
ADDITION: dict[str, Fact] = {**CASE, "added_on": date(2026, 11, 25)}
MESSAGE: dict[str, Fact] = {
    **CASE,
    "body": "Wij spraken elkaar gisteren.\r\n\r\nIk bel u op 2 december 2026.\r\nDan weet ik meer.\n",
    "signer_name": "S. Visser",
    "signer_function": "klachtencoördinator",
    "signer_phone": "0591 123456",
}
REFUSED: dict[str, Fact] = {
    **CASE,
    "refused": (
        Refused(filename="film.mp4", reason="too_large", size=48_200_000),
        Refused(filename="foto 51.jpg", reason="too_many", size=2_000_000),
        Refused(filename="scans.zip", reason="total_too_large", size=20_000_000),
        Refused(filename="factuur.doc", reason="infected", size=84_000),
        Refused(filename="klacht.xyz", reason="type", size=900),
    ),
}
EVERY: Mapping[str, tuple[str, Mapping[str, Fact]]] = {
    "ontvangst": ("ontvangst", RECEIPT),
    "ontvangst_formulier": ("ontvangst", FORM),
    "aanvulling_ontvangen": ("aanvulling_ontvangen", ADDITION),
    "mogelijk_bezwaar": ("mogelijk_bezwaar", CASE),
    "bericht": ("bericht", MESSAGE),
    "weigering_bericht": ("weigering_bericht", REFUSED),
    **OF_A_CASE,
}
"""Variant -> letter and facts."""
PLAIN = Letters(MUNICIPALITY)
"""The letters of a municipality that filled in what it must."""
_FULL = Letters(FULL, file_limits=LIMITS)


def written(variant: str, language: str = "nl") -> Letter:
    """The letter as a municipality that filled in everything sends it."""
    letter, facts = EVERY[variant]
    return _FULL.write(letter, facts, language)
