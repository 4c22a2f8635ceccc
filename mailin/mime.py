"""Raw bytes to an understood mail: the pure and total heart of every mail door."""

from __future__ import annotations

import re

from mailin.addresses import addresses, mailboxes
from mailin.automatic import is_automatic
from mailin.bounces import Bounce, find_bounce
from mailin.charsets import clean_text, decode_unlabelled
from mailin.headers import Headers
from mailin.mail import Mail
from mailin.parts import understand
from mailin.reply import Evidence, new_text
from mailin.tree import read_tree


def parse(raw: bytes) -> Mail:
    """The mail in these bytes; never raises, and takes time in proportion to their number only.

    Damage is repaired where the sender's meaning is plain, and named in `problems` either way.
    """
    try:
        return _parse(_line_breaks(raw))
    except Exception:  # noqa: BLE001 - total by contract: a mail that breaks us is shown as raw text, never lost
        return _unreadable(raw)


def _parse(data: bytes) -> Mail:
    parts, problems = read_tree(data)
    headers = parts[0].headers
    content = understand(data, parts)
    subject = headers.text("subject")
    senders = mailboxes(headers.fields.get("from", ()))
    name, address = next((sender for sender in senders if sender[1]), senders[0] if senders else ("", ""))
    bounce = find_bounce(data, parts, content.text, subject, (name, address)) or Bounce()
    references = tuple(dict.fromkeys((*headers.ids("references"), *headers.ids("in-reply-to"))))
    if len(headers.fields.get("from", ())) > 1:
        problems.add("from_repeated")
    return Mail(
        subject=subject,
        from_addr=address or None,
        from_name=name,
        reply_to=addresses(headers.fields.get("reply-to", ())),
        to=addresses((*headers.fields.get("to", ()), *headers.fields.get("cc", ()))),
        text=content.text,
        reply_text=content.text if bounce.failed else _reply_text(content.text, headers, subject),
        html=content.html,
        attachments=tuple(content.attachments),
        auto_submitted=is_automatic(headers, parts, content.text, subject, bounce=bounce.failed),
        bounce=bounce.failed,
        message_id=headers.message_id(),
        in_reply_to=headers.ids("in-reply-to"),
        references=references,
        date=headers.date(),
        authentication_results=headers.plains("authentication-results"),
        return_path=headers.return_path(),
        encrypted=content.encrypted,
        problems=tuple(sorted(problems | content.problems)),
        bounced_ids=bounce.ids,
        final_status=bounce.status,
        failed_recipients=bounce.recipients,
    )


def _reply_text(text: str, headers: Headers, subject: str) -> str:
    threaded = "in-reply-to" in headers or "references" in headers
    forwarded = "x-forwarded-message-id" in headers
    return text if forwarded else new_text(text, Evidence(subject=subject, threaded=threaded))


def _line_breaks(raw: bytes) -> bytes:
    """Line breaks as the rest expects them: CR-only mail (old Macintosh, broken gateways) and doubled CR undone."""
    if b"\r\r\n" in raw:
        raw = re.sub(rb"\r+\n", b"\r\n", raw)
    if b"\r" in raw and b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return raw.removeprefix(b"\xef\xbb\xbf")


def _unreadable(raw: bytes) -> Mail:
    text = clean_text(decode_unlabelled(raw))
    return Mail(
        subject="",
        from_addr=None,
        from_name="",
        reply_to=(),
        to=(),
        text=text,
        reply_text=text,
        html=None,
        attachments=(),
        auto_submitted=False,
        bounce=False,
        message_id=None,
        in_reply_to=(),
        references=(),
        date=None,
        authentication_results=(),
        return_path=None,
        encrypted=False,
        problems=("parser_failed",),
        bounced_ids=(),
        final_status=None,
        failed_recipients=(),
    )
