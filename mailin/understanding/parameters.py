"""Content-Type and Content-Disposition values (RFC 2045 section 5, RFC 2183, RFC 2231), also the broken ones."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from mailin.understanding.charsets import clean_line, decode, decode_unlabelled
from mailin.understanding.words import decode_header

_PARAMETER = re.compile(r"(?<![A-Za-z0-9_\-])([A-Za-z0-9_\-]{1,60}(?:\*\d{1,4})?\*?)\s*=\s*")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+\-]*/[a-z0-9*][a-z0-9!#$&^_.+\-*]*")
_SECTION = re.compile(r"(.+?)\*(?:(\d{1,4})(\*)?)?$")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TOP_TYPES = {
    "text": "text/plain",
    "html": "text/html",
    "plain": "text/plain",
    "text/": "text/plain",
    "multipart": "multipart/mixed",
    "multipart/": "multipart/mixed",
    "message": "message/rfc822",
}
_MAX_NAME = 255
_MAX_VALUE = 20_000


def split_value(raw: bytes) -> tuple[str, dict[str, str]]:
    """The leading word of a structured header value in lower case, and its parameters with RFC 2231 undone."""
    text = decode_unlabelled(raw[:_MAX_VALUE])
    cut = min((at for at in (text.find(";"), text.find("=")) if at >= 0), default=len(text))
    if cut < len(text) and text[cut] == "=":
        cut = text.rfind(" ", 0, cut) if " " in text[:cut].strip() else 0
    head = text[:cut].split("(", 1)[0].strip().strip("\"';").lower()
    return clean_line(head), _merged(_raw_parameters(text[cut:]))


def _raw_parameters(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while len(found) < 2000 and (match := _PARAMETER.search(text, position)):
        start = match.end()
        if text[start : start + 1] == '"':
            stop = _quote_end(text, start + 1)
            value = text[start + 1 : stop].replace('\\"', '"').replace("\\\\", "\\")
            after = text.find(";", stop)
            position = len(text) if after < 0 else after
        else:
            after = text.find(";", start)
            position = len(text) if after < 0 else after
            value = text[start:position].strip()
            value = value.strip("'") if "''" not in value and "*" not in match.group(1) else value
        found.append((match.group(1).lower(), value))
    return found


def _quote_end(text: str, start: int) -> int:
    """The closing quote: the first that is not escaped and is followed by ';', a blank or the end."""
    first = stop = text.find('"', start)
    while stop >= 0:
        if text[stop - 1] != "\\" and text[stop + 1 : stop + 2].strip() in ("", ";"):
            return stop
        stop = text.find('"', stop + 1)
    if first >= 0:
        return first
    semicolon = text.find(";", start)
    return semicolon if semicolon >= 0 else len(text)


def _merged(pairs: list[tuple[str, str]]) -> dict[str, str]:
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for key, value in pairs:
        match = _SECTION.match(key) if "*" in key else None
        if match is None:
            plain.setdefault(key, value)
        else:
            number = int(match.group(2) or 0)
            sections.setdefault(match.group(1), {}).setdefault(number, (value, key.endswith("*")))
    for name, numbered in sections.items():
        joined = _joined([numbered[number] for number in sorted(numbered)])
        if joined:
            plain[name] = joined
    return plain


def _joined(values: list[tuple[str, bool]]) -> str:
    """RFC 2231 sections as text: the first may name the charset, percent signs count in starred ones only."""
    charset = ""
    data: list[bytes] = []
    for index, (value, starred) in enumerate(values):
        if index == 0 and starred and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        data.append(unquote_to_bytes(value.encode("utf-8", "replace")) if starred else value.encode("utf-8", "replace"))
    return decode(b"".join(data), charset)[0]


def content_type(raw: bytes) -> tuple[str, dict[str, str], bool]:
    """(type/subtype, parameters, sound): text/plain where the value is absent or nonsense (section 5.2)."""
    if not raw.strip():
        return "text/plain", {}, True
    kind, parameters = split_value(raw)
    match = _TYPE.match(kind)
    if match:
        return match.group(), parameters, True
    return _TOP_TYPES.get(kind.rstrip("/"), "text/plain"), parameters, False


def file_name(type_parameters: dict[str, str], disposition_parameters: dict[str, str]) -> str:
    """The name a part was given, as a bare file name: decoded, no folders, no controls, '' when it has none."""
    raw = (
        disposition_parameters.get("filename")
        or disposition_parameters.get("name")
        or type_parameters.get("name")
        or type_parameters.get("filename")
        or ""
    )
    name = _BIDI.sub("", decode_header(raw)).strip().strip('"')
    if "'" in name and re.match(r"(?i)(?:utf-8|iso-8859-\d+|windows-\d+)'[a-z-]*'", name):
        name = decode(unquote_to_bytes(name.split("'", 2)[2]), name.split("'", 1)[0])[0]
    name = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1])
    if name in (".", ".."):
        return ""
    return name if len(name) <= _MAX_NAME else _shortened(name)


def _shortened(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return stem[: _MAX_NAME - 20] + dot + suffix if dot and len(suffix) < 20 else name[:_MAX_NAME]
