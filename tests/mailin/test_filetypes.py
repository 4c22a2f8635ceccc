"""Files by their content: the type, the danger of opening them, and the limits. Every file is made here."""

import io
import os
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.message import Attachment
from mailin.safety.filetypes import OLE, UNKNOWN, ZIP, detected
from mailin.safety.limits import FileLimits, within
from mailin.safety.risks import examined, risky
from mailin.safety.zipnames import MOST_ENTRIES, zip_names

OOXML = "application/vnd.openxmlformats-officedocument."


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            archive.writestr(name, "inhoud")
    return buffer.getvalue()


def office(*names: str) -> bytes:
    return zipped("[Content_Types].xml", "_rels/.rels", *names)


def ole(*streams: str) -> bytes:
    """An OLE file as far as its signature and directory go (MS-CFB)."""
    entries = (name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + b"".join(entries)


def heif(*brands: bytes) -> bytes:
    box = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", len(box) + 4) + box + bytes(40)


ODT = zipped("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text"))
DOCX = office("word/document.xml")
DOCM = office("word/document.xml", "word/vbaProject.bin")
EXE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(46) + struct.pack("<I", 64) + b"PE\0\0L\1"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(60)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(20)
SVG = b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
EML = b"From: jan@voorbeeld.example\r\nTo: a@b.example\r\nSubject: x\r\n\r\nhallo"

TYPES = {
    "docx": (DOCX, OOXML + "wordprocessingml.document"),
    "xlsx": (office("docProps/app.xml", "xl/workbook.xml"), OOXML + "spreadsheetml.sheet"),
    "pptx": (office("ppt/presentation.xml"), OOXML + "presentationml.presentation"),
    "odt": (ODT, "application/vnd.oasis.opendocument.text"),
    "epub": (zipped("x", first=("mimetype", "application/epub+zip")), "application/epub+zip"),
    "zip": (zipped("foto.jpg"), ZIP),
    "empty zip": (zipped(), ZIP),
    "jar": (zipped("META-INF/MANIFEST.MF", "A.class"), "application/java-archive"),
    "doc": (ole("WordDocument"), "application/msword"),
    "xls": (ole("Workbook"), "application/vnd.ms-excel"),
    "ppt": (ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    "msg with a doc": (ole("__properties_version1.0", "WordDocument"), "application/vnd.ms-outlook"),
    "other ole": (ole("Iets"), OLE),
    "pdf": (PDF, "application/pdf"),
    "pdf after junk": (b"\r\n\r\n" + PDF, "application/pdf"),
    "jpeg": (JPEG, "image/jpeg"),
    "png": (PNG, "image/png"),
    "gif": (b"GIF89a\1\0\1\0" + bytes(20), "image/gif"),
    "tiff": (b"II*\0\x08\0\0\0" + bytes(40), "image/tiff"),
    "tiff, big-endian": (b"MM\0*\0\0\0\x08" + bytes(40), "image/tiff"),
    "webp": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20), "image/webp"),
    "heic": (heif(b"heic", b"mif1", b"heic"), "image/heic"),
    "heic of a phone": (heif(b"mif1", b"mif1", b"heic", b"miaf"), "image/heic"),
    "mp4": (heif(b"isom", b"isom", b"iso2"), "video/mp4"),
    "rtf": (b"{\\rtf1\\ansi Hallo}", "application/rtf"),
    "mail": (EML, "message/rfc822"),
    "text": ("Beste coördinator, € 10\n".encode(), "text/plain"),
    "text, windows": ("Beste coördinator, € 10\n".encode("cp1252"), "text/plain"),
    "text, utf-16": ("Beste coördinator".encode("utf-16"), "text/plain"),
    "text like a picture": (b"BMW rijdt door de straat", "text/plain"),
    "text like a program": (b"MZ: dat stond er op het bord", "text/plain"),
    "long text, cut in a character": (b"a" * 65_535 + "é".encode() * 10, "text/plain"),
    "html": (b"\xef\xbb\xbf  <!DOCTYPE html><p>x", "text/html"),
    "html after a comment": (b"<!-- x -->\n<html>", "text/html"),
    "html, utf-16": ("<script>1</script>".encode("utf-16"), "text/html"),
    "xhtml": (b'<?xml version="1.0"?>\n<html xmlns="x">', "text/html"),
    "svg": (SVG, "image/svg+xml"),
    "xml": (b'<?xml version="1.0"?><a/>', "text/xml"),
    "windows program": (EXE, "application/x-msdownload"),
    "linux program": (b"\x7fELF\2\1\1\0" + bytes(60), "application/x-executable"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "text/x-shellscript"),
    "batch file": (b"@ECHO OFF\r\ndel *.*\r\n", "application/x-bat"),
    "shortcut": (bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(60), "application/x-ms-shortcut"),
    "iso": (bytes(32_769) + b"CD001\1" + bytes(2000), "application/x-iso9660-image"),
    "rar": (b"Rar!\x1a\7\1\0" + bytes(20), "application/x-rar-compressed"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30), "application/x-7z-compressed"),
    "calendar": (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "text/calendar"),
    "noise": (bytes(range(256)), UNKNOWN),
    "nothing": (b"", UNKNOWN),
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("claimed", [("", ""), ("foto.jpg", "image/jpeg"), ("brief.pdf.exe", "text/html")])
def test_the_content_decides_whatever_the_name_says(name: str, claimed: tuple[str, str]) -> None:
    content, kind = TYPES[name]
    assert detected(content, *claimed) == kind


