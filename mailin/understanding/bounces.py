"""Delivery failures and delay notices: RFC 3464 reports, and the free-form ones of older mail servers."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from mailin.understanding.addresses import addresses
from mailin.understanding.charsets import clean_line
from mailin.understanding.failurewords import FAILURE_SUBJECT, FAILURE_TEXT
from mailin.understanding.headers import Headers, read_headers
from mailin.understanding.transfer import decode_transfer
from mailin.understanding.tree import Part
from mailin.understanding.xtext import from_xtext

# It logs a traceback for every report that one of its detectors cannot read; the next detector may.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # noqa: TID251 - not ours: the library's own

_MACHINE_LOCAL = re.compile(
    r"(?:mailer-?daemon|post[-_.]?master.*|.*smtp_.*|.*mail_service|mail-?daemon|mdaemon|"
    r"mail(?:er)?_?(?:server|admin|system|router|gateway)?|bounces?|"
    r"mailerror|mail-?delivery.*|maildelivery.*|delivery.*|noreply-?bounce|smtpd?|listserv|uucp|microsoftexchange\w*|"
    r"exchange.*|internetmail|mmdf|notes|nobody|root|administrator|system|autoanswer|mailadmin|mailsys)",
    re.I,
)
_MACHINE_NAME = re.compile(
    r"mail(?:er)?.?(?:delivery|daemon)|delivery (?:sub)?system|system administrator|systeembeheerder|postmaster|"
    r"mail administrator|internet mail (?:delivery|service)|microsoft (?:outlook|exchange)|mail system",
    re.I,
)
_COPY = re.compile(
    r"^[ \t>]*+(?:-{2,}+.{0,40}(?:below this line is a copy|this is a copy|original message|returned message|"
    r"unsent message|header of|original e-?mail|returned|message header|begin of).{0,80}|"
    r"received: from .{3,200}|.{0,40}(?:original message|returned message) (?:follows|headers?|text).{0,40})",
    re.I | re.M,
)
_MESSAGE_ID = re.compile(r"^[ \t>]*+message-id:[ \t]*(?:\n[ \t]+)?<([^<>\s]{3,250})>", re.I | re.M)
_GREETING = re.compile(
    r"\b(?:geachte|beste|hallo|hoi|goede(?:morgen|middag|navond)|groet(?:en|jes)?|hoogachtend)\b", re.I
)
_HARD_OR_SOFT = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.,/:-])[45][0-5]\d(?:[ -]+[45]\.\d|(?: - |[ -])[A-Za-z<#]{2})")
"""A line of an SMTP answer (RFC 5321 section 4.2): code and words."""
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_NO_REPLY = re.compile(r"(?:no|do-?not)[-_.]?reply[^@\s]{0,64}@", re.I)
_PASSED_ON = re.compile(r"\s*(?:re|fwd?|fw|antw|aw|wg|doorst)\s?:", re.I)
_EARLY = 800
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ENVELOPE_ID = re.compile(r"<?([^<>@\s]{1,200}@[^<>@\s]{1,200})>?")
_GROUP = re.compile(rb"\r?\n[ \t]*\r?\n")
_MAX_SCANNED = 200_000
_MAX_OPINION = 2_000
_MAX_GROUPS = 1000
_SUCCESS = frozenset({"delivered", "relayed", "expanded", "delivered-to-mailbox"})
_REPORTED = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers", "message/rfc822-headers"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a delivery report says about the message that it is about."""

    failed: bool = False
    """Whether the message has not arrived: not yet, or not at all."""
    final: bool = False
    """Whether the server gave up: also on what was only ever deferred (4.x), once its time was over (RFC 3464)."""
    status: str | None = None
    recipients: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Message-IDs that it names: first the envelope identity that we gave (RFC 3461), then those in what came back."""


def find_bounce(data: bytes, parts: list[Part], text: str, subject: str, sender: tuple[str, str]) -> Bounce | None:
    """The delivery report that this message is; `failed` is false for a report of success, None for other mail.

    `sender` is the (name, address) of From.
    """
    report = next((part for part in parts if part.kind in _REPORTED and _belongs_to_root(part)), None)
    if report is not None:
        return _structured(data, parts, report)
    headers = parts[0].headers
    if "x-failed-recipients" in headers:
        return _in_words(_first_status(text), addresses(headers.fields["x-failed-recipients"]), _ids(data, parts, text))
    if (
        parts[0].kind == "multipart/report"
        and (_from_daemon(sender) or _MACHINE_NAME.search(sender[0]) or "rejected" in headers.plain("auto-submitted"))
        and any(
            part.kind == "message/disposition-notification"
            and b"automatic-action" in data[part.start : part.end].lower()
            and b"deleted" in data[part.start : part.end].lower()
            for part in parts
        )
    ):
        # Dovecot and Sieve refuse mail with a receipt that says 'deleted' (RFC 5429 section 2.1.1).
        return _in_words(_first_status(text), (), _ids(data, parts, text))
    if parts[0].kind == "multipart/report" and parts[0].parameters.get("report-type", "").lower() not in (
        "",
        "delivery-status",
    ):
        return None
    return _unstructured(data, parts, text, subject, sender) or _declared(data, parts, text, sender)


def _declared(data: bytes, parts: list[Part], text: str, sender: tuple[str, str]) -> Bounce | None:
    """A machine's delivery-status report whose parts were lost on the way: its Content-Type still says what it was."""
    declared = parts[0].parameters.get("report-type", "").lower() == "delivery-status"
    if not (declared and parts[0].kind == "multipart/report" and _from_machine(parts[0].headers, sender)):
        return None
    return _in_words(_first_status(text), (), _ids(data, parts, text))


