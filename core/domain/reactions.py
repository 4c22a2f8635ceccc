"""What follows from an event: letters, jobs and tasks. The one answer to "when does a citizen get a letter?"."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.access import Role
from core.domain.events import (
    ComplainantConfirmed,
    Confirmed,
    Event,
    FilesRefused,
    HandlerProposed,
    LetterFailed,
    MalwareFound,
    MessageAdded,
    Received,
)
from core.domain.labels import Kind
from core.domain.procedure.events import (
    Formalised,
    Found,
    HandlerTakenBack,
    LessonDrawn,
    OmbudsmanInvolved,
    Reopened,
    ReviewAsked,
    SettledInformally,
    TeamTasked,
    WaitStarted,
)
from core.domain.procedure.slugs import OmbudsmanMatter
from core.domain.tasks import TaskKind


class JobKind(StrEnum):
    """Work that the worker does later, outside the transaction that asked for it."""

    DELIVER = "deliver"
    CLASSIFY = "classify"
    SCAN = "scan"


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
    due: date | None = None
    """The day itself, where it is given; then ``working_days`` does not count."""


Reaction = Write | Run | Ask


def reactions(event: Event) -> tuple[Reaction, ...]:
    """What must happen because of this event."""
    return (*_letters(event), *_jobs(event), *_tasks(event))


def _letters(event: Event) -> tuple[Write, ...]:
    match event:
        case Received(imported=False, forwarded=False) | ComplainantConfirmed():
            # Old mail was answered, or not, before our time. What a colleague passed on is answered once a person said
            # who complains.
            return (Write(letter="ontvangst"),)
        case MessageAdded(automatic=False, imported=False):
            return (Write(letter="aanvulling_ontvangen"),)
        case FilesRefused():
            return (Write(letter="weigering_bericht"),)
        case _:
            return ()


def _jobs(event: Event) -> tuple[Run, ...]:
    return (Run(job=JobKind.CLASSIFY),) if isinstance(event, Received) else ()


def _tasks(event: Event) -> tuple[Ask, ...]:
    match event:
        case Received(forwarded=True):
            return (Ask(task=TaskKind.COMPLAINANT), Ask(task=TaskKind.REVIEW))
        case Received():
            return (Ask(task=TaskKind.REVIEW),)
        case MessageAdded(automatic=False):
            return (Ask(task=TaskKind.FOLLOW_UP),)
        case MalwareFound():
            return (Ask(task=TaskKind.INFECTED),)
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
            return _of_the_procedure(event)


def _of_the_procedure(event: Event) -> tuple[Ask, ...]:
    match event:
        case Reopened():
            return (Ask(task=TaskKind.INTERVIEW),)
        case HandlerTakenBack():
            return (Ask(task=TaskKind.CHOOSE_HANDLER),)
        case TeamTasked():
            return (Ask(task=TaskKind.DISCUSS, working_days=10, note=event.team),)
        case Formalised():
            return (Ask(task=TaskKind.HANDLE, role=Role.HANDLER, working_days=10),)
        case ReviewAsked():
            return (Ask(task=TaskKind.REVIEW_FINDINGS, role=event.of, working_days=3),)
        case Found() | SettledInformally():
            return (Ask(task=TaskKind.AFTERCARE, working_days=5),)
        case WaitStarted():
            return (Ask(task=TaskKind.WAITING, due=event.until),)
        case LessonDrawn(improvement=str(improvement), due=due) if improvement:
            return (Ask(task=TaskKind.IMPROVEMENT, note=f"{event.number}:", due=due),)
        case OmbudsmanInvolved(due=due) if due is not None or event.matter == OmbudsmanMatter.AANBEVELING:
            return (Ask(task=TaskKind.OMBUDSMAN, working_days=20, note=f"{event.number}:{event.matter}", due=due),)
        case _:
            return ()


def _after_confirmation(kinds: tuple[Kind, ...]) -> tuple[Ask, ...]:
    """A klacht is followed by the intake call; every other kind is handed over, a bezwaar the same day (law.md B-3)."""
    asks: list[Ask] = []
    if Kind.KLACHT in kinds:
        asks.append(Ask(task=TaskKind.INTERVIEW))
    asks += [
        Ask(task=TaskKind.HAND_OVER, working_days=0 if kind == Kind.BEZWAAR else 1, note=kind)
        for kind in kinds
        if kind != Kind.KLACHT
    ]
    return tuple(asks)
