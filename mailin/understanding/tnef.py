"""winmail.dat (application/ms-tnef): the files and the text that Outlook hides in it (MS-OXTNEF).

tnefparse was tried first: on ten damaged kilobytes it counts to four billion, and it copies the rest of the data for
every object. This reader takes from the format what a mail needs, in time that grows with the bytes only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailin.understanding.charsets import clean_text, decode
from mailin.understanding.parameters import content_type, file_name
from mailin.understanding.rtf import rtf_text

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BODY, _TITLE, _DATA, _RENDERED, _MESSAGE_PROPERTIES, _FILE_PROPERTIES, _CODEPAGE = (
    0x800C,
    0x8010,
    0x800F,
    0x9002,
    0x9003,
    0x9005,
    0x9007,
)
_P_BODY, _P_RTF, _P_HTML, _P_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_P_CONTENT, _P_NAME, _P_LONG_NAME, _P_TYPE, _P_CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_OBJECT, _STRING, _UNICODE, _BINARY = 0x000D, 0x001E, 0x001F, 0x0102
_FIXED = {
    0x0000: 0,
    0x0001: 0,
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_SHORT = frozenset({0x0002, 0x000B})
_MANY, _NAMED = 0x1000, 0x8000
_MAX_FILES = 1000
_INTERFACE = bytes.fromhex("00000000c000000000000046")  # tail of the identifier in front of an embedded OLE object


@dataclass(slots=True)
class WinmailFile:
    """One file in a winmail.dat."""

    name: str = ""
    content: bytes = b""
    content_type: str = "application/octet-stream"
    inline: bool = False


@dataclass(slots=True)
class Winmail:
    """What was found in one winmail.dat."""

    files: list[WinmailFile] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_winmail(kind: str, name: str) -> bool:
    """Whether a part by this type and name is TNEF."""
    return kind in ("application/ms-tnef", "application/vnd.ms-tnef") or (
        kind in ("application/octet-stream", "application/x-tnef") and name.lower() in ("winmail.dat", "win.dat")
    )


def open_winmail(data: bytes) -> Winmail | None:
    """The files, text and HTML in a winmail.dat, None when it is none or is damaged beyond its first object."""
    if not data.startswith(_SIGNATURE):
        return None
    found = Winmail()
    codepage, objects = "cp1252", 0
    for name, content in _objects(data):
        objects += 1
        if name == _CODEPAGE and len(content) >= 4:
            codepage = f"cp{struct.unpack_from('<I', content)[0]}"
        elif name == _RENDERED and len(found.files) < _MAX_FILES:
            found.files.append(WinmailFile())
        elif name == _BODY:
            found.text = _text(content, codepage)
        elif name == _MESSAGE_PROPERTIES:
            _read_message(found, content, codepage)
        elif found.files:
            _read_file(found.files[-1], name, content, codepage)
    return found if objects else None


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(attribute, content) of every object: level, attribute, type, length, content, checksum (section 2.1.3.1)."""
    position = 6
    while position + 9 <= len(data):
        name, _, length = struct.unpack_from("<HHI", data, position + 1)
        position += 9
        if position + length > len(data):
            return
        yield name, data[position : position + length]
        position += length + 2


def _properties(data: bytes, codepage: str) -> Iterator[tuple[int, bytes, str]]:
    """(property, first value, the same as text) of a property list (section 2.1.3.4)."""
    count = min(struct.unpack_from("<I", data)[0], len(data) // 4) if len(data) >= 4 else 0
    position = 4
    for _ in range(count):
        if position + 4 > len(data):
            return
        kind, name = struct.unpack_from("<HH", data, position)
        position = _skip_name(data, position + 4) if name >= _NAMED else position + 4
        values, position = _values(data, position, kind)
        if values is None:
            return
        value = values[0] if values else b""
        yield name, value, _text(value, "utf-16-le" if kind & ~_MANY == _UNICODE else codepage)


def _skip_name(data: bytes, position: int) -> int:
    """Steps over the identifier of a named property: a GUID, then a number or a counted name."""
    if position + 24 > len(data):
        return len(data)
    named, length = struct.unpack_from("<II", data, position + 16)
    return position + 24 + ((length + 3) // 4 * 4 if named else 0)


def _values(data: bytes, position: int, kind: int) -> tuple[list[bytes] | None, int]:
    """The values at `position` and the position behind them, None where the list is damaged."""
    base = kind & ~_MANY
    variable = base in (_OBJECT, _STRING, _UNICODE, _BINARY)
    if not variable and base not in _FIXED:
        return None, position
    count = 1
    if variable or kind & _MANY:
        if position + 4 > len(data):
            return None, position
        count = struct.unpack_from("<I", data, position)[0]
        position += 4
    if not variable:
        size = 2 if base in _SHORT and kind & _MANY else _FIXED[base]
        end = position + (count * size + 3) // 4 * 4
        return [data[position : position + size]], end
    values: list[bytes] = []
    for _ in range(min(count, len(data) // 4)):
        if position + 4 > len(data):
            return None, position
        length = struct.unpack_from("<I", data, position)[0]
        if not values:
            values.append(data[position + 4 : position + 4 + length])
        position += 4 + (length + 3) // 4 * 4
    return values, position


def _read_message(found: Winmail, data: bytes, codepage: str) -> None:
    text = html = rich = b""
    body = ""
    for name, value, string in _properties(data, codepage):
        if name == _P_CODEPAGE and len(value) >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == _P_BODY:
            text, body = value, string
        elif name == _P_HTML:
            html = value
        elif name == _P_RTF:
            rich = value
    found.text = found.text or (body if text else "")
    found.html = found.html or _text(html, codepage)
    if rich and not found.text and not found.html:
        found.text = clean_text(rtf_text(rich))


def _read_file(file: WinmailFile, name: int, content: bytes, codepage: str) -> None:
    if name == _TITLE:
        file.name = file.name or _name(_text(content, codepage))
    elif name == _DATA:
        file.content = content
    elif name == _FILE_PROPERTIES:
        for key, value, string in _properties(content, codepage):
            if key == _P_LONG_NAME or (key == _P_NAME and not file.name):
                file.name = _name(string) or file.name
            elif key == _P_CONTENT and value:
                file.content = value[16:] if value[4:16] == _INTERFACE else value
            elif key == _P_TYPE and string:
                file.content_type = content_type(string.encode())[0]
            elif key == _P_CONTENT_ID:
                file.inline = True


def _text(content: bytes, codepage: str) -> str:
    return clean_text(decode(content, codepage)[0].rstrip("\x00")).strip()


def _name(text: str) -> str:
    return file_name({}, {"filename": text})
