"""HTML of a mail made safe for the screen: nothing runs, nothing is fetched, and every word stays.

A page that shows it sends a Content-Security-Policy all the same; this is the first of two locks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from types import MappingProxyType
from urllib.parse import urlsplit

import nh3

from mailin.understanding.htmltext import html_to_text, is_tame, nesting

LONGEST = 1_000_000
"""Characters of HTML that are cleaned; of longer mails the text is shown."""

_TAGS = frozenset(
    """a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins
    li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905
)
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"dir", "lang"}),
    "a": frozenset({"href"}),
    "img": frozenset({"alt", "src"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
}
_DROPPED = frozenset({"script", "style", "title", "template", "object", "select", "svg", "math"})
"""Elements whose content is no text of the sender either."""
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_VALUES: Mapping[str, re.Pattern[str]] = {
    "dir": re.compile(r"rtl|ltr|auto", re.I),
    "lang": re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.I),
    "start": re.compile(r"\d{1,4}"),
    "colspan": re.compile(r"\d{1,2}"),
    "rowspan": re.compile(r"\d{1,3}"),
}
_REL = "noopener noreferrer nofollow"
_LINK = re.compile(r'<a href="([^"]*)" rel="noopener noreferrer nofollow">(.*?)</a>', re.S)
_TAG = re.compile(r"<[^<>]*>")
_FORMATTING = re.compile(r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.I)
_MOST_OPEN = 40
_DEEPEST = 300
_GROWTH = 4
_NO_PICTURES: Mapping[str, str] = MappingProxyType({})


def safe_html(html: str, inline: Mapping[str, str] = _NO_PICTURES) -> str:
    """A fragment that may stand in a page of ours as it is; linear in its length, whatever it holds.

    ``inline`` gives the path on our own site for the Content-ID of a picture; every other picture leaves its
    alternative text. A link shows where it leads, unless its text says so already.
    """
    if len(html) > LONGEST or not is_tame(html) or nesting(html) > _DEEPEST or _open_formatting(html) > _MOST_OPEN:
        return _as_text(html)
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter(inline),
        url_schemes={*_SCHEMES, "cid"},
        link_rel=_REL,
        strip_comments=True,
    )
    if len(cleaned) > _GROWTH * len(html) + 10_000:
        return _as_text(html)
    return _LINK.sub(_with_target, cleaned)


def _filter(inline: Mapping[str, str]) -> Callable[[str, str, str], str | None]:
    """The value that an attribute keeps; None drops it."""

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            path = inline.get(value[4:].strip("<> ")) if value[:4].casefold() == "cid:" else None
            return path if path and path.startswith("/") and not path.startswith(("//", "/\\")) else None
        if attribute == "href":
            return value if value.strip().partition(":")[0].casefold() in _SCHEMES and ":" in value else None
        pattern = _VALUES.get(attribute)
        return value if pattern is None or pattern.fullmatch(value) else None

    return keep


def _with_target(link: re.Match[str]) -> str:
    """The link with its target behind it, so that a text like "mijn.overheid.nl" cannot hide another address."""
    target = _target(unescape(link.group(1)))
    shown = unescape(_TAG.sub("", link.group(2))).casefold()
    if not target or re.search(rf"(?<![\w.@-]){re.escape(target)}(?![\w.@-])", shown):
        return link.group()
    return f"{link.group()} ({escape(target)})"


def _target(address: str) -> str:
    try:
        parts = urlsplit(address)
        name = parts.hostname or "" if parts.scheme in ("http", "https") else parts.path
    except ValueError:
        name = address
    return name.casefold()[:200]


def _open_formatting(html: str) -> int:
    """How many formatting elements stand open at most: they are copied into every block, which makes builders explode.

    Measured with nh3: 10,000 unclosed <b> with different attributes 3.5 s.
    """
    opened: dict[str, int] = {}
    depth = deepest = 0
    for match in _FORMATTING.finditer(html):
        name = match.group(2).lower()
        if match.group(1) and not opened.get(name):
            continue
        step = -1 if match.group(1) else 1
        opened[name] = opened.get(name, 0) + step
        depth += step
        deepest = max(deepest, depth)
    return deepest


def _as_text(html: str) -> str:
    """The text alone, in paragraphs."""
    paragraphs = html_to_text(html[: 4 * LONGEST]).split("\n\n")
    return "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs if one.strip())
