"""Slugs that a municipality reports on in the procedure: Dutch as given, never renamed (decisions 1)."""

from enum import StrEnum


class ComplaintKind(StrEnum):
    """What a klacht is about (law.md section 9); several may hold, the first leads."""

    BEJEGENING = "bejegening"
    INFORMATIE_COMMUNICATIE = "informatie_communicatie"
    GEEN_OF_LATE_REACTIE = "geen_of_late_reactie"
    BEHANDELDUUR_TERMIJN = "behandelduur_termijn"
    BEREIKBAARHEID = "bereikbaarheid"
    AFSPRAAK_NIET_NAGEKOMEN = "afspraak_niet_nagekomen"
    ONJUISTE_UITVOERING_PROCEDURE = "onjuiste_uitvoering_procedure"
    PRIVACY = "privacy"
    DISCRIMINATIE = "discriminatie"
    INTEGRITEIT = "integriteit"
    OVERIG = "overig"


class Regime(StrEnum):
    """Which rules bind (law.md A-4.1)."""

    AFD_9_1_2 = "afd_9_1_2"
    """The written procedure, Awb 9:5 to 9:12."""
    BEHOORLIJK_9_2 = "behoorlijk_9_2"
    """Proper handling alone, Awb 9:2."""


class Signature(StrEnum):
    """How a klaagschrift is signed (Awb 9:4 lid 2, 2:18; law.md A-4.3)."""

    NAT = "nat"
    DIGID = "digid"
    EHERKENNING = "eherkenning"
    ELEKTRONISCH_OVERIG = "elektronisch_overig"
    ONTBREEKT = "ontbreekt"


class Ground(StrEnum):
    """Why a complaint is not handled (Awb 9:8 lid 1 and 2; law.md section 1.3)."""

    EERDER_BEHANDELD = "9:8-1a"
    LANGER_DAN_EEN_JAAR = "9:8-1b"
    BEZWAAR_MOGELIJK = "9:8-1c"
    BEROEP_MOGELIJK = "9:8-1d"
    ANDERE_RECHTER = "9:8-1e"
    STRAFRECHTELIJK = "9:8-1f"
    ONVOLDOENDE_BELANG = "9:8-2"


class Judgement(StrEnum):
    """The judgement (oordeel) on a part of a complaint, or on the whole (law.md A-12.3)."""

    GEGROND = "gegrond"
    DEELS_GEGROND = "deels_gegrond"
    ONGEGROND = "ongegrond"
    GEEN_OORDEEL = "geen_oordeel"


class Ending(StrEnum):
    """How a case ended: a judgement, or otherwise (law.md A-12.3)."""

    GEGROND = "gegrond"
    DEELS_GEGROND = "deels_gegrond"
    ONGEGROND = "ongegrond"
    GEEN_OORDEEL = "geen_oordeel"
    INGETROKKEN = "ingetrokken"
    INFORMEEL_AFGEROND = "informeel_afgerond"
    NIET_IN_BEHANDELING = "niet_in_behandeling"
    DOORVERWEZEN = "doorverwezen"


class Destination(StrEnum):
    """Where a message goes that is no klacht, or not ours (law.md section 3)."""

    BEZWAAR = "bezwaar"
    BEZWAAR_BELASTINGEN = "bezwaar_belastingen"
    MELDING = "melding"
    SCHADECLAIM = "schadeclaim"
    VRAAG = "vraag"
    WOO_VERZOEK = "woo_verzoek"
    AVG_VERZOEK = "avg_verzoek"
    INGEBREKESTELLING = "ingebrekestelling"
    INTEGRITEITSMELDING = "integriteitsmelding"
    BELEID = "beleid"
    ANDERE_INSTANTIE = "andere_instantie"
    """Another body, to which we pass it on (Awb 2:3 lid 1)."""
    TERUG_AAN_AFZENDER = "terug_aan_afzender"
    """Not meant for us and not passed on: returned (Awb 2:3 lid 2)."""


OBJECTIONS = frozenset({Destination.BEZWAAR, Destination.BEZWAAR_BELASTINGEN})


class OnBehalfOf(StrEnum):
    """For which body a decision is signed (law.md A-8.2; Awb 10:10)."""

    COLLEGE = "college"
    BURGEMEESTER = "burgemeester"
    GEMEENTERAAD = "gemeenteraad"


