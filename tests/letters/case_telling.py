"""What the letters of a case are told in these tests: the same citizen and case as in ``telling``."""

from collections.abc import Mapping
from datetime import date

from core.letters import Fact, JudgedPart

SIGNED: dict[str, Fact] = {
    "number": "2026-0187",
    "name": "M. de Boer",
    "received_on": date(2026, 11, 23),
    "signer_name": "S. Visser",
    "signer_function": "teamleider",
    "signer_phone": "0591 123456",
    "authority": "",
}
COLLEGE = "college"
UNTIL = {"ombudsman_until": date(2027, 12, 14)}
TERM = {"target": date(2026, 12, 21), "limit": date(2027, 1, 4)}
HANDLER = {"handler_name": "T. de Leider", "handler_function": "teamleider", "handler_phone": "0591 654321"}

MISSING: dict[str, Fact] = {
    **SIGNED, "missing": ("naam", "adres", "omschrijving", "ondertekening"), "reply_by": date(2026, 12, 7),
}  # fmt: skip
COPY: dict[str, Fact] = {
    **SIGNED, **HANDLER, **TERM, "name": "B. Klaagde", "complainant": "M. de Boer",
    "confidant": "P. de Wit, 0591 111111",
    "copy": "Ik ben drie keer niet teruggebeld.\nNiemand weet waarom.", "attachments": ("brief.pdf", "foto.jpg"),
}  # fmt: skip
INVITATION: dict[str, Fact] = {
    **SIGNED, "for_respondent": False, "hearing_on": date(2026, 12, 8), "hearing_time": "10.00",
    "place": "Raadhuisplein 1, kamer 2",
    "present": ("T. de Leider, teamleider", "S. Visser, die het verslag maakt", "tolk"),
    "reply_by": date(2026, 12, 4), "proposals": (),
}  # fmt: skip
PROPOSALS: dict[str, Fact] = {
    **INVITATION, "hearing_on": None, "hearing_time": "", "place": "", "reply_by": None, "present": (),
    "proposals": ("8 december 2026 om 10.00 uur", "9 december 2026 om 19.00 uur"),
}  # fmt: skip
ADJOURNED: dict[str, Fact] = {
    **SIGNED, "for_respondent": False, "limit": date(2027, 2, 1), "former_limit": date(2027, 1, 4),
    "reason": "Wij willen u en de medewerker goed horen. Dat kan pas in januari.",
}  # fmt: skip
CONSENT: dict[str, Fact] = {
    **SIGNED, "limit": date(2027, 2, 1), "proposed_until": date(2027, 3, 1), "reply_by": date(2027, 1, 25),
    "reason": "Een van de medewerkers is ziek. Zonder dat gesprek missen wij een deel van het verhaal.",
}  # fmt: skip
DECLINED: dict[str, Fact] = {
    **SIGNED, **UNTIL, "authority": COLLEGE, "ground": "9:8-1b",
    "reasons": "U schrijft over een gesprek in maart 2025.\n\nWij kunnen niet meer nagaan wat daar is gezegd.",
    "where_next": "U kunt met uw vragen naar het wijkteam: 0591 222222.",
}  # fmt: skip
FORWARDED: dict[str, Fact] = {
    **SIGNED, "body": "het waterschap", "body_contact": "Postbus 1, 1234 AB Voorbeeld", "is_objection": False,
    "forwarded_on": date(2026, 11, 24),
}  # fmt: skip
CONVERTED: dict[str, Fact] = {
    **SIGNED, "reason": "U bent het niet eens met ons besluit van 2 november 2026. U wilt dat wij dat anders doen.",
    "handed_on": date(2026, 11, 24), "secretariat": "het team dat over bezwaren gaat",
    "secretariat_contact": "0591 333333", "objection_committee": True, "answer_by": date(2027, 3, 1),
    "complaint_number": "2026-0188",
}  # fmt: skip
SETTLED: dict[str, Fact] = {
    **SIGNED, **UNTIL, "talked_on": date(2026, 12, 1),
    "agreement": "Wij bellen u voortaan binnen twee dagen terug.\n\nU krijgt een vast nummer.",
}  # fmt: skip
FINDINGS: dict[str, Fact] = {
    **SIGNED, **UNTIL, "authority": COLLEGE,
    "parts": (
        JudgedPart(
            complaint="U bent drie keer niet teruggebeld.", judgement="gegrond",
            reasons="Wij hadden het beloofd en deden het niet.",
        ),
        JudgedPart(
            complaint="De medewerker was onaardig aan de telefoon.", judgement="geen_oordeel",
            reasons="U en de medewerker vertellen iets anders. Wij waren er niet bij.",
        ),
    ),
    "actions": ("Op 8 december 2026 spraken wij met u.", "Op 9 december 2026 spraken wij met de medewerker."),
    "findings": "In ons systeem staan drie verzoeken om terug te bellen.\n\nNiemand deed daar iets mee.",
    "overall": "deels_gegrond", "reasons": "Wie terugbellen belooft, moet dat ook doen.",
    "apology": "Het spijt ons dat u zo lang moest wachten.",
    "conclusions": "Wij moeten beter letten op wat wij beloven.",
    "measures": "Vanaf januari kijkt iemand elke dag welke verzoeken er liggen.",
    "deviation": "De commissie wilde ook iets zeggen over het gesprek. Wij vinden dat er te weinig bekend is.",
    "attachments": ("verslag.pdf", "advies.pdf"),
}  # fmt: skip
WITHDRAWN: dict[str, Fact] = {**SIGNED, **UNTIL, "withdrawn_on": date(2026, 12, 1)}
RETURNED: dict[str, Fact] = {
    **SIGNED, "reason": "Uw woning is van een verhuurder. De gemeente gaat daar niet over.",
    "where_next": "Bel of schrijf uw verhuurder.", "passed_on_to": "", "copy": "Mijn kraan lekt al weken.",
}  # fmt: skip
REFERRED: dict[str, Fact] = {
    **SIGNED, "kind": "melding", "team": "het team Wegen", "team_phone": "0591 444444", "other_number": "M-2026-7",
    "handed_on": date(2026, 11, 24), "answer_by": date(2026, 12, 8),
}  # fmt: skip
STATUS: dict[str, Fact] = {
    "number": "2026-0187", "name": "M. de Boer", "state": "message_ready", "call_before": date(2026, 11, 30),
    "limit": date(2027, 2, 1),
}  # fmt: skip

