"""Mailbox lists (RFC 5322 section 3.4): names and bare addresses, in linear time on any input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailin.understanding.charsets import clean_line, decode_hinted
from mailin.understanding.words import decode_header

_SPECIAL = re.compile(r'["(<>,;:\\]')
_QUOTED_LOCAL = re.compile(r'"[^"]{1,64}"@[^\s"]{1,255}')
_LITERAL = re.compile(r"@\[[0-9A-Za-z.:]{2,60}\]")
_ESCAPE = re.compile(r"\\(.)")
_COMMENT_LENGTH = 1000
_COMMENT_TRIES = 50
_MAX_MAILBOXES = 50_000


@dataclass(slots=True)
class _Item:
    """One mailbox while it is being read: the words of its name, its comment and its angle address."""

    words: list[str]
    comments: list[str]
    angle: str | None = None
    has_at: bool = False
    named: int = 0  # how many of the words stood before the angle address


def mailboxes(values: Iterable[bytes], charset: str = "") -> list[tuple[str, str]]:
    """(name, bare address) of every mailbox in these header values; groups are opened, comments become names.

    `charset` is a hint for raw 8-bit names: what the body is written in.
    """
    found: list[tuple[str, str]] = []
    for value in values:
        text = decode_hinted(value, charset)
        here = _resolve(_read(text))
        if not any(address for _, address in here) and "=?" in text:
            decoded = decode_header(text)
            here = _resolve(_read(decoded)) if "@" in decoded else here
        found.extend(here)
    return found


def addresses(values: Iterable[bytes]) -> tuple[str, ...]:
    """The bare addresses of these header values, in order."""
    return tuple(address for _, address in mailboxes(values) if address)


def mailbox_of(address: str) -> str:
    """An address without its plus part (RFC 5233) and in small letters: what tells whose mailbox it is."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _read(text: str) -> list[_Item]:
    items = [_Item([], [])]
    position, quotes, angles, comments = 0, True, True, _COMMENT_TRIES
    while len(items) < _MAX_MAILBOXES and (match := _SPECIAL.search(text, position)):
        item, char, start = items[-1], match.group(), match.end()
        if match.start() > position:
            item.words.append(text[position : match.start()])
            item.has_at = item.has_at or "@" in item.words[-1]
        position = start
        if char == '"' and quotes:
            stop = _closing(text, start)
            quotes = stop is not None
            if stop is not None:
                item.words.append('"' + _ESCAPE.sub(r"\1", text[start:stop]) + '"')
                position = stop + 1
        elif char == "(" and comments:
            comment = _comment(text, start)
            comments -= comment is None
            if comment is not None:
                item.comments.append(comment[0])
                position = comment[1]
        elif char == "<":
            if item.angle is not None and any(word.strip() for word in item.words[item.named :]):
                # A comma was forgotten: the words behind the last address are the name of the next.
                items.append(_Item(item.words[item.named :], []))
                del item.words[item.named :]
                item = items[-1]
            stop = text.find(">", start) if angles else -1
            angles = stop >= 0
            stop = stop if stop >= 0 else _next_comma(text, start)
            item.angle = item.angle or text[start:stop].rsplit("<", 1)[-1]
            item.named = len(item.words)
            position = stop + 1
        elif char in ",;" and (item.angle is not None or any(item.words)):
            items.append(_Item([], []))
        elif char == ":" and not item.has_at:
            items[-1] = _Item([], [])  # the name of a group
    if len(items) < _MAX_MAILBOXES:
        items[-1].words.append(text[position:])
    return items


def _closing(text: str, start: int) -> int | None:
    """The closing quote of a quoted string (section 3.2.4): the next one with an even number of backslashes before."""
    position = text.find('"', start)
    while position >= 0:
        before = text[max(start, position - 64) : position]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return position
        position = text.find('"', position + 1)
    return None


def _comment(text: str, start: int) -> tuple[str, int] | None:
    """The comment that begins at `start`, which may nest (section 3.2.2), and the position behind it."""
    depth = 1
    limit = min(len(text), start + _COMMENT_LENGTH)
    for position in range(start, limit):
        if text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth -= 1
            if depth == 0:
                return text[start:position], position + 1
    return None


def _next_comma(text: str, start: int) -> int:
    stop = text.find(",", start)
    return len(text) if stop < 0 else stop


def _resolve(items: list[_Item]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    waiting: list[str] = []
    for item in items:
        words = "".join(item.words).strip()
        if item.angle is not None:
            address = _clean_address(item.angle)
            name = _name(", ".join([*waiting, words])) or _name(" ".join(item.comments))
            if address or name:
                found.append((name, address))
            waiting = []
            continue
        bare = _bare(words)
        if bare:
            found.extend((_name(word), "") for word in waiting)
            waiting = []
            rest = words.replace(bare, " ", 1).strip(" \"'[]")
            found.append((_name(rest or " ".join(item.comments)), _clean_address(bare)))
        elif words:
            waiting.append(words)  # "Jansen, Piet <p@example.org>": the comma belongs to the name
    name = _name(", ".join(waiting))
    return [*found, (name, "")] if name else found


def _bare(words: str) -> str | None:
    """The first word that is an address by itself."""
    if "@" not in words:
        return None
    quoted = _QUOTED_LOCAL.search(words) if '"@' in words else None
    if quoted:
        return quoted.group()
    return next((word for word in words.split() if "@" in word.strip("\"'[]@")), None)


def _name(text: str) -> str:
    """A display name: the marks around a quoted string go, those within it (quoted pairs, section 3.2.4) stay."""
    text = decode_header(text).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return " ".join(text.split())


def _clean_address(text: str) -> str:
    """A bare address: no blanks, no 'mailto:', no source route (section 4.4), no stray quotes or dots."""
    if "=?" in text:
        text = decode_header(text)
    address = "".join(clean_line(text).split()) if '"' not in text else clean_line(text)
    if address.lower().startswith("mailto:"):
        address = address[7:]
    if address.startswith("@") and ":" in address:
        address = address.rsplit(":", 1)[1]
    if _LITERAL.search(address):
        return address.strip("'<>,;.(){}").removeprefix("[")  # an address literal (RFC 5321 section 4.1.3)
    return address.strip("'<>,;.[](){}") if '"' not in address[1:-1] else address.strip("<>,;")
