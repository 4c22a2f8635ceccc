"""When two deliveries are the same message: a hash that the journey does not change."""

from __future__ import annotations

import hashlib
import re

from mailin.understanding.headers import read_headers

# What the sender wrote. Every other field may be added or changed on the way (Received, DKIM, ARC, X-…), so this
# list is the stable one; a list of trace fields never ends.
_SENDER_FIELDS = (
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
)
_MBOX_FROM = re.compile(rb"^>+(?=From )", re.M)
_TRAILING = re.compile(rb"(?<![ \t])[ \t]++$", re.M)  # looks at every run of blanks once
_RETURNS = re.compile(rb"\r++(\n?)")


def content_hash(raw: bytes) -> str:
    """The sha256 of a message without trace headers, equal over line endings, folding and mbox escaping."""
    data = _line_feeds(raw)
    headers, start, _ = read_headers(data, 0, len(data), top=True)
    digest = hashlib.sha256()
    for name in _SENDER_FIELDS:
        for value in headers.fields.get(name, ()):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    body = data[start:]
    if b" \n" in body or b"\t\n" in body or body.endswith((b" ", b"\t")):
        body = _TRAILING.sub(b"", body)
    if b">From " in body:
        body = _MBOX_FROM.sub(b"", body)
    digest.update(b"\n")
    digest.update(body.strip(b"\n"))
    return digest.hexdigest()


def _line_feeds(raw: bytes) -> bytes:
    """The same lines under any convention: CR LF, CR, LF, and CR CR LF of broken gateways."""
    data = raw.replace(b"\r\n", b"\n")
    if b"\r" not in data:
        return data
    return _RETURNS.sub(lambda run: b"\n" if run.group(1) else b"\n" * len(run.group()), data)
