"""One case as its events make it: a projection that can be rebuilt from them at any time (decisions 18)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.domain.errors import StepNotAllowed
from core.domain.events import (
    ComplainantConfirmed,
    ConfirmationUndone,
    Confirmed,
    DeadlinesSet,
    Entry,
    Event,
    HandlerAssigned,
    HandlerProposed,
    InvolvementDeclared,
    LetterFailed,
    LetterSent,
    MergedInto,
    MergeUndone,
    Received,
)
from core.domain.labels import Channel, Kind
from core.domain.procedure.events import (
    Closed,
    Completed,
    Declined,
    Found,
    HandlerTakenBack,
    InvolvementExcepted,
    Judged,
    ReceiptCorrected,
    Referred,
    Reopened,
    SettledInformally,
    WaitEnded,
    WaitStarted,
    Withdrawn,
)
from core.domain.procedure.moves import stage_after
from core.domain.procedure.slugs import Ending
from core.domain.terms import Calendar, Deadlines, deadlines
from core.domain.triage import Decision
from core.domain.workflow import Stage, Step, after

RECEIPT_LETTER = "ontvangst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One complaint, or one message that is still to be recognised, and its state."""

    id: int
    number: str
    channel: Channel
    received_at: datetime
    received_on: date
    stage: Stage = Stage.RECEIVED
    deadlines: Deadlines | None = None
    decision: Decision | None = None
    proposed: int | None = None
    """The person whom the routing table proposes as handler; nobody handles a case until a person assigns it."""
    routing_rule: int | None = None
    routing_outcome: str | None = None
    handler: int | None = None
    """The person whom somebody assigned the case to; they handle it once they declared not to be involved."""
    handler_cleared: bool | None = None
    """Whether the handler declared not to be involved; None while unasked (Awb 9:7)."""
    involved: frozenset[int] = frozenset()
    """People who declared themselves involved in the conduct."""
    acknowledged_at: datetime | None = None
    anonymous: bool = False
    merged_into: int | None = None
    """The older case that this one turned out to be the same as; it goes on there, and stands still here."""
    ending: Ending | None = None
    """How handling ended, once it did."""
    closed_on: date | None = None
    """The local day on which the case was closed or left the procedure; the period of keeping it starts here."""
    waiting_until: date | None = None
    """Until when it is put aside; no term stands still for that."""
    reply_key: str = ""
    """Unguessable: who sends it back answers a letter of this case."""
    version: int = 0
    """Counts saves; an older one is refused."""


def opened(
    message: int,
    channel: Channel,
    received_at: datetime,
    calendar: Calendar,
    *,
    anonymous: bool,
    committee: bool,
    imported: bool = False,
    forwarded: bool = False,
) -> tuple[Event, ...]:
    """The events that open a case: receipt and the dates that follow from it."""
    day = calendar.day_of(received_at)
    received = Received(
        message=message,
        channel=channel,
        received_at=received_at,
        received_on=day,
        anonymous=anonymous,
        imported=imported,
        forwarded=forwarded,
    )
    return (
        received,
        DeadlinesSet(deadlines=deadlines(day, calendar, committee=committee), reason="received"),
    )


def confirmed(case: Case, message: int, suggestion: int | None, decision: Decision) -> Confirmed:
    """A person's decision on what the message is. Raises StepNotAllowed once the case is past that stage."""
    after(case.stage, Step.CONFIRM)
    return Confirmed(message=message, suggestion=suggestion, before=case.decision, after=decision)


def unconfirmed(case: Case, message: int, former: Decision | None) -> ConfirmationUndone:
    """Taking the last confirmation back. Raises StepNotAllowed when there is none, or when the case went on."""
    if case.decision is None or case.stage != Stage.COMPLETING:
        raise StepNotAllowed(case.stage, "undo", ())
    return ConfirmationUndone(message=message, before=case.decision, after=former)


