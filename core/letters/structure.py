"""From a letter's html to its headings, paragraphs and lists: what paper, and a screen reader of it, needs to know."""

from collections.abc import Iterator
from html.parser import HTMLParser

from core.letters.paper import Block, BlockKind, Line, Span
from core.letters.wording import DUTCH, paragraphs

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul": BlockKind.LIST, "ol": BlockKind.NUMBERED}
_UNSEEN = frozenset({"head", "script", "style", "template"})
_APART = frozenset(
    {"p", "div", "li", "blockquote", "table", "tr", "td", "th", "section", "hr", "dl", "dt", "dd", "pre"}
)
"""Elements that begin something new; other elements stand within a line."""


def structure(html: str) -> tuple[Block, ...]:
    """The blocks of a letter, in reading order, from the html that leaves by mail. Never fails, whatever it gets."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(_levelled(reader.finish()))


def plain_structure(text: str) -> tuple[Block, ...]:
    """The blocks of a letter that has no html: its paragraphs."""
    return tuple(
        Block(kind=BlockKind.PARAGRAPH, lines=tuple((Span(text=line),) for line in part.split("\n")))
        for part in paragraphs(text)
    )


def _levelled(blocks: list[Block]) -> Iterator[Block]:
    """The same with headings of which no level is skipped, as PDF/UA wants it (ISO 14289-1, 7.4.2)."""
    level = 1
    for block in blocks:
        if block.kind == BlockKind.HEADING:
            level = max(2, min(block.level, level + 1))
            yield Block(kind=block.kind, lines=block.lines, level=level, language=block.language,
                        right_to_left=block.right_to_left)  # fmt: skip
        else:
            yield block


class _Reader(HTMLParser):
    """Collects words until something new begins, and then closes the block that they are in."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[Block] = []
        self._lines: list[list[Span]] = [[]]
        self._items: list[Line] = []
        self._lists: list[str] = []
        self._open: list[tuple[str, bool, str, bool]] = []
        """Elements that are open: name, whether white space counts, language, whether it runs from the right."""
        self._unseen = self._strong = 0
        self._link: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._lines.append([])
        elif tag in ("strong", "b"):
            self._strong += 1
        elif tag == "a":
            self._link = (told.get("href", ""), [])
        elif tag in _HEADINGS or tag in _LISTS or tag in _APART:
            self._close()
            self._begin(tag, told)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in ("strong", "b"):
            self._strong = max(0, self._strong - 1)
        elif tag == "a" and self._link is not None:
            self._end_link(*self._link)
        elif tag in _HEADINGS or tag in _LISTS or tag in _APART:
            self._close()
            self._end(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._link is not None:
            self._link[1].append(data)
        if self._open and self._open[-1][1]:
            first, *others = data.split("\n")
            self._add(first)
            for line in others:
                self._lines.append([])
                self._add(line)
        else:
            self._add(data, folded=True)

    def finish(self) -> list[Block]:
        """Everything that was read."""
        self._close()
        self._close_list()
        return self._blocks

    def _begin(self, tag: str, told: dict[str, str]) -> None:
        _, kept, language, rightwards = self._open[-1] if self._open else ("", False, "", False)
        lang = told.get("lang", language)
        self._open.append(
            (
                tag,
                kept or tag == "pre" or "white-space: pre" in told.get("style", ""),
                "" if lang == DUTCH else lang,
                told.get("dir", "rtl" if rightwards else "") == "rtl",
            )
        )
        if tag in _LISTS:
            self._close_list()
            self._lists.append(tag)

    def _end(self, tag: str) -> None:
        if tag in _LISTS and self._lists:
            self._close_list()
            self._lists.pop()
        names = [name for name, *_ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def _end_link(self, href: str, words: list[str]) -> None:
        """Paper cannot be clicked: an address that the words do not show is put behind them."""
        self._link = None
        if href and href not in "".join(words):
            self._add(f" ({href})")

    def _add(self, text: str, *, folded: bool = False) -> None:
        line = self._lines[-1]
        if folded:
            words = " ".join(text.split())
            before = " " if text[:1].isspace() and line and not line[-1].text.endswith(" ") else ""
            after = " " if words and text[-1:].isspace() else ""
            text = f"{before}{words}{after}"
        if text:
            line.append(Span(text=text, strong=self._strong > 0))

    def _close(self) -> None:
        """Make a block of the words so far."""
        lines = [_trimmed(line) for line in self._lines]
        self._lines = [[]]
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        if not lines:
            return
        names = [name for name, *_ in self._open]
        if self._lists and "li" in names:
            self._items.append(tuple(span for line in lines for span in (*line, Span(text=" ")))[:-1])
            return
        self._close_list()
        heading = next((name for name in reversed(names) if name in _HEADINGS), None)
        kind = BlockKind.QUOTE if "blockquote" in names else BlockKind.PARAGRAPH
        _, _, language, rightwards = self._open[-1] if self._open else ("", False, "", False)
        self._blocks.append(
            Block(
                kind=BlockKind.HEADING if heading else kind,
                lines=tuple(lines),
                level=_HEADINGS[heading] if heading else 0,
                language=language,
                right_to_left=rightwards,
            )
        )

    def _close_list(self) -> None:
        if self._items:
            kind = _LISTS[self._lists[-1]] if self._lists else BlockKind.LIST
            self._blocks.append(Block(kind=kind, lines=tuple(self._items)))
            self._items = []


def _trimmed(line: list[Span]) -> Line:
    """A line without white space at its ends."""
    spans = [span for span in line if span.text]
    if spans:
        spans[0] = Span(text=spans[0].text.lstrip(), strong=spans[0].strong)
        spans[-1] = Span(text=spans[-1].text.rstrip(), strong=spans[-1].strong)
    return tuple(span for span in spans if span.text)
