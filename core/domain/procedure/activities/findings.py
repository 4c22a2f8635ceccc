"""Step 9 of the process description: writing, reviewing, signing and sending the findings."""

from core.domain.access import Role
from core.domain.events import Event
from core.domain.procedure.activities.interview import BOTH
from core.domain.procedure.activity import Activity, LetterOwed, Who
from core.domain.procedure.dossier import overall
from core.domain.procedure.events import (
    DraftingStarted,
    FindingsReviewed,
    FindingsWritten,
    Found,
    PartJudged,
    ReviewAsked,
    Signed,
)
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards import findings, hearing
from core.domain.procedure.guards.handling import no_cleared_handler
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import CoreValue, Judgement, OnBehalfOf, ReviewResult
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage, Step

DRAFTING = (Stage.DRAFTING,)
REVIEWERS = (Role.COORDINATOR, Role.JURIST)


def _written(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        FindingsWritten(
            findings=answers.text("findings"),
            reasons=answers.text("reasons"),
            conclusions=answers.text("conclusions"),
            measures=answers.text("measures"),
            values=answers.slugs("values", CoreValue),
            overall=answers.slug("overall", Judgement) if answers.has("overall") else None,
        ),
    )


def _judged(_: Situation, answers: Answers) -> tuple[Event, ...]:
    part, judgement = answers.the_number("part"), answers.slug("judgement", Judgement)
    return (PartJudged(part=part, judgement=judgement, reasons=answers.text("reasons")),)


def _found(situation: Situation, _: Answers) -> tuple[Event, ...]:
    written = situation.dossier.last(FindingsWritten)
    chosen = written.overall if written else None
    follows = overall(tuple(situation.dossier.judgements.values()))
    return (Found(overall=chosen or follows, on=situation.today),)


ACTIVITIES = (
    Activity(
        slug="draft",
        process=("9.1",),
        by=BOTH,
        stages=(Stage.FORMAL,),
        step=Step.DRAFT,
        guards=(no_cleared_handler,),
        happens=lambda _situation, _answers: (DraftingStarted(),),
    ),
    Activity(
        slug="write_findings",
        process=("9.1", "H13", "H8"),
        by=BOTH,
        stages=DRAFTING,
        fields=(
            Field(name="findings", kind=FieldKind.TEXT),
            Field(name="reasons", kind=FieldKind.TEXT),
            Field(name="conclusions", kind=FieldKind.TEXT),
            Field(name="measures", kind=FieldKind.TEXT, required=False),
            Field(name="values", kind=FieldKind.CHOICES, required=False, choices=tuple(CoreValue)),
            Field(name="overall", kind=FieldKind.CHOICE, required=False, choices=tuple(Judgement)),
        ),
        happens=_written,
    ),
    Activity(
        slug="judge_part",
        process=("9.1", "H13"),
        by=BOTH,
        stages=DRAFTING,
        fields=(
            Field(name="part", kind=FieldKind.PART),
            Field(name="judgement", kind=FieldKind.CHOICE, choices=tuple(Judgement)),
            Field(name="reasons", kind=FieldKind.TEXT, required=False),
        ),
        guards=(findings.no_such_part,),
        happens=_judged,
    ),
    Activity(
        slug="ask_review",
        process=("9.2",),
        by=frozenset({Who.HANDLER, Who.COORDINATOR}),
        stages=DRAFTING,
        fields=(Field(name="of", kind=FieldKind.CHOICE, choices=REVIEWERS),),
        guards=(findings.findings_incomplete, findings.part_unjudged, findings.review_asked_already),
        happens=lambda _, answers: (ReviewAsked(of=answers.slug("of", Role)),),
    ),
    Activity(
        slug="review_findings",
        process=("9.2",),
        by=frozenset({Who.COORDINATOR, Who.JURIST}),
        stages=DRAFTING,
        fields=(
            Field(name="result", kind=FieldKind.CHOICE, choices=tuple(ReviewResult)),
            Field(name="remarks", kind=FieldKind.TEXT, required=False),
        ),
        guards=(findings.reviews_own_work, findings.findings_incomplete, findings.part_unjudged),
        finishes=(TaskKind.REVIEW_FINDINGS,),
        happens=lambda _, answers: (
            FindingsReviewed(result=answers.slug("result", ReviewResult), remarks=answers.text("remarks")),
        ),
    ),
    Activity(
        slug="sign",
        process=("9.2",),
        by=frozenset({Who.HANDLER}),
        stages=DRAFTING,
        fields=(Field(name="on_behalf_of", kind=FieldKind.CHOICE, choices=tuple(OnBehalfOf)),),
        guards=(findings.findings_incomplete, findings.part_unjudged, findings.not_reviewed),
        happens=lambda _, answers: (Signed(on_behalf_of=answers.slug("on_behalf_of", OnBehalfOf)),),
    ),
    Activity(
        slug="find",
        process=("9.1", "9.3", "9.4", "H5"),
        by=BOTH,
        stages=DRAFTING,
        step=Step.FIND,
        guards=(
            no_cleared_handler,
            hearing.copy_owed,
            hearing.copy_unsent,
            hearing.complainant_unheard,
            hearing.respondent_unheard,
            hearing.report_missing,
            hearing.not_evidently_unfounded,
            findings.findings_incomplete,
            findings.part_unjudged,
            findings.not_reviewed,
            findings.not_signed,
        ),
        letters=(LetterOwed(letter="bevindingen"),),
        finishes=(TaskKind.HANDLE, TaskKind.REVIEW_FINDINGS, TaskKind.WAITING),
        happens=_found,
    ),
)
