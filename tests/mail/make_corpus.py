"""Write the corpus messages whose bytes an editor would spoil: odd charsets, control bytes, TNEF, bulk.

Run `python tests/mail/make_corpus.py` to write them again; the result is the same bytes every time. Only the
messages are made here. What is expected of them is stated by hand in the .json file of the same name.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
WHO = b"Anna Visser <anna.visser@voorbeeld.example>"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def message(
    body: bytes,
    *headers: bytes,
    subject: bytes | None = b"Klacht",
    sender: bytes | None = WHO,
    to: bytes | None = b"klachten@gemeente.example",
    ident: bytes | None = None,
) -> bytes:
    """One message with CRLF line ends; a header given as None is left out."""
    lines = [b"Return-Path: <anna.visser@voorbeeld.example>"]
    for name, value in ((b"From", sender), (b"To", to), (b"Subject", subject)):
        if value is not None:
            lines.append(name + b": " + value)
    lines.append(b"Date: Tue, 4 Mar 2025 10:12:30 +0100")
    if ident is not None:
        lines.append(b"Message-ID: <" + ident + b"@voorbeeld.example>")
    lines.append(b"MIME-Version: 1.0")
    return crlf(b"\n".join([*lines, *headers, b"", body]))


def crlf(raw: bytes) -> bytes:
    """LF to CRLF, as in RFC 5322 section 2.1."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def text(body: bytes, charset: bytes | None, *, kind: bytes = b"plain") -> bytes:
    """A single text part in 8bit under the charset label given, or under none at all."""
    label = b"" if charset is None else b"; charset=" + charset
    return message(body, b"Content-Type: text/" + kind + label, b"Content-Transfer-Encoding: 8bit")


def charsets() -> Iterator[tuple[str, bytes]]:
    """Bodies whose label and bytes disagree, or whose label is rare (RFC 2046 section 4.1.2)."""
    yield (
        "charset-euro-cp1252-under-iso-8859-1",
        text(b"Kosten \x80 40, \x93onterecht\x94 \x96 caf\xe9.\n", b"iso-8859-1"),
    )
    yield "charset-utf-8-under-us-ascii", text("Één café kost € 5.\n".encode(), b"us-ascii")
    yield "charset-utf-8-under-iso-8859-1", text("Één café kost € 5.\n".encode(), b"iso-8859-1")
    yield "charset-cp1252-under-us-ascii", text(b"Caf\xe9 kost \x80 5.\n", b"us-ascii")
    yield "charset-cp1252-unlabelled", message(b"Caf\xe9 kost \x80 5.\n")
    yield "charset-utf-8-unlabelled", message("Één café kost € 5.\n".encode())
    yield "charset-cp1252-under-utf-8", text(b"Caf\xe9 kost \x80 5.\n", b"utf-8")
    yield "charset-iso-8859-15", text(b"Kosten \xa4 40.\n", b"iso-8859-15")
    yield "charset-gb2312-is-gb18030", text("投诉：朱镕基先生。\n".encode("gb18030"), b"gb2312")
    yield "charset-koi8-r", text("Жалоба на муниципалитет.\n".encode("koi8-r"), b"koi8-r")
    yield "charset-iso-2022-jp", text("苦情があります。\n".encode("iso-2022-jp"), b"iso-2022-jp")
    yield "charset-shift-jis-is-cp932", text("苦情①です。\n".encode("cp932"), b"shift_jis")
    yield "charset-ks-c-5601-is-cp949", text("민원 똠방각하.\n".encode("cp949"), b"ks_c_5601-1987")
    yield "charset-windows-1254-turkish", text("Şikâyet: çöp kokuyor, ışık yok.\n".encode("cp1254"), b"windows-1254")
    yield "charset-iso-8859-2-polish", text("Skarga: śmieci, hałas, błąd.\n".encode("iso-8859-2"), b"iso-8859-2")
    yield "charset-windows-1256-arabic", text("شكوى ضد البلدية\n".encode("cp1256"), b"windows-1256")
    yield "charset-utf-7", text(b"Hoi +ADw-script+AD4-alert(1)+ADw-/script+AD4- einde.\n", b"utf-7")
    yield "charset-unknown-label-utf-8", text("Één café kost € 5.\n".encode(), b"x-onbekend-77")
    yield "charset-unknown-label-cp1252", text(b"Caf\xe9 kost \x80 5.\n", b"_iso-8859-1$ESC")
    yield "charset-label-is-no-text-codec-rot13", text(b"Nooit verdraaien.\n", b"rot13")
    yield "charset-label-is-no-text-codec-hex", text(b"6b6c61636874\n", b"hex")
    yield "charset-label-is-no-text-codec-unicode-escape", text(b"a \\u003cb\\u003e c\n", b"unicode_escape")
    yield "charset-label-misspelt", text("Één café.\n".encode(), b"\"'UTF8'\"")
    yield "charset-label-empty", text("Één café.\n".encode(), b'""')
    yield "charset-utf-8-with-bom", text(b"\xef\xbb\xbfBeste gemeente.\n", b"utf-8")
    yield "charset-utf-8-encoded-surrogates", text(b"Voor \xed\xa0\xbd\xed\xb8\x80 na.\n", b"utf-8")
    yield (
        "charset-utf-16-in-base64",
        message(
            base64.b64encode(b"\xff\xfe" + "Één café kost € 5.".encode("utf-16-le")),
            b"Content-Type: text/plain; charset=utf-16",
            b"Content-Transfer-Encoding: base64",
        ),
    )
    html = b'<html><head><meta charset="windows-1252"></head><body><p>Caf\xe9 kost \x80 5.</p></body></html>\n'
    yield "charset-html-meta-only", text(html, None, kind=b"html")
    meta = "<html><head><meta charset='windows-1252'></head><body><p>Één café.</p></body></html>\n"
    yield "charset-html-label-beats-meta", text(meta.encode(), b"utf-8", kind=b"html")


