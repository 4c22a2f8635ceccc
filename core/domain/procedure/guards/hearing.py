"""The copy and the hearing: Awb 9:9 and 9:10."""

from datetime import date

from core.domain.hearing import Waiver, WaiverGround
from core.domain.procedure.activity import guard
from core.domain.procedure.events import (
    CopyLeftOut,
    CopySent,
    HearingHeld,
    HearingOffered,
    HearingPlanned,
    HearingReported,
    HearingWaived,
)
from core.domain.procedure.fields import Answers
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import CopyGround, Judgement, Regime, Side


def offered_to(situation: Situation, side: Side) -> list[HearingOffered | HearingPlanned]:
    """The opportunities that a side was given."""
    found: list[HearingOffered | HearingPlanned] = []
    found += situation.dossier.all(HearingOffered)
    found += situation.dossier.all(HearingPlanned)
    return [event for event in found if event.side == side]


def heard(situation: Situation, side: Side) -> bool:
    """Whether a side was heard."""
    return any(event.side == side for event in situation.dossier.all(HearingHeld))


@guard("Awb 9:9")
def copy_owed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The person complained about is sent the complaint and its enclosures (Awb 9:9; law.md A-9; process.md H3)."""
    done = situation.dossier.has(CopySent) or situation.dossier.has(CopyLeftOut)
    return None if done else ("send_copy",)


@guard("Awb 9:9")
def copy_unsent(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A copy that still lies here was not sent (Awb 9:9, 2:11)."""
    return ("record_letter",) if situation.unsent("afschrift_beklaagde", "respondent") else None


@guard("Awb 9:9")
def nobody_to_send_to(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A copy needs somebody who can be named (Awb 9:9; decisions 34)."""
    return None if situation.respondent is not None else ("respondent",)


@guard("Awb 9:9", asks=True)
def enclosures_left_out(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """What came with the complaint goes with its copy (Awb 9:9; law.md A-9)."""
    return None if answers.yes("enclosures") else ("enclosures",)


@guard("Awb 9:9", asks=True)
def copy_may_not_be_left_out(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Left out only under the lighter regime or where nobody can be named; no wish is enough (decisions 34)."""
    if answers.slug("ground", CopyGround) == CopyGround.LICHTER_REGIME:
        return None if situation.regime == Regime.BEHOORLIJK_9_2 else ()
    return () if situation.respondent is not None else None


@guard("Awb 9:10 lid 1")
def complainant_unheard(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The complainant is heard, or was not heard on a ground of the law (Awb 9:10 lid 1, 2; law.md A-10.1, A-10.2)."""
    done = heard(situation, Side.KLAGER) or situation.dossier.has(HearingWaived)
    return None if done else ("hold_hearing", "waive_hearing")


@guard("Awb 9:10 lid 1")
def respondent_unheard(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The person complained about is heard or was offered it; the law gives no ground to skip that (law.md A-10.2)."""
    if situation.respondent is None or heard(situation, Side.BEKLAAGDE) or offered_to(situation, Side.BEKLAAGDE):
        return None
    return ("hold_hearing", "offer_hearing")


@guard("Awb 9:10 lid 3")
def report_missing(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Of every hearing a report is made, also of one by telephone (Awb 9:10 lid 3; law.md A-10.3; process.md H4)."""
    reported = {event.side for event in situation.dossier.all(HearingReported)}
    lacking = [event for event in situation.dossier.all(HearingHeld) if not event.report and event.side not in reported]
    return ("report_hearing",) if lacking else None


@guard("Awb 9:10 lid 3", asks=True)
def no_hearing_held(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """A report is of a hearing that was held (Awb 9:10 lid 3)."""
    return None if heard(situation, answers.slug("side", Side)) else ("hold_hearing",)


@guard("Awb 9:10 lid 1", asks=True)
def nobody_to_hear(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Somebody who is heard can be named (Awb 9:10 lid 1)."""
    absent = answers.slug("side", Side) == Side.BEKLAAGDE and situation.respondent is None
    return ("respondent",) if absent else None


@guard("Awb 9:10 lid 2", asks=True)
def reply_day_passed(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """The term for an answer is a reasonable one, so it lies ahead (Awb 9:10 lid 2 c)."""
    day = answers.day("reply_by")
    return ("reply_by",) if day is not None and day <= situation.today else None


@guard("Awb 9:10 lid 2 c", asks=True)
def silence_too_early(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Silence counts only when the term that the complainant was given is over (Awb 9:10 lid 2 c; law.md A-10.2)."""
    ground = answers.slug("ground", WaiverGround)
    waiver = Waiver(ground=ground, reply_by=reply_day(situation))
    return None if waiver.holds_on(situation.today) else ("reply_by",)


@guard("Awb 9:10 lid 2 c", asks=True)
def invitation_unsent(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Who was never sent the question has not been silent on it (Awb 9:10 lid 2 c, 2:11)."""
    silent = answers.slug("ground", WaiverGround) == WaiverGround.GEEN_REACTIE
    return ("record_letter",) if silent and situation.unsent("uitnodiging_hoorzitting", "complainant") else None


def reply_day(situation: Situation) -> date | None:
    """The last day of the last term that the complainant was given to ask for a hearing."""
    days = [event.reply_by for event in offered_to(situation, Side.KLAGER) if event.reply_by is not None]
    return max(days, default=None)


@guard("Awb 9:10 lid 2")
def heard_already(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Who was heard has not waived (Awb 9:10 lid 2)."""
    return () if heard(situation, Side.KLAGER) else None


@guard("Awb 9:10 lid 2 a")
def not_evidently_unfounded(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Unheard because evidently unfounded, so judged unfounded in every part (Awb 9:10 lid 2 a)."""
    waived = situation.dossier.last(HearingWaived)
    if waived is None or waived.ground != WaiverGround.KENNELIJK_ONGEGROND or heard(situation, Side.KLAGER):
        return None
    judged = situation.dossier.judgements.values()
    return None if all(judgement == Judgement.ONGEGROND for judgement in judged) else ("hold_hearing",)
