"""The compressed RTF in which Outlook hides the words of a winmail.dat, as text (MS-OXRTFCP, MS-OXRTFEX)."""

from __future__ import annotations

import re
import struct

from mailin.understanding.charsets import decode
from mailin.understanding.htmltext import html_to_text

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_MAX_RTF = 400_000
_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(\W)|([{}])|([^\\{}\r\n]+)")
_IGNORED = frozenset(
    {
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"object",
        b"header",
        b"footer",
        b"listtable",
        b"listoverridetable",
        b"generator",
        b"themedata",
        b"mhtmltag",
    }
)
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"-": ""}
_BREAKS = {
    b"par": "\n",
    b"line": "\n",
    b"tab": "\t",
    b"cell": " ",
    b"row": "\n",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"endash": "–",
    b"emdash": "—",
}


def rtf_text(compressed: bytes) -> str:
    """The words of a compressed RTF body; '' when it cannot be read."""
    rtf = _decompress(compressed)
    html = b"\\fromhtml" in rtf[:400]
    text = _Reader().read(rtf)
    return html_to_text(text) if html else text.strip()


def _decompress(data: bytes) -> bytes:
    """LZFu (MS-OXRTFCP section 2): literals and references into a window of 4,096 bytes."""
    if len(data) < 16:
        return b""
    magic = data[8:12]
    if magic != b"LZFu":
        return data[16 : 16 + _MAX_RTF] if magic == b"MELA" else b""
    size = min(struct.unpack_from("<I", data, 4)[0], _MAX_RTF) + len(_DICTIONARY)
    out = bytearray(_DICTIONARY)
    position = 16
    while position < len(data) and len(out) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += data[position : position + 1]
                position += 1
                continue
            if position + 2 > len(data):
                return bytes(out[len(_DICTIONARY) :])
            word = data[position] << 8 | data[position + 1]
            position += 2
            distance = (len(out) - (word >> 4)) % _WINDOW
            if distance == 0:  # a reference to the place of writing ends the data
                return bytes(out[len(_DICTIONARY) :])
            if distance > len(out):
                return b""
            for _ in range((word & 15) + 2):
                out.append(out[-distance])
    return bytes(out[len(_DICTIONARY) : size])


class _Reader:
    """Reads RTF as plain text, or as the HTML that was wrapped in it (MS-OXRTFEX section 2.1.3)."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.stack: list[tuple[bool, int]] = []
        self.silent = False  # inside a group that holds no text
        self.hidden = False  # inside RTF that stands beside its HTML
        self.skip = 1  # how many characters follow a Unicode one for older readers
        self.fallback = 0
        self.codepage = "cp1252"

    def read(self, rtf: bytes) -> str:
        """All text of the document."""
        star = False
        for match in _TOKEN.finditer(rtf):
            word, number, hexadecimal, symbol, brace, text = match.groups()
            if symbol == b"*":
                star = True
                continue
            if brace:
                self._group(opening=brace == b"{")
            elif word:
                self._word(word, int(number) if number else None, star=star)
            elif not (self.silent or self.hidden):
                self._characters(hexadecimal, symbol, text)
            star = False
        return "".join(self.pieces)

    def _group(self, *, opening: bool) -> None:
        if opening:
            self.stack.append((self.silent, self.skip))
        else:
            self.silent, self.skip = self.stack.pop() if self.stack else (False, 1)

    def _word(self, word: bytes, value: int | None, *, star: bool) -> None:
        if word == b"htmlrtf":
            self.hidden = value != 0
        elif word in _IGNORED or (star and word != b"htmltag"):
            self.silent = True
        elif word == b"ansicpg" and value:
            self.codepage = f"cp{value}"
        elif word == b"uc":
            self.skip = value or 0
        elif self.silent or self.hidden:
            return
        elif word == b"u" and value is not None:
            self.pieces.append(chr(value % 65_536))
            self.fallback = self.skip
        elif word in _BREAKS:
            self.pieces.append(_BREAKS[word])

    def _characters(self, hexadecimal: bytes | None, symbol: bytes | None, text: bytes | None) -> None:
        if hexadecimal and self.fallback:
            self.fallback -= 1
        elif hexadecimal:
            self.pieces.append(decode(bytes.fromhex(hexadecimal.decode()), self.codepage)[0])
        elif symbol:
            self.pieces.append(_SYMBOLS.get(symbol, symbol.decode("ascii", "replace")))
        elif text:
            self.pieces.append(decode(text[self.fallback :], self.codepage)[0])
            self.fallback = 0