def headers() -> Iterator[tuple[str, bytes]]:
    """Header values with raw bytes, split encoded-words and line breaks hidden in them (RFC 2047)."""
    yield (
        "header-raw-utf-8",
        message(
            b"Tekst.\n",
            subject="Klacht over café € 5".encode(),
            sender="René de Vries <rene@voorbeeld.example>".encode(),
        ),
    )
    yield (
        "header-raw-cp1252",
        message(
            b"Tekst.\n", subject=b"Klacht over caf\xe9 \x80 5", sender=b"Ren\xe9 de Vries <rene@voorbeeld.example>"
        ),
    )
    yield "header-raw-cp1252-in-encoded-iso-8859-1", message(b"Tekst.\n", subject=b"=?iso-8859-1?Q?Boete_van_=80_40?=")
    halves = (
        b"=?utf-8?B?"
        + base64.b64encode(b"Klacht over caf\xc3")
        + b"?=\n =?utf-8?B?"
        + base64.b64encode(b"\xa9 De Hoek")
        + b"?="
    )
    yield "header-encoded-word-splits-a-character", message(b"Tekst.\n", subject=halves)
    yield (
        "header-encoded-word-without-padding",
        message(b"Tekst.\n", subject=b"=?utf-8?B?" + base64.b64encode("Café is dicht".encode()).rstrip(b"=") + b"?="),
    )
    yield "header-nul-and-bell-in-subject", message(b"Tekst.\n", subject=b"Klacht\x00 over\x07 lawaai\x1b[31m")
    yield "header-very-long-subject", message(b"Tekst.\n", subject=b"Klacht " + b"lang " * 4000 + b"einde")
    yield (
        "header-utf-16-encoded-word",
        message(
            b"Tekst.\n", subject=b"=?utf-16?B?" + base64.b64encode(b"\xff\xfe" + "Café".encode("utf-16-le")) + b"?="
        ),
    )
    yield "header-encoded-nul-and-surrogate", message(b"Tekst.\n", subject=b"=?utf-8?Q?Klacht=00_=ED=A0=80_slot?=")


