"""Who is who in a case: the one who complains, on whose behalf, and about whom."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.labels import RespondentRole
from core.domain.message import Contact, ReplyRoute, Route


class PartyRole(StrEnum):
    """The part somebody plays in a case."""

    COMPLAINANT = "complainant"
    """klager"""
    REPRESENTATIVE = "representative"
    """gemachtigde (Awb 2:1): letters go to them"""
    ON_BEHALF_OF = "on_behalf_of"
    """the one towards whom the conduct was (Awb 9:1)"""
    RESPONDENT = "respondent"
    """beklaagde"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody in a case. ``person`` and ``respondent_role`` are for respondents only."""

    id: int = 0
    role: PartyRole
    contact: Contact
    reply_address: str = ""
    """What their messages are recognised by beside the mail address: a chat's number."""
    person: int | None = None
    """Their number in the organisation: who that is may never see the case (decisions 19)."""
    respondent_role: RespondentRole | None = None


def way_to(contact: Contact) -> ReplyRoute | None:
    """How somebody can be written to: by mail where there is an address, else by letter, else not at all."""
    if contact.email:
        return ReplyRoute(route=Route.MAIL, address=contact.email)
    if contact.address:
        lines = "\n".join(line for line in (contact.name, contact.address) if line)
        return ReplyRoute(route=Route.PRINT, address=lines[:320])
    return None


def missing_for_complaint(contact: Contact, *, described: bool, signed: bool) -> tuple[str, ...]:
    """What a klaagschrift still lacks (Awb 9:4 lid 2). A list to ask for; it never stops the clock (law.md A-4.4).

    The date of writing is that of the message itself and is therefore never missing from a received one.
    """
    wanted = (
        ("naam", contact.name.strip()),
        ("adres", contact.address.strip()),
        ("omschrijving", described),
        ("ondertekening", signed),
    )
    return tuple(name for name, present in wanted if not present)
