"""An outgoing message as bytes, written by hand so that a repeat is byte-equal and no value can become a header.

The standard library's generator folds long Message-IDs in References into encoded-words, which breaks the thread.
"""

import hashlib
import quopri
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC
from email.utils import format_datetime

from core.domain.message import Outgoing
from core.domain.municipality import Municipality

LINE = 76
"""Longest header line that we write, where the value can be broken (RFC 5322 section 2.1.1 recommends 78)."""
WORD_BYTES = 39
"""UTF-8 bytes in one encoded-word: 64 characters with its frame, so that lines stay under 76 (RFC 2047 section 2)."""

_ID = re.compile(r"(?!sha256:)[!-;=?-~]{1,300}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def compose(outgoing: Outgoing, municipality: Municipality) -> bytes:
    """The mail: text with a light HTML twin, in the thread of what it answers, marked as automatic when it is.

    Raises ValueError when the address cannot be written in a mail.
    """
    lines = [
        *_addressed("From", f"Gemeente {municipality.name}", municipality.email),
        *_addressed("To", outgoing.to_name, outgoing.to.address),
        *_text("Subject", outgoing.subject),
        f"Date: {format_datetime(outgoing.created_at.astimezone(UTC))}",
        f"Message-ID: <{outgoing.message_id}>",
        *_ids("In-Reply-To", [outgoing.in_reply_to or ""]),
        *_ids("References", outgoing.references),
        *(["Auto-Submitted: auto-replied"] if outgoing.receipt else []),  # RFC 3834 section 3.1.7
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Content-Language: nl",
        "MIME-Version: 1.0",
    ]
    if _ID.fullmatch(outgoing.message_id) is None:
        raise ValueError("the Message-ID is not one")
    head = "\r\n".join(lines).encode() + b"\r\n"
    if outgoing.html is None:
        return head + _part("text/plain", outgoing.text)
    # Quoted-printable never contains "=_" (RFC 2045 section 6.7), so the boundary cannot stand in a part.
    boundary = f"=_{hashlib.sha256(outgoing.message_id.encode()).hexdigest()[:32]}"
    start = f"--{boundary}\r\n".encode()
    return b"".join((
        head,
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode(),
        start, _part("text/plain", outgoing.text),
        start, _part("text/html", outgoing.html),
        f"--{boundary}--\r\n".encode(),
    ))  # fmt: skip


def mailable(address: str) -> str:
    """An address as it is written in a mail and in its envelope: a domain with other letters in its ASCII form.

    Raises ValueError when it is not one address.
    """
    local, at, domain = address.rpartition("@")
    if not at or re.fullmatch(r"[^\s\x00-\x20\x7f-\x9f<>()\[\]\\,;:\"@\ud800-\udfff]{1,64}", local) is None:
        raise ValueError("not a mail address")
    domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    if re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", domain) is None:
        raise ValueError("not a mail address")
    return f"{local}@{domain}"


def _part(kind: str, text: str) -> bytes:
    """One body with its headers, in quoted-printable."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").encode("utf-8", "replace") + b"\n"
    encoded = quopri.encodestring(lines, quotetabs=False).replace(b"\n", b"\r\n")
    header = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return header.encode() + encoded


def _line(value: str) -> str:
    """A value on one line: what could end a header, or be no text at all, becomes a space."""
    return " ".join(_UNPRINTABLE.sub(" ", value).split())


def _text(name: str, value: str) -> Iterator[str]:
    """A header with free text (RFC 5322 section 3.6.5), in encoded-words when it is not short plain ASCII."""
    line = _line(value)
    if line.isascii() and "=?" not in line and len(name) + 2 + len(line) <= LINE:
        yield f"{name}: {line}"
        return
    yield from _folded(name, _encoded(line))


def _addressed(name: str, shown: str, address: str) -> Iterator[str]:
    """A header with one mailbox (RFC 5322 section 3.4): the name can never change the address."""
    phrase = _line(shown)[:200].strip()
    if not phrase:
        words = []
    elif phrase.isascii() and "=?" not in phrase and len(phrase) < LINE // 2:
        words = [phrase if _ATOMS.fullmatch(phrase) else '"' + re.sub(r'(["\\])', r"\\\1", phrase) + '"']
    else:
        words = _encoded(phrase)
    yield from _folded(name, [*words, f"<{mailable(address)}>"])


def _ids(name: str, ids: Iterable[str]) -> Iterator[str]:
    """A header with Message-IDs, one on a line; what is none, such as our own name for a mail without, is left out."""
    found = [f"<{one}>" for one in ids if _ID.fullmatch(one)]
    if found:
        yield f"{name}: " + "\r\n ".join(found)


def _folded(name: str, words: list[str]) -> Iterator[str]:
    yield f"{name}: " + "\r\n ".join(words)


def _encoded(line: str) -> list[str]:
    """Encoded-words (RFC 2047) of whole characters; the spaces between them are not part of the text."""
    words, piece = [], b""
    for character in line:
        encoded = character.encode()
        if len(piece) + len(encoded) > WORD_BYTES:
            words.append(piece)
            piece = b""
        piece += encoded
    return [f"=?utf-8?B?{b64encode(word).decode()}?=" for word in (*words, piece)]
