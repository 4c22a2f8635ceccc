"""Letters as PDF files with typst: for screen readers (PDF/UA-1) and for archives (PDF/A-2a), in one file."""

import json
import unicodedata
from datetime import UTC, datetime, time
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from re import compile as pattern
from threading import Lock
from typing import TYPE_CHECKING

from core.letters.paper import Block, Paper
from core.letters.wording import written_day

if TYPE_CHECKING:
    from typst import Compiler

HOME = Path(str(files("templates"))) / "pdf"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands where somebody wrote a character that the fonts of the letter do not have."""
_UNBROKEN = pattern(r"\S{60}")
"""What is longer than this without a space would run off the paper."""
_PLACE_TO_BREAK = "\N{ZERO WIDTH SPACE}"


class TypstPdf:
    """Lays letters out on the municipality's paper. Reads nothing but the template and the fonts beside it."""

    def __init__(self) -> None:
        self._turn = Lock()

    def render(self, paper: Paper) -> bytes:
        """The letter as PDF. Equal letters give equal bytes: the letter's own day is the file's date."""
        midnight = datetime.combine(paper.day, time(), tzinfo=UTC)
        with self._turn:  # the compiler keeps what it was told last
            made = self._compiler.compile(
                format="pdf",
                sys_inputs={"letter": json.dumps(self._told(paper), ensure_ascii=False)},
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(midnight.timestamp()),
            )
        if not isinstance(made, bytes):
            raise TypeError("typst gave no file")
        return made

    @cached_property
    def _compiler(self) -> "Compiler":
        """Made once: it holds the fonts and the template. The library has 80 MB: loaded when the first letter asks."""
        from typst import Compiler, Fonts

        fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HOME / "fonts"])
        return Compiler(HOME / "letter.typ", root=HOME, font_paths=fonts)

    @cached_property
    def _known(self) -> frozenset[str]:
        """The characters that the fonts can write."""
        ranges = (line.partition("-") for line in (HOME / "fonts" / "characters.txt").read_text().splitlines()[1:])
        return frozenset(
            chr(code) for first, _, last in ranges for code in range(int(first, 16), int(last or first, 16) + 1)
        )

    def _told(self, paper: Paper) -> dict[str, object]:
        """The letter as plain data: texts, numbers and lists, for the template to show."""
        sender = paper.sender
        lines = (sender.address, sender.phone, sender.email, sender.website)
        return {
            "sender": {
                "name": self._writable(f"Gemeente {sender.name}"),
                "lines": [self._writable(line) for line in lines if line],
            },
            "to": [self._writable(line) for line in paper.to],
            "day": {"year": paper.day.year, "month": paper.day.month, "day": paper.day.day},
            "date": written_day(paper.day),
            "reference": self._writable(paper.reference),
            "subject": self._writable(paper.subject) or self._writable(paper.reference) or UNKNOWN,
            "enclosures": ", ".join(self._writable(name) for name in paper.enclosures),
            "blocks": [self._block(block) for block in paper.blocks],
            "room_to_sign": paper.room_to_sign,
        }

    def _block(self, block: Block) -> dict[str, object]:
        return {
            "kind": block.kind,
            "level": block.level,
            "language": block.language,
            "right_to_left": block.right_to_left,
            "lines": [
                [{"text": self._writable(span.text), "strong": span.strong} for span in line] for line in block.lines
            ],
        }

    def _writable(self, text: str) -> str:
        """The text with characters that the fonts have: PDF/A wants a glyph and a meaning for each (ISO 19005-2)."""
        spaced = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
        seen = (sign if sign in self._known else _instead(sign) for sign in spaced)
        return _UNBROKEN.sub(lambda found: found.group() + _PLACE_TO_BREAK, "".join(seen))


def _instead(sign: str) -> str:
    """Nothing for what is never seen (controls, format, marks on another sign), a stand-in for the rest."""
    return "" if unicodedata.category(sign) in {"Cc", "Cf", "Mn", "Me"} else UNKNOWN