class ContactWay(StrEnum):
    """How we spoke or wrote with somebody."""

    TELEFOON = "telefoon"
    GESPREK = "gesprek"
    EMAIL = "email"
    BRIEF = "brief"
    CHAT = "chat"


class ContactResult(StrEnum):
    """What came of trying to reach the complainant (4.1)."""

    GESPROKEN = "gesproken"
    NIET_BEREIKT = "niet_bereikt"
    NIET_MOGELIJK = "niet_mogelijk"
    """No number or address is known, or the complainant wants no contact."""


class HearingForm(StrEnum):
    """The form of a hearing; none is prescribed (law.md A-10.4)."""

    GEZAMENLIJK = "gezamenlijk"
    AFZONDERLIJK = "afzonderlijk"
    TELEFONISCH = "telefonisch"


class Side(StrEnum):
    """Who is heard (Awb 9:10 lid 1)."""

    KLAGER = "klager"
    BEKLAAGDE = "beklaagde"


class Attendant(StrEnum):
    """Who may sit in on a hearing (process description, sections 1 and 6)."""

    KLACHTENCOORDINATOR = "klachtencoordinator"
    VERTROUWENSPERSOON = "vertrouwenspersoon"
    TOLK = "tolk"
    BEGELEIDER = "begeleider"
    LEIDINGGEVENDE = "leidinggevende"


class CopyGround(StrEnum):
    """Why no copy went to the person complained about; decisions 34 knows no other."""

    LICHTER_REGIME = "lichter_regime"
    NIEMAND_TE_NOEMEN = "niemand_te_noemen"


class ReviewResult(StrEnum):
    """What the coördinator or jurist said of the findings (9.2)."""

    AKKOORD = "akkoord"
    AANPASSEN = "aanpassen"


class Satisfaction(StrEnum):
    """What the complainant answered in the after-care call (10.1)."""

    JA = "ja"
    DEELS = "deels"
    NEE = "nee"
    NIET_BEREIKT = "niet_bereikt"


class Progress(StrEnum):
    """How an improvement action stands."""

    LOOPT = "loopt"
    UITGEVOERD = "uitgevoerd"
    VERVALLEN = "vervallen"


class OmbudsmanMatter(StrEnum):
    """What passes between the municipality and the ombudsman (Awb 9:30 to 9:36; decisions 38)."""

    ADVIES = "no_advies"
    """Advice, or an assessment of a file, at our request (process description, section 9)."""
    ONDERZOEK = "no_onderzoek"
    VERZOEK_STUKKEN = "no_verzoek_stukken"
    VERZOEK_STANDPUNT = "no_verzoek_standpunt"
    VOORLOPIGE_BEVINDINGEN = "no_voorlopige_bevindingen"
    RAPPORT = "no_rapport"
    AANBEVELING = "no_aanbeveling"


WITH_TERM = frozenset(
    {OmbudsmanMatter.VERZOEK_STUKKEN, OmbudsmanMatter.VERZOEK_STANDPUNT, OmbudsmanMatter.VOORLOPIGE_BEVINDINGEN}
)
"""What the ombudsman sets a term for (Awb 9:30, 9:31, 9:35)."""


class CoreValue(StrEnum):
    """The 22 kernwaarden by which the ombudsman tests (process description, section 9)."""

    A1 = "a1_transparant"
    A2 = "a2_goede_informatieverstrekking"
    A3 = "a3_luisteren_naar_de_inwoner"
    A4 = "a4_goede_motivering"
    B1 = "b1_respecteren_van_grondrechten"
    B2 = "b2_bevorderen_van_actieve_deelname_door_klager"
    B3 = "b3_fatsoenlijke_bejegening"
    B4 = "b4_fair_play"
    B5 = "b5_evenredigheid"
    B6 = "b6_bijzondere_zorg"
    C1 = "c1_maatwerk"
    C2 = "c2_samenwerking"
    C3 = "c3_coulante_opstelling"
    C4 = "c4_voortvarendheid"
    C5 = "c5_de_escalatie"
    D1 = "d1_integriteit"
    D2 = "d2_betrouwbaarheid"
    D3 = "d3_onpartijdigheid"
    D4 = "d4_redelijkheid"
    D5 = "d5_goede_voorbereiding"
    D6 = "d6_goede_organisatie"
    D7 = "d7_professionaliteit"
