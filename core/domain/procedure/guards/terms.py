"""The term: Awb 9:11, and waiting."""

from core.domain.procedure.activity import guard
from core.domain.procedure.events import Adjourned, DelayAgreed
from core.domain.procedure.fields import Answers
from core.domain.procedure.situation import Situation
from core.domain.terms import AWB

WEEK = 7


@guard("Awb 9:11 lid 2")
def adjourned_before(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """One adjourns once; after that only with the complainant's written consent (Awb 9:11 lid 2, 3; law.md T-7)."""
    return ("agree_delay",) if situation.dossier.has(Adjourned) else None


@guard("Awb 9:11 lid 2", asks=True)
def adjourned_too_long(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """At most four weeks (Awb 9:11 lid 2; law.md T-7)."""
    return None if 0 < answers.the_number("weeks") * WEEK <= AWB.adjournment else ("weeks",)


@guard("Awb 9:11 lid 2")
def term_is_over(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Adjourning is told before the running term ends (Awb 9:11 lid 2; law.md T-7)."""
    dates = situation.case.deadlines
    return () if dates is not None and situation.today > dates.limit.day else None


@guard("Awb 9:11 lid 3")
def delay_is_agreed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """An agreed date holds already; another one is agreed anew (Awb 9:11 lid 3)."""
    return ("agree_delay",) if situation.dossier.has(DelayAgreed) else None


@guard("Awb 9:11 lid 3", asks=True)
def not_later(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Further delay is later than the running term, and lies ahead (Awb 9:11 lid 3)."""
    dates, until = situation.case.deadlines, answers.the_day("until")
    later = (dates is None or until > dates.limit.day) and until > situation.today
    return None if later else ("until",)


@guard("Awb 9:11 lid 3", asks=True)
def consent_not_on_file(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """The complainant's written consent is a message in the case (Awb 9:11 lid 3; law.md T-7c)."""
    return None if answers.number("message") in situation.messages else ("message",)


@guard("procedure 7", asks=True)
def wait_is_over(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """One waits until a day that lies ahead (process description, 7)."""
    return None if answers.the_day("until") > situation.today else ("until",)


@guard("procedure 7")
def not_waiting(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A wait that is ended was begun (process description, 7)."""
    return None if situation.case.waiting_until is not None else ()
