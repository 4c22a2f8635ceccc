"""The ways out of the procedure, and the way back: referring, declining, withdrawing, reopening."""

from core.domain.events import Event
from core.domain.labels import Kind
from core.domain.procedure.activities.interview import BOTH, COORDINATOR, HOW, NOTE, ON
from core.domain.procedure.activity import Activity, LetterOwed
from core.domain.procedure.events import Declined, HandedOver, Referred, Reopened, Withdrawn
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards import leaving
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import ContactWay, Destination, Ground, OnBehalfOf
from core.domain.tasks import TaskKind
from core.domain.workflow import OPEN_STAGES, Stage, Step

NO_LONGER = (
    TaskKind.REVIEW,
    TaskKind.INTERVIEW,
    TaskKind.CHOOSE_HANDLER,
    TaskKind.HANDLER_CONFLICT,
    TaskKind.HANDLE,
    TaskKind.REVIEW_FINDINGS,
    TaskKind.DISCUSS,
    TaskKind.WAITING,
)
"""Tasks that a case which left the procedure no longer needs."""
RECOGNISED = tuple(stage for stage in OPEN_STAGES if stage != Stage.RECEIVED)
"""Open stages in which a person said what the message is."""
TO = Field(name="to", kind=FieldKind.CHOICE, choices=tuple(Destination))
BODY = Field(name="body", kind=FieldKind.LINE, required=False)
INSIDE = tuple(
    one
    for one in Destination
    if one
    not in (
        Destination.BEZWAAR,
        Destination.BEZWAAR_BELASTINGEN,
        Destination.ANDERE_INSTANTIE,
    )
)
PASSED_ON = (
    LetterOwed(letter="omzetting_bezwaar", when=f"to={Destination.BEZWAAR}"),
    LetterOwed(letter="omzetting_bezwaar", when=f"to={Destination.BEZWAAR_BELASTINGEN}"),
    LetterOwed(letter="doorzending_ander_orgaan", when=f"to={Destination.ANDERE_INSTANTIE}"),
    *(LetterOwed(letter="niet_voor_ons", when=f"to={one}") for one in INSIDE),
)


def _referred(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        Referred(
            to=answers.slug("to", Destination),
            on=answers.the_day("on"),
            body=answers.text("body"),
            reason=answers.text("note"),
        ),
    )


def _declined(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    dates = situation.case.deadlines
    return (
        Declined(
            ground=answers.slug("ground", Ground),
            reasons=answers.text("reasons"),
            on_behalf_of=answers.slug("on_behalf_of", OnBehalfOf),
            instead=answers.text("instead"),
            on=situation.today,
            late=dates is not None and situation.today > dates.notice.day,
        ),
    )


def _handed_over(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        HandedOver(
            kind=answers.slug("kind", Kind),
            to=answers.slug("to", Destination),
            on=answers.the_day("on"),
            body=answers.text("body"),
        ),
    )


ACTIVITIES = (
    Activity(
        slug="refer",
        process=("4.2", "H7"),
        by=COORDINATOR,
        stages=OPEN_STAGES,
        step=Step.REFER,
        fields=(TO, ON, BODY, NOTE),
        guards=(leaving.mixed, leaving.handed_over_late, leaving.body_not_named),
        letters=PASSED_ON,
        finishes=(*NO_LONGER, TaskKind.HAND_OVER),
        happens=_referred,
    ),
    Activity(
        slug="hand_over_part",
        process=("4.2", "H7"),
        by=COORDINATOR,
        stages=RECOGNISED,
        fields=(
            Field(name="kind", kind=FieldKind.CHOICE, choices=tuple(kind for kind in Kind if kind != Kind.KLACHT)),
            TO,
            ON,
            BODY,
        ),
        guards=(leaving.nothing_to_hand_over, leaving.not_a_part, leaving.handed_over_late, leaving.body_not_named),
        letters=PASSED_ON,
        finishes=(TaskKind.HAND_OVER,),
        happens=_handed_over,
    ),
    Activity(
        slug="decline",
        process=("4.2", "H6"),
        by=COORDINATOR,
        stages=(Stage.INTERVIEW,),
        step=Step.DECLINE,
        fields=(
            Field(name="ground", kind=FieldKind.CHOICE, choices=tuple(Ground)),
            Field(name="reasons", kind=FieldKind.TEXT),
            Field(name="on_behalf_of", kind=FieldKind.CHOICE, choices=tuple(OnBehalfOf)),
            Field(name="instead", kind=FieldKind.TEXT),
        ),
        guards=(leaving.mixed,),
        letters=(LetterOwed(letter="niet_in_behandeling"),),
        finishes=NO_LONGER,
        happens=_declined,
    ),
    Activity(
        slug="withdraw",
        process=("H11",),
        by=BOTH,
        stages=OPEN_STAGES,
        step=Step.WITHDRAW,
        fields=(HOW, ON, NOTE),
        guards=(leaving.mixed,),
        letters=(LetterOwed(letter="ingetrokken"),),
        finishes=NO_LONGER,
        happens=lambda _, answers: (
            Withdrawn(how=answers.slug("how", ContactWay), on=answers.the_day("on"), note=answers.text("note")),
        ),
    ),
    Activity(
        slug="reopen",
        process=("H11",),
        by=COORDINATOR,
        stages=(Stage.CLOSED, Stage.REFERRED, Stage.NOT_HANDLED, Stage.WITHDRAWN),
        step=Step.REOPEN,
        fields=(Field(name="reason", kind=FieldKind.TEXT),),
        happens=lambda _, answers: (Reopened(reason=answers.text("reason")),),
    ),
)
