"""Reads the Bot API's HTML formatting (parse_mode "HTML") into plain text and its entities."""

import html
import re
from dataclasses import dataclass

from tests.fakes.telegram.description import JsonObject

_TOKEN = re.compile(
    r"<(?P<slash>/?)(?P<tag>[A-Za-z][\w-]*)(?P<rest>[^<>]*)>"
    r"|&(?:lt|gt|amp|quot|#\d+|#x[0-9A-Fa-f]+);"
    r"|<"
)
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link", "span": "spoiler",
}  # fmt: skip


class BadFormattingError(ValueError):
    """Text that the real service refuses with "can't parse entities"."""


@dataclass
class _Open:
    tag: str
    offset: int
    extra: JsonObject


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of MessageEntity.offset and MessageEntity.length."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[JsonObject]]:
    """Plain text and entities of a text in Telegram's HTML; raises BadFormattingError on anything else than that."""
    text: list[str] = []
    entities: list[JsonObject] = []
    stack: list[_Open] = []
    position = 0
    for token in _TOKEN.finditer(source):
        text.append(source[position : token.start()])
        position = token.end()
        if token["tag"] is None:
            text.append(_character(token[0], token.start()))
            continue
        offset = utf16_length("".join(text))
        if not token["slash"]:
            stack.append(_opened(token["tag"].lower(), token["rest"], offset, token.start()))
            continue
        opened = _closed(stack, token["tag"].lower(), token.start())
        if offset > opened.offset:
            entities.append({**opened.extra, "offset": opened.offset, "length": offset - opened.offset})
    if stack:
        raise BadFormattingError(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    text.append(source[position:])
    return "".join(text), entities


def _character(token: str, at: int) -> str:
    if token == "<":
        raise BadFormattingError(f'Unsupported start tag "" at byte offset {at}')
    return html.unescape(token)


def _opened(tag: str, rest: str, offset: int, at: int) -> _Open:
    attributes = {found[1].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(rest)}
    if tag not in _TAGS or (tag == "span" and attributes.get("class") != "tg-spoiler"):
        raise BadFormattingError(f'Unsupported start tag "{tag}" at byte offset {at}')
    extra: JsonObject = {"type": _TAGS[tag]}
    if tag == "a":
        extra["url"] = html.unescape(attributes.get("href", ""))
    if tag == "blockquote" and "expandable" in attributes:
        extra["type"] = "expandable_blockquote"
    return _Open(tag, offset, extra)


def _closed(stack: list[_Open], tag: str, at: int) -> _Open:
    if not stack or stack[-1].tag != tag:
        raise BadFormattingError(f'Unexpected end tag "{tag}" at byte offset {at}')
    return stack.pop()
