"""What the machine tells the administrator, in words: the note of the task holds the facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.domain.tasks import ALERTS, TaskKind
from core.views import QueueItem

_OLD = re.compile(r"(?P<door>.+):(?P<n>\d+)")
_DIFFERENCE = re.compile(r"(?P<door>.+):(?P<n>\d+):(?P<day>\d{4}-\d\d-\d\d)")
_OVERRIDE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+) (?P<what>.+)", re.S)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the catalogue with its facts; ``day`` stands apart because it is written out."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None


def alert(item: QueueItem) -> Said | None:
    """What an alert says; None for every other task."""
    if item.kind not in ALERTS:
        return None
    return _counted(item.kind, item.note) or _other(item.kind, item.note)


def _counted(kind: TaskKind, note: str) -> Said | None:
    """Old mail and differences: how many, at which door."""
    if kind == TaskKind.OLD_MAIL and (found := _OLD.fullmatch(note)):
        key = "alert.old_mail_one" if found["n"] == "1" else "alert.old_mail"
        return Said(key, {"n": found["n"], "door": _door(found["door"])})
    if kind == TaskKind.DOOR_DIFFERENCE and (found := _DIFFERENCE.fullmatch(note)):
        key = "alert.door_difference_one" if found["n"] == "1" else "alert.door_difference"
        return Said(key, {"n": found["n"], "door": _door(found["door"])}, date.fromisoformat(found["day"]))
    return None


def _other(kind: TaskKind, note: str) -> Said:
    if kind == TaskKind.LOOP:
        number = note.partition(":")[2]
        return Said("alert.loop_case", {"number": number}) if number else Said("alert.loop_address")
    if kind == TaskKind.LETTER_OVERRIDE and (found := _OVERRIDE.fullmatch(note)):
        return Said("alert.letter_override", found.groupdict())
    if kind in (TaskKind.SCANNER_AWAY, TaskKind.CLASSIFIER_AWAY):
        return Said(f"alert.{kind}", {"note": note})
    return Said("alert.other", {"note": note})


def _door(name: str) -> str:
    """A mailbox by its own name."""
    return name.removeprefix("imap:")