def test_among_plain_texts_the_claim_decides() -> None:
    assert detected(b"naam;datum\nJan;1-1-2024\n", "lijst.csv", "text/csv") == "text/csv"
    assert detected(b"Subject: x\n\nhallo", "bericht.eml", "") == "message/rfc822"
    assert detected(b"gewoon tekst", "x.html", "text/html") == "text/plain"
    assert detected(b"<html>", "lijst.csv", "text/csv") == "text/html"


@pytest.mark.parametrize(
    ("content", "name", "risk"),
    [
        (EXE, "foto.jpg", "executable"),
        (EXE, "", "executable"),
        (b"tekst", "brief.pdf.exe", "double_extension"),
        (b"tekst", "brief.pdf                          .js. ", "double_extension"),
        (b"tekst", "setup.msi", "executable"),
        (b"MsgBox 1", "factuur.vbs", "script"),
        (b"#!/bin/sh", "uitleg.txt", "script"),
        (TYPES["shortcut"][0], "map", "shortcut"),
        (b"[InternetShortcut]", "site.url", "shortcut"),
        (TYPES["iso"][0], "foto", "disk_image"),
        (DOCM, "brief.docx", "macro"),
        (DOCX, "brief.docm", "macro"),
        (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "lijst.xlsx", "macro"),
        (ole("WordDocument", "_VBA_PROJECT"), "brief.doc", "macro"),
        (
            zipped("Basic/script-lc.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
            "brief.odt",
            "macro",
        ),
        (zipped("foto.jpg", "map/setup.EXE"), "fotos.zip", "archive_with_executable"),
        (zipped("META-INF/MANIFEST.MF"), "spel.zip", "executable"),
        (ole("EncryptedPackage"), "brief.docx", "encrypted_document"),
        (b"<html>", "brief", "active_content"),
        (b"tekst", "brief.htm", "active_content"),
        (SVG, "logo.png", "active_content"),
        (PDF, "foto.jpg", "type_disagrees"),
        (bytes(range(256)), "brief.pdf", "type_disagrees"),
        (zipped("a.txt"), "brief.docx", "type_disagrees"),
        (TYPES["rar"][0], "fotos.rar", "closed_archive"),
        (zipped("a.txt", "b.txt")[:-30], "fotos.zip", "closed_archive"),
    ],
)
def test_what_is_dangerous_to_open(content: bytes, name: str, risk: str) -> None:
    assert risky(content, name) == risk


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (JPEG, "foto.jpg"),
        (JPEG, "foto.PNG"),
        (JPEG, ""),
        (PDF, "brief.pdf"),
        (PDF, "brief 1.2.2024.pdf"),
        (DOCX, "brief.docx"),
        (DOCX, "brief.doc"),
        (TYPES["rtf"][0], "brief.doc"),
        (ole("WordDocument"), "brief.doc"),
        (ole("WordDocument", "Macros over niets"), "brief.doc"),
        (ODT, "brief.odt"),
        (zipped("foto.jpg", "brief.docx"), "fotos.zip"),
        (EML, "bericht.eml"),
        (TYPES["heic of a phone"][0], "IMG_0001.HEIC"),
        (b"gewoon", "uitleg.txt"),
        (b"gewoon", "Re: uw brief van 12.3"),
        (TYPES["mp4"][0], "filmpje.mov"),
    ],
)
def test_what_citizens_send_every_day_is_not(content: bytes, name: str) -> None:
    assert risky(content, name) == ""


