"""Which label of a form is which field of a complaint: the configuration of one form, as a value."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mailin.forms.pairs import plain

ORDINARY_LABELS: Mapping[str, tuple[str, ...]] = {
    "name": ("naam", "uw naam", "volledige naam", "voor- en achternaam", "naam indiener", "naam klager"),
    "first_name": ("voornaam", "voornamen", "voorletters", "voorletter(s)", "uw voornaam"),
    "prefix": ("tussenvoegsel", "tussenvoegsels", "tussenvoegsel(s)", "voorvoegsel", "voorvoegsels"),
    "last_name": ("achternaam", "uw achternaam", "familienaam", "geslachtsnaam"),
    "email": ("e-mail", "e-mailadres", "uw e-mailadres", "uw e-mail", "mailadres"),
    "phone": ("telefoon", "telefoonnummer", "tel", "mobiel", "mobiel nummer", "uw telefoonnummer", "mobiele telefoon"),
    "address": ("volledig adres", "postadres", "adresgegevens"),
    "street": ("adres", "straat", "straat en huisnummer", "uw adres", "straatnaam"),
    "number": ("huisnummer", "huisnr", "nummer en toevoeging"),
    "postcode": ("postcode", "uw postcode"),
    "city": ("woonplaats", "plaats", "plaatsnaam", "uw woonplaats"),
    "when": (
        "datum", "datum voorval", "datum gebeurtenis", "wanneer", "wanneer was het", "wanneer is het gebeurd",
        "wanneer gebeurde het", "datum van het voorval",
    ),
    "about_whom": ("over wie", "over wie gaat het", "over wie gaat uw klacht", "medewerker", "naam medewerker"),
    "team": ("afdeling", "team"),
    "consent": ("antwoord per e-mail", "antwoord per mail", "wij mogen u mailen", "mogen wij u mailen"),
    "story": (
        "klacht", "uw klacht", "bericht", "uw bericht", "omschrijving", "toelichting", "wat is er gebeurd",
        "omschrijving klacht", "omschrijving van uw klacht", "story",
    ),
}  # fmt: skip
"""Field of a complaint -> the labels under which Dutch forms ask for it."""

YES = ("ja", "yes", "x", "true", "1", "on", "akkoord", "aangevinkt")
"""Answers that agree."""
_NUMBERING = re.compile(r"\s*\d{1,3}\s*[.)]\s*")


@dataclass(frozen=True, kw_only=True)
class FormMapping:
    """How one form is recognised, and under which labels it asks for what.

    Labels are compared without capitals, accents, spaces and punctuation. A field that ``labels`` does not name keeps
    the ordinary labels, so that a form with ordinary labels needs no configuration.
    """

    name: str
    senders: frozenset[str] = frozenset()
    """Addresses that send this form, in small letters; empty for any known forwarder."""
    subject: re.Pattern[str] | None = None
    """What the subject must hold, when one sender sends several forms."""
    keys: frozenset[str] = frozenset()
    """Names of the API keys whose posts are this form."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    """The form's word for a team -> the team's slug."""
    consent_wording: str = ""
    """The question to which a yes allows answers by e-mail (Awb 2:8); empty when the label says it all."""
    consent_yes: tuple[str, ...] = YES
    ignore: tuple[str, ...] = ()
    """Labels that say nothing, such as the visitor's browser."""
    footers: tuple[str, ...] = ()
    """Beginnings of lines that end the form: what follows was written by the website."""

    @cached_property
    def _fields(self) -> Mapping[str, str]:
        ordinary = {name: known for name, known in ORDINARY_LABELS.items() if name not in self.labels}
        # In this order, because what was configured wins.
        return {plain(one): name for known in (ordinary, self.labels) for name, those in known.items() for one in those}

    @cached_property
    def _ignored(self) -> frozenset[str]:
        return frozenset(plain(label) for label in self.ignore)

    @cached_property
    def _teams(self) -> Mapping[str, str]:
        return {plain(word): slug for word, slug in self.teams.items()}

    @cached_property
    def _agreed(self) -> frozenset[str]:
        return frozenset(plain(word) for word in self.consent_yes)

    def fits(self, senders: Collection[str], subject: str, *, forwarded: bool) -> bool:
        """Whether a mail of these senders is this form; ``forwarded`` when one of them is a known forwarder."""
        ours = any(one.casefold() in self.senders for one in senders) if self.senders else forwarded
        return ours and (self.subject is None or self.subject.search(subject[:500]) is not None)

    def field(self, label: str) -> str | None:
        """The field that this label asks for, numbering before it left aside."""
        found = self._fields.get(plain(label))
        return found or self._fields.get(plain(_NUMBERING.sub("", label, count=1)))

    def field_at(self, path: str) -> str | None:
        """The field at this place in a tree: by its whole path, or by its last name."""
        return self.field(path) or self.field(path.rpartition(".")[2])

    def ignores(self, label: str) -> bool:
        """Whether what stands under this label is left out of the fields."""
        return plain(label) in self._ignored or plain(label.rpartition(".")[2]) in self._ignored

    def team(self, word: str) -> str | None:
        """The team that the form calls so."""
        return self._teams.get(plain(word))

    def agreed(self, answer: str) -> bool:
        """Whether this answer says yes."""
        return plain(answer) in self._agreed

    def ends_at(self, line: str) -> bool:
        """Whether the form ends before this line."""
        return any(line.lstrip().startswith(one) or line.strip() == one.strip() for one in self.footers)


ORDINARY = FormMapping(name="ordinary")
"""A form with ordinary Dutch labels."""
