"""From a filled-in form to a message: what was posted is cleaned, judged, and made into one Inbound. Nothing else."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import TypedDict

from core.domain.labels import Channel
from core.domain.message import Attachment, Contact, Inbound, ReplyRoute, Route
from core.domain.numbering import numbers_in
from core.ports import Original
from core.service.answering import CONSENT_FIELD
from web.mapped import Understood

LONGEST_STORY = 50_000
LONGEST_FIELD = 200
MOST_FILES = 5
LARGEST_FILE = 10_000_000
"""Bytes of one file."""
LONGEST_SUBJECT = 80
KINDS_OF_FILE = ("pdf", "jpg", "jpeg", "png", "gif", "webp", "heic", "txt", "doc", "docx", "odt")
"""Extensions that the citizen's form takes (law.md S-4)."""
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,190}\.[^\s@<>,;:\"()\[\]\\.]{2,60}")
NOTHING_ELSE: Mapping[str, str] = {}
_YES = frozenset({"1", "true", "on", "yes", "ja"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What somebody filled in. Only the story is asked of everybody (Awb 9:4 lid 2; law.md P-2)."""

    story: str = ""
    about_whom: str = ""
    when: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address_street: str = ""
    address_postcode: str = ""
    address_city: str = ""
    reply_by_email: bool = False

    @property
    def address(self) -> str:
        """The postal address, on its lines."""
        place = " ".join(part for part in (self.address_postcode, self.address_city) if part)
        return "\n".join(line for line in (self.address_street, place) if line)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which field: a key of the catalogue below ``form.problem``."""

    field: str
    key: str


def filed(values: Mapping[str, object]) -> Filed:
    """What was posted, without control characters and stray spaces; unknown names are left out."""
    told = {field.name: line(values.get(field.name)) for field in fields(Filed) if field.name != "reply_by_email"}
    told["story"] = clean(values.get("story")).strip()
    return Filed(**told, reply_by_email=clean(values.get("reply_by_email")).strip().casefold() in _YES)


def file(filename: str | None, content_type: str | None, content: bytes) -> Attachment:
    """A posted file, with a name that is a name and not a path."""
    name = re.split(r"[/\\]", line(filename))[-1].strip(". ")
    return Attachment(
        filename=name[-LONGEST_FIELD:] or "bestand",
        content_type=line(content_type)[:100] or "application/octet-stream",
        content=content,
    )


def problems(told: Filed, files: Sequence[Attachment], *, most_bytes: int) -> tuple[Problem, ...]:
    """Everything that stands in the way of sending, in the order of the form."""
    return tuple(_problems(told, files, most_bytes))


def _problems(told: Filed, files: Sequence[Attachment], most_bytes: int) -> Iterator[Problem]:
    if not told.story:
        yield Problem("story", "story_missing")
    elif len(told.story) > LONGEST_STORY:
        yield Problem("story", "story_long")
    for name in ("when", "name", "phone", "email", "address_street", "address_postcode", "address_city"):
        if len(getattr(told, name)) > LONGEST_FIELD:
            yield Problem(name, "too_long")
    if told.email and not is_address(told.email):
        yield Problem("email", "email_wrong")
    elif told.reply_by_email and not told.email:
        yield Problem("email", "email_missing")
    yield from file_problems(files, most_bytes=most_bytes)


def file_problems(files: Sequence[Attachment], *, most_bytes: int) -> list[Problem]:
    """What is wrong with the files."""
    found = [Problem("files", "too_many_files")] if len(files) > MOST_FILES else []
    if any(one.size > LARGEST_FILE for one in files) or sum(one.size for one in files) > most_bytes:
        found.append(Problem("files", "files_large"))
    return found


def unknown_kinds(files: Sequence[Attachment]) -> bool:
    """Whether a file is of a kind that the citizen's form does not take."""
    return any(one.filename.rpartition(".")[2].casefold() not in KINDS_OF_FILE for one in files)


def inbound(
    told: Filed,
    files: Sequence[Attachment],
    *,
    external_id: str,
    door: str,
    received_at: datetime,
    wording: str,
    extra: Mapping[str, str] = NOTHING_ELSE,
) -> Inbound:
    """The message that the core takes in.

    The receipt goes to the address that was given; ``wording`` is the question to which a tick said yes, and is kept as
    the consent for everything else (Awb 2:8; law.md E-2.8). Without a mail address the receipt is a printed letter.
    ``extra`` is what a form asked beside: kept under its own names.
    """
    kept = {line(name)[:LONGEST_FIELD]: clean(value).strip() for name, value in extra.items()}
    posted = {"fields": asdict(told), "consent_wording": wording, **({"extra": kept} if kept else {})}
    raw = _original(posted, files)
    asked = {"about_whom": told.about_whom, "when": told.when}
    return Inbound(
        channel=Channel.KLACHTENFORMULIER,
        door=door,
        external_id=external_id,
        content_hash=_hash(raw),
        received_at=received_at,
        sender=Contact(name=told.name, email=told.email, phone=told.phone, address=told.address),
        reply=_reply(told),
        subject=_subject(told.story),
        text=told.story,
        reply_text=told.story,
        attachments=tuple(files),
        raw=raw,
        raw_type="application/json",
        fields={name: value for name, value in (kept | asked).items() if value}
        | {CONSENT_FIELD: wording if told.reply_by_email else ""},
    )


def mapped(
    understood: Understood, files: Sequence[Attachment], *, external_id: str, door: str, received_at: datetime
) -> Inbound:
    """The message in a post that a form mapping read; without a story it is a plain message, flagged as unknown.

    The text holds every labelled value, so that nothing is lost of what has no field of its own.
    """
    form, found = understood.form, understood.found
    reply = form.reply if found else None
    kept = _Kept(
        form=understood.name,
        whole=understood.whole,
        contact=asdict(form.contact) if found else {},
        story=form.story,
        asked=dict(form.fields) if found else {"form": "unknown"},
        reply={"route": reply.route, "address": reply.address} if reply else {},
    )
    return _from_kept(kept, _original(kept, files), files, external_id, door, received_at)


class _Kept(TypedDict):
    """What is kept of a mapped post beside its files: every value, and what the mapping made of it."""

    form: str
    whole: str
    contact: dict[str, str]
    story: str
    asked: dict[str, str]
    reply: dict[str, str]


def _from_kept(
    kept: _Kept, raw: bytes, files: Sequence[Attachment], external_id: str, door: str, received_at: datetime
) -> Inbound:
    reply = kept["reply"]
    story = kept["story"] or kept["whole"]
    return Inbound(
        channel=Channel.KLACHTENFORMULIER,
        door=door,
        external_id=external_id,
        content_hash=_hash(raw),
        received_at=received_at,
        sender=Contact(**kept["contact"]),
        reply=ReplyRoute(route=Route(reply["route"]), address=reply["address"]) if reply else None,
        subject=_subject(story),
        text=kept["whole"],
        reply_text=story,
        attachments=tuple(files),
        raw=raw,
        raw_type="application/json",
        fields=kept["asked"],
    )


def _original(posted: Mapping[str, object], files: Sequence[Attachment]) -> bytes:
    """What is kept of a post: everything that was typed, and of each file what tells it."""
    listed = [
        {"filename": one.filename, "content_type": one.content_type, "size": one.size, "sha256": _hash(one.content)}
        for one in files
    ]
    return json.dumps({**posted, "attachments": listed}, ensure_ascii=False, sort_keys=True, indent=1).encode()


def reread(original: Original, raw: bytes) -> Inbound:
    """Understand a kept form post once more, from its original. Raises ValueError when it is not one."""
    posted = json.loads(raw)
    if "whole" in posted:
        return _from_kept(posted, raw, (), original.external_id, original.door, original.received_at)
    return inbound(
        filed(posted["fields"]),
        (),
        external_id=original.external_id,
        door=original.door,
        received_at=original.received_at,
        wording=posted["consent_wording"],
        extra=posted.get("extra", NOTHING_ELSE),
    )


def is_address(text: str) -> bool:
    """Whether this can be written to as a mail address."""
    return _ADDRESS.fullmatch(text) is not None


def _reply(told: Filed) -> ReplyRoute | None:
    if told.email:
        return ReplyRoute(route=Route.MAIL, address=told.email)
    if told.address:
        return ReplyRoute(route=Route.PRINT, address="\n".join(line for line in (told.name, told.address) if line))
    return None


def _subject(story: str) -> str:
    """The first words of the story.

    Without a case number in it: anybody can type one, and the answer would tell them whether it fits the mail address.
    """
    first = story.splitlines()[0].strip() if story else ""
    short = first if len(first) <= LONGEST_SUBJECT else first[:LONGEST_SUBJECT].rpartition(" ")[0] + " …"
    return "" if numbers_in(short) else short


def clean(value: object) -> str:
    """Text without control characters and without halves of characters, which no database holds."""
    text = str(value if value is not None else "").replace("\r\n", "\n").replace("\r", "\n")
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign for sign in whole if sign >= " " or sign in "\n\t").replace("\x7f", "")


def line(value: object) -> str:
    """Text on one line, without stray spaces."""
    return " ".join(clean(value).split())


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
