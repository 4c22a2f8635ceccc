"""When two deliveries are the same message: a hash that the journey does not change."""

from __future__ import annotations

import hashlib
import re

from mailin.headers import read_headers

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
_TRAILING = re.compile(rb"[ \t]+$", re.M)
_BREAKS = re.compile(rb"\r*\n|\r")


def content_hash(raw: bytes) -> str:
    """The sha256 of a message without trace headers, equal over line endings, folding and mbox escaping."""
    data = _BREAKS.sub(b"\n", raw)
    headers, start, _ = read_headers(data, 0, len(data), top=True)
    digest = hashlib.sha256()
    for name in _SENDER_FIELDS:
        for value in headers.fields.get(name, ()):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n" + _MBOX_FROM.sub(b"", _TRAILING.sub(b"", data[start:])).strip(b"\n"))
    return digest.hexdigest()
