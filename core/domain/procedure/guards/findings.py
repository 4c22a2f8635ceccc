"""Findings: Awb 9:12 and step 9 of the process description."""

from core.domain.events import HandlerAssigned
from core.domain.procedure.activity import guard
from core.domain.procedure.events import (
    FindingsReviewed,
    FindingsWritten,
    HandlerTakenBack,
    Judged,
    PartJudged,
    ReviewAsked,
    Signed,
)
from core.domain.procedure.fields import Answers
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import ReviewResult


@guard("Awb 9:12 lid 1")
def findings_incomplete(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Findings, judgement and conclusions, with reasons; conclusions may be "geen" (Awb 9:12; A-12.1; H13)."""
    written = situation.dossier.last(FindingsWritten)
    if written is None:
        return ("write_findings",)
    lacking = [
        name
        for name, text in (
            ("findings", written.findings), ("reasons", written.reasons), ("conclusions", written.conclusions),
        )
        if not text.strip()
    ]  # fmt: skip
    return tuple(lacking) or None


@guard("Awb 9:12 lid 1")
def part_unjudged(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Every part of the complaint has a judgement (Awb 9:12 lid 1; law.md A-12.1, A-12.3)."""
    judged = situation.dossier.judgements
    open_parts = [str(number) for number in range(1, len(situation.parts) + 1) if number not in judged]
    return tuple(open_parts) or (None if situation.parts else ("judge",))


@guard("Awb 9:12 lid 1", asks=True)
def no_such_part(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """What is judged is a part of the complaint (Awb 9:12 lid 1)."""
    return None if 1 <= answers.the_number("part") <= len(situation.parts) else ("part",)


@guard("procedure 9.2")
def not_reviewed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The text that goes out was discussed with the coördinator or a jurist (process description, 9.2)."""
    review = situation.dossier.last_after(FindingsReviewed, FindingsWritten, PartJudged, Judged)
    return None if review is not None and review.result == ReviewResult.AKKOORD else ("review_findings",)


@guard("procedure 9.2")
def reviews_own_work(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Who handles the complaint does not review it too (process description, 9.2)."""
    return () if situation.person is not None and situation.person == situation.case.handler else None


@guard("procedure 9.2")
def not_signed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The officer who is responsible now signed the text that goes out (process description, 9.2)."""
    changes = (FindingsWritten, PartJudged, Judged, HandlerAssigned, HandlerTakenBack)
    return None if situation.dossier.last_after(Signed, *changes) is not None else ("sign",)


@guard("procedure 9.2")
def review_asked_already(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A review of this text was asked for and not given yet (process description, 9.2)."""
    asked = situation.dossier.last_after(ReviewAsked, FindingsWritten, FindingsReviewed)
    return () if asked is not None else None
