"""What can be done beside the main line: the handler, notes, waiting, the ombudsman, mistakes, letters sent by hand."""

from core.domain.events import Event, HandlerAssigned
from core.domain.message import Route
from core.domain.procedure.activities.interview import BOTH, COORDINATOR, HOW, NOTE, ON
from core.domain.procedure.activities.leaving import RECOGNISED
from core.domain.procedure.activity import Activity, Who
from core.domain.procedure.events import (
    ConsentRecorded,
    HandlerTakenBack,
    InvolvementExcepted,
    LetterRecorded,
    NoteWritten,
    OmbudsmanAnswered,
    OmbudsmanInvolved,
    Retracted,
    WaitEnded,
    WaitStarted,
)
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards import handling, leaving, terms
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import ContactWay, OmbudsmanMatter
from core.domain.tasks import TaskKind
from core.domain.workflow import OPEN_STAGES, Stage

ANY = tuple(Stage)
UNDER_WAY = (*OPEN_STAGES, Stage.FOUND, Stage.AFTERCARE)
EVERYBODY = frozenset(Who)
OFFICE = frozenset({Who.COORDINATOR, Who.SUPPORT, Who.HANDLER})
REASON = Field(name="reason", kind=FieldKind.LINE)


def _handed_over(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    person = answers.the_number("person")
    return (HandlerAssigned(before=situation.case.handler, after=person, reason=answers.text("reason")),)


def _taken_back(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    before = situation.case.handler
    return (HandlerTakenBack(before=before, reason=answers.text("reason")),) if before is not None else ()


def _excepted(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    person = situation.case.handler
    return (InvolvementExcepted(person=person, reason=answers.text("reason")),) if person is not None else ()


def _involved(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        OmbudsmanInvolved(
            number=len(situation.dossier.all(OmbudsmanInvolved)) + 1,
            matter=answers.slug("matter", OmbudsmanMatter),
            on=answers.the_day("on"),
            due=answers.day("due"),
            reference=answers.text("reference"),
            note=answers.text("note"),
        ),
    )


def _consented(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        ConsentRecorded(
            route=answers.slug("route", Route),
            given=answers.yes("given"),
            how=answers.slug("how", ContactWay),
            wording=answers.text("wording"),
        ),
    )


def _recorded(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    number = answers.the_number("letter")
    note = next((task.note for task in situation.open_tasks if task.id == number), "")
    letter, _, to = note.partition(":")
    how, day = answers.slug("how", ContactWay), answers.the_day("on")
    return (LetterRecorded(task=number, letter=letter, to=to, on=day, how=how),)


HANDLER = (
    Activity(
        slug="hand_over",
        process=("4.8",),
        by=COORDINATOR,
        stages=OPEN_STAGES,
        fields=(Field(name="person", kind=FieldKind.PERSON), REASON),
        guards=(handling.may_not_handle,),
        finishes=(TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT),
        happens=_handed_over,
    ),
    Activity(
        slug="take_back",
        process=("4.8",),
        by=COORDINATOR,
        stages=OPEN_STAGES,
        fields=(REASON,),
        guards=(handling.has_no_handler,),
        happens=_taken_back,
    ),
    Activity(
        slug="except_involvement",
        process=("5",),
        by=COORDINATOR,
        stages=RECOGNISED,
        fields=(REASON,),
        guards=(handling.no_exception,),
        happens=_excepted,
    ),
)

WAITING = (
    Activity(
        slug="wait",
        process=("7.1",),
        by=BOTH,
        stages=UNDER_WAY,
        fields=(Field(name="until", kind=FieldKind.DAY), REASON),
        guards=(terms.wait_is_over,),
        finishes=(TaskKind.WAITING,),
        happens=lambda _, answers: (WaitStarted(until=answers.the_day("until"), reason=answers.text("reason")),),
    ),
    Activity(
        slug="stop_waiting",
        process=("7.1",),
        by=BOTH,
        stages=UNDER_WAY,
        guards=(terms.not_waiting,),
        finishes=(TaskKind.WAITING,),
        happens=lambda _situation, _answers: (WaitEnded(),),
    ),
)

OMBUDSMAN = (
    Activity(
        slug="involve_ombudsman",
        process=("9",),
        by=OFFICE | {Who.JURIST},
        stages=ANY,
        fields=(
            Field(name="matter", kind=FieldKind.CHOICE, choices=tuple(OmbudsmanMatter)),
            ON,
            Field(name="due", kind=FieldKind.DAY, required=False),
            Field(name="reference", kind=FieldKind.LINE, required=False),
            NOTE,
        ),
        guards=(leaving.term_not_recorded,),
        happens=_involved,
    ),
    Activity(
        slug="answer_ombudsman",
        process=("9",),
        by=OFFICE | {Who.JURIST},
        stages=ANY,
        fields=(Field(name="number", kind=FieldKind.MATTER), ON, NOTE),
        guards=(leaving.no_such_matter,),
        finishes=(TaskKind.OMBUDSMAN,),
        happens=lambda _, answers: (
            OmbudsmanAnswered(number=answers.the_number("number"), on=answers.the_day("on"), note=answers.text("note")),
        ),
    ),
)

BOOKS = (
    Activity(
        slug="note",
        process=("1",),
        by=EVERYBODY,
        stages=ANY,
        fields=(Field(name="text", kind=FieldKind.TEXT),),
        happens=lambda _, answers: (NoteWritten(text=answers.text("text")),),
    ),
    Activity(
        slug="retract",
        process=("7.1",),
        by=BOTH,
        stages=(*RECOGNISED, Stage.FOUND, Stage.AFTERCARE),
        fields=(Field(name="entry", kind=FieldKind.ENTRY), REASON),
        guards=(leaving.not_retractable,),
        happens=lambda _, answers: (Retracted(entry=answers.the_number("entry"), reason=answers.text("reason")),),
    ),
    Activity(
        slug="record_consent",
        process=("H1",),
        by=OFFICE,
        stages=ANY,
        fields=(
            Field(name="route", kind=FieldKind.CHOICE, choices=(Route.MAIL, Route.TELEGRAM, Route.WEBCHAT)),
            Field(name="given", kind=FieldKind.YES_NO),
            HOW,
            Field(name="wording", kind=FieldKind.LINE),
        ),
        happens=_consented,
    ),
    Activity(
        slug="record_letter",
        process=("4.6", "5.3", "6.4", "9.3"),
        by=OFFICE,
        stages=ANY,
        fields=(
            Field(name="letter", kind=FieldKind.LETTER),
            ON,
            Field(name="how", kind=FieldKind.CHOICE, choices=(ContactWay.BRIEF, ContactWay.EMAIL)),
        ),
        guards=(leaving.no_letter_owed,),
        finishes=(TaskKind.WRITE_LETTER,),
        happens=_recorded,
    ),
)

ACTIVITIES = (*HANDLER, *WAITING, *OMBUDSMAN, *BOOKS)
