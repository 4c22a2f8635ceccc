"""Delivery failures and delay notices: RFC 3464 reports, and the free-form ones of older mail servers."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from mailin.addresses import addresses
from mailin.charsets import clean_line
from mailin.headers import Headers, read_headers
from mailin.transfer import decode_transfer
from mailin.tree import Part

# It logs a traceback for every report that one of its detectors cannot read; the next detector may.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # noqa: TID251 - not ours: the library's own

_MACHINE_LOCAL = re.compile(
    r"(?:mailer-?daemon|postmaster.*|.*smtp_.*|.*mail_service|mail-?daemon|mdaemon|"
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
_FAILURE_SUBJECT = re.compile(
    r"(?:undeliver(?:ed|able)|onbestelbaar|niet[- ]bezorgd|unzustellbar|returned mail|mail delivery fail|"
    r"delivery (?:status|failure|notification|report|has failed|delayed|problem)|failure notice|"
    r"mail (?:could not be|not) delivered|"
    r"non[- ]?delivery|message (?:undeliverable|status|delayed|not delivered)|warning: (?:could not send|message)|"
    r"(?:mail|message) (?:delivery )?(?:delayed|failed|failure|error|problem)|nondeliverable|"
    r"delivery failed|error during delivery|failed mail|bezorg(?:ing|statusmelding|fout)|"
    r"kan (?:het )?bericht niet|niet afgeleverd|"
    r"mislukte bezorging|vertraagde bezorging|mail error|user unknown|bounced? mail|zustellung|"
    r"unable to deliver|nondelivery|returned to sender|your (?:mail|message) (?:to|could))",
    re.I,
)
_COPY = re.compile(
    r"^[ \t>]*(?:-{2,}.{0,40}(?:below this line is a copy|this is a copy|original message|returned message|"
    r"unsent message|header of|original e-?mail|returned|message header|begin of).{0,80}|"
    r"received: from .{3,200}|.{0,40}(?:original message|returned message) (?:follows|headers?|text).{0,40})",
    re.I | re.M,
)
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:[ \t]*(?:\n[ \t]+)?<([^<>\s]{3,250})>", re.I | re.M)
_FAILURE_TEXT = re.compile(
    r"(?:could|can|may|was|were|has|have)(?: ?not|n't| been)?(?: yet)? (?:be |been )?(?:delivered|sent|reached)|"
    r"not be delivered|"
    r"(?:unable|wasn't able|failed) to deliver|"
    r"delivery (?:of|to|attempt|notification|has|have|failed|temporarily|status)|"
    r"undeliver|returned to (?:the )?sender|no such user|user unknown|unknown user|mailbox (?:is )?full|"
    r"not deliver|permanent (?:fatal )?error|non-delivery|"
    r"niet (?:worden |kunnen )?(?:worden )?(?:bezorgd|afgeleverd|besteld)|bezorging (?:is )?(?:mislukt|vertraagd)|"
    r"konnte nicht (?:zugestellt|übermittelt)|unzustellbar|n'a pas pu",
    re.I,
)
_GREETING = re.compile(
    r"\b(?:geachte|beste|hallo|hoi|goede(?:morgen|middag|navond)|groet(?:en|jes)?|hoogachtend)\b", re.I
)
_HARD_OR_SOFT = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_PASSED_ON = re.compile(r"\s*(?:re|fwd?|fw|antw|aw|wg|doorst)\s?:", re.I)
_EARLY = 800
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_GROUP = re.compile(rb"\r?\n[ \t]*\r?\n")
_MAX_SCANNED = 200_000
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
    status: str | None = None
    recipients: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


def find_bounce(data: bytes, parts: list[Part], text: str, subject: str, sender: tuple[str, str]) -> Bounce | None:
    """The delivery report that this message is; `failed` is false for a report of success, None for other mail.

    `sender` is the (name, address) of From.
    """
    report = next((part for part in parts if part.kind in _REPORTED and _belongs_to_root(part)), None)
    if report is not None:
        return _structured(data, parts, report)
    headers = parts[0].headers
    if "x-failed-recipients" in headers:
        return Bounce(
            failed=True,
            status=_first_status(text),
            ids=_ids(data, parts, text),
            recipients=addresses(headers.fields["x-failed-recipients"]),
        )
    if (
        parts[0].kind == "multipart/report"
        and _from_daemon(sender)
        and any(
            part.kind == "message/disposition-notification"
            and b"automatic-action" in data[part.start : part.end].lower()
            and b"deleted" in data[part.start : part.end].lower()
            for part in parts
        )
    ):
        # Dovecot and Sieve refuse mail with a receipt that says 'deleted' (RFC 5429 section 2.1.1).
        return Bounce(failed=True, status=_first_status(text), ids=_ids(data, parts, text))
    if parts[0].kind == "multipart/report" and parts[0].parameters.get("report-type", "").lower() not in (
        "",
        "delivery-status",
    ):
        return None
    return _unstructured(data, parts, text, subject, sender)


def _belongs_to_root(part: Part) -> bool:
    return part.parent is None or part.parent.parent is None or part.parent.kind == "multipart/report"


def _structured(data: bytes, parts: list[Part], report: Part) -> Bounce:
    """RFC 3464: a message group, then one group of fields for every recipient."""
    actions: set[str] = set()
    statuses: list[str] = []
    recipients: dict[str, None] = {}
    body = decode_transfer(data[report.start : report.end], report.encoding)
    for block in _GROUP.split(body.strip())[:_MAX_GROUPS]:
        fields, _, _ = read_headers(block, 0, len(block))
        action = fields.plain("action").split(" ", 1)[0].rstrip(";").lower()
        if "final-recipient" not in fields and "original-recipient" not in fields and not action:
            continue
        actions.add(action)
        if action not in _SUCCESS:
            found = _STATUS.search(fields.plain("status"))
            statuses += [found.group(1)] if found else []
            recipients.update(dict.fromkeys(_recipients(fields)))
    failed = not actions or bool(actions - _SUCCESS)
    return Bounce(
        failed=failed,
        status=statuses[0] if statuses and failed else None,
        recipients=tuple(recipients),
        ids=_ids(data, parts, ""),
    )


def _recipients(fields: Headers) -> tuple[str, ...]:
    for name in ("original-recipient", "final-recipient"):
        value = fields.raw(name)
        found = addresses([value.split(b";", 1)[-1]])
        if found:
            return found
    return ()


def _unstructured(data: bytes, parts: list[Part], text: str, subject: str, sender: tuple[str, str]) -> Bounce | None:
    """A report in words only: a machine must have sent it, and it must carry the shape of a report."""
    headers = parts[0].headers
    telling = _FAILURE_SUBJECT.search(subject) is not None
    failing = _FAILURE_TEXT.search(text[:_EARLY]) is not None
    returned = any(part.kind in _RETURNED for part in parts) or _COPY.search(text) is not None
    if _answers(headers, subject):
        return None
    if _from_machine(headers, sender):
        shaped = telling or failing
        recipients = _second_opinion(data) if shaped or returned or _from_daemon(sender) else ()
        if not recipients and not (shaped and (returned or _HARD_OR_SOFT.search(text))) and not (telling and failing):
            return None
    else:
        # A person may write any of these words: without a machine's address all of the report's shape must be there.
        if not (telling and failing) or _GREETING.search(text) or "in-reply-to" in headers:
            return None
        recipients = _second_opinion(data)
        if not (recipients or returned):
            return None
    return Bounce(failed=True, status=_first_status(text), recipients=recipients, ids=_ids(data, parts, text))


def _from_machine(headers: Headers, sender: tuple[str, str]) -> bool:
    name, address = sender
    if headers.return_path() == "" or not (name or address):
        return True
    local = address.rsplit("@", 1)[0] if address else name
    return bool(_MACHINE_LOCAL.fullmatch(local) or _MACHINE_NAME.search(name))


def _from_daemon(sender: tuple[str, str]) -> bool:
    return sender[1].lower().startswith(("mailer-daemon", "postmaster"))


def _answers(headers: Headers, subject: str) -> bool:
    """A person answering or forwarding a report is not a report."""
    return _PASSED_ON.match(subject) is not None and headers.return_path() != ""


def _second_opinion(data: bytes) -> tuple[str, ...]:
    """The recipients that flufl.bounce finds; its detectors were made for reports that follow no standard."""
    message: Message = message_from_bytes(data[:_MAX_SCANNED])
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