def _belongs_to_root(part: Part) -> bool:
    return part.parent is None or part.parent.parent is None or part.parent.kind == "multipart/report"


def _structured(data: bytes, parts: list[Part], report: Part) -> Bounce:
    """RFC 3464: a message group, then one group of fields for every recipient."""
    actions: set[str] = set()
    statuses: list[str] = []
    recipients: dict[str, None] = {}
    body = decode_transfer(data[report.start : report.end], report.encoding)
    envelope: tuple[str, ...] = ()
    for block in _GROUP.split(body.strip())[:_MAX_GROUPS]:
        fields, _, _ = read_headers(block, 0, len(block))
        envelope = envelope or _envelope(fields)
        action = fields.plain("action").split(" ", 1)[0].rstrip(";").lower()
        if "final-recipient" not in fields and "original-recipient" not in fields and not action:
            continue
        actions.add(action)
        if action not in _SUCCESS:
            found = _STATUS.search(fields.plain("status"))
            statuses += [found.group(1)] if found else []
            recipients.update(dict.fromkeys(_recipients(fields)))
    failed = not actions or bool(actions - _SUCCESS)
    for_good = any(status.startswith("5") for status in statuses)
    return Bounce(
        failed=failed,
        final="failed" in actions or (for_good and "delayed" not in actions),
        status=statuses[0] if statuses and failed else None,
        recipients=tuple(recipients),
        ids=tuple(dict.fromkeys((*envelope, *_ids(data, parts, "")))),
    )


def _envelope(fields: Headers) -> tuple[str, ...]:
    """The identity with which the message was handed over, where it has the form of a Message-ID as ours has.

    Sendmail and Postfix decode it, others repeat it as it was given, and some put brackets round it.
    """
    found = _ENVELOPE_ID.fullmatch(from_xtext(fields.plain("original-envelope-id")))
    return (found.group(1),) if found else ()


def _recipients(fields: Headers) -> tuple[str, ...]:
    """The address as the sender gave it, which forwarding has not changed, or else the last one (RFC 3464 2.3)."""
    for name in ("original-recipient", "final-recipient"):
        value = fields.raw(name).split(b";", 1)[-1].decode("latin-1")
        found = addresses([from_xtext(value).encode("latin-1")])
        if found:
            return found
    return ()


