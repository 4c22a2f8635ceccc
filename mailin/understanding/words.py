"""Encoded-words (RFC 2047): the text of a header value, also where senders broke the rules."""

from __future__ import annotations

import binascii
import re

from mailin.understanding.charsets import clean_line, codec_name, decode
from mailin.understanding.transfer import decode_base64

_START = re.compile(r"=\?([^?\s]{0,60})\?\s?([bBqQ])\?")
_HEX_REST = re.compile(r"[0-9A-Fa-f]{2}[^\s?]*\?=")

_BARE_MARKS = 8


def decode_header(value: str) -> str:
    """A header value as one clean line; neighbouring encoded-words of one charset are joined before decoding."""
    if "=?" not in value:
        return clean_line(value)
    pieces: list[str] = []
    run: list[bytes] = []
    charset = ""
    position = 0
    while match := _START.search(value, position):
        end = _word_end(value, match.end())
        if end is None:
            break
        between = value[position : match.start()]
        label = match.group(1).split("*", 1)[0]
        if run and (between.strip() or label.lower() != charset.lower()):
            pieces.append(_decode_run(run, charset))
            run = []
        if between.strip() or not (pieces or run):
            pieces.append(between)
        charset = label
        run.append(_content(value[match.end() : end], match.group(2)))
        position = end + 2
    if run:
        pieces.append(_decode_run(run, charset))
    pieces.append(value[position:])
    return clean_line("".join(pieces))


def _word_end(value: str, start: int) -> int | None:
    """Where the encoded text ends: at '?=', or at the end of a value that was cut off; None when it is no word."""
    end = value.find("?=", start)
    for _ in range(_BARE_MARKS):  # a bare question mark before an encoded byte, as in "Wat nu?=3F"
        if end < 0 or not _HEX_REST.match(value, end + 2) or " " in value[start:end]:
            break
        end = value.find("?=", end + 2)
    if end < 0:
        rest = value[start:]
        return None if " " in rest or not rest else len(value.rstrip("?"))
    return end


def _decode_run(run: list[bytes], charset: str) -> str:
    data = b"".join(run)
    # A stray label must not turn a name into nothing: decode() falls back by itself.
    return decode(data, charset if codec_name(charset) else "")[0]


def _content(text: str, encoding: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(data)
    return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
