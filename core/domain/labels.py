"""The slugs that a municipality reports on: kinds of message, channels, roles. Dutch as given, never renamed."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message is; several may hold at once, the first one leads."""

    KLACHT = "klacht"
    BEZWAAR = "bezwaar"
    MELDING = "melding"
    SCHADECLAIM = "schadeclaim"
    VRAAG = "vraag"
    OVERIG = "overig"


class SubKind(StrEnum):
    """A finer kind that a person (or a rule) may set beside the kind."""

    BEZWAAR_BELASTINGEN = "bezwaar_belastingen"
    WOO_VERZOEK = "woo_verzoek"
    AVG_VERZOEK = "avg_verzoek"
    COMPLIMENT = "compliment"
    ANDERE_INSTANTIE = "andere_instantie"
    SPAM = "spam"
    BELEID = "beleid"
    INGEBREKESTELLING = "ingebrekestelling"
    INTEGRITEITSMELDING = "integriteitsmelding"
    BEDREIGING = "bedreiging"


class Channel(StrEnum):
    """The way the citizen took, not the door by which the machine received it (decisions 4)."""

    POST = "post"
    EMAIL = "email"
    KLACHTENFORMULIER = "klachtenformulier"
    MIJN_LOKET = "mijn_loket"
    INTERN = "intern"
    TELEFONISCH = "telefonisch"
    MONDELING = "mondeling"
    TELEGRAM = "telegram"
    WEBCHAT = "webchat"


class RespondentRole(StrEnum):
    """Who is complained about: the key of the routing table (process description, section 5)."""

    MEDEWERKER = "medewerker"
    TEAMLEIDER = "teamleider"
    CONCERNMANAGER = "concernmanager"
    GEMEENTESECRETARIS = "gemeentesecretaris"
    COLLEGE = "college"
    WETHOUDER = "wethouder"
    BURGEMEESTER = "burgemeester"
    GRIFFIER = "griffier"
    GRIFFIEMEDEWERKER = "griffiemedewerker"
    GEMEENTERAAD = "gemeenteraad"
    BEZWAARCOMMISSIE = "bezwaarcommissie"
    KLACHTENCOORDINATOR = "klachtencoordinator"
    RAADSLID = "raadslid"
    ONBEKEND = "onbekend"


DEFAULT_TEAMS: tuple[str, ...] = (
    "publiekszaken",
    "sociaal-domein",
    "werk-inkomen",
    "vergunningen",
    "toezicht-handhaving",
    "belastingen",
    "openbare-ruimte",
    "afval-reiniging",
    "ruimtelijke-ontwikkeling",
    "onderwijs-leerlingenvervoer",
    "sport-cultuur-vastgoed",
    "juridische-zaken",
    "bestuur-griffie",
)
"""The classes of the shipped model; a municipality maps them to its own teams in its organisation data."""