def applied(case: Case, event: Event, at: datetime) -> Case:
    """The case after one event that happened at this UTC instant."""
    match event:
        case DeadlinesSet():
            return replace(case, deadlines=event.deadlines)
        case Confirmed():
            return replace(case, decision=event.after, stage=after(case.stage, Step.CONFIRM))
        case ConfirmationUndone():
            stage = Stage.RECEIVED if event.after is None else case.stage
            unrouted = replace(case, proposed=None, routing_rule=None, routing_outcome=None)
            return replace(unrouted, decision=event.after, stage=stage, handler=None, handler_cleared=None)
        case HandlerProposed():
            return replace(case, proposed=event.person, routing_rule=event.rule, routing_outcome=event.outcome)
        case HandlerAssigned():
            return replace(case, handler=event.after, handler_cleared=None)
        case InvolvementDeclared():
            involved = case.involved | {event.person} if event.involved else case.involved - {event.person}
            cleared = not event.involved if event.person == case.handler else case.handler_cleared
            return replace(case, involved=involved, handler_cleared=cleared)
        case LetterSent(letter=letter) if letter == RECEIPT_LETTER and case.acknowledged_at is None:
            return replace(case, acknowledged_at=at)
        case LetterFailed(letter=letter, certain=True) if letter == RECEIPT_LETTER:
            return replace(case, acknowledged_at=None)  # what came back counts from its second sending (Awb 2:11)
        case ComplainantConfirmed():
            moved = replace(case, received_at=event.received_at, received_on=event.received_on)
            return replace(moved, anonymous=event.anonymous)
        case MergedInto():
            return replace(case, merged_into=event.case)
        case MergeUndone():
            return replace(case, merged_into=None)
        case _:
            return _proceeded(case, event)


def _proceeded(case: Case, event: Event) -> Case:
    """The case after an event of the procedure. Raises StepNotAllowed for a step that the table does not know."""
    moved = replace(case, stage=stage_after(case.stage, event))
    match event:
        case Completed():
            return replace(moved, decision=replace(case.decision, team=event.team) if case.decision else None)
        case Judged():
            return replace(moved, decision=_as_complaint(case.decision))
        case HandlerTakenBack():
            return replace(moved, handler=None, handler_cleared=None)
        case InvolvementExcepted():
            cleared = True if event.person == case.handler else case.handler_cleared
            return replace(moved, involved=case.involved - {event.person}, handler_cleared=cleared)
        case ReceiptCorrected():
            return replace(moved, received_at=event.received_at, received_on=event.received_on)
        case WaitStarted():
            return replace(moved, waiting_until=event.until)
        case WaitEnded():
            return replace(moved, waiting_until=None)
        case _:
            return _ended(moved, event)


def _ended(case: Case, event: Event) -> Case:
    """How and when the case ended, as far as this event says so."""
    match event:
        case Found():
            return replace(case, ending=Ending(event.overall), waiting_until=None)
        case SettledInformally():
            return replace(case, ending=Ending.INFORMEEL_AFGEROND, waiting_until=None)
        case Closed():
            return replace(case, closed_on=event.on, waiting_until=None)
        case Referred():
            return replace(case, ending=Ending.DOORVERWEZEN, closed_on=event.on, waiting_until=None)
        case Declined():
            return replace(case, ending=Ending.NIET_IN_BEHANDELING, closed_on=event.on, waiting_until=None)
        case Withdrawn():
            return replace(case, ending=Ending.INGETROKKEN, closed_on=event.on, waiting_until=None)
        case Reopened():
            return replace(case, ending=None, closed_on=None)
        case _:
            return case


def _as_complaint(decision: Decision | None) -> Decision | None:
    """What was judged to fall under the klachtrecht is a klacht, whatever it was taken for first."""
    if decision is None or Kind.KLACHT in decision.kinds:
        return decision
    return replace(decision, kinds=(Kind.KLACHT, *decision.kinds))


def replayed(case_id: int, number: str, entries: Iterable[Entry], *, reply_key: str = "") -> Case:
    """The case rebuilt from its whole history. Raises ValueError when the history does not start with Received."""
    history = iter(entries)
    first = next(history, None)
    if first is None or not isinstance(first.event, Received):
        raise ValueError(f"the history of case {number} does not start with its receipt")
    received = first.event
    case = Case(
        id=case_id,
        number=number,
        channel=received.channel,
        received_at=received.received_at,
        received_on=received.received_on,
        anonymous=received.anonymous,
        reply_key=reply_key,
    )
    for entry in history:
        case = applied(case, entry.event, entry.at)
    return case
