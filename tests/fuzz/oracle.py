"""What holds for the understanding of any bytes at all: the judges of the fuzz target and of its short version."""

from __future__ import annotations

import base64
import binascii
import json
import quopri
import re
from collections import Counter
from datetime import UTC, datetime

from core.domain.message import Inbound
from mailin.inbound import MailReader
from mailin.understanding.inspection import describe
from mailin.understanding.mail import Mail
from mailin.understanding.mime import parse

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
READER = MailReader(["klachten@gemeente.example"], "gemeente.example", ["formulier@website.example"])

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_WRITTEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_WORD = re.compile(r"\w+")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}: ?[ -~]*")
_PLAIN_TYPE = re.compile(r"text/plain; ?charset=\"?(utf-8|us-ascii)\"?", re.I)


def judge(raw: bytes) -> Mail:
    """Understand these bytes in every way the product does, and check all that must hold of it."""
    mail = parse(raw)
    assert "parser_failed" not in mail.problems, "the parser failed"
    _is_clean(describe(mail))
    _is_clean(mail.html or "")
    _folds_only(mail)
    written = plain_body(raw)
    if written is not None:
        assert _WORD.findall(written) == _WORD.findall(mail.text), "a word is lost"
    _is_whole(READER.read(raw, door="smtp", received_at=NOW), raw)
    return mail


def _is_clean(found: object, name: str = "") -> None:
    """No control characters, no lone surrogates, no line break in a line; all of it JSON."""
    match found:
        case dict():
            json.dumps(found, ensure_ascii=False).encode()
            for key, value in found.items():
                _is_clean(value, key)
        case list() | tuple():
            for value in found:
                _is_clean(value, name)
        case str():
            assert not _CONTROLS.search(found), f"a control character in {name}"
            assert name in ("text", "reply_text", "") or len(found.splitlines()) <= 1, f"a line break in {name}"


def _folds_only(mail: Mail) -> None:
    """The new text is a view: what is in it is in the text, and it is empty only when the text is."""
    assert not Counter(_WORD.findall(mail.reply_text)) - Counter(_WORD.findall(mail.text)), "new text out of nothing"
    assert bool(mail.reply_text.strip()) == bool(mail.text.strip()), "all text was folded away"


def _is_whole(inbound: Inbound, raw: bytes) -> None:
    assert inbound.raw == raw, "the bytes are not kept"
    assert inbound.problem in (None, "encrypted"), "the reader failed"
    _is_clean(
        [inbound.subject, inbound.sender.name, inbound.sender.email, inbound.external_id, *inbound.references], "x"
    )


def plain_body(raw: bytes) -> str | None:
    """What is written in a plain mail by the book, None for any other mail. Knows nothing of `mailin`.

    Left out besides: what the product reads as more than words (uuencoded files, HTML without a type, mbox lines).
    """
    head, found, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if not found or not head.isascii():
        return None
    fields: dict[str, str] = {}
    for line in head.decode("ascii").split("\n"):
        name, _, value = line.partition(":")
        if not _FIELD.fullmatch(line) or name.lower() in fields:
            return None
        fields[name.lower()] = value.strip()
    if not _PLAIN_TYPE.fullmatch(fields.get("content-type", "")) or "content-disposition" in fields:
        return None
    content = _decoded(body, fields.get("content-transfer-encoding", "7bit").lower())
    if content is None or b"begin" in content or b"\x1b" in content:
        return None
    try:
        return _NOT_WRITTEN.sub("", content.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _decoded(body: bytes, encoding: str) -> bytes | None:
    if encoding in ("7bit", "8bit"):
        return body
    if encoding == "quoted-printable" and not re.search(rb"=(?![0-9A-F]{2}|\n)|[ \t]\n|[ \t]\Z", body):
        return quopri.decodestring(body)
    if encoding == "base64" and re.fullmatch(rb"(?:[A-Za-z0-9+/]{4,76}\n)*[A-Za-z0-9+/]{0,76}={0,2}\n*", body):
        try:
            return base64.b64decode(body.replace(b"\n", b""), validate=True)
        except binascii.Error:
            return None
    return None
