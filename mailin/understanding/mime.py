"""Raw bytes to an understood mail: the pure and total heart of every mail door."""

from __future__ import annotations

import re

from mailin.safety.trust import MOST_TRACE, TRACE_FIELDS
from mailin.understanding.addresses import addresses, mailboxes
from mailin.understanding.automatic import is_automatic
from mailin.understanding.bounces import Bounce, find_bounce
from mailin.understanding.charsets import clean_text, decode_unlabelled
from mailin.understanding.headers import Headers
from mailin.understanding.mail import Mail
from mailin.understanding.parts import understand
from mailin.understanding.reply import Evidence, new_text
from mailin.understanding.tree import read_tree

_KEYED = re.compile(r"\+(?=[^@]*\d)[\w.-]{8,}@")
"""An address with a key (RFC 5233): nobody has it but who answers a message that gave it as the way back."""
_RECIPIENTS = 50
"""How many addresses are looked for in a quote; a hostile mail names thousands."""


def parse(raw: bytes) -> Mail:
    """The mail in these bytes; takes time in proportion to their number only, and raises nothing but MemoryError.

    Damage is repaired where the sender's meaning is plain, and named in `problems` either way.
    """
    try:
        return _parse(_line_breaks(raw))
    except MemoryError:
        raise  # `mailin.confined` sets the limit, and tells a person; showing the raw text would take memory too
    except Exception:  # noqa: BLE001 - total by contract: a mail that breaks us is shown as raw text, never lost
        return _unreadable(raw)


def _parse(data: bytes) -> Mail:
    parts, problems = read_tree(data)
    headers = parts[0].headers
    content = understand(data, parts)
    written_in = next((part.parameters["charset"] for part in parts if part.parameters.get("charset")), "")
    subject = headers.text("subject", written_in)
    senders = mailboxes(headers.fields.get("from", ()), written_in)
    name, address = next((sender for sender in senders if sender[1]), senders[0] if senders else ("", ""))
    bounce = find_bounce(data, parts, content.text, subject, (name, address)) or Bounce()
    to = addresses((*headers.fields.get("to", ()), *headers.fields.get("cc", ())))
    references = tuple(dict.fromkeys((*headers.ids("references"), *headers.ids("in-reply-to"))))
    if len(headers.fields.get("from", ())) > 1:
        problems.add("from_repeated")
    return Mail(
        subject=subject,
        from_addr=address or None,
        from_name=name,
        reply_to=addresses(headers.fields.get("reply-to", ())),
        to=to,
        text=content.text,
        reply_text=content.text if bounce.failed else _reply_text(content.text, headers, subject, to),
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
        given_up=bounce.final,
        senders=tuple(dict.fromkeys(address for _, address in senders if address)),
        trace=headers.ordered(TRACE_FIELDS, MOST_TRACE),
    )


def _reply_text(text: str, headers: Headers, subject: str, to: tuple[str, ...]) -> str:
    if "x-forwarded-message-id" in headers:
        return text
    recipients = tuple(address.casefold() for address in to[:_RECIPIENTS])
    keyed = any(_KEYED.search(address) for address in recipients)
    threaded = keyed or "in-reply-to" in headers or "references" in headers
    return new_text(text, Evidence(subject=subject, threaded=threaded, recipients=recipients))


def _line_breaks(raw: bytes) -> bytes:
    """Line breaks as the rest expects them: CR-only mail (old Macintosh, broken gateways) and doubled CR undone."""
    if b"\r\r\n" in raw:
        raw = re.sub(rb"(?<!\r)\r++\n", b"\r\n", raw)
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
