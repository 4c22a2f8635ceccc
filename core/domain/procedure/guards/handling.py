"""Who handles, and what comes before that: process description, sections 4 and 5; Awb 9:1, 9:4, 9:7."""

from core.domain.procedure.activity import guard
from core.domain.procedure.events import InterviewRecorded, Judged
from core.domain.procedure.fields import Answers
from core.domain.procedure.situation import ORAL, Situation
from core.domain.procedure.slugs import Regime
from core.domain.routing import rule_for


@guard("procedure 3.4")
def stands_still(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A case that goes on in an older one stands still here (merging)."""
    return () if situation.case.merged_into is not None else None


@guard("Awb 9:7")
def not_declared(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Whoever is to handle a case declares not to be involved before seeing it (Awb 9:7; law.md A-7)."""
    return None if situation.cleared else ("declaration",)


@guard("Awb 9:7")
def no_cleared_handler(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Formal handling is done by somebody who was not involved in the conduct and said so (Awb 9:7; law.md A-7)."""
    if situation.case.handler is None:
        return ("handler",)
    return None if situation.case.handler_cleared else ("declaration",)


@guard("Awb 9:7", asks=True)
def may_not_handle(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Neither the person complained about nor somebody involved is given the case (Awb 9:7)."""
    person = answers.the_number("person")
    return () if person in situation.barred or person not in situation.people else None


@guard("procedure 4.8")
def has_no_handler(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """There is nobody to take the case back from (process description, 4.8)."""
    return () if situation.case.handler is None else None


@guard("Awb 9:7 lid 2")
def no_exception(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Only a complaint about the body itself, its chair or a member may be handled by somebody involved (9:7 lid 2)."""
    decision, handler = situation.case.decision, situation.case.handler
    rule = rule_for(decision.respondent_role) if decision else None
    if rule is None or not rule.involvement_allowed:
        return ("body",)
    return None if handler is not None and handler in situation.case.involved else ("declaration",)


@guard("procedure 4.1")
def not_called_yet(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The complainant is called first, or it was tried (process description, 4.1)."""
    return None if situation.dossier.has(InterviewRecorded) else ("interview",)


@guard("procedure 4.2")
def not_judged_yet(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Whether it falls under the klachtrecht is judged before it is handled (process description, 4.2; Awb 9:1)."""
    return None if situation.dossier.has(Judged) else ("judge",)


@guard("Awb 9:4 lid 1", asks=True)
def lighter_regime(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """A complete written complaint about conduct towards the complainant gets the whole procedure (9:4; A-4.1)."""
    if answers.slug("regime", Regime) == Regime.AFD_9_1_2:
        return None
    lighter = situation.case.channel in ORAL or situation.missing or not answers.yes("towards_complainant")
    return None if lighter else ()


@guard("procedure 3.5", asks=True)
def unknown_team(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """The handling team is one of the organisation's (process description, 3.5)."""
    return None if answers.text("team") in situation.teams else ("team",)


@guard("procedure 3.5", asks=True)
def unknown_person(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Somebody who is named is somebody of the organisation (process description, 3.5)."""
    named = [answers.number(name) for name in ("interviewer", "owner")]
    return None if all(person is None or person in situation.people for person in named) else ("person",)


@guard("Awb 9:4 lid 2")
def nothing_missing(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """One asks for what is missing only (Awb 9:4 lid 2)."""
    return None if situation.missing else ()


@guard("procedure 3.1", asks=True)
def nothing_filled_in(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Completing data records at least one of them (process description, 3.1)."""
    return None if answers.values else ("data",)


@guard("Awb 2:20", asks=True)
def received_later(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """A message was not received after today, nor after it was registered (law.md T-6, T-6b)."""
    moment = answers.the_moment("received_at")
    registered = situation.dossier.entries[0].at if situation.dossier.entries else moment
    return ("received_at",) if moment > registered else None
