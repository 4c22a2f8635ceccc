"""Which form is this, and what does it say? Tries every way in which a form can be carried, and takes the fullest."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailin.forms.carriers import read_json, read_xml
from mailin.forms.filling import Answerable, FormMail, fill
from mailin.forms.lines import read_lines
from mailin.forms.mapping import ORDINARY, FormMapping
from mailin.forms.markup import read_bold, read_tables
from mailin.forms.nested import Flat
from mailin.forms.pairs import Pair, as_lines, merged, with_missing
from mailin.understanding.mail import Mail, MailAttachment

MOST_CARRIERS = 5
"""Attachments that are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One form as one mapping understands it."""

    mapping: FormMapping
    carrier: str
    """How the form was carried: json, xml, lines, table, bold or post."""
    pairs: tuple[Pair, ...]
    form: FormMail

    @property
    def name(self) -> str:
        """Of the mapping."""
        return self.mapping.name

    @property
    def whole(self) -> str:
        """Every labelled value, as a person reads it."""
        return as_lines(self.pairs)

    @property
    def found(self) -> bool:
        """Whether there is a story: without one the form is unknown."""
        return bool(self.form.story)

    @property
    def score(self) -> tuple[bool, int]:
        """A story first, then the number of different fields that were filled."""
        return self.found, len({one.field for one in self.form.placed} - {"", "kept"})

    def text(self, text: str) -> str:
        """The text of the message, followed by every value of the form that does not stand in it."""
        return text if self.carrier == "lines" else with_missing(text, self.pairs)


class FormReader:
    """The forms of one municipality: who sends them, and what their labels mean."""

    def __init__(self, mappings: Sequence[FormMapping], forwarders: Collection[str], answerable: Answerable) -> None:
        self.mappings = tuple(mappings)
        self.answerable = answerable
        self.forwarders = frozenset(one.casefold() for one in forwarders).union(*(one.senders for one in mappings))

    def is_forwarder(self, address: str) -> bool:
        """Whether this address sends forms: it is never answered."""
        return address.casefold() in self.forwarders

    def fitting(self, senders: Collection[str], subject: str) -> tuple[FormMapping, ...]:
        """The mappings by which a mail of these senders can be read, best first; none when it is no form."""
        forwarded = any(self.is_forwarder(one) for one in senders)
        known = tuple(one for one in self.mappings if one.fits(senders, subject, forwarded=forwarded))
        return (*known, ORDINARY) if forwarded else known

    def mail(self, mail: Mail, mappings: Sequence[FormMapping]) -> Reading | None:
        """The form in this mail by the first of these mappings that finds a story, else None."""
        return next((one for one in self.readings(mail, mappings) if one.found), None)

    def readings(self, mail: Mail, mappings: Sequence[FormMapping]) -> Iterator[Reading]:
        """The fullest reading of this mail by each mapping."""
        readings = (self.best(_of_mail(mail, one), one) for one in mappings)
        return (one for one in readings if one is not None)

    def best(self, carried: "Iterable[Carried]", mapping: FormMapping) -> Reading | None:
        """The fullest reading; of equal ones the first."""
        readings = [self._reading(one, mapping) for one in carried]
        return max(readings, key=lambda one: one.score, default=None)

    def named(self, name: str) -> FormMapping | None:
        """The mapping of this name."""
        return next((one for one in (*self.mappings, ORDINARY) if one.name == name), None)

    def is_mapped(self, key: str) -> bool:
        """Whether posts under this API key are read by a mapping."""
        return any(key in one.keys for one in self.mappings)

    def posted(self, key: str, form: str, posted: bytes | Sequence[tuple[str, str]], most: int) -> Reading | None:
        """A post by HTTP: None when no mapping is meant for this API key, or when its JSON is none.

        ``form`` is what the post itself says that it is; it chooses among the mappings of the key.
        """
        ours = [one for one in self.mappings if key in one.keys]
        mapping = next((one for one in ours if one.name == form), ours[0] if ours else None)
        return self.posted_as(mapping, posted, most) if mapping else None

    def posted_as(self, mapping: FormMapping, posted: bytes | Sequence[tuple[str, str]], most: int) -> Reading | None:
        """A post as this mapping reads it."""
        flat = read_json(posted, most=most) if isinstance(posted, bytes) else pairs_of_post(posted)
        return self._reading(Carried("post", flat, least=1, by_path=True), mapping) if flat else None

    def _reading(self, carried: "Carried", mapping: FormMapping) -> Reading:
        pairs, files = tuple(carried.flat.pairs), tuple(carried.flat.files)
        form = fill(pairs, mapping, self.answerable, files=files, by_path=carried.by_path)
        known = {name for pair in pairs if (name := mapping.field(pair.label) if pair.label else None)}
        if len(known) < carried.least:  # one line that looks like a label makes no form
            form = fill((), mapping, self.answerable)
        return Reading(mapping=mapping, carrier=carried.way, pairs=pairs, form=form)


@dataclass(frozen=True, slots=True)
class Carried:
    """Labelled values, and how they were carried."""

    way: str
    flat: Flat
    least: int = 2
    """Fields that must be named before this is a form at all."""
    by_path: bool = False


def pairs_of_post(posted: Sequence[tuple[str, str]]) -> Flat:
    """The fields of a form-encoded post, each once."""
    from_post = (Pair(name, value) for name, value in posted)
    return Flat(pairs=list(merged(from_post)))


def carried_by_text(text: str, html: str | None, mapping: FormMapping) -> Iterator[Carried]:
    """The ways in which a text can carry a form."""
    yield Carried("lines", Flat(pairs=list(read_lines(text, mapping))))
    if html:
        yield Carried("table", Flat(pairs=list(read_tables(html))))
        yield Carried("bold", Flat(pairs=list(read_bold(html, mapping))))


def _of_mail(mail: Mail, mapping: FormMapping) -> Iterator[Carried]:
    looked_into = 0
    for one in mail.attachments:
        flat = _of_attachment(one) if looked_into < MOST_CARRIERS else None
        if flat is not None:
            looked_into += 1
            yield Carried(flat[0], flat[1], least=1, by_path=True)
    yield from carried_by_text(mail.text, mail.html, mapping)


def _of_attachment(one: MailAttachment) -> tuple[str, Flat] | None:
    kind, name = one.content_type.casefold(), one.filename.casefold()
    if kind.endswith("json") or name.endswith(".json"):
        flat = read_json(one.content)
        return ("json", flat) if flat else None
    if kind.endswith("xml") or name.endswith(".xml"):
        flat = read_xml(one.content)
        return ("xml", flat) if flat else None
    return None
