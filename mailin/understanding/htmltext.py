"""HTML mail to readable text: scripts and hidden parts dropped, blocks on lines of their own, quotes marked '> '."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailin.understanding.charsets import clean_text

_DROPPED = frozenset(
    {
        "script",
        "style",
        "title",
        "head",
        "template",
        "noscript",
        "object",
        "embed",
        "applet",
        "svg",
        "math",
        "select",
        "datalist",
        "audio",
        "video",
        "canvas",
        "iframe",
        "frame",
        "map",
        "meta",
        "link",
        "noframes",
    }
)
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "caption",
        "option",
        "listing",
        "xmp",
    }
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
_CELLS = frozenset({"td", "th"})
_SPACES = re.compile("[ \t\n\r\x0c\xa0]+")
_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|"
    r"font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$))",
    re.I,
)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)|webkit-indent", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>?")
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_COMMENTS = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style|title|textarea|xmp|iframe)\b[^<>]*>.*?(?:</\1[^<>]*>?|\Z)", re.I | re.S
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BLANK_LINES = re.compile(r"\n{3,}")
# Elements that cannot nest in themselves without a container that counts.
_FLAT = frozenset(
    {
        "br",
        "img",
        "hr",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "wbr",
        "source",
        "param",
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "html",
        "body",
        "head",
    }
)
# Formatting says nothing about the text, and unclosed formatting is what makes tree builders explode.
_FORMATTING_NAMES = "a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = re.compile(rf"</?(?:{_FORMATTING_NAMES})(?=[\s/>])(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>", re.I)
_LEFT_FORMATTING = re.compile(rf"<(?:{_FORMATTING_NAMES})[\s/>]", re.I)
_ANGLE_IN_VALUE = re.compile(r"=\s?[\"'][^\"'<>]*<")
_MAX_HTML = 2_000_000
_MAX_ODD = 100
_MAX_ELEMENTS = 80_000
_MAX_OPENED = 400
_MAX_DEPTH = 300
_MAX_MARKS = 10
_LONG_TAG = 5_000


def html_to_text(html: str) -> str:
    """The text a reader would see in this HTML; linear in its length, whatever the nesting."""
    calm = _FORMATTING.sub("\x01", html)
    if not is_tame(calm):
        return _stripped(html)
    try:
        root = LexborHTMLParser(calm).root
    except (ValueError, RuntimeError):
        root = None
    if root is None:
        return _stripped(html)
    text = _Writer(show_hidden=False).write(root)
    return text if text.strip() else _Writer(show_hidden=True).write(root)


def is_tame(html: str) -> bool:
    """Whether a tree builder stays linear on this HTML, from which formatting elements were taken already.

    Measured with lexbor: 2,000 unclosed fonts with different attributes 1.2 s (and all memory at 20,000), 50,000
    nested div 2.8 s, one tag with 50,000 attributes 4.1 s.
    """
    if len(html) > _MAX_HTML or len(_ANGLE_IN_VALUE.findall(html)) > _MAX_ODD:
        return False
    if len(_LEFT_FORMATTING.findall(html)) > _MAX_ODD:
        return False
    opens = 0
    for elements, match in enumerate(_TAG.finditer(html)):
        closing, tag, attributes = match.groups()
        if len(attributes) > _LONG_TAG and len(_QUOTED.sub("", attributes)) > _LONG_TAG:
            return False
        opens += not closing and tag.lower() not in _FLAT
        if elements > _MAX_ELEMENTS or opens > _MAX_ELEMENTS // 4:
            return False
    return opens <= _MAX_OPENED or nesting(html) <= _MAX_DEPTH


def nesting(html: str) -> int:
    """The deepest nesting, counted by tag name without a tree; only asked for documents of thousands of elements."""
    opened: dict[str, int] = {}
    depth = deepest = 0
    for match in _TAG.finditer(_COMMENTS.sub("", html)):
        tag = match.group(2).lower()
        if tag in _FLAT or (match.group(1) and not opened.get(tag)):
            continue
        step = -1 if match.group(1) else 1
        opened[tag] = opened.get(tag, 0) + step
        depth += step
        deepest = max(deepest, depth)
    return deepest


def _stripped(html: str) -> str:
    """The text without a tree: tags taken out by pattern, for HTML that would choke a tree builder."""
    text = _COMMENTS.sub(" ", html)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/h\d|/li|p|div|tr|li|h\d)\b[^<>]*>", "\n", text)
    lines = (_SPACES.sub(" ", line).strip() for line in unescape(_ANY_TAG.sub(" ", text)).split("\n"))
    return clean_text(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip())


class _Writer:
    """Walks a tree without recursion and writes lines, each with the marks of the blockquotes around it."""

    def __init__(self, *, show_hidden: bool) -> None:
        self.show_hidden = show_hidden
        self.lines: list[str] = []
        self.line: list[str] = []
        self.space = False
        self.quotes = self.last_quotes = 0
        self.pre = 0
        self.blank_wanted = False

    def write(self, root: LexborNode) -> str:
        """All text below `root`."""
        node: LexborNode | None = root
        path: list[tuple[LexborNode, str, bool]] = []
        while node is not None:
            child = self._enter(node, path)
            if child is not None:
                node = child
                continue
            following = node.next
            if path and path[-1][0] is node:
                path.pop()
            while following is None and path:
                parent, tag, quote = path.pop()
                self._leave(tag, quote)
                following = parent.next
            node = following
        self._break()
        return clean_text("\n".join(self.lines).strip("\n"))

    def _enter(self, node: LexborNode, path: list[tuple[LexborNode, str, bool]]) -> LexborNode | None:
        if node.is_text_node:
            self._text(node.text_content or "")
            return None
        tag = node.tag or ""
        if tag in _DROPPED or tag.startswith("-"):
            return None
        attributes = node.attributes if node.is_element_node else {}
        if attributes and not self.show_hidden and _is_hidden(tag, attributes):
            return None
        if tag == "br":
            self._break(always=True)
        elif tag == "img":
            self._picture(attributes.get("alt") or "")
        quote = tag == "blockquote" and not _INDENT.search(f"{attributes.get('style')} {attributes.get('class')}")
        if tag in _BLOCKS:
            self._break(spaced=tag in _SPACED)
        elif tag in _CELLS:
            self.space = True
        self.quotes += quote
        self.pre += tag in ("pre", "listing", "xmp")
        child = node.child
        if child is None:
            self._leave(tag, quote)
        else:
            path.append((node, tag, quote))
        return child

    def _leave(self, tag: str, quote: bool) -> None:
        if tag in _BLOCKS:
            self._break(spaced=tag in _SPACED)
        elif tag in _CELLS:
            self.space = True
        self.quotes -= quote
        self.pre -= tag in ("pre", "listing", "xmp")

    def _picture(self, alt: str) -> None:
        # Mail programs send emoji as pictures; any longer alternative text is a description, not the sender's words.
        if 0 < len(alt) <= 4 and not alt.isascii():
            self._text(alt)

    def _text(self, text: str) -> None:
        if self.pre:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._break(always=True)
                if line:
                    self.line.append(line)
            return
        squeezed = _SPACES.sub(" ", text.replace("\x01", ""))
        if squeezed == " " or not squeezed:
            self.space = self.space or bool(squeezed)
            return
        if (self.space or squeezed[0] == " ") and self.line and not self.line[-1].endswith(" "):
            self.line.append(" ")
        self.space = squeezed[-1] == " "
        self.line.append(squeezed.strip(" "))

    def _break(self, *, always: bool = False, spaced: bool = False) -> None:
        text = "".join(self.line).rstrip()
        if text:
            if self.blank_wanted:
                self._blank(min(self.quotes, self.last_quotes))
            self.lines.append("> " * min(self.quotes, _MAX_MARKS) + text)
            self.blank_wanted = False
            self.last_quotes = self.quotes
        elif always:
            self._blank(min(self.quotes, self.last_quotes))
        self.line.clear()
        self.space = False
        self.blank_wanted = self.blank_wanted or spaced

    def _blank(self, quotes: int) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * min(quotes, _MAX_MARKS)).rstrip())


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes and tag not in ("html", "body"):
        return True
    style = attributes.get("style")
    return bool(style and tag not in ("html", "body") and _HIDDEN.search(style))
