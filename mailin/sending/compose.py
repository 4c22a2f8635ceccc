"""An outgoing message as bytes, written by hand so that a repeat is byte-equal and no value can become a header.

The standard library's generator folds long Message-IDs in References into encoded-words, which breaks the thread.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from email.utils import format_datetime

from core.domain.message import Outgoing
from core.domain.municipality import Municipality
from mailin.sending.bodies import enclosed, joined, part
from mailin.sending.writing import encoded_words, on_one_line

LINE = 76
"""Longest header line that we write, where the value can be broken (RFC 5322 section 2.1.1 recommends 78)."""
DOMAIN = 253
"""Longest domain in characters (RFC 1035)."""

_ID = re.compile(r"(?!sha256:)[!-;=?-~]{1,300}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def compose(outgoing: Outgoing, municipality: Municipality) -> bytes:
    """The mail: text with a light HTML twin, in the thread of what it answers, marked as automatic when it is.

    Raises ValueError when the address cannot be written in a mail.
    """
    if _ID.fullmatch(outgoing.message_id) is None:
        raise ValueError("the Message-ID is not one")
    shown = f"Gemeente {municipality.name}"
    lines = [
        *_addressed("From", shown, municipality.email),
        *(_addressed("Reply-To", shown, outgoing.reply_to) if outgoing.reply_to else []),
        *_addressed("To", outgoing.to_name, outgoing.to.address),
        *_text("Subject", outgoing.subject),
        f"Date: {format_datetime(outgoing.created_at.astimezone(UTC))}",
        f"Message-ID: <{outgoing.message_id}>",
        *_ids("In-Reply-To", [outgoing.in_reply_to or ""]),
        *_ids("References", outgoing.references),
        *_automatic(outgoing),
        "Content-Language: nl",
        "MIME-Version: 1.0",
    ]
    return "\r\n".join(lines).encode() + b"\r\n" + _body(outgoing)


def _automatic(outgoing: Outgoing) -> Iterator[str]:
    """The marks of what no person sent (RFC 3834 3.1.7), and the wish that no machine answers it (MS-OXCMAIL)."""
    if outgoing.receipt or outgoing.automatic:
        yield "Auto-Submitted: auto-replied" if outgoing.receipt else "Auto-Submitted: auto-generated"
        yield "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply"


def _body(outgoing: Outgoing) -> bytes:
    """The text, beside its twin when there is one, before its files when there are any."""
    words = part("text/plain", outgoing.text)
    if outgoing.html is not None:
        words = joined("alternative", outgoing.message_id, [words, part("text/html", outgoing.html)])
    if not outgoing.attachments:
        return words
    return joined("mixed", outgoing.message_id, [words, *map(enclosed, outgoing.attachments)])


def mailable(address: str) -> str:
    """An address as it is written in a mail and in its envelope: a domain with other letters in its ASCII form.

    Raises ValueError when it is not one address.
    """
    local, at, domain = address.rpartition("@")
    if not at or re.fullmatch(r"[^\s\x00-\x20\x7f-\x9f<>()\[\]\\,;:\"@\ud800-\udfff]{1,64}", local) is None:
        raise ValueError("not a mail address")
    domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    if len(domain) > DOMAIN or re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", domain) is None:
        raise ValueError("not a mail address")
    return f"{local}@{domain}"


def _text(name: str, value: str) -> Iterator[str]:
    """A header with free text (RFC 5322 section 3.6.5), in encoded-words when it is not short plain ASCII."""
    line = on_one_line(value)
    if line.isascii() and "=?" not in line and len(name) + 2 + len(line) <= LINE:
        yield f"{name}: {line}"
        return
    yield from _folded(name, encoded_words(line))


def _addressed(name: str, shown: str, address: str) -> Iterator[str]:
    """A header with one mailbox (RFC 5322 section 3.4): the name can never change the address."""
    phrase = on_one_line(shown)[:200].strip()
    if not phrase:
        words = []
    elif phrase.isascii() and "=?" not in phrase and len(phrase) < LINE // 2:
        words = [phrase if _ATOMS.fullmatch(phrase) else '"' + re.sub(r'(["\\])', r"\\\1", phrase) + '"']
    else:
        words = encoded_words(phrase)
    yield from _folded(name, [*words, f"<{mailable(address)}>"])


def _ids(name: str, ids: Iterable[str]) -> Iterator[str]:
    """A header with Message-IDs, one on a line; what is none, such as our own name for a mail without, is left out."""
    found = [f"<{one}>" for one in ids if _ID.fullmatch(one)]
    if found:
        yield f"{name}: " + "\r\n ".join(found)


def _folded(name: str, words: list[str]) -> Iterator[str]:
    yield f"{name}: " + "\r\n ".join(words)