OF_A_CASE: Mapping[str, tuple[str, Mapping[str, Fact]]] = {
    "aanvullende_gegevens": ("aanvullende_gegevens", MISSING),
    "afschrift_beklaagde": ("afschrift_beklaagde", COPY),
    "uitnodiging_hoorzitting": ("uitnodiging_hoorzitting", INVITATION),
    "uitnodiging_hoorzitting_beklaagde": ("uitnodiging_hoorzitting", {**INVITATION, "for_respondent": True}),
    "uitnodiging_hoorzitting_voorstellen": ("uitnodiging_hoorzitting", PROPOSALS),
    "verdaging": ("verdaging", ADJOURNED),
    "verdaging_beklaagde": ("verdaging", {**ADJOURNED, "for_respondent": True}),
    "verzoek_instemming_uitstel": ("verzoek_instemming_uitstel", CONSENT),
    "niet_in_behandeling": ("niet_in_behandeling", DECLINED),
    "niet_in_behandeling_besluit": ("niet_in_behandeling", {**DECLINED, "ground": "9:8-1c"}),
    "doorzending_ander_orgaan": ("doorzending_ander_orgaan", FORWARDED),
    "doorzending_bezwaar": ("doorzending_ander_orgaan", {**FORWARDED, "is_objection": True}),
    "omzetting_bezwaar": ("omzetting_bezwaar", CONVERTED),
    "informeel_afgerond": ("informeel_afgerond", SETTLED),
    "bevindingen": ("bevindingen", FINDINGS),
    "afsluiting": ("afsluiting", {**SIGNED, **UNTIL}),
    "ingetrokken": ("ingetrokken", WITHDRAWN),
    "niet_voor_ons": ("niet_voor_ons", RETURNED),
    "niet_voor_ons_doorgegeven": ("niet_voor_ons", {**RETURNED, "copy": "", "passed_on_to": "uw verhuurder"}),
    "doorverwijzing": ("doorverwijzing", REFERRED),
    "doorverwijzing_schade": ("doorverwijzing", {**REFERRED, "kind": "schadeclaim", "team": "het team Verzekeringen"}),
    "behandelaar": ("behandelaar", {**SIGNED, **HANDLER, **TERM}),
    "statusbericht": ("statusbericht", STATUS),
}  # fmt: skip
"""Variant -> letter and facts."""
