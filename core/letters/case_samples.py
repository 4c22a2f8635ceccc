"""The facts of the letters of a case, as samples; ``samples`` holds those of the letters that every message brings."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from core.domain.labels import Kind, SubKind
from core.letters.facts import Fact, JudgedPart

_DAY, _LATER = date(2026, 11, 23), date(2026, 12, 7)
_SIGNED: Mapping[str, Fact] = {
    "number": "2026-0001",
    "name": "",
    "received_on": _DAY,
    "signer_name": "S. Visser",
    "signer_function": "klachtencoördinator",
    "signer_phone": "14 0591",
    "authority": "",
}
_DATES: Mapping[str, Fact] = {"target": date(2026, 12, 21), "limit": date(2027, 1, 4)}
_UNTIL: Mapping[str, Fact] = {"ombudsman_until": date(2027, 12, 7)}
_COLLEGE: Mapping[str, Fact] = {"authority": "college"}
_HANDLER: Mapping[str, Fact] = {
    "handler_name": "T. Leider",
    "handler_function": "teamleider",
    "handler_phone": "14 0591",
}
_COPY: Mapping[str, Fact] = {
    **_SIGNED, **_HANDLER, **_DATES, "complainant": "M. de Boer", "confidant": "P. de Wit, 14 0591",
    "copy": "Eerste <regel>.\n\nTweede regel & slot.", "attachments": ("een.pdf",),
}  # fmt: skip
_INVITATION: Mapping[str, Fact] = {
    **_SIGNED, "for_respondent": False, "hearing_on": _LATER, "hearing_time": "10.00", "place": "Raadhuisplein 1",
    "present": ("T. Leider, teamleider", "tolk"), "reply_by": date(2026, 12, 1), "proposals": (),
}  # fmt: skip
_ADJOURNED: Mapping[str, Fact] = {
    **_SIGNED, "for_respondent": False, "limit": date(2027, 2, 1), "former_limit": date(2027, 1, 4),
    "reason": "Een medewerker is ziek.",
}  # fmt: skip
_CONSENT: Mapping[str, Fact] = {
    **_SIGNED, "limit": date(2027, 2, 1), "proposed_until": date(2027, 3, 1), "reason": "Er volgt nog een gesprek.",
    "reply_by": _LATER,
}  # fmt: skip
_DECLINED: Mapping[str, Fact] = {
    **_SIGNED, **_UNTIL, **_COLLEGE, "ground": "9:8-1b", "reasons": "Het was in maart.\n\nDat is te lang geleden.",
    "where_next": "U kunt met de wijkagent praten.",
}  # fmt: skip
_FORWARDED: Mapping[str, Fact] = {
    **_SIGNED, "body": "het waterschap", "body_contact": "", "forwarded_on": _LATER, "is_objection": False,
}  # fmt: skip
_CONVERTED: Mapping[str, Fact] = {
    **_SIGNED, "reason": "U vraagt om een ander besluit.", "handed_on": _LATER, "secretariat": "het secretariaat",
    "secretariat_contact": "", "objection_committee": False, "answer_by": None, "complaint_number": "",
}  # fmt: skip
_FINDINGS: Mapping[str, Fact] = {
    **_SIGNED, **_UNTIL, **_COLLEGE, "actions": ("Wij spraken u op 7 december 2026.",), "findings": "Een.\n\nTwee.",
    "overall": "deels_gegrond", "reasons": "Zo zit het.",
    "parts": tuple(
        JudgedPart(complaint=f"Deel {number}", judgement=judgement, reasons=f"Uitleg {number}.")
        for number, judgement in enumerate(("gegrond", "deels_gegrond", "ongegrond", "geen_oordeel"), start=1)
    ),
    "apology": "", "conclusions": "", "measures": "", "deviation": "", "attachments": (),
}  # fmt: skip
_NOT_OURS: Mapping[str, Fact] = {
    **_SIGNED, "reason": "De woning is niet van ons.", "where_next": "Bel uw verhuurder.", "passed_on_to": "",
    "copy": "Mijn kraan lekt.",
}  # fmt: skip
_REFERRED: Mapping[str, Fact] = {
    **_SIGNED, "team": "team Wegen", "team_phone": "", "handed_on": _LATER, "answer_by": None, "other_number": "",
}  # fmt: skip
_STATUS: Mapping[str, Fact] = {"number": "2026-0001", "name": "", "call_before": _LATER, "limit": date(2027, 1, 4)}

GROUNDS = ("9:8-1a", "9:8-1b", "9:8-1c", "9:8-1d", "9:8-1e", "9:8-1f", "9:8-2")
"""The grounds for not handling a complaint (Awb 9:8)."""
MISSING = ("naam", "adres", "dagtekening", "omschrijving", "ondertekening")
"""What a klaagschrift can lack (Awb 9:4 lid 2), as slugs."""
STATES = (
    "with_handler", "message_ready", "letter_by_post", "letter_by_mail", "will_call", "invited", "adjourned",
    "question", "found", "closed",
)  # fmt: skip
"""What a status message can say."""
_REFERRALS: tuple[str, ...] = (*Kind, *SubKind)
_JUDGED = (("gegrond", "burgemeester"), ("ongegrond", "gemeenteraad"), ("geen_oordeel", ""), ("", "college"))

CASE_SAMPLES: Mapping[str, tuple[Mapping[str, Fact], ...]] = MappingProxyType(
    {
        "aanvullende_gegevens": ({**_SIGNED, "missing": MISSING, "reply_by": _LATER},),
        "afschrift_beklaagde": (
            _COPY,
            {**_COPY, "complainant": "", "confidant": "", "copy": "", "attachments": (), "handler_function": ""},
        ),
        "uitnodiging_hoorzitting": (
            _INVITATION,
            {**_INVITATION, "for_respondent": True, "present": ()},
            {**_INVITATION, "reply_by": None, "place": "", "hearing_on": None, "proposals": ("maandag",)},
            {**_INVITATION, "hearing_on": None},
        ),
        "verdaging": (_ADJOURNED, {**_ADJOURNED, "for_respondent": True}),
        "verzoek_instemming_uitstel": (_CONSENT, {**_CONSENT, "reply_by": None}),
        "niet_in_behandeling": tuple({**_DECLINED, "ground": ground} for ground in GROUNDS),
        "doorzending_ander_orgaan": (
            _FORWARDED,
            {**_FORWARDED, "is_objection": True, "body_contact": "14 0591"},
        ),
        "omzetting_bezwaar": (
            _CONVERTED,
            {**_CONVERTED, "reason": "", "secretariat": ""},
            {**_CONVERTED, "objection_committee": True, "answer_by": _LATER, "complaint_number": "2026-0002",
             "secretariat_contact": "14 0591"},
        ),
        "informeel_afgerond": ({**_SIGNED, **_UNTIL, "talked_on": _LATER, "agreement": "Wij bellen terug."},),
        "bevindingen": (
            _FINDINGS,
            *({**_FINDINGS, "overall": judgement, "authority": body, "actions": ()} for judgement, body in _JUDGED),
            {**_FINDINGS, "apology": "Het spijt ons.", "conclusions": "Het moet beter.", "measures": "Een cursus.",
             "deviation": "Wij zien het anders.", "attachments": ("verslag.pdf",)},
        ),
        "afsluiting": ({**_SIGNED, **_UNTIL}, {**_SIGNED, "ombudsman_until": None}),
        "ingetrokken": ({**_SIGNED, **_UNTIL, "withdrawn_on": _LATER},),
        "niet_voor_ons": (_NOT_OURS, {**_NOT_OURS, "copy": "", "reason": "", "where_next": ""},
                          {**_NOT_OURS, "passed_on_to": "uw verhuurder"}),
        "doorverwijzing": (
            *({**_REFERRED, "kind": kind} for kind in _REFERRALS),
            {**_REFERRED, "kind": "vraag", "team": ""},
            {**_REFERRED, "kind": "melding", "answer_by": _LATER, "other_number": "M-7", "team_phone": "14 0591"},
        ),
        "behandelaar": ({**_SIGNED, **_HANDLER, **_DATES},),
        "statusbericht": tuple({**_STATUS, "state": state} for state in STATES),
    }
)  # fmt: skip
"""Letter -> the facts of each variant."""
