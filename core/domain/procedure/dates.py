"""The dates of a case, computed from what happened and from nothing else (decisions 18; law.md section 2.3)."""

from core.domain.events import ComplainantConfirmed, DeadlinesSet, Event, LetterFailed, LetterSent, Received
from core.domain.procedure.dossier import FINAL_LETTERS, Dossier
from core.domain.procedure.events import (
    Adjourned,
    DecisionDated,
    Declined,
    DelayAgreed,
    Found,
    LetterRecorded,
    ReceiptCorrected,
    Reopened,
    Retracted,
    SettledInformally,
    Withdrawn,
)
from core.domain.terms import AWB, Calendar, Deadlines, Terms, deadlines

_REASONS: dict[type, str] = {
    ReceiptCorrected: "receipt_corrected",
    Adjourned: "adjourned",
    DelayAgreed: "agreed",
    DecisionDated: "decision_dated",
    Retracted: "retracted",
    Found: "found",
    SettledInformally: "settled",
    Declined: "declined",
    Withdrawn: "withdrawn",
    Reopened: "reopened",
}


def reason_for(event: Event) -> str | None:
    """Why the dates must be looked at again because of this event; None when it cannot move them."""
    if isinstance(event, LetterSent | LetterFailed | LetterRecorded):
        return "letter_sent" if event.letter in FINAL_LETTERS.values() else None
    return _REASONS.get(type(event))


def dated(found: Dossier, calendar: Calendar, terms: Terms = AWB) -> Deadlines:
    """The dates that follow from a case's history. Raises ValueError for a history without receipt."""
    receipts = [
        entry.event.received_on
        for entry in found.entries
        if isinstance(entry.event, Received | ComplainantConfirmed | ReceiptCorrected)
    ]
    if not receipts:
        raise ValueError("a history starts with its receipt")
    first = next((entry.event for entry in found.entries if isinstance(entry.event, DeadlinesSet)), None)
    agreed, announced = found.last(DelayAgreed), found.last(DecisionDated)
    return deadlines(
        receipts[-1],
        calendar,
        adjourned=sum(one.days for one in found.all(Adjourned)),
        agreed=agreed.until if agreed else None,
        committee=first is not None and first.deadlines.committee,
        ended=found.ended(calendar),
        announced=announced.announced if announced else None,
        terms=terms,
    )
