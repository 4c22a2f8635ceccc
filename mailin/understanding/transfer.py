"""Content-Transfer-Encodings undone, with the damage that real mailers and relays do to them repaired."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"(?:^|(?<=\n))begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n")
_PRINTABLE = bytes(range(32, 127)) + b"\t\r\n" + bytes(range(0x80, 0xC0)) + b"\xc3\xe2"
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=\-_]+")


def encoding_name(value: str) -> str:
    """'base64', 'quoted-printable', 'uuencode' or '' for a Content-Transfer-Encoding header value."""
    word = value.split("(", 1)[0].split(";", 1)[0].strip().strip("\"'").lower()
    if word in ("base64", "base-64", "b", "base64."):
        return "base64"
    if word in ("quoted-printable", "quoted printable", "quotedprintable", "qp", "quoted-printable.", "q"):
        return "quoted-printable"
    return "uuencode" if word in ("uuencode", "x-uuencode", "uue", "x-uue") else ""


def decode_base64(data: bytes) -> bytes:
    """RFC 2045 section 6.8 bytes; foreign characters are skipped and missing padding or a lost character repaired."""
    packed = data.translate(None, _NOT_BASE64) if b"-" not in data and b"_" not in data else _urlsafe(data)
    pieces = []
    for chunk in re.findall(rb"[^=]+", packed):
        rest = len(chunk) % 4
        chunk = chunk[:-1] if rest == 1 else chunk + b"=" * (-len(chunk) % 4)
        pieces.append(binascii.a2b_base64(chunk))
    return b"".join(pieces)


def _urlsafe(data: bytes) -> bytes:
    plain = data.translate(None, _NOT_BASE64)
    # A dash may be a damaged character or the URL-safe alphabet; only a text without + and / can be the latter.
    return plain if b"+" in plain or b"/" in plain else data.translate(_URLSAFE).translate(None, _NOT_BASE64)


def decode_quoted_printable(data: bytes) -> bytes:
    """RFC 2045 section 6.7 bytes; sequences that are not hexadecimal stay as they stand."""
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data)) if b"=" in data else data


def decode_uu(data: bytes) -> bytes:
    """The content of the first uuencoded file in `data`, or `data` itself when there is none."""
    found = split_uuencoded(data)[1]
    return found[0][1] if found else data


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The decoded content of an attachment under an encoding as named by `encoding_name`."""
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return decode_quoted_printable(data)
    return decode_uu(data) if encoding == "uuencode" else data


def decode_text(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The decoded content of a text part; plain text behind or instead of base64 is kept, with a problem slug."""
    if encoding != "base64":
        return decode_transfer(data, encoding), None
    lines = [line.strip() for line in data.split(b"\n")]
    foreign = [number for number, line in enumerate(lines) if line and not _is_base64(line)]
    if not foreign:
        return decode_base64(data), None
    spaced = sum(b" " in lines[number] for number in foreign)
    if not any(lines[: foreign[0]]):
        decoded = decode_base64(data)
        return (decoded, "base64_damaged") if not spaced or _reads_as_text(decoded) else (data, "base64_is_text")
    if not spaced:
        return decode_base64(data), "base64_damaged"
    # Mailing lists and virus scanners append their plain footer to a base64 body.
    start = _tail_start(lines, foreign[0])
    tail = b"\n".join(line.rstrip(b"\r") for line in data.split(b"\n")[start:])
    return decode_base64(b"\n".join(lines[:start])) + b"\n" + tail, "text_after_base64"


def _is_base64(line: bytes) -> bool:
    return not line.strip(b"=") or (bool(line.strip(b"-_=")) and _BASE64_LINE.fullmatch(line) is not None)


def _reads_as_text(data: bytes) -> bool:
    """Whether decoded bytes can be writing: sentences that were never base64 decode to noise."""
    noise = len(data.translate(None, _PRINTABLE)) + (0 if data.isascii() else len(data) // 20)
    return len(data) > 0 and noise * 10 < len(data)


def _tail_start(lines: list[bytes], foreign: int) -> int:
    """Where plain text begins behind base64: after the padding, or after the last blank line before it."""
    padded = next((number + 1 for number in range(foreign) if lines[number].endswith(b"=")), foreign)
    blank = next((number for number in range(foreign - 1, 0, -1) if not lines[number]), foreign)
    return min(padded, blank if any(lines[:blank]) else foreign)


def split_uuencoded(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Text without its uuencoded files, and those files as (name, content)."""
    files: list[tuple[bytes, bytes]] = []
    kept: list[bytes] = []
    position = 0
    if b"begin" not in data:
        return data, files
    while match := _UU_BEGIN.search(data, position):
        content, end = _uu_lines(data, match.end())
        if end is None:
            kept.append(data[position : match.end()])
            position = match.end()
            continue
        kept.append(data[position : match.start()])
        files.append((match.group(1).strip(), content))
        position = end
    kept.append(data[position:])
    return b"".join(kept), files


def _uu_lines(data: bytes, start: int) -> tuple[bytes, int | None]:
    """The decoded lines from `start` and the position behind 'end', or None where these are not uuencoded lines."""
    content: list[bytes] = []
    position = start
    while position < len(data):
        stop = data.find(b"\n", position)
        stop = len(data) if stop < 0 else stop
        line = data[position:stop].rstrip(b"\r")
        position = stop + 1
        if line.strip() in (b"end", b"===="):
            return b"".join(content), min(position, len(data))
        if line.strip() in (b"`", b""):
            continue
        decoded = _uu_line(line)
        if decoded is None:
            return b"", None
        content.append(decoded)
    return (b"".join(content), len(data)) if content else (b"", None)


def _uu_line(line: bytes) -> bytes | None:
    length = (line[0] - 32) & 63
    wanted = -(-length * 4 // 3)
    if not 32 <= line[0] <= 96 or len(line) - 1 > -(-length // 3) * 4 + 2 or len(line.rstrip()) - 1 > wanted + 6:
        return None
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Encoders fill the last group of four with whatever they had; the length byte says what counts of it.
        groups = -(-length // 3)
        whole = bytes([32 + groups * 3]) + line[1 : 1 + groups * 4].ljust(groups * 4)
        try:
            return binascii.a2b_uu(whole)[:length]
        except binascii.Error:
            return None
