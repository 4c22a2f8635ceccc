"""The type of a file by what is in it. The name and the type that the sender gave are claims, and decide nothing here
but between kinds of plain text.

Flat formats are the library's (`filetype`); containers, text and what a program could run are told apart here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import filetype

from mailin.safety.zipnames import ZipNames, zip_names

UNKNOWN = "application/octet-stream"
OLE = "application/x-ole-storage"
ZIP = "application/zip"
_OOXML = "application/vnd.openxmlformats-officedocument."

_HEAD = 8_192
_TEXT_REACH = 65_536
_PDF_REACH = 1_024
_OLE_START = bytes.fromhex("d0cf11e0a1b11ae1")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_STARTS: Mapping[bytes, str] = {
    bytes.fromhex("4c0000000114020000000000c000000000000046"): "application/x-ms-shortcut",
    bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3"): "application/onenote",
    bytes.fromhex("cefaedfe"): "application/x-mach-binary",
    bytes.fromhex("cffaedfe"): "application/x-mach-binary",
    bytes.fromhex("cafebabe"): "application/java-vm",
    bytes.fromhex("789f3e22"): "application/vnd.ms-tnef",
    b"ITSF": "application/vnd.ms-htmlhelp",
    b"conectix": "application/x-vhd",
    b"vhdxfile": "application/x-vhdx",
    b"KDMV": "application/x-vmdk",
}
_ISO_AT = 32_769
_FOLDERS: Mapping[str, str] = {
    "word/": _OOXML + "wordprocessingml.document",
    "xl/": _OOXML + "spreadsheetml.sheet",
    "ppt/": _OOXML + "presentationml.presentation",
    "visio/": "application/vnd.ms-visio.drawing",
}
_STREAMS: tuple[tuple[str, str], ...] = (
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("VisioDocument", "application/vnd.visio"),
)
"""Stream of an OLE file -> what it is; in the order in which they decide, because a mail holds documents."""

_BEFORE_MARKUP = re.compile(r"\s+|<!--.*?-->|<\?xml[^>]{0,300}\?>|<!DOCTYPE\s+svg[^>]{0,500}>", re.I | re.S)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|iframe|h[1-6]|div|font|table|a|style|title|b|br|p|meta|link|form|img|span|"
    r"object|embed)(?=[\s/>])",
    re.I,
)
_XHTML = re.compile(r"<(?:!doctype\s+)?html(?=[\s/>])", re.I)
_SVG = re.compile(r"<(?:\w{1,20}:)?svg\b", re.I)
_MAIL_FIELD = re.compile(
    r"^(?:return-path|received|from|to|subject|date|message-id|mime-version|delivered-to|x-[\w-]{1,60}):", re.I | re.M
)
_PLAIN: tuple[tuple[str, str], ...] = (
    ("{\\rtf", "application/rtf"),
    ("%!PS", "application/postscript"),
    ("#!", "text/x-shellscript"),
    ("<?php", "application/x-php"),
    ("@echo off", "application/x-bat"),
    ("BEGIN:VCALENDAR", "text/calendar"),
    ("BEGIN:VCARD", "text/vcard"),
    ("<?xml", "text/xml"),
)
_KEPT_TEXT = frozenset({"text/csv", "text/calendar", "text/vcard", "text/markdown", "text/xml", "application/json"})


def detected(content: bytes, filename: str, declared: str) -> str:
    """The media type of a file by its content; `UNKNOWN` when nothing tells. Never raises, never unpacks.

    ``declared`` counts for plain text only: a CSV file and a letter look the same from inside.
    """
    if b"%PDF-" in content[:_PDF_REACH]:
        return "application/pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_type(content, zip_names(content))
    if content.startswith(_OLE_START):
        return _ole_type(content)
    known = next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)
    if known is not None:
        return known
    if content[_ISO_AT : _ISO_AT + 5] == b"CD001":
        return "application/x-iso9660-image"
    text = readable(content)
    if text is not None:
        return _text_type(text, filename, declared)
    return filetype.guess_mime(content[:_HEAD]) or UNKNOWN


def zip_type(content: bytes, inside: ZipNames) -> str:
    """What kind of package a ZIP file is: an office document, a Java program, or just an archive."""
    name_length, extra = content[26] | content[27] << 8 if len(content) > 30 else 0, 0
    if content[30:38] == b"mimetype" and name_length == 8:
        extra = content[28] | content[29] << 8
        named = re.match(rb"application/[a-z0-9.+-]{3,80}", content[38 + extra : 138 + extra])
        if named:
            return named.group().decode("ascii")
    names = set(inside.names)
    if "[Content_Types].xml" in names:
        return next((kind for folder, kind in _FOLDERS.items() if any(n.startswith(folder) for n in names)), ZIP)
    return "application/java-archive" if "META-INF/MANIFEST.MF" in names else ZIP


def _ole_type(content: bytes) -> str:
    return next((kind for stream, kind in _STREAMS if has_stream(content, stream)), OLE)


def has_stream(content: bytes, name: str) -> bool:
    """Whether an OLE file's directory (MS-CFB 2.6.1) names such a stream, also when the directory is damaged."""
    return name.encode("utf-16-le") in content


def readable(content: bytes) -> str | None:
    """The first part of a text file, None for a file that is no text."""
    head = content[:_TEXT_REACH]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore")
    else:
        head = head.removeprefix(b"\xef\xbb\xbf")
        try:
            text = head.decode("utf-8")
        except UnicodeDecodeError as error:
            cut_off = len(content) > _TEXT_REACH and error.start >= len(head) - 3
            text = head.decode("utf-8", "ignore") if cut_off else head.decode("cp1252", "replace")
    return None if _CONTROLS.search(text) or not text.strip() else text


def _markup(text: str) -> str | None:
    """HTML or SVG, as a browser that looks at the content would take it (WHATWG MIME Sniffing, section 7.1)."""
    position = 0
    while match := _BEFORE_MARKUP.match(text, position):
        position = match.end()
    if _SVG.match(text, position):
        return "image/svg+xml"
    pattern = _XHTML if "<?xml" in text[:position] else _HTML
    return "text/html" if pattern.match(text, position) else None


def _text_type(text: str, filename: str, declared: str) -> str:
    markup = _markup(text)
    if markup is not None:
        return markup
    start = text.lstrip()[:20].casefold()
    known = next((kind for sign, kind in _PLAIN if start.startswith(sign.casefold())), None)
    if known is not None:
        return known
    fields = _MAIL_FIELD.findall(text[:2_000].lstrip().split("\n\n", 1)[0].split("\r\n\r\n", 1)[0])
    if len(fields) >= (1 if declared == "message/rfc822" or filename.lower().endswith(".eml") else 3):
        return "message/rfc822"
    return declared if declared in _KEPT_TEXT else "text/plain"
