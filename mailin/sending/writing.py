"""How a text becomes part of a header: on one line, and in encoded-words where it is not plain."""

import re
from base64 import b64encode

WORD_BYTES = 39
"""UTF-8 bytes in one encoded-word: 64 characters with its frame, so that lines stay under 76 (RFC 2047 section 2)."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def on_one_line(value: str) -> str:
    """A value on one line: what could end a header, or be no text at all, becomes a space."""
    return " ".join(_UNPRINTABLE.sub(" ", value).split())


def pieces(line: str, size: int) -> list[str]:
    """A text cut between characters, so that none is over so many UTF-8 bytes."""
    found, room = [""], size
    for character in line:
        needed = len(character.encode())
        if needed > room:
            found.append("")
            room = size
        found[-1] += character
        room -= needed
    return found


def encoded_words(line: str) -> list[str]:
    """Encoded-words (RFC 2047) of whole characters; the spaces between them are not part of the text."""
    return [f"=?utf-8?B?{b64encode(piece.encode()).decode()}?=" for piece in pieces(line, WORD_BYTES)]
