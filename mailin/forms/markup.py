"""Forms as HTML: tables with a label beside or above its value, definition lists, and labels in bold."""

import re
from collections.abc import Iterator
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailin.forms.lines import read_lines
from mailin.forms.mapping import FormMapping
from mailin.forms.pairs import LONGEST_LABEL, MOST_PAIRS, Pair, clean
from mailin.understanding.htmltext import html_to_text

LONGEST_HTML = 500_000
MOST_TAGS = 8_000
"""Tags in a form's HTML; a tree builder takes 0.1 s for so many that are never closed."""
LONGEST_TAG = 4_000
MOST_TABLES = 300

# Formatting says nothing about a table, and unclosed formatting makes tree builders explode.
_FORMATTING = re.compile(r"</?(?:a|b|big|code|em|font|i|img|nobr|s|small|strike|strong|tt|u)(?=[\s/>])[^<>]*>", re.I)
_BOLD = re.compile(r"<(/?)(?:b|strong)(?:\s[^<>]*)?>", re.I)
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Characters without meaning of their own that mark bold text on its way through the text writer."""
_BOLD_LINE = re.compile(rf"\s*{_OPEN}\s*([^{_OPEN}{_CLOSE}\n]{{1,{LONGEST_LABEL}}}?)\s*{_CLOSE}(.*)")


def read_tables(html: str) -> tuple[Pair, ...]:
    """The labelled values in tables and definition lists, in order; nothing when the HTML is larger than a form's."""
    calm = _FORMATTING.sub("", html[: LONGEST_HTML + 1])
    if not _is_small(calm):
        return ()
    try:
        root = LexborHTMLParser(calm).root
    except (ValueError, RuntimeError):
        return ()
    if root is None:
        return ()
    found: list[Pair] = []
    for table in root.css("table")[:MOST_TABLES]:
        if len(found) < MOST_PAIRS:
            found.extend(_table(_rows(table)))
    for term in root.css("dt"):
        value = term.next
        while value is not None and value.tag != "dd":
            value = value.next if value.tag != "dt" else None
        if value is not None and len(found) < MOST_PAIRS:
            found.append(Pair(_label(_text(term)), _text(value)))
    return tuple(pair for pair in found if pair.label and len(pair.label) <= LONGEST_LABEL)[:MOST_PAIRS]


def read_bold(html: str, mapping: FormMapping) -> tuple[Pair, ...]:
    """The values behind labels in bold, which begin a line."""
    if len(html) > LONGEST_HTML or not _BOLD.search(html):
        return ()
    bare = html.replace(_OPEN, "").replace(_CLOSE, "")
    marked = _BOLD.sub(lambda match: _CLOSE if match.group(1) else _OPEN, bare)
    lines = [_unmarked(line, mapping) for line in html_to_text(marked).split("\n")]
    return read_lines("\n".join(lines), mapping)


def _unmarked(line: str, mapping: FormMapping) -> str:
    match = _BOLD_LINE.fullmatch(line)
    if match is not None:
        label, rest = match.group(1), match.group(2).replace(_OPEN, "").replace(_CLOSE, "").strip()
        if label.endswith(":") or rest.startswith(":") or mapping.field(label) is not None:
            return f"{label.rstrip(': ')}: {rest.removeprefix(':').strip()}"
    return line.replace(_OPEN, "").replace(_CLOSE, "")


def _is_small(html: str) -> bool:
    if len(html) > LONGEST_HTML or html.count("<") > MOST_TAGS:
        return False
    return all(second - first <= LONGEST_TAG for first, second in _tags(html))


def _tags(html: str) -> Iterator[tuple[int, int]]:
    """Where each tag begins and ends; an unclosed one ends with the document."""
    begins = [match.start() for match in re.finditer("<", html)]
    for begin, following in pairwise([*begins, len(html)]):
        end = html.find(">", begin, following)
        yield begin, following if end < 0 else end


def _rows(table: LexborNode) -> list[list[tuple[str, str]]]:
    """The rows of a table that holds no other: (tag, text) of each cell."""
    if len(table.css("table")) > 1:  # it counts itself
        return []
    rows = [[(cell.tag or "", _text(cell)) for cell in row.css("td, th")] for row in table.css("tr")]
    return [row for row in rows if row]


def _table(rows: list[list[tuple[str, str]]]) -> Iterator[Pair]:
    if len(rows) == 2 and len(rows[0]) == len(rows[1]) > 1 and all(tag == "th" for tag, _ in rows[0]):
        yield from (Pair(_label(top), below) for (_, top), (_, below) in zip(rows[0], rows[1], strict=True))
        return
    pending = ""
    for row in rows:
        texts = [text for _, text in row]
        filled = [text for text in texts if text]
        if pending and (not texts[0] or len(texts) == 1):
            yield Pair(pending, "\n".join(filled))
            pending = ""
        elif len(texts) >= 2 and len(texts) % 2 == 0 and texts[0]:
            yield from (Pair(_label(left), right) for left, right in zip(texts[::2], texts[1::2], strict=True))
            pending = ""
        elif len(filled) == 1 and len(filled[0]) <= LONGEST_LABEL:
            pending = _label(filled[0])
        elif len(filled) > 2 and texts[0]:
            yield Pair(_label(texts[0]), " ".join(filled[1:]))


def _label(text: str) -> str:
    return " ".join(text.split()).rstrip(": ")


def _text(node: LexborNode) -> str:
    return clean(html_to_text(node.html or ""))
