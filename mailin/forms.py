"""Mails of the website's form forwarder: "Label: waarde" lines become the fields of a complaint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.message import Contact, ReplyRoute, Route
from mailin.addresses import addresses

LABELS: Mapping[str, tuple[str, ...]] = {
    "name": ("naam", "uw naam", "volledige naam", "voor- en achternaam", "naam indiener"),
    "email": ("e-mail", "email", "e-mailadres", "emailadres", "uw e-mailadres", "mailadres"),
    "phone": ("telefoon", "telefoonnummer", "tel", "mobiel", "mobiel nummer", "uw telefoonnummer"),
    "street": ("adres", "straat", "straat en huisnummer", "uw adres"),
    "postcode": ("postcode",),
    "city": ("woonplaats", "plaats", "plaatsnaam"),
    "when": ("datum", "datum voorval", "datum gebeurtenis", "wanneer", "wanneer was het"),
    "about_whom": ("over wie", "over wie gaat het", "over wie gaat uw klacht", "medewerker", "afdeling"),
    "consent": ("antwoord per e-mail", "antwoord per mail", "wij mogen u mailen"),
    "story": ("klacht", "uw klacht", "bericht", "uw bericht", "omschrijving", "toelichting", "wat is er gebeurd"),
}
"""Field of a complaint -> the labels under which forms ask for it, in small letters."""

_FIELD_OF = {label: field for field, labels in LABELS.items() for label in labels}
_LINE = re.compile(r"[ \t]{0,8}[*_]{0,2}([A-Za-z][A-Za-z .-]{1,38}?)\??[*_]{0,2}[ \t]{0,4}[:：][*_]{0,2}(.*)")
_YES = frozenset({"ja", "yes", "x", "true", "1", "on", "akkoord", "aangevinkt"})
_PERSONAL = frozenset({"name", "email", "phone", "street", "postcode", "city"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMail:
    """What a citizen typed in the form that this mail carries."""

    contact: Contact
    story: str
    fields: Mapping[str, str]

    @property
    def reply(self) -> ReplyRoute | None:
        """Back to the citizen: by mail, else by letter, and never to the forwarder."""
        if self.contact.email:
            return ReplyRoute(route=Route.MAIL, address=self.contact.email)
        if self.contact.address:
            lines = (self.contact.name, self.contact.address)
            return ReplyRoute(route=Route.PRINT, address="\n".join(line for line in lines if line)[:320])
        return None


def read_form(text: str) -> FormMail | None:
    """The form in a mail's text, or None when it is none that we know: a story and one more field must be there."""
    found = _values(text)
    story = found.get("story", "")
    if not story or len(found) < 2:
        return None
    one_line = {field: value.strip().split("\n", 1)[0].strip() for field, value in found.items() if field != "story"}
    town = " ".join(filter(None, (one_line.get("postcode"), one_line.get("city"))))
    street = one_line.get("street", "")
    email = next((one for one in addresses([one_line.get("email", "").encode()]) if "@" in one), "")
    contact = Contact(
        name=one_line.get("name", "")[:300],
        email=email if len(email) <= 320 else "",
        phone=one_line.get("phone", "")[:60],
        address="\n".join(line for line in (street, town) if line)[:500],
    )
    fields = {field: value for field, value in one_line.items() if value and field not in _PERSONAL}
    if "consent" in one_line:
        fields["consent"] = _consent(one_line["consent"])
    return FormMail(contact=contact, story=story, fields=fields)


def _consent(answer: str) -> str:
    """The wording that somebody agreed to (Awb 2:8), empty when they did not."""
    return f"Antwoord per e-mail: {answer}" if answer.casefold().strip(" .!") in _YES else ""


def _values(text: str) -> dict[str, str]:
    """Field -> all lines under its label.

    Each field counts once: a later line that looks the same is a citizen's own words, and stays in the story.
    """
    lines: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        field = _FIELD_OF.get(" ".join(match.group(1).casefold().split())) if match else None
        if match is None or field is None or field in lines:
            current.append(line)
        else:
            current = lines[field] = [match.group(2).strip()]
    return {field: "\n".join(found).strip() for field, found in lines.items()}
