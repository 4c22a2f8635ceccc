"""Step 10 of the process description: asking, learning, closing."""

from core.domain.events import Event
from core.domain.procedure.activities.interview import BOTH, COORDINATOR, HOW, NOTE, ON
from core.domain.procedure.activity import Activity, LetterOwed
from core.domain.procedure.events import (
    Closed,
    ClosingMessageChosen,
    FollowedUp,
    ImprovementFollowed,
    LessonDrawn,
    OmbudsmanPointedOut,
)
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards import leaving
from core.domain.procedure.guards.handling import unknown_person
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import ContactWay, Progress, Satisfaction
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage, Step

S = Stage
AFTER = (S.FOUND, S.AFTERCARE)
LEARNING = tuple(stage for stage in Stage if stage != S.RECEIVED)


def _asked(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        FollowedUp(
            satisfied=answers.slug("satisfied", Satisfaction),
            how=answers.slug("how", ContactWay),
            on=answers.the_day("on"),
            note=answers.text("note"),
        ),
    )


def _learnt(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        LessonDrawn(
            number=len(situation.dossier.all(LessonDrawn)) + 1,
            lesson=answers.text("lesson"),
            improvement=answers.text("improvement"),
            owner=answers.number("owner"),
            due=answers.day("due"),
        ),
    )


def _followed(_: Situation, answers: Answers) -> tuple[Event, ...]:
    progress = answers.slug("progress", Progress)
    return (ImprovementFollowed(number=answers.the_number("number"), progress=progress, note=answers.text("note")),)


ACTIVITIES = (
    Activity(
        slug="follow_up",
        process=("10.1",),
        by=BOTH,
        stages=AFTER,
        step=Step.FOLLOW_UP,
        fields=(
            Field(name="satisfied", kind=FieldKind.CHOICE, choices=tuple(Satisfaction)),
            HOW,
            ON,
            NOTE,
        ),
        finishes=(TaskKind.AFTERCARE,),
        happens=_asked,
    ),
    Activity(
        slug="send_closing_message",
        process=("10.2",),
        by=COORDINATOR,
        stages=(S.AFTERCARE,),
        letters=(LetterOwed(letter="afsluiting"),),
        happens=lambda _situation, _answers: (ClosingMessageChosen(),),
    ),
    Activity(
        slug="point_to_ombudsman",
        process=("10.3", "H5"),
        by=BOTH,
        stages=AFTER,
        fields=(HOW, ON),
        happens=lambda _, answers: (
            OmbudsmanPointedOut(how=answers.slug("how", ContactWay), on=answers.the_day("on")),
        ),
    ),
    Activity(
        slug="draw_lesson",
        process=("10", "H8"),
        by=BOTH,
        stages=LEARNING,
        fields=(
            Field(name="lesson", kind=FieldKind.TEXT),
            Field(name="improvement", kind=FieldKind.TEXT, required=False),
            Field(name="owner", kind=FieldKind.PERSON, required=False),
            Field(name="due", kind=FieldKind.DAY, required=False),
        ),
        guards=(leaving.improvement_without_owner, unknown_person),
        happens=_learnt,
    ),
    Activity(
        slug="follow_improvement",
        process=("10", "H8"),
        by=BOTH,
        stages=LEARNING,
        fields=(
            Field(name="number", kind=FieldKind.LESSON),
            Field(name="progress", kind=FieldKind.CHOICE, choices=tuple(Progress)),
            NOTE,
        ),
        guards=(leaving.no_such_lesson,),
        finishes=(TaskKind.IMPROVEMENT,),
        happens=_followed,
    ),
    Activity(
        slug="close",
        process=("5.4", "10.4"),
        by=COORDINATOR,
        stages=(S.AFTERCARE,),
        step=Step.CLOSE,
        guards=(
            leaving.team_not_informed,
            leaving.not_discussed,
            leaving.not_followed_up,
            leaving.tasks_open,
        ),
        finishes=(TaskKind.WAITING,),
        happens=lambda situation, _: (Closed(on=situation.today),),
    ),
)
