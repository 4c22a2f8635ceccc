"""What letters and pages say about the municipality itself; the law's own facts about the ombudsman stand here too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ombudsman:
    """Where a complainant can go next (Awb 9:12 lid 2, 9:17); a municipality may have its own."""

    name: str = "Nationale ombudsman"
    address: str = "Postbus 93122, 2509 AC Den Haag"
    phone: str = "0800-33 55 555"
    website: str = "www.nationaleombudsman.nl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """Names and addresses that citizens need, and the promises made to them."""

    name: str
    email: str
    phone: str
    contact: str
    """Who can be asked, as printed: a name or "de klachtencoördinator"."""
    address: str = ""
    website: str = ""
    privacy_page: str = ""
    call_within: int = 5
    """Working days within which we call the citizen."""
    committee: bool = False
    """Whether a committee advises (Awb 9:14): the acknowledgement then says so and the term is ten weeks."""
    ombudsman: Ombudsman = Ombudsman()
