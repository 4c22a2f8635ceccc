"""What follows from an event: letters, jobs and tasks. The one answer to "when does a citizen get a letter?"."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.access import Role
from core.domain.events import (
    Confirmed,
    Event,
    HandlerProposed,
    LetterFailed,
    MessageAdded,
    Received,
)
from core.domain.labels import Kind
from core.domain.tasks import TaskKind


class JobKind(StrEnum):
    """Work that the worker does later, outside the transaction that asked for it."""

    DELIVER = "deliver"
    CLASSIFY = "classify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Put this letter in the outbox for the complainant."""

    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Do this job for the message."""

    job: JobKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Give somebody a task, due after this many working days (our own norms, process.md section 12)."""

    task: TaskKind
    role: Role = Role.COORDINATOR
    working_days: int = 1
    note: str = ""


Reaction = Write | Run | Ask


def reactions(event: Event) -> tuple[Reaction, ...]:
    """What must happen because of this event."""
    match event:
        case Received():
            return (Write(letter="ontvangst"), Run(job=JobKind.CLASSIFY), Ask(task=TaskKind.REVIEW))
        case MessageAdded(automatic=False):
            return (Ask(task=TaskKind.FOLLOW_UP),)
        case Confirmed(after=decision):
            return _after_confirmation(decision.kinds)
        case HandlerProposed(outcome="handler_conflict"):
            return (Ask(task=TaskKind.HANDLER_CONFLICT, note=",".join(event.because)),)
        case HandlerProposed(outcome="choose" | "vacant") | HandlerProposed(because=(_, *_)):
            return (Ask(task=TaskKind.CHOOSE_HANDLER, note=",".join(event.because)),)
        case LetterFailed(certain=certain):
            kind = TaskKind.UNDELIVERED if certain else TaskKind.DELIVERY_UNKNOWN
            return (Ask(task=kind, note=event.letter),)
        case _:
            return ()


def _after_confirmation(kinds: tuple[Kind, ...]) -> tuple[Reaction, ...]:
    """A klacht is followed by the intake call; every other kind is handed over, a bezwaar the same day (law.md B-3)."""
    asks: list[Reaction] = []
    if Kind.KLACHT in kinds:
        asks.append(Ask(task=TaskKind.INTERVIEW))
    asks += [
        Ask(task=TaskKind.HAND_OVER, working_days=0 if kind == Kind.BEZWAAR else 1, note=kind)
        for kind in kinds
        if kind != Kind.KLACHT
    ]
    return tuple(asks)
