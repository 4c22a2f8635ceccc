"""Compare what `gehoord mail inspect` says of a message with what was stated by hand (README.md lists the keys)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

KEYS = (
    "subject",
    "from_addr",
    "from_name",
    "to",
    "text",
    "reply_text",
    "attachments",
    "auto_submitted",
    "bounce",
    "message_id",
    "references",
)
BODIES = ("text", "reply_text")
EMPTY_IS_NULL = ("subject", "from_addr", "from_name")


def load(path: Path) -> dict[str, Json]:
    """The hand-stated expectation beside a message."""
    stated = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(stated, dict), path
    return stated


def differences(stated: Mapping[str, Json], said: Mapping[str, Json]) -> list[str]:
    """Every key on which the two disagree, each as a readable block; empty when they agree."""
    return [fault for key, want in stated.items() for fault in _check(key, want, said)]


def unclean(said: Mapping[str, Json]) -> list[str]:
    """What no answer may hold: a missing key, a control character, a lone surrogate, a line break in a header."""
    faults = [f"{key}: missing" for key in KEYS if key not in said]
    for key in KEYS:
        allowed, kinds = ("\n\t", ("Cc", "Cs")) if key in BODIES else ("", ("Cc", "Cs", "Zl", "Zp"))
        for value in _strings(said.get(key)):
            bad = sorted({c for c in value if unicodedata.category(c) in kinds and c not in allowed})
            if bad:
                faults.append(f"{key}: holds {[f'U+{ord(c):04X}' for c in bad]}")
    return faults


def _check(key: str, want: Json, said: Mapping[str, Json]) -> Iterator[str]:
    for ending, check in CHECKS.items():
        if key.endswith(ending):
            name = key.removesuffix(ending)
            assert isinstance(want, list)
            yield from check(name, want, _plain(name, said.get(name)))
            return
    name, got = key, _plain(key, said.get(key))
    if name == "attachments":
        yield from _attachments(want, got)
    elif got != (want := _plain(name, want)) or type(got) is not type(want):
        yield f"{key}\n  expected: {want!r}\n  got:      {got!r}"


def _in(name: str, want: list[Json], got: Json) -> Iterator[str]:
    if got not in [_plain(name, one) for one in want]:
        yield f"{name}\n  expected one of: {want!r}\n  got:             {got!r}"


def _contains(name: str, want: list[Json], got: Json) -> Iterator[str]:
    rest = " ".join(str(got or "").split())
    for words in want:
        found = rest.find(" ".join(str(words).split()))
        if found < 0:
            yield f"{name}\n  lost (or out of order): {words!r}\n  got: {got!r}"
        else:
            rest = rest[found:]


def _lacks(name: str, want: list[Json], got: Json) -> Iterator[str]:
    for words in want:
        if " ".join(str(words).split()) in " ".join(str(got or "").split()):
            yield f"{name}\n  should not hold: {words!r}\n  got: {got!r}"


def _include(name: str, want: list[Json], got: Json) -> Iterator[str]:
    listed = got if isinstance(got, list) else []
    for one in want:
        if not any(_matches(one, other) for other in listed):
            yield f"{name}\n  expected among them: {one!r}\n  got: {got!r}"


CHECKS: dict[str, Callable[[str, list[Json], Json], Iterator[str]]] = {
    "_in": _in,
    "_contains": _contains,
    "_lacks": _lacks,
    "_include": _include,
}


def _attachments(want: Json, got: Json) -> Iterator[str]:
    if not _all_match(want, got):
        yield f"attachments\n  expected: {want!r}\n  got:      {got!r}"


def _all_match(want: Json, got: Json) -> bool:
    if not isinstance(want, list) or not isinstance(got, list):
        return False
    return len(want) == len(got) and all(map(_matches, want, got))


def _matches(want: Json, got: Json) -> bool:
    return (
        isinstance(want, dict)
        and isinstance(got, dict)
        and all(key in got and got[key] == value for key, value in want.items())
    )


def _plain(name: str, value: Json) -> Json:
    """A value without what the standards leave open: line ends, white space at the rims, null or empty."""
    if name in BODIES and isinstance(value, str):
        lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(line.rstrip() for line in lines).strip("\n")
    if name in EMPTY_IS_NULL and value == "":
        return None
    return value


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
