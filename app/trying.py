"""What a form mapping makes of a sample: the answer of ``gehoord form try``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from core.domain.message import Route
from mailin.forms.carriers import read_json, read_xml
from mailin.forms.mapping import ORDINARY, FormMapping
from mailin.forms.pairs import as_lines
from mailin.forms.reading import Carried, Reading, carried_by_text, pairs_of_post
from mailin.inbound import MailReader, handlers
from mailin.understanding.charsets import decode_unlabelled
from mailin.understanding.mime import parse

LONGEST_SHOWN = 300
"""Characters of a value that are shown."""


class NoSuchMapping(Exception):
    """The mapping that was asked for is not configured; the text names those that are."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as one mapping reads it, and how that mapping was chosen."""

    reading: Reading
    why: str


def try_form(reader: MailReader, name: str, raw: bytes, wanted: str | None) -> tuple[bool, Iterator[str]]:
    """Whether a story was found in this file, and the lines that say where everything lands. Raises NoSuchMapping."""
    only = _named(reader, wanted) if wanted else None
    sample = _of_mail(reader, raw, only) if _is_mail(name, raw) else _of_post(reader, name, raw, only)
    if sample is None:
        return False, iter(["nothing that looks like a form was found"])
    return sample.reading.found, _lines(sample)


def _named(reader: MailReader, wanted: str) -> FormMapping:
    mapping = reader.forms.named(wanted)
    if mapping is None:
        known = ", ".join(one.name for one in (*reader.forms.mappings, ORDINARY))
        raise NoSuchMapping(f"there is no mapping {wanted}; known are: {known}")
    return mapping


def _is_mail(name: str, raw: bytes) -> bool:
    """Whether this is a raw mail; a sample without a telling name is one when it begins with header fields."""
    suffix = name.rpartition(".")[2].casefold()
    headers = raw[:20_000].lower()
    return suffix == "eml" or (suffix not in ("json", "xml", "html", "htm", "txt") and b"\nfrom:" in b"\n" + headers)


def _of_mail(reader: MailReader, raw: bytes, only: FormMapping | None) -> Sample | None:
    mail = parse(raw)
    senders = handlers(mail, raw, None)
    fitting = reader.forms.fitting(senders, mail.subject)
    if mail.bounce:
        why = "a bounce is never read as a form; as one it would be"
    elif only is not None:
        why = "asked for; " + ("the sender is a known forwarder" if fitting else "the sender is no known forwarder")
    elif fitting:
        why = "recognised by its sender"
    else:
        why = "NOT recognised: no sender of this mail is a known forwarder, so it would be taken as an ordinary mail"
    mappings = (only,) if only is not None else fitting or (*reader.forms.mappings, ORDINARY)
    return _best(list(reader.forms.readings(mail, mappings)), why, first=bool(fitting))


def _of_post(reader: MailReader, name: str, raw: bytes, only: FormMapping | None) -> Sample | None:
    mappings = (only,) if only is not None else (*reader.forms.mappings, ORDINARY)
    readings = (reader.forms.best(_carried(name, raw, one), one) for one in mappings)
    why = "asked for" if only is not None else "the one that finds most; an API key or a sender decides in earnest"
    return _best([one for one in readings if one is not None], why, first=False)


def _best(readings: Sequence[Reading], why: str, *, first: bool) -> Sample | None:
    """The first with a story, as in earnest, or else the fullest."""
    found = next((one for one in readings if one.found), None) if first else None
    best = found or max(readings, key=lambda one: one.score, default=None)
    return Sample(best, why) if best is not None and best.pairs else None


def _carried(name: str, raw: bytes, mapping: FormMapping) -> Iterator[Carried]:
    """The sample in each way in which it can be read."""
    json, xml = read_json(raw), read_xml(raw)
    if json is not None:
        yield Carried("json", json, least=1, by_path=True)
    if xml is not None:
        yield Carried("xml", xml, least=1, by_path=True)
    text = decode_unlabelled(raw)
    if "=" in text and "\n" not in text.strip():
        posted = parse_qsl(text.strip(), keep_blank_values=True, max_num_fields=None)
        yield Carried("post", pairs_of_post(posted), least=1, by_path=True)
    is_markup = name.casefold().endswith((".html", ".htm")) or text.lstrip()[:1] == "<"
    yield from carried_by_text("" if is_markup else text, text if is_markup else None, mapping)


def _lines(sample: Sample) -> Iterator[str]:
    reading = sample.reading
    form = reading.form
    yield f"mapping   {reading.name} ({sample.why})"
    yield f"carrier   {reading.carrier}"
    missing = "NOT FOUND: a plain message that is flagged, and nobody is answered"
    yield f"story     {'found' if reading.found else missing}"
    yield ""
    for one in form.placed:
        if one.field and one.pair.label:
            yield f"  {one.field:<12} <- {one.pair.label}: {_short(one.pair.value)}"
    left = [one.pair for one in form.placed if not one.field and one.pair.value]
    if left:
        yield ""
        yield "left over (in the text of the message only):"
        yield from (f"  {line}" for line in as_lines(left).split("\n"))
    for file in form.files:
        yield f"  file         <- {file.filename} ({file.content_type}, {file.size} bytes)"
    yield ""
    yield from (f"{name:<9} {_short(value)}" for name, value in _result(reading) if value)


def _result(reading: Reading) -> Iterator[tuple[str, str]]:
    form = reading.form
    yield "name", form.contact.name
    yield "email", form.contact.email
    yield "phone", form.contact.phone
    yield "address", form.contact.address
    yield from ((name, value) for name, value in form.fields.items() if name in ("when", "about_whom", "team"))
    yield "consent", form.fields.get("consent", "not asked") or "asked, and not given"
    to = form.reply if reading.found else None
    ways = {Route.MAIL: "by mail to", Route.PRINT: "by letter to"}
    yield "reply to", f"{ways.get(to.route, to.route)} {to.address}" if to else "nobody: a person confirms receipt"


def _short(value: str) -> str:
    line = " / ".join(value.split("\n"))
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]} ... ({len(line)} characters)"
