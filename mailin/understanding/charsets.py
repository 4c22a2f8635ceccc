"""Bytes to text under any charset label, true or not: labels lie more often than bytes do."""

from __future__ import annotations

import codecs
import encodings
import re
from encodings.aliases import aliases
from functools import lru_cache
from pkgutil import iter_modules

from charset_normalizer import from_bytes

_WESTERN = "western"
_GUESS = "guess"

# Labels that python does not know, or knows as something narrower than what senders mean by them.
_ALIASES = {
    **dict.fromkeys(
        (
            "ascii",
            "usascii",
            "ansix341968",
            "iso646us",
            "iso88591",
            "latin1",
            "l1",
            "88591",
            "cp819",
            "ibm819",
            "windows1252",
            "cp1252",
            "win1252",
            "xcp1252",
            "ansi",
            "1252",
            "xansi",
            "iso8859",
            "latin",
            "iso885911987",
            "xlatin1",
            "xiso88591",
        ),
        _WESTERN,
    ),
    **dict.fromkeys(("utf8", "utf8mb4", "utf", "utf8n", "unicode11utf8", "xutf8", "unicode", "cp65001"), "utf-8"),
    **dict.fromkeys(
        ("gb2312", "gb231280", "gbk", "xgbk", "gb18030", "cp936", "windows936", "euccn", "xgb2312"), "gb18030"
    ),
    **dict.fromkeys(
        ("ksc5601", "ksc56011987", "euckr", "cp949", "windows949", "xwindows949", "ksc56011989", "uhc"), "cp949"
    ),
    **dict.fromkeys(
        ("shiftjis", "xsjis", "sjis", "windows31j", "mskanji", "cp932", "shiftjisx0213", "xshiftjis"), "cp932"
    ),
    **dict.fromkeys(("big5", "xbig5", "cp950", "cnbig5", "windows950"), "cp950"),
    **dict.fromkeys(
        ("iso2022jp", "csiso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jpms", "cp50220", "cp50221"), "iso2022_jp_ext"
    ),
    "xeucjp": "euc_jp",
    "eucjp": "euc_jp",
    "iso88598i": "iso8859-8",
    "iso88598e": "iso8859-8",
    "iso88596i": "iso8859-6",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "windows874": "cp874",
    "macintosh": "mac_roman",
    "xmacroman": "mac_roman",
    "mac": "mac_roman",
    "macroman": "mac_roman",
    "iso10646ucs2": "utf-16-be",
    "ucs2": "utf-16-be",
    "unicode11utf7": "utf-7",
    "utf7": "utf-7",
    "xutf7": "utf-7",
    "koi8": "koi8_r",
    "koi8r": "koi8_r",
    "koi8ru": "koi8_u",
    "iso885915": "iso8859-15",
    "latin9": "iso8859-15",
    **dict.fromkeys(
        (
            "",
            "unknown",
            "unknown8bit",
            "xunknown",
            "default",
            "8bit",
            "7bit",
            "binary",
            "none",
            "null",
            "xuserdefined",
            "userdefined",
            "iso8859x",
            "undefined",
            "charset",
            "usascii8bit",
        ),
        _GUESS,
    ),
}
# Codecs that turn text into text, or interpret escapes: never the encoding of a mail.
_REFUSED = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "rot13",
        "base64",
        "bz2",
        "hex",
        "quopri",
        "uu",
        "zlib",
    }
)
_CODECS = frozenset((*aliases, *(module.name for module in iter_modules(encodings.__path__))))
_LABEL_PARTS = re.compile(r"[\s?;,\"'()]+|http-equiv|charset=", re.I)
_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or "\ufffd" for byte in range(0x80, 0x100)}
_BROKEN_UTF8 = re.compile("[\udcc2-\udcf4][\udc80-\udcbf]+")
_LEGACY = [
    "cp1251",
    "koi8_r",
    "iso8859-5",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp1250",
    "gb18030",
    "cp950",
    "euc_jp",
    "cp932",
    "cp949",
    "cp1252",
    "cp1254",
]
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_C1 = re.compile("[\x80-\x9f]+")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_SOME_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_HALVES = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+")
_SAMPLE = 4096


@lru_cache(maxsize=512)
def codec_name(label: str) -> str | None:
    """The codec meant by a charset label, 'western' or 'guess' for labels that promise nothing, None if unknown."""
    for piece in [label, *_LABEL_PARTS.split(label)]:
        key = re.sub(r"[^a-z0-9]", "", piece.lower())
        if not key and label:
            continue
        if key in _ALIASES:
            return _ALIASES[key]
        try:
            name = codecs.lookup(piece.strip()[:40]).name if piece.isascii() and key and _is_known(piece) else ""
        except (LookupError, ValueError):
            name = ""
        if name and name.replace("-", "_") not in _REFUSED and _is_text_codec(name):
            return name
    return None


