"""Whatever comes in: parse() answers, loses no line of plain text, and lets nothing through that breaks later."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailin.understanding.identity import content_hash
from mailin.understanding.inspection import describe
from mailin.understanding.mail import Mail
from mailin.understanding.mime import parse

TOP = b"From: Jan <jan@voorbeeld.example>\nSubject: Re: Klacht\nIn-Reply-To: <a@b>\n"
REPLY = TOP + b"Content-Type: text/plain; charset=utf-8\n\nhoi\n\nOp 3-3-2024 10:12 schreef A <a@b.example>:\n> oud\n"
PARTS = (
    TOP + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
    b"Content-Type: multipart/alternative; boundary=c\n\n--c\n\nplat\n--c\n"
    b"Content-Type: text/html\n\n<p>rijk<blockquote>oud</blockquote>\n--c--\n--b\n"
    b"Content-Type: application/pdf; name*=utf-8''x%20.pdf\n"
    b"Content-Transfer-Encoding: base64\n\naGFsbG8=\n--b--\n"
)
BOUNCE = (
    b"From: MAILER-DAEMON@x.example\nSubject: =?utf-8?Q?failure_notice?=\n"
    b"Content-Type: multipart/report; boundary=b\n\n--b\n\nnot delivered\n--b\n"
    b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b\nAction: failed\n"
    b"Status: 5.1.1\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <x@y>\n\nz\n--b--\n"
)
SEEDS = [REPLY, PARTS, BOUNCE]
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def check(mail: Mail) -> None:
    """What the database, the pages and the contract ask of every mail."""
    described = describe(mail)
    json.dumps(described).encode()
    assert "parser_failed" not in mail.problems
    assert not CONTROLS.search(mail.text)
    assert not CONTROLS.search(mail.reply_text)
    lines = [
        mail.subject,
        mail.from_addr or "",
        mail.from_name,
        *mail.to,
        *mail.reply_to,
        mail.message_id or "",
        *mail.references,
        *mail.in_reply_to,
        *mail.authentication_results,
        mail.return_path or "",
        *mail.bounced_ids,
        *mail.failed_recipients,
        mail.final_status or "",
        *(part.filename for part in mail.attachments),
        *(part.content_type for part in mail.attachments),
    ]
    for line in lines:
        assert not CONTROLS.search(line), line
        assert len(line.splitlines()) <= 1, line


@given(st.binary(max_size=3000))
def test_random_bytes(raw: bytes) -> None:
    check(parse(raw))
    content_hash(raw)


@settings(max_examples=300)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 8), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_mutated_mail(raw: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for position, length, inserted in edits:
        raw = raw[:position] + inserted + raw[position + length :]
    check(parse(raw))
    content_hash(raw)


HEADERS = st.sampled_from(
    [
        b"From",
        b"To",
        b"Subject",
        b"Date",
        b"Content-Type",
        b"Content-Disposition",
        b"References",
        b"Content-Transfer-Encoding",
        b"Return-Path",
        b"Message-ID",
        b"Auto-Submitted",
    ]
)
PIECES = st.sampled_from(
    [
        b"=?utf-8?q?",
        b"?=",
        b"=?",
        b'"',
        b"<",
        b">",
        b"@",
        b"a",
        b";",
        b"=",
        b"name*0*=",
        b"boundary=b",
        b"multipart/mixed",
        b"\n--b\n",
        b"\xe9",
        b"\r\n ",
        b"\xed\xa0\x80",
        b"(",
        b"\\",
        b",",
        b":",
        b"charset=utf-16",
        b"base64",
        b"\x00",
        b"\x1b$B",
        b"text/html",
        b"filename=",
    ]
)


@settings(max_examples=300)
@given(st.lists(st.tuples(HEADERS, st.lists(PIECES, max_size=12)), max_size=6), st.lists(PIECES, max_size=20))
def test_headers_of_odd_pieces(fields: list[tuple[bytes, list[bytes]]], body: list[bytes]) -> None:
    head = b"".join(name + b": " + b"".join(pieces) + b"\n" for name, pieces in fields)
    check(parse(head + b"\n" + b"".join(body)))


LINE = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=60)
    .map(str.strip)
    .filter(lambda line: bool(line) and not line.startswith("begin "))
)


@settings(max_examples=300)
@given(st.lists(LINE, min_size=1, max_size=12))
def test_every_line_of_plain_text_survives(lines: list[str]) -> None:
    raw = b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n" + "\n".join(lines).encode()
    text = parse(raw).text
    assert all(line in text for line in lines)


@settings(max_examples=300)
@given(st.lists(LINE.filter(lambda line: not line.startswith(">")), min_size=1, max_size=12), st.booleans())
def test_every_line_outside_quotes_survives_the_folding(lines: list[str], interleaved: bool) -> None:
    quote = "> oude zin\n> nog een oude zin\n"
    body = "".join(f"{line}\n{quote if interleaved else ''}" for line in lines)
    raw = (
        f"From: a@b.example\nSubject: Re: x\nIn-Reply-To: <a@b>\nContent-Type: text/plain; charset=utf-8\n\n"
        f"{body}\nOp 12-03-2024 om 10:12 schreef Klachten <k@gemeente.example>:\n{quote}"
    ).encode()
    kept = parse(raw).reply_text
    assert all(line in kept for line in lines)


def nested(depth: int) -> bytes:
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth)
    )
    return (
        TOP
        + opening
        + b"Content-Type: text/plain\n\ndiep\n"
        + b"".join(b"--b%d--\n" % level for level in reversed(range(depth)))
    )


HTML = TOP + b"Content-Type: text/html\n\n"
BULK = {
    "nested": (nested(1500), "diep"),
    "recipients": (
        TOP + b"To: " + b",\n ".join(b"Jan <jan%d@x.example>" % n for n in range(20_000)) + b"\n\nhoi",
        "hoi",
    ),
    "parts": (
        TOP
        + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhoi\n"
        + b"--b\nContent-Type: image/png\n\nx\n" * 5000
        + b"--b--",
        "hoi",
    ),
    "angles": (HTML + b"<" * 300_000 + b" hoi", "<" * 300_000 + " hoi"),
    "fonts": (HTML + b"".join(b"<font a=%d><p>" % n for n in range(30_000)) + b"hoi", "hoi"),
    "divs": (HTML + b"<div>" * 100_000 + b"hoi", "hoi"),
    "attributes": (HTML + b"<p " + b" ".join(b"a%d=1" % n for n in range(60_000)) + b">hoi", "hoi"),
    "words": (b"Subject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nhoi", "hoi"),
    "quotes": (b'From: "' + b'\\"' * 400_000 + b"\n\nhoi", "hoi"),
    "winmail": (
        TOP + b"Content-Type: application/ms-tnef\n\n"
        b"\x78\x9f\x3e\x22\x00\x00\x01\x03\x90\x06\x00\x40\x00\x00\x00" + b"\xff" * 64,
        "",
    ),  # a property list that claims four billion entries
    "brackets": (b"From: " + b"(" * 800_000 + b"\n\nhoi", "hoi"),
    "closings": (TOP + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b--\n" * 150_000 + b"hoi", None),
    "parameters": (TOP + b"Content-Type: text/enriched\n\n" + b"<param>" * 140_000 + b"hoi", "hoi"),
    "returns": (TOP + b"\n" + b"\r" * 900_000 + b"hoi\r\r\n", "hoi"),
    "blanks": (TOP + b"\n" + b" " * 900_000 + b"hoi", " " * 900_000 + "hoi"),
    "spans": (HTML + b"<span>" * 7900 + b"<hr>x" * 100_000 + b"hoi", None),
    "charsets": (b"Subject: " + b" ".join(b"=?x-%d?q?a?=" % n for n in range(60_000)) + b"\n\nhoi", "hoi"),
    "failures": (b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\nhoi" + b"\n" * 900_000, "hoi"),
}


@pytest.mark.timeout(30)  # a hang, not a measurement: each takes well under a second
@pytest.mark.parametrize(("raw", "text"), BULK.values(), ids=BULK.keys())
def test_depth_and_bulk(raw: bytes, text: str | None) -> None:
    found = parse(raw)
    check(found)
    content_hash(raw)
    assert text in (None, found.text)


def test_all_recipients_and_parts_are_there() -> None:
    assert len(parse(BULK["recipients"][0]).to) == 20_000
    assert len(parse(BULK["parts"][0]).attachments) == 5000
