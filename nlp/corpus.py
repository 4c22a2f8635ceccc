"""Reads the annotated messages of ``nlp/project/corpus``: one JSON object a line, one file a writer."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.labels import KINDS, ROLES, TEAMS

FOLDER = Path(__file__).parent / "project" / "corpus"


class BadLineError(ValueError):
    """A line of the corpus that does not follow the format, with its file and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """One message with what is true of it; ``teams`` is empty when the text does not tell."""

    id: str
    writer: str
    channel: str
    subject: str
    text: str
    kinds: frozenset[str]
    primary: str
    teams: tuple[str, ...]
    respondent_role: str
    difficulty: str


def read(part: str, folder: Path = FOLDER) -> list[Annotated]:
    """All messages of a part ("train" or "dev"), in the order of file names and lines."""
    return [_annotated(line, place) for place, line in _lines(folder / part)]


def fingerprint(part: str, folder: Path = FOLDER) -> str:
    """SHA-256 over the lines of a part, for the model's meta data."""
    digest = hashlib.sha256()
    for _, line in _lines(folder / part):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _lines(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if line.strip():
                yield f"{path.name}:{number}", line.strip()


def _annotated(line: str, place: str) -> Annotated:
    try:
        raw = json.loads(line)
        message = Annotated(
            id=raw["id"],
            writer=raw["writer"],
            channel=raw["channel"],
            subject=raw["subject"] or "",
            text=raw["text"],
            kinds=frozenset(raw["kinds"]),
            primary=raw["primary"],
            teams=tuple(raw["teams"]),
            respondent_role=raw["respondent_role"],
            difficulty=str(raw.get("difficulty", "")),
        )
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadLineError(f"{place}: {wrong!r}") from wrong
    labels_known = message.kinds <= set(KINDS) and set(message.teams) <= set(TEAMS)
    if not (labels_known and message.primary in message.kinds and message.respondent_role in ROLES):
        raise BadLineError(f"{place}: labels outside domain/labels.md, or primary not among the kinds")
    return message
