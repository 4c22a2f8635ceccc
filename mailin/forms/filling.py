"""From labelled values to a complaint: each value in its field, and none lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.domain.message import Attachment, Contact, ReplyRoute, Route
from mailin.forms.mapping import FormMapping
from mailin.forms.pairs import Pair
from mailin.understanding.addresses import addresses

LONGEST_KEPT = 5_000
"""Characters of a value that has no field of its own; the text holds all of it."""
MOST_KEPT = 200

_OWN_FIELDS = frozenset({"form", "about_whom", "when", "team", "consent", "story"})
_CONTACT = ("name", "first_name", "prefix", "last_name", "email", "phone", "address", "street", "number", "postcode",
            "city")  # fmt: skip

Answerable = Callable[[str], bool]
"""Whether an answer may go to this address: it is one, and neither ours nor a forwarder's."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one labelled value landed: in a field, kept under its label (``kept``), or nowhere (empty)."""

    pair: Pair
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMail:
    """What a citizen typed in a form."""

    contact: Contact
    story: str
    fields: Mapping[str, str]
    reply: ReplyRoute | None
    """Back to the citizen: by mail, else by letter, and never to the forwarder."""
    files: tuple[Attachment, ...] = ()
    """Files that the form's own JSON or XML held."""
    placed: tuple[Placed, ...] = ()


@dataclass(slots=True)
class _Filling:
    """The fields, while they are being filled."""

    mapping: FormMapping
    answerable: Answerable
    values: dict[str, str] = field(default_factory=dict)
    stories: list[Pair] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    consent: str | None = None
    refused: bool = False
    """Whether a mail address was given to which no answer may go."""

    def place(self, pair: Pair, name: str | None) -> str:
        """Put one value in its place; gives the name of that place."""
        if name == "consent" and self.consent is None:
            self.consent = self._agreement(pair)
            return "consent"
        if not pair.value or not pair.label or self.mapping.ignores(pair.label):
            return ""
        if name == "story":
            self.stories.append(pair)
            return "story"
        value = self._fitting(name, pair.value) if name is not None and name not in self.values else None
        if name is None or value is None:
            return self._keep(pair)
        self.values[name] = value
        return name

    def _fitting(self, name: str, value: str) -> str | None:
        """The value as its field holds it, None when it is none for that field."""
        if name == "team":
            return self.mapping.team(value)
        if name != "email":
            return value if name == "address" else " ".join(value.split())
        email = next((one for one in addresses([value.encode()]) if "@" in one and len(one) <= 320), None)
        if email is not None and not self.answerable(email):
            self.refused = True
            return None
        return email

    def _agreement(self, pair: Pair) -> str:
        """The wording that somebody agreed to (Awb 2:8), empty when they did not."""
        if not self.mapping.agreed(pair.value):
            return ""
        return self.mapping.consent_wording or f"{pair.label}: {pair.value}"

    def _keep(self, pair: Pair) -> str:
        label = " ".join(pair.label.split())[:120]
        key, number = label, 1
        while key in self.kept or key in _OWN_FIELDS:
            number += 1
            key = f"{label} ({number})"
        if len(self.kept) >= MOST_KEPT:
            return ""
        self.kept[key] = pair.value[:LONGEST_KEPT]
        return "kept"


def fill(
    pairs: Sequence[Pair],
    mapping: FormMapping,
    answerable: Answerable,
    *,
    files: tuple[Attachment, ...] = (),
    by_path: bool = False,
) -> FormMail:
    """The complaint in these values; its story is empty when the mapping finds none.

    ``by_path`` says that labels are paths into a tree, whose last name may be the label.
    """
    find = mapping.field_at if by_path else mapping.field
    filling = _Filling(mapping, answerable)
    placed = tuple(Placed(pair, filling.place(pair, find(pair.label) if pair.label else None)) for pair in pairs)
    contact = _contact(filling.values)
    fields = {name: value for name, value in filling.values.items() if name not in _CONTACT} | filling.kept
    if filling.consent is not None:
        fields["consent"] = filling.consent
    return FormMail(
        contact=contact,
        story=_story(filling.stories),
        fields=fields,
        reply=None if filling.refused else _reply(contact),
        files=files,
        placed=placed,
    )


def _contact(values: Mapping[str, str]) -> Contact:
    parts = (values.get(part, "") for part in ("first_name", "prefix", "last_name"))
    name = values.get("name") or " ".join(part for part in parts if part)
    street = " ".join(values[part] for part in ("street", "number") if part in values)
    town = " ".join(values[part] for part in ("postcode", "city") if part in values)
    address = "\n".join(line for line in (values.get("address", ""), street, town) if line)
    email, phone = values.get("email", ""), values.get("phone", "")
    return Contact(name=name[:300], email=email, phone=phone[:60], address=address[:500])


def _story(stories: Sequence[Pair]) -> str:
    """The story; several of them under their labels."""
    if len(stories) == 1:
        return stories[0].value
    return "\n\n".join(f"{one.label}\n{one.value}" for one in stories)


def _reply(contact: Contact) -> ReplyRoute | None:
    if contact.email:
        return ReplyRoute(route=Route.MAIL, address=contact.email)
    if contact.address:
        lines = (contact.name, contact.address)
        return ReplyRoute(route=Route.PRINT, address="\n".join(line for line in lines if line)[:320])
    return None
