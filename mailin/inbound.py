"""From the bytes of a mail to the one shape in which the core takes messages in."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from core.domain.labels import Channel
from core.domain.message import Attachment, Automatic, Contact, Inbound, ReplyRoute, Route
from core.ports import Original
from mailin.forms.mapping import FormMapping
from mailin.forms.reading import FormReader
from mailin.safety.limits import USUAL, FileLimits, within
from mailin.safety.risks import examined
from mailin.safety.trust import marks
from mailin.understanding.addresses import addresses, mailbox_of
from mailin.understanding.identity import content_hash
from mailin.understanding.mail import Mail, MailAttachment
from mailin.understanding.mime import parse
from mailin.understanding.passed_on import Staff, passed_on
from mailin.understanding.replykeys import reply_keys

MAIL_TYPE = "message/rfc822"
LONGEST_ID = 300
"""Characters of a Message-ID that we use as identity; longer ones are no identity but an attack on the index."""
MOST_REFERENCES = 100
"""Nearest answered messages that are looked up; a hostile References header can hold tens of thousands."""
UNREADABLE, TOO_SLOW, TOO_LARGE = "unreadable", "too_slow", "too_large_to_read"
"""Problems of a mail of which only the bytes are kept; the last two are those of `mailin.confined`."""

_SENDABLE = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,250}")
_NULL_SENDER = b"Return-Path: <>\r\n"
_SENDER = re.compile(rb"(?:\A|\n)sender[ \t]*:([^\r\n]{1,1000})", re.I)
ZONE = ZoneInfo("Europe/Amsterdam")
"""Of the times that mail programs write for people, without a zone."""
UNKNOWN_FORM = {"form": "unknown"}
"""Fields of a message from a forwarder in which no form was recognised."""

log = structlog.get_logger(__name__)


class MailReading(Protocol):
    """What a mail door needs: somebody who makes a message of bytes, and never raises."""

    def read(self, raw: bytes, *, door: str, received_at: datetime, envelope_from: str | None = None) -> Inbound: ...


class MailReader:
    """Reads mails for one municipality: what is ours, who may be answered, and which senders forward forms."""

    def __init__(
        self,
        own_addresses: Sequence[str],
        mail_domain: str,
        forwarders: Sequence[str],
        mappings: Sequence[FormMapping] = (),
        authserv_ids: Sequence[str] = (),
        limits: FileLimits = USUAL,
        staff_domains: Collection[str] = (),
    ) -> None:
        self._own = frozenset(mailbox_of(address) for address in own_addresses)
        self._own_domains = frozenset({mail_domain, *(mailbox.rpartition("@")[2] for mailbox in self._own)})
        self._authserv_ids = tuple(authserv_ids)
        self._limits = limits
        self._staff = Staff(domains=frozenset(map(str.casefold, staff_domains)), mailboxes=self._own, zone=ZONE)
        self.forms = FormReader(mappings, forwarders, self._answerable)
        self._own_id = re.compile(rf"20\d\d-\d{{4,6}}\.[^@\s]+@{re.escape(mail_domain)}", re.I)

    def read(self, raw: bytes, *, door: str, received_at: datetime, envelope_from: str | None = None) -> Inbound:
        """The message in these bytes; ``problem`` says why when it could not be understood. Never raises.

        ``envelope_from`` is the sender of the SMTP transaction: empty or "<>" for the null sender, None when unknown.
        """
        try:
            return self._read(raw, door, received_at, envelope_from, typed=False)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever a hostile mail breaks, its bytes are kept
            log.error("mail not understood", door=door, error=type(error).__name__)
            return kept_whole(raw, door, received_at, _why(error))

    def again(self, original: Original, raw: bytes) -> Inbound:
        """A kept original read once more, with the identity that it was stored under. Never raises.

        A person who takes up a message that seemed automatic says that somebody typed it; it may then be answered,
        unless its sender is the null sender or ourselves.
        """
        if original.raw_type == MAIL_TYPE:
            try:
                inbound = self._read(raw, original.door, original.received_at, None, typed=original.automatic)
            except Exception as error:  # noqa: BLE001 - the same boundary as in `read`
                log.error("mail not understood", door=original.door, error=type(error).__name__)
                inbound = kept_whole(raw, original.door, original.received_at, _why(error))
        else:
            inbound = kept_whole(raw, original.door, original.received_at, "not_a_mail")
        return as_stored(inbound, original)

    def _read(self, raw: bytes, door: str, received_at: datetime, envelope: str | None, *, typed: bool) -> Inbound:
        # A final relay writes the envelope sender down as Return-Path (RFC 5321 section 4.4); here we are that relay.
        mail = parse(_NULL_SENDER + raw.lstrip(b"\r\n") if envelope in ("", "<>") else raw)
        if "parser_failed" in mail.problems:
            return replace(kept_whole(raw, door, received_at, UNREADABLE), text=mail.text, reply_text=mail.text)
        automatic = self._automatic(mail)
        hashed = content_hash(raw)
        inbound = Inbound(
            channel=Channel.EMAIL,
            door=door,
            external_id=_identity(mail, hashed),
            content_hash=hashed,
            received_at=received_at,
            sender=_sender(mail),
            reply=self._reply(mail) if not automatic or (typed and not automatic.bounce) else None,
            subject=mail.subject,
            text=mail.text,
            reply_text=mail.reply_text,
            references=_nearest_first(mail),
            reply_keys=reply_keys(mail.to, (*mail.bounced_ids, *mail.in_reply_to, *mail.references), self._own),
            attachments=tuple(_attachment(one) for one in mail.attachments),
            raw=raw,
            automatic=automatic,
            authentication=mail.authentication_results,
            marks=marks(mail, self._authserv_ids, self._own_domains, received_at),
            problem="encrypted" if mail.encrypted else None,
        )
        mappings = () if mail.bounce else self.forms.fitting(handlers(mail, raw, envelope), mail.subject)
        inbound = self._form(inbound, mail, mappings) if mappings else self._passed_on(inbound, mail)
        kept, refused = within(inbound.attachments, self._limits)
        return replace(inbound, attachments=tuple(examined(one) for one in kept), refused=refused)

    def _form(self, inbound: Inbound, mail: Mail, mappings: Sequence[FormMapping]) -> Inbound:
        """What a form forwarder sent: about the citizen in it, and never answered to the forwarder.

        A forwarder's mail is machine-made by nature, so its marks do not make it automatic, unless it answers us.
        """
        automatic = inbound.automatic if inbound.automatic.answers else Automatic()
        inbound = replace(inbound, channel=Channel.KLACHTENFORMULIER, automatic=automatic)
        reading = self.forms.mail(mail, mappings)
        if reading is None:
            return replace(inbound, sender=Contact(), reply=None, fields=UNKNOWN_FORM)
        form = reading.form
        return replace(
            inbound,
            sender=form.contact,
            reply=None if automatic else form.reply,
            text=reading.text(inbound.text),
            reply_text=form.story,
            fields=form.fields,
            attachments=(*inbound.attachments, *form.files),
        )

    def _passed_on(self, inbound: Inbound, mail: Mail) -> Inbound:
        """What a colleague passed on: told whole, and nobody is answered before a person says who complains."""
        answered = (*mail.in_reply_to, *mail.references)
        answers_us = bool(inbound.reply_keys) or any(self._is_ours(one) for one in answered)
        found = passed_on(mail, self._staff, inbound.received_at, answers_us=answers_us)
        if found is None:
            return inbound
        return replace(inbound, reply=None, text=found.text, reply_text=found.text, forwarded=found.forwarded)

    def _automatic(self, mail: Mail) -> Automatic:
        """Signs that nobody typed it; one of our own messages coming back is a loop (RFC 3834 section 2)."""
        returned = mail.message_id is not None and self._is_ours(mail.message_id)
        if not (mail.auto_submitted or mail.bounce or returned):
            return Automatic()
        own = (mail.message_id,) if returned and mail.message_id else ()
        # The first group that names one of ours: a bounce's own headers may point at older letters, which did arrive.
        groups = (mail.bounced_ids, own, mail.in_reply_to, mail.references[::-1])
        ours = (tuple(one for one in group if self._is_ours(one)) for group in groups)
        return Automatic(
            auto_submitted=mail.auto_submitted or returned,
            bounce=mail.bounce,
            answers=next((found for found in ours if found), ()),
            permanent=mail.bounce and mail.given_up,
        )

    def _is_ours(self, message_id: str) -> bool:
        """Whether it has the form in which we make Message-IDs: case number, token, our domain."""
        return self._own_id.fullmatch(message_id) is not None

    def _reply(self, mail: Mail) -> ReplyRoute | None:
        """The way back: Reply-To or else From; nowhere for the null sender (RFC 5321 section 4.5.5) and ourselves."""
        if mail.return_path == "":
            return None
        wanted = (*mail.reply_to, mail.from_addr or "")
        address = next((one for one in wanted if self._answerable(one)), None)
        return ReplyRoute(route=Route.MAIL, address=address) if address else None

    def _answerable(self, address: str) -> bool:
        return (
            _SENDABLE.fullmatch(address) is not None
            and mailbox_of(address) not in self._own
            and not self.forms.is_forwarder(address)
        )


def handlers(mail: Mail, raw: bytes, envelope: str | None) -> set[str]:
    """Everybody who says to have sent this: some forms put the citizen in From and themselves elsewhere."""
    sender = _SENDER.search(re.split(rb"\r?\n\r?\n", raw[:100_000], maxsplit=1)[0])
    named = addresses([sender.group(1)]) if sender else ()
    return {one for one in (mail.from_addr, mail.return_path, envelope, *named) if one}


def _identity(mail: Mail, hashed: str) -> str:
    if mail.message_id and len(mail.message_id) <= LONGEST_ID:
        return mail.message_id
    return f"sha256:{hashed}"


def _nearest_first(mail: Mail) -> tuple[str, ...]:
    """The answered message, then the thread from its newest message back; never the message itself."""
    nearest = dict.fromkeys((*mail.in_reply_to, *mail.references[::-1]))
    return tuple(one for one in nearest if one != mail.message_id and len(one) <= LONGEST_ID)[:MOST_REFERENCES]


def _sender(mail: Mail) -> Contact:
    """Who says to have written it; empty for an anonymous mail."""
    email = mail.from_addr or ""
    return Contact(name=mail.from_name[:300], email=email if len(email) <= 320 else "")


def _attachment(one: MailAttachment) -> Attachment:
    return Attachment(
        filename=one.filename[:200], content_type=one.content_type[:100], content=one.content, inline=one.inline
    )


def _why(error: Exception) -> str:
    return TOO_LARGE if isinstance(error, MemoryError) else UNREADABLE


def as_stored(inbound: Inbound, original: Original) -> Inbound:
    """A second reading with the identity that the message was stored under."""
    return replace(
        inbound,
        external_id=original.external_id,
        content_hash=original.content_hash,
        raw_type=original.raw_type,
        channel=original.channel if inbound.problem else inbound.channel,
    )


def kept_whole(raw: bytes, door: str, received_at: datetime, problem: str) -> Inbound:
    """A message of which only the bytes are kept."""
    hashed = hashlib.sha256(raw).hexdigest()
    return Inbound(
        channel=Channel.EMAIL,
        door=door,
        external_id=f"sha256:{hashed}",
        content_hash=hashed,
        received_at=received_at,
        sender=Contact(),
        reply=None,
        raw=raw,
        problem=problem,
    )
