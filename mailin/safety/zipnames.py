"""What a ZIP file holds, read from its central directory only: nothing is ever unpacked, so no bomb goes off."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MOST_ENTRIES = 5_000
"""Entries that are looked at; a file with more is odd enough to say so."""

_END = b"PK\x05\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END_RECORD = struct.Struct("<4s4H2LH")
_REACH = 65_557
"""Bytes from the end within which the end record stands: its own 22 and the longest comment."""


@dataclass(frozen=True, slots=True)
class ZipNames:
    """The names in a ZIP file, as far as they were read."""

    names: tuple[str, ...]
    encrypted: bool
    whole: bool
    """Whether the directory was found and read to its end."""


def zip_names(content: bytes) -> ZipNames:
    """The names of the entries (APPNOTE 4.3.12), at most `MOST_ENTRIES`; never raises."""
    at = content.rfind(_END, max(0, len(content) - _REACH))
    if at < 0 or len(content) - at < _END_RECORD.size:
        return ZipNames((), encrypted=False, whole=False)
    _, _, _, _, count, size, offset, _ = _END_RECORD.unpack_from(content, at)
    # Programs find the directory right before the end record too, when something was put in front of the file.
    position = offset if content[offset : offset + 4] == b"PK\x01\x02" else max(0, at - size)
    names: list[str] = []
    encrypted = False
    while len(names) < MOST_ENTRIES and position + _ENTRY.size <= at:
        fields = _ENTRY.unpack_from(content, position)
        if fields[0] != b"PK\x01\x02":
            break
        flags, name_length, extra, comment = fields[3], fields[10], fields[11], fields[12]
        start = position + _ENTRY.size
        name = content[start : start + name_length]
        names.append(name.decode("utf-8" if flags & 0x800 else "cp437", "replace"))
        encrypted = encrypted or bool(flags & 0x1)
        position = start + name_length + extra + comment
    return ZipNames(tuple(names), encrypted=encrypted, whole=len(names) == count)