def edges() -> Iterator[tuple[str, bytes]]:
    """Messages at the rim: no headers, no body, other line ends, control bytes."""
    yield "edge-empty", b""
    yield "edge-white-space-only", b"\r\n \r\n\t\r\n"
    yield "edge-only-headers", message(b"", ident=b"e1").rstrip(b"\r\n") + b"\r\n"
    yield "edge-only-headers-no-last-newline", message(b"", ident=b"e2").rstrip(b"\r\n")
    yield "edge-only-body", crlf(b"Geachte gemeente,\n\nIk heb een klacht over de vuilnis.\n\nAnna Visser\n")
    yield (
        "edge-missing-blank-line",
        crlf(
            b"From: " + WHO + b"\nTo: klachten@gemeente.example\nSubject: Geen lege regel\n"
            b"Beste gemeente,\nDe lantaarnpaal is stuk.\n"
        ),
    )
    yield (
        "edge-mbox-from-line",
        b"From anna.visser@voorbeeld.example Tue Mar  4 10:12:30 2025\n"
        + message(b"Tekst uit een postbus.\n", ident=b"e3").replace(b"\r\n", b"\n"),
    )
    yield "edge-cr-only-newlines", message(b"Eerste regel.\nTweede regel.\n", ident=b"e4").replace(b"\r\n", b"\r")
    yield "edge-lf-only-newlines", message(b"Eerste regel.\nTweede regel.\n", ident=b"e5").replace(b"\r\n", b"\n")
    mixed = message(b"Eerste regel.\nTweede regel.\nDerde regel.\n", ident=b"e6")
    yield (
        "edge-mixed-newlines",
        mixed.replace(b"To: ", b"X-Los: ja\nTo: ").replace(b"Tweede regel.\r\n", b"Tweede regel.\n"),
    )
    yield (
        "edge-nul-bytes-in-text",
        message(b"Voor\x00na, en \x00\x00slot.\n", b"Content-Type: text/plain; charset=utf-8", ident=b"e7"),
    )
    yield "edge-control-characters-in-text", message(b"Voor\x07 en\x1b[31m rood\x0c slot\x7f.\n", ident=b"e8")
    yield "edge-no-message-id", message(b"Zonder nummer.\n")
    yield (
        "edge-impossible-date",
        message(b"Tekst.\n", ident=b"e9").replace(
            b"Tue, 4 Mar 2025 10:12:30 +0100", b"Xyz, 31 Feb 99999 25:61:61 +9999"
        ),
    )
    yield "edge-utf-8-bom-before-headers", b"\xef\xbb\xbf" + message(b"Tekst na een BOM.\n", ident=b"e10")
    yield "edge-one-endless-line", message(b"Begin. " + b"a" * 200_000 + b" einde.\n", ident=b"e11")
    yield "edge-random-bytes", bytes((n * 7919 + n // 256) % 256 for n in range(2048))


def attribute(level: int, ident: int, data: bytes) -> bytes:
    """One TNEF attribute ([MS-OXTNEF] section 2.1.3): level, id, length, data, sum of the bytes modulo 65536."""
    return struct.pack("<BII", level, ident, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(name: bytes, data: bytes) -> bytes:
    """A minimal winmail.dat with one attachment."""
    parts = [
        struct.pack("<IH", 0x223E9F78, 1),
        attribute(1, 0x00089006, struct.pack("<I", 0x00010000)),
        attribute(1, 0x00069007, struct.pack("<II", 1252, 0)),
        attribute(1, 0x00078008, b"IPM.Microsoft Mail.Note\0"),
        attribute(2, 0x00069002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 0, 0, 0)),
        attribute(2, 0x00018010, name + b"\0"),
        attribute(2, 0x0006800F, data),
    ]
    return b"".join(parts)


def winmail() -> Iterator[tuple[str, bytes]]:
    """Outlook's TNEF: beside a text, as the root part, and broken."""
    who = b"Piet Jansen <piet.jansen@bedrijf.example>"
    kind = b'Content-Type: application/ms-tnef; name="winmail.dat"'
    how = b'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="winmail.dat"'

    def beside(words: bytes, data: bytes) -> bytes:
        part = kind + b"\n" + how + b"\n\n" + base64.encodebytes(data)
        return b"--wm\nContent-Type: text/plain; charset=utf-8\n\n" + words + b"\n--wm\n" + part + b"--wm--\n"

    mixed = b'Content-Type: multipart/mixed; boundary="wm"'
    brief = beside(b"De brief zit in de bijlage.", tnef(b"brief.txt", b"Geacht heer"))
    yield (
        "tnef-winmail-dat",
        named(message(brief, mixed, subject=b"Brief in winmail", sender=who), b"k1@bedrijf.example"),
    )
    root = message(base64.encodebytes(tnef(b"foto.png", PNG)), kind, how, subject=b"Alleen winmail", sender=who)
    yield "tnef-as-root", named(root, b"k2@bedrijf.example")
    broken = beside(b"De bijlage is kapot.", b"\x78\x9f\x3e\x22\x01\x00\x02")
    yield "tnef-broken", named(message(broken, mixed, subject=b"Kapotte winmail", sender=who), b"k3@bedrijf.example")


def named(raw: bytes, ident: bytes) -> bytes:
    """The message with a Message-ID of another domain than the usual one."""
    return raw.replace(b"MIME-Version:", b"Message-ID: <" + ident + b">\r\nMIME-Version:", 1)


def bulk() -> Iterator[tuple[str, bytes]]:
    """Depth and number: what makes parsers slow or recurse."""
    opens = b"".join(b"--n%d\nContent-Type: multipart/mixed; boundary=n%d\n\n" % (n, n + 1) for n in range(1500))
    inner = b"--n1500\nContent-Type: text/plain\n\nHelemaal binnenin.\n"
    closes = b"".join(b"--n%d--\n" % n for n in range(1500, -1, -1))
    yield (
        "bulk-1500-nested-multiparts",
        message(opens + inner + closes, b"Content-Type: multipart/mixed; boundary=n0", subject=b"Diep", ident=b"u1"),
    )
    many = b",\n ".join(b"p%d@a.example" % n for n in range(20_000))
    yield "bulk-20000-recipients", message(b"Aan iedereen.\n", to=many, subject=b"Aan iedereen", ident=b"u2")
    parts = b"Content-Type: text/plain\n\nHet eerste deel telt.\n" + b"--v\n\nx\n" * 5000
    yield (
        "bulk-5000-parts",
        message(
            b"--v\n" + parts + b"--v--\n",
            b"Content-Type: multipart/mixed; boundary=v",
            subject=b"Veel delen",
            ident=b"u3",
        ),
    )
    yield (
        "bulk-300000-angle-brackets",
        message(
            b"<p>Voor</p>" + b"<" * 300_000 + b"\n",
            b"Content-Type: text/html; charset=utf-8",
            subject=b"Haken",
            ident=b"u4",
        ),
    )
    words = b"\n ".join([b"=?utf-8?Q?a?="] * 5000)
    yield "bulk-5000-encoded-words", message(b"Tekst.\n", subject=words, ident=b"u5")
    yield (
        "bulk-deep-comment-in-from",
        message(b"Tekst.\n", sender=b"(" * 20_000 + b" anna.visser@voorbeeld.example", subject=b"Haakjes", ident=b"u6"),
    )
    quotes = b"Ik heb een klacht.\n" + b"".join(b">" * n + b" diep\n" for n in range(1, 400)) + b"Dat was het.\n"
    yield "bulk-deep-quotes-first-mail", message(quotes, subject=b"Diep citaat", ident=b"u7")
    segments = b";\n".join(b" name*%d=a" % n for n in range(3000))
    yield (
        "bulk-3000-name-segments",
        message(
            b"--w\nContent-Type: text/plain\n\nTekst.\n--w\nContent-Type: application/pdf;\n"
            + segments
            + b"\n\nx\n--w--\n",
            b"Content-Type: multipart/mixed; boundary=w",
            subject=b"Naamdelen",
            ident=b"u8",
        ),
    )


def messages() -> dict[str, bytes]:
    """Every generated message by name."""
    return {name: raw for group in (charsets, headers, edges, winmail, bulk) for name, raw in group()}


def main() -> None:
    """Write them beside their expectations."""
    for name, raw in messages().items():
        (CORPUS / f"{name}.eml").write_bytes(raw)


if __name__ == "__main__":
    main()
