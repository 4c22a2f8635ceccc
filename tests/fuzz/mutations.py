"""Damage done to mails on purpose, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent.parent / "mail" / "corpus"
TOKENS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\n\n",
        b"\x00",
        b"\x1b$B",
        b"\xed\xa0\x80",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xe9",
    ),
    *(b"=?utf-8?q?", b"=?utf-8?b?", b"=?x?Q?=C3", b"?=", b"=3D", b"=\n", b"=C3", b"filename*0*=utf-8''%c3", b'name="'),
    *(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
        b"\n--b\n",
        b"\n--b--\n",
        b"Content-Type: message/rfc822\n\n",
    ),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"charset=utf-16",
        b"charset=utf-7",
    ),
    *(
        b"Content-Type: text/html\n",
        b"<html>",
        b"<blockquote>",
        b"<!--",
        b"<script>",
        b"<p hidden>",
        b"&#0;",
        b"&#xD800;",
        b"<br>",
    ),
    *(
        b"> ",
        b">> ",
        b"-- \n",
        b"-----Oorspronkelijk bericht-----\n",
        b"Van: a <a@b.example>\nVerzonden: 1-1-2026\nOnderwerp: x\n",
    ),
    *(
        b"Op 3-3-2026 10:12 schreef A <a@b.example>:\n",
        b"begin 644 x\n",
        b"\nend\n",
        b"format=flowed",
        b"Return-Path: <>\n",
    ),
    *(
        b"Auto-Submitted: auto-replied\n",
        b"References: <a@b> <c@d>\n",
        b"In-Reply-To: <a@b>\n",
        b"Subject: Re: x\n",
        b"To: a:;\n",
    ),
    *(b"\x78\x9f\x3e\x22", b"application/ms-tnef", b"message/delivery-status", b"Action: failed\n", b"Status: 5.1.1\n"),
    *(b"From: formulier@website.example\n", b"Naam: Jan\n", b"E-mail: jan@voorbeeld.example\n", b"Klacht: x\n"),
    *(
        b"(",
        b")",
        b"<",
        b">",
        b'"',
        b"\\",
        b",",
        b";",
        b":",
        b"@",
        b"{",
        b"}",
        b"\\u-3",
        b"%",
        b"'",
        b"*",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
    ),
]


def seeds(longest: int) -> dict[str, bytes]:
    """The messages of the exam up to this many bytes, by name."""
    contents = ((file.stem, file.read_bytes()) for file in sorted(CORPUS.glob("*.eml")))
    return {name: content for name, content in contents if len(content) <= longest}


def mutated(raw: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """These bytes after one to six kinds of damage."""
    for _ in range(random.randint(1, 6)):
        raw = random.choice(_DAMAGES)(raw, others, random)
    return raw


def _span(raw: bytes, random: Random, longest: int = 200) -> tuple[int, int]:
    start = random.randrange(len(raw) + 1)
    return start, min(len(raw), start + random.randint(0, longest))


def _flip(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    start, _ = _span(raw, random)
    return raw[:start] + bytes([random.randrange(256)]) + raw[start + 1 :]


def _insert(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    start, _ = _span(raw, random)
    return raw[:start] + random.choice(TOKENS) + raw[start:]


def _at_line(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    start = raw.find(b"\n", _span(raw, random)[0]) + 1
    return raw[:start] + random.choice(TOKENS) + raw[start:]


def _remove(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    start, end = _span(raw, random)
    return raw[:start] + raw[end:]


def _repeat(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    start, end = _span(raw, random, 60)
    return raw[:start] + raw[start:end] * random.randint(2, 40) + raw[end:]


def _cut(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    return raw[: _span(raw, random)[0]]


def _splice(raw: bytes, others: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(others)
    return raw[: _span(raw, random)[0]] + other[_span(other, random)[0] :]


def _move(raw: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    start, end = _span(raw, random)
    rest = raw[:start] + raw[end:]
    place, _ = _span(rest, random)
    return rest[:place] + raw[start:end] + rest[place:]


_DAMAGES: list[Callable[[bytes, Sequence[bytes], Random], bytes]] = [
    *(_flip, _insert, _insert, _at_line, _at_line, _remove, _repeat, _cut, _splice, _move)
]
