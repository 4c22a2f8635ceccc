"""Forms as a tree, from JSON or XML: flattened to labels with the path to them, and the files in it taken out."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.domain.message import Attachment
from mailin.forms.pairs import MOST_PAIRS, Pair, clean

DEEPEST = 20
"""Levels that are looked into; what lies deeper stays in the original."""
MOST_FILES = 20

_LABELS = ("label", "vraag", "question", "caption", "title", "titel", "naam", "name", "key")
_VALUES = ("value", "waarde", "antwoord", "answer", "")
_ABOUT = frozenset({*_LABELS, *_VALUES, "id", "type", "order", "volgorde", "required", "verplicht"})
_FILE_NAMES = ("filename", "file_name", "bestandsnaam", "bestand", "naam", "name")
_CONTENTS = ("content", "inhoud", "data", "base64", "content_base64")
_EXTENSION = re.compile(r"\.\w{1,6}\s*\Z")
_BREAKS = {ord("\r"): None, ord("\n"): None}
_TYPES = ("content_type", "contenttype", "mimetype", "mime_type", "type")


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree with names below it; in a list the names are empty."""

    below: tuple[tuple[str, Branch | str], ...]


@dataclass(slots=True)
class Flat:
    """What a tree comes down to."""

    pairs: list[Pair] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def flatten(root: Branch | str) -> Flat:
    """All values of the tree with the path to each, in order."""
    flat = Flat()
    _walk(root, "", 0, flat)
    return flat


def _walk(node: Branch | str, path: str, depth: int, flat: Flat) -> None:
    if len(flat.pairs) >= MOST_PAIRS or depth > DEEPEST:
        return
    if isinstance(node, str):
        flat.pairs.append(Pair(path, clean(node)))
        return
    file = _file(node) if depth and len(flat.files) < MOST_FILES else None
    if file is not None:
        flat.files.append(file)
        return
    if node.below and all(not name and isinstance(one, str) for name, one in node.below):
        flat.pairs.append(Pair(path, ", ".join(filter(None, (clean(value) for value in _texts(node))))))
        return
    question = _question(node) if depth else None
    if question is not None:
        label, answer = question
        _walk(answer, f"{path}.{label}" if path and not _is_list_name(path) else label, depth + 1, flat)
        return
    for name, one in node.below:
        _walk(one, ".".join(part for part in (path, name) if part), depth + 1, flat)


def _texts(node: Branch) -> Iterator[str]:
    return (one for _, one in node.below if isinstance(one, str))


def _is_list_name(path: str) -> bool:
    """Whether this is only the name of the list in which a form keeps its questions."""
    return path.rpartition(".")[2].casefold() in (
        "velden", "veld", "fields", "field", "antwoorden", "answers", "questions", "vragen", "data", "values", "items",
        "item", "vraag", "question", "formdata",
    )  # fmt: skip


def _question(node: Branch) -> tuple[str, Branch | str] | None:
    """Label and answer of a branch that is one question, such as {"label": "Naam", "value": "Jan"}."""
    named = {name.casefold(): one for name, one in node.below}
    if not named.keys() <= _ABOUT:
        return None
    answer = next((named[name] for name in _VALUES if name in named), None)
    label = next((one for name in _LABELS if isinstance(one := named.get(name), str) and one.strip()), None)
    return (clean(label), answer) if label is not None and answer is not None else None


def _file(node: Branch) -> Attachment | None:
    """The file in a branch that is one: a name with the content in base64."""
    named = {name.casefold(): one for name, one in node.below if isinstance(one, str)}
    content = next((named[name] for name in _CONTENTS if name in named), None)
    filename = next((named[name] for name in _FILE_NAMES if name in named), None)
    if content is None or not filename:
        return None
    kind, is_url, rest = content.partition(";base64,")
    if not is_url and not _EXTENSION.search(filename):  # a name and a word of four letters are no file
        return None
    try:
        decoded = b64decode((rest if is_url else content).translate(_BREAKS), validate=True)
    except (binascii.Error, ValueError):
        return None
    declared = next((named[name] for name in _TYPES if "/" in named.get(name, "")), "")
    declared = declared or (kind.removeprefix("data:") if is_url else "application/octet-stream")
    name = clean(filename).replace("\\", "/").rpartition("/")[2].strip(". ")
    return Attachment(filename=name[-200:] or "bestand", content_type=clean(declared)[:100], content=decoded)