def test_an_encrypted_archive() -> None:
    content = bytearray(zipped("foto.jpg"))
    content[content.rindex(b"PK\1\2") + 8] |= 1
    assert risky(bytes(content), "fotos.zip") == "encrypted_archive"


def test_only_the_directory_of_an_archive_is_read() -> None:
    names = [f"{number}.txt" for number in range(MOST_ENTRIES + 10)]
    found = zip_names(zipped(*names))
    assert len(found.names) == MOST_ENTRIES
    assert not found.whole
    content = zipped("a.txt", "map/ë.txt")
    assert zip_names(b"vooraf" + content).names == ("a.txt", "map/ë.txt")
    assert zip_names(content.replace(b"inhoud", b"kapot!")).names == ("a.txt", "map/ë.txt")


@given(
    st.binary(max_size=400), st.sampled_from([content for content, _ in TYPES.values()]), st.integers(0, 400), st.text()
)
def test_any_file_has_a_type_and_a_risk(noise: bytes, start: bytes, at: int, name: str) -> None:
    for content in (noise, start[:at] + noise, start[:at] + noise + start[at:]):
        kind = detected(content, name, name)
        assert kind.isascii()
        assert "/" in kind
        risky(content, name, kind)


@pytest.mark.parametrize(
    "unit", [b"<!--", b"<!-- -->", b"PK\5\6", b"<?xml ", b"PK\1\2", b" ", b"<!DOCTYPE svg ", b"From:\n"]
)
def test_hostile_files_are_no_work(unit: bytes) -> None:
    content = unit * (5_000_000 // len(unit))
    for start in (b"", b"PK\3\4", bytes.fromhex("d0cf11e0a1b11ae1"), b"<!--"):
        examined(file("x.zip", start + content))  # a quadratic one runs into the time limit of the test


def file(name: str, content: bytes, *, inline: bool = False) -> Attachment:
    return Attachment(filename=name, content_type="application/octet-stream", content=content, inline=inline)


def test_examined_tells_type_and_risk() -> None:
    found = examined(file("brief.docx", DOCM))
    assert (found.content_type, found.risk) == (OOXML + "wordprocessingml.document", "macro")
    assert (found.filename, found.content) == ("brief.docx", DOCM)


# --- limits -----------------------------------------------------------------------------------------------------

LIMITS = FileLimits(most=3, largest=100, total=150)


def test_what_fits_is_kept_and_what_does_not_is_named() -> None:
    files = [file("groot.pdf", bytes(101)), file("a", bytes(100)), file("b", bytes(60)), file("c", bytes(50))]
    kept, refused = within(files, LIMITS)
    assert [one.filename for one in kept] == ["a", "c"]
    assert [(one.filename, one.reason, one.size) for one in refused] == [
        ("groot.pdf", "too_large", 101),
        ("b", "total_too_large", 60),
    ]


def test_logos_do_not_push_out_a_letter() -> None:
    logos = [file(f"logo{number}", b"x", inline=True) for number in range(3)]
    kept, refused = within([*logos, file("brief.pdf", b"x")], LIMITS)
    assert [one.filename for one in kept] == ["logo0", "logo1", "brief.pdf"]
    assert [(one.filename, one.reason) for one in refused] == [("logo2", "too_many")]


@given(st.lists(st.tuples(st.integers(0, 120), st.booleans()), max_size=12))
def test_every_file_is_kept_or_named_once(sizes: list[tuple[int, bool]]) -> None:
    files = [file(str(place), os.urandom(size), inline=inline) for place, (size, inline) in enumerate(sizes)]
    kept, refused = within(files, LIMITS)
    assert sorted([one.filename for one in kept] + [one.filename for one in refused]) == sorted(
        one.filename for one in files
    )
    assert [one for one in files if one in kept] == list(kept)
    assert len(kept) <= 3
    assert sum(one.size for one in kept) <= 150
    assert all(one.size <= 100 for one in kept)