def _unstructured(data: bytes, parts: list[Part], text: str, subject: str, sender: tuple[str, str]) -> Bounce | None:
    """A report in words only: a machine must have sent it, and it must carry the shape of a report."""
    headers = parts[0].headers
    machine, robot = _from_machine(headers, sender), _NO_REPLY.match(sender[1]) is not None
    telling = FAILURE_SUBJECT.search(subject) is not None
    if not (machine or robot or telling):
        return None
    start = text[:_EARLY]
    failing = FAILURE_TEXT.search(start) is not None
    enclosed = any(part.kind in _RETURNED for part in parts)
    returned = enclosed or _COPY.search(text) is not None
    coded = _HARD_OR_SOFT.search(text) is not None or _REPLY_CODE.search(start) is not None
    daemon, greets = _from_daemon(sender), _GREETING.search(text) is not None
    if _answers(headers, subject) and not (daemon and failing and coded and not greets):
        return None
    if machine:
        shaped = telling or failing
        recipients = _second_opinion(data) if shaped or returned or daemon else ()
        nameless = failing and not any(sender) and _ADDRESS.search(start) is not None
        if not recipients and not (shaped and (returned or coded)) and not (telling and failing) and not nameless:
            return None
    elif robot and failing and enclosed:
        recipients = _second_opinion(data)  # it sends a message back and says that it did not arrive
    else:
        # A person may write any of these words: without a machine's address all of the report's shape must be there.
        if not (telling and failing) or greets or "in-reply-to" in headers:
            return None
        recipients = _second_opinion(data)
        if not (recipients or returned):
            return None
    return _in_words(_first_status(text), recipients, _ids(data, parts, text))


def _in_words(status: str | None, recipients: tuple[str, ...], ids: tuple[str, ...]) -> Bounce:
    return Bounce(failed=True, final=(status or "").startswith("5"), status=status, recipients=recipients, ids=ids)


def _from_machine(headers: Headers, sender: tuple[str, str]) -> bool:
    name, address = sender
    if headers.return_path() == "" or not (name or address):
        return True
    local = address.rsplit("@", 1)[0] if address else name
    return bool(_MACHINE_LOCAL.fullmatch(local) or _MACHINE_NAME.search(name))


def _from_daemon(sender: tuple[str, str]) -> bool:
    return sender[1].lower().startswith(("mailer-daemon", "postmaster", "post_master", "post-master"))


def _answers(headers: Headers, subject: str) -> bool:
    """A person answering or forwarding a report is not a report."""
    return _PASSED_ON.match(subject) is not None and headers.return_path() != ""


def _second_opinion(data: bytes) -> tuple[str, ...]:
    """The recipients that flufl.bounce finds; its detectors were made for reports that follow no standard."""
    # It tries fifty patterns on every line; a report names its recipients at its start.
    lines = data[:_MAX_SCANNED].split(b"\n", _MAX_OPINION)[:_MAX_OPINION]
    message: Message = message_from_bytes(b"\n".join(lines))
    if not message["from"]:
        del message["from"]
        message["From"] = "unknown@invalid"  # one of its detectors fails on mail without a sender
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors index and decode damaged reports without care; no opinion then
        return ()
    found = (clean_line(address.decode("ascii", "replace")).strip("<> ") for address in (*permanent, *temporary))
    return tuple(sorted(address for address in found if address))


def _first_status(text: str) -> str | None:
    found = _HARD_OR_SOFT.search(text)
    return found.group(1) if found else None


def _ids(data: bytes, parts: list[Part], text: str) -> tuple[str, ...]:
    """The Message-IDs in the returned original, whether it came as a part or as text."""
    found: dict[str, None] = {}
    for part in parts:
        if part.kind in _RETURNED:
            body = decode_transfer(data[part.start : part.end], part.encoding)
            identifier = read_headers(body, 0, min(len(body), _MAX_SCANNED), top=True)[0].message_id()
            found.update({identifier: None} if identifier else {})
    if not found:
        found.update(dict.fromkeys(match.group(1) for match in _MESSAGE_ID.finditer(text)))
    return tuple(found)
