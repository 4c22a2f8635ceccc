"""JSON and XML that carry a form: read within bounds, without entities, and never raising."""

import json
from xml.parsers import expat  # declarations and entities are refused below, before they can do anything

from mailin.forms.nested import DEEPEST, Branch, Flat, flatten

LARGEST = 8_000_000
"""Bytes of a carrier attached to a mail; larger ones are files like any other."""
MOST_ELEMENTS = 5_000
_DEEPEST_XML = 2 * DEEPEST


class _Refused(Exception):
    """The document holds what a form never needs."""


def read_json(content: bytes, *, most: int = LARGEST) -> Flat | None:
    """What this JSON holds, None when it is none. Numbers stay as they were typed."""
    if len(content) > most:
        return None
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        text = content.decode("windows-1252", "replace")
    try:
        told: object = json.loads(text.removeprefix("\ufeff"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return flatten(_node(told, 0)) if isinstance(told, dict | list) else None


def _node(told: object, depth: int) -> Branch | str:
    if isinstance(told, dict | list) and depth > DEEPEST:
        return ""
    if isinstance(told, dict):
        return Branch(tuple((str(name), _node(one, depth + 1)) for name, one in told.items()))
    if isinstance(told, list):
        return Branch(tuple(("", _node(one, depth + 1)) for one in told))
    if isinstance(told, bool):
        return "ja" if told else "nee"
    return "" if told is None else str(told)


def read_xml(content: bytes) -> Flat | None:
    """What this XML holds, None when it is none, or when it has a document type (entities, remote parts)."""
    if len(content) > LARGEST:
        return None
    building = _Building()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = building.refuse
    parser.EntityDeclHandler = building.refuse
    parser.StartElementHandler = building.start
    parser.EndElementHandler = building.end
    parser.CharacterDataHandler = building.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return None
    return flatten(building.root())


class _Building:
    """Takes what the parser finds, and makes the tree of it."""

    def __init__(self) -> None:
        self.open: list[tuple[str, list[tuple[str, Branch | str]], list[str]]] = [("", [], [])]
        self.elements = 0

    def refuse(self, *_: object) -> None:
        raise _Refused

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self.open) > _DEEPEST_XML:
            raise _Refused
        below: list[tuple[str, Branch | str]] = [
            (_local(name), value) for name, value in attributes.items() if not name.startswith("xmlns")
        ]
        self.open.append((_local(tag), below, []))

    def text(self, text: str) -> None:
        self.open[-1][2].append(text)

    def end(self, _: str) -> None:
        tag, below, texts = self.open.pop()
        text = "".join(texts).strip()
        if text and below:
            below.append(("", text))
        self.open[-1][1].append((tag, Branch(tuple(below)) if below else text))

    def root(self) -> Branch:
        """What stands in the outermost element; its own name says nothing."""
        top = self.open[0][1]
        inner = top[0][1] if top else ""
        return inner if isinstance(inner, Branch) else Branch(tuple(top))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