def _is_known(piece: str) -> bool:
    """Whether python has a codec of that name: to look up one that it has not searches the disk, every time."""
    name = encodings.normalize_encoding(piece.strip()[:40]).lower()
    return name in _CODECS or name.replace(".", "_") in _CODECS


def _is_text_codec(name: str) -> bool:
    try:
        return isinstance(b"ab".decode(name), str)
    except UnicodeError:
        return True
    except LookupError:
        return False


def decode(data: bytes, label: str = "") -> tuple[str, str | None]:
    """The text of `data` under a charset label, and a problem slug when the label was unknown or untrue."""
    if data.startswith(codecs.BOM_UTF8):
        return decode_unlabelled(data[3:]), None
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and b"\x00" in data[2:_SAMPLE]:
        return data.decode("utf-16", "replace"), None
    codec = codec_name(label.strip())
    if codec is None:
        return decode_unlabelled(data), "charset_unknown"
    if codec in (_WESTERN, _GUESS):
        return (_western(data) if codec is _WESTERN else decode_unlabelled(data)), None
    if codec in ("utf-16", "utf-16-be", "utf-16-le", "utf-32") and data.count(b"\x00") * 8 < len(data):
        return decode_unlabelled(data), "charset_untrue"
    try:
        text = data.decode(codec)
    except UnicodeError:
        return _decode_untrue(data, codec), "charset_untrue"
    return (_C1.sub(_western_c1, text) if codec.startswith("iso8859") else text), None


def _western_c1(match: re.Match[str]) -> str:
    """Windows senders use the euro sign and curly quotes of windows-1252 under any ISO 8859 label."""
    return match.group().encode("latin-1").decode("cp1252", "replace")


def _decode_untrue(data: bytes, codec: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeError:
        pass
    if codec == "utf-8":
        return _mixed(data)
    text = data.decode(codec, "replace")
    # A few bad bytes in a long text: the label is right and the text damaged. Many: the label is wrong.
    return text if text.count("\ufffd") * 20 < len(text) else decode_unlabelled(data)


def decode_unlabelled(data: bytes) -> str:
    """Text without a usable label: UTF-8, ISO-2022-JP by its escapes, a guess for other scripts, windows-1252."""
    if b"\x1b$" in data[:_SAMPLE]:
        try:
            return data.decode("iso2022_jp_ext")
        except UnicodeError:
            pass
    if data.isascii():
        return data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return _other_script(data) or _mixed(data)


def decode_hinted(data: bytes, label: str) -> str:
    """Raw bytes of a header: UTF-8, or else the charset that the body declares, where that is of another script."""
    if label and not data.isascii():
        codec = codec_name(label)
        try:
            data.decode("utf-8")
        except UnicodeError:
            if codec not in (None, _WESTERN, _GUESS, "utf-8", "utf-7") and not str(codec).startswith("utf-"):
                return _decode_strictly(data, str(codec))
    return decode_unlabelled(data)


def _decode_strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeError:
        return decode_unlabelled(data)


def _western(data: bytes) -> str:
    if data.isascii():
        return decode_unlabelled(data)
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return _mixed(data)


def _mixed(data: bytes) -> str:
    """UTF-8 where it is valid, windows-1252 byte by byte where it is not."""
    if not _SOME_UTF8.search(data):
        return data.decode("cp1252", "replace")
    if b"\xed" in data:
        data = _without_surrogates(data)
    text = data.decode("utf-8", "surrogateescape")
    if any("\u0100" <= char < "\ud800" or "\u0080" <= char < "\u0100" for char in text[:_SAMPLE]):
        text = _BROKEN_UTF8.sub("\ufffd", text)
    return text.translate(_CP1252)


def _without_surrogates(data: bytes) -> bytes:
    """UTF-16 halves written as UTF-8 (CESU-8): pairs become their character, a half alone U+FFFD."""

    def joined(match: re.Match[bytes]) -> bytes:
        halves = match.group().decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()

    return _HALVES.sub(joined, data)


def _other_script(data: bytes) -> str | None:
    """A guess by charset-normalizer: its price is only paid for long text full of high bytes."""
    high = re.sub(rb"[\x00-\x7f]+", b"", data[:_SAMPLE])
    if len(data) <= 200 or len(high) * 5 < min(len(data), _SAMPLE):
        return None
    best = from_bytes(data[:2048], cp_isolation=_LEGACY, steps=3, chunk_size=256).best()
    return data.decode(best.encoding, "replace") if best is not None else None


def clean_text(text: str) -> str:
    """Text that a database and a page accept: line feeds only, no controls but tab, no lone surrogates."""
    lines = text.replace("\r\n", "\n")
    if lines.replace("\n", "").isprintable():  # much faster than the two patterns, and true of most
        return lines
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))


def clean_line(text: str) -> str:
    """One line for a header: every break and tab becomes a space, controls vanish, ends are trimmed."""
    if not (text.isascii() and text.isprintable()):
        text = _CONTROLS.sub("", re.sub("[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+", " ", text))
    return text.strip()
