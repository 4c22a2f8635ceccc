"""Authentication-Results fields (RFC 8601 section 2.2): no value, however damaged, raises or takes long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RESULTS: Mapping[str, str] = {
    "pass": "pass",
    "fail": "fail",
    "hardfail": "fail",  # its name in RFC 5451
    "softfail": "softfail",
    "none": "none",
    "bestguesspass": "none",  # Microsoft: the domain published nothing, so a guess was made
    "neutral": "neutral",
    "policy": "neutral",
    "temperror": "temperror",
    "error": "temperror",  # its name in RFC 4408
    "permerror": "permerror",
    "unknown": "permerror",  # its name in RFC 4408
}
"""Result as servers write it, in small letters -> the slug that we show."""

_WORD = re.compile(r'\s+|"(?:[^"\\]|\\.){0,500}+"|[^\s"();=]+|.', re.S)
_COMMENT = re.compile(r"[^()\\]+|\\.|.", re.S)
_MOST_WORDS = 2_000
_METHODS = frozenset({"spf", "dkim", "dmarc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a server found by one method: ``dmarc``, ``pass``, and the properties that it looked at."""

    method: str
    slug: str
    properties: Mapping[str, str] = field(default_factory=dict)
    """``header.from``, ``header.d``, ``smtp.mailfrom`` ... -> value, both in small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One Authentication-Results field."""

    server: str
    """The authserv-id in small letters; empty when the field has none, as Microsoft 365 writes it."""
    results: tuple[Result, ...]


def read_results(value: str) -> Results:
    """The SPF, DKIM and DMARC results in a field's value; what cannot be understood is left out."""
    statements = _statements(value)
    server = ""
    if statements and "=" not in statements[0]:
        server = _bare(statements[0][0]) if statements[0] else ""
        statements = statements[1:]
    found = (_result(statement) for statement in statements)
    return Results(server=server, results=tuple(result for result in found if result is not None))


def _statements(value: str) -> list[list[str]]:
    """The words between semicolons, comments (RFC 5322 section 3.2.2) left out."""
    statements: list[list[str]] = [[]]
    depth = position = 0
    for _ in range(_MOST_WORDS):
        match = (_COMMENT if depth else _WORD).match(value, position)
        if match is None:
            break
        word, position = match.group(), match.end()
        if word == "(":
            depth += 1
        elif word == ")":
            depth = max(0, depth - 1)
        elif depth or word.isspace():
            continue
        elif word == ";":
            statements.append([])
        else:
            statements[-1].append(word)
    # Cut off in the middle, or in a comment that never ends: half a statement says nothing.
    return statements if position == len(value) and not depth else statements[:-1]


def _result(words: list[str]) -> Result | None:
    if len(words) < 3 or words[1] != "=":
        return None
    method = words[0].casefold().partition("/")[0]
    slug = RESULTS.get(words[2].casefold())
    if method not in _METHODS or slug is None:
        return None
    pairs = zip(words[3:], words[4:], words[5:], strict=False)
    properties: dict[str, str] = {}
    for name, equals, value in pairs:
        if equals == "=":
            properties.setdefault(name.casefold(), _bare(value))
    return Result(method=method, slug=slug, properties=properties)


def _bare(word: str) -> str:
    """A word without the marks around it, as domains are compared."""
    return word.strip('"').casefold().rstrip(".")
