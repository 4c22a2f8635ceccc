"""A letter as it stands on paper: what a printer must know, and the port that makes a PDF of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from core.domain.municipality import Municipality


class BlockKind(StrEnum):
    """What a piece of a letter is; a screen reader tells it too."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    NUMBERED = "numbered"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words in one style."""

    text: str
    strong: bool = False


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, a paragraph, a list or a quotation."""

    kind: BlockKind
    lines: tuple[Line, ...]
    """The lines of a paragraph, or the items of a list."""
    level: int = 0
    """For a heading: 2 stands directly under the subject, which is 1."""
    language: str = ""
    """Where it is another language than Dutch."""
    right_to_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One letter on the municipality's paper."""

    sender: Municipality
    to: tuple[str, ...]
    """The lines in the window of the envelope: name and address."""
    day: date
    reference: str
    """The case number."""
    subject: str
    blocks: tuple[Block, ...]
    """The letter itself; the last one is the signature."""
    enclosures: tuple[str, ...] = ()
    room_to_sign: bool = False
    """Whether somebody signs it with a pen."""


class Pdf(Protocol):
    """Makes PDF files of letters."""

    def render(self, paper: Paper) -> bytes:
        """The letter as PDF/A-2a and PDF/UA-1; equal letters give equal bytes, and no content can make it fail."""
