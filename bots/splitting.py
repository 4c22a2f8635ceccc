"""Long texts in parts that a messenger carries, cut where a reader would pause."""

from collections.abc import Iterator

CUTS = ("\n\n", "\n", ". ", "? ", "! ", " ")
"""Where to cut, best first: paragraph, line, sentence, word."""


def units(text: str) -> int:
    """Length in UTF-16 code units, in which the Bot API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str, longest: int) -> list[str]:
    """The text in parts of at most ``longest`` UTF-16 code units. Only white space at the cuts is lost."""
    return [part for part in _parts(text.strip(), longest) if part]


def _parts(text: str, longest: int) -> Iterator[str]:
    while units(text) > longest:
        head = _head(text, longest)
        yield head.rstrip()
        text = text[len(head) :].lstrip()
    yield text


def _head(text: str, longest: int) -> str:
    """The longest beginning that fits, ended at the best cut of its second half, or anywhere when there is none."""
    head = text[:longest]
    while units(head) > longest:
        head = head[: len(head) - max(1, (units(head) - longest) // 2)]
    for cut in CUTS:
        at = head.rfind(cut)
        if at >= len(head) // 2:
            return head[: at + len(cut)]
    return head
