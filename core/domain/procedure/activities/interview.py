"""Steps 4 and 5 of the process description: the intake call, judging the klachtrecht, settling informally."""

from core.domain.events import Event
from core.domain.procedure.activity import Activity, LetterOwed, Who
from core.domain.procedure.events import (
    Discussed,
    Formalised,
    InterviewRecorded,
    Judged,
    SettledInformally,
    TeamInformed,
    TeamTasked,
    TriedInformally,
)
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards.handling import (
    lighter_regime,
    no_cleared_handler,
    not_called_yet,
    not_judged_yet,
    unknown_team,
)
from core.domain.procedure.guards.leaving import no_team_tasked, not_satisfied
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import ComplaintKind, ContactResult, ContactWay, Regime
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage, Step

S = Stage
COORDINATOR = frozenset({Who.COORDINATOR})
BOTH = frozenset({Who.COORDINATOR, Who.HANDLER})
HOW = Field(name="how", kind=FieldKind.CHOICE, choices=tuple(ContactWay))
ON = Field(name="on", kind=FieldKind.DAY, past=True)
NOTE = Field(name="note", kind=FieldKind.TEXT, required=False)
TEAM = Field(name="team", kind=FieldKind.TEAM)
HANDLING = (S.INTERVIEW, S.INFORMAL, S.FORMAL, S.DRAFTING)
SETTLEMENT = (
    Field(name="satisfied", kind=FieldKind.YES_NO),
    HOW,
    ON,
    Field(name="agreed", kind=FieldKind.TEXT),
)
WITH_TEAM = (S.INTERVIEW, S.INFORMAL, S.AFTERCARE)


def _settled(_: Situation, answers: Answers) -> tuple[Event, ...]:
    how, day = answers.slug("how", ContactWay), answers.the_day("on")
    return (SettledInformally(how=how, on=day, agreed=answers.text("agreed")),)


def _judged(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        Judged(
            kinds=answers.slugs("kinds", ComplaintKind),
            regime=answers.slug("regime", Regime),
            parts=answers.several("parts"),
        ),
    )


def _called(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        InterviewRecorded(
            result=answers.slug("result", ContactResult),
            how=answers.slug("how", ContactWay),
            on=answers.the_day("on"),
            note=answers.text("note"),
        ),
    )


INTERVIEWING = (
    Activity(
        slug="interview",
        process=("4.1",),
        by=BOTH,
        stages=(S.COMPLETING, *HANDLING),
        fields=(
            Field(name="result", kind=FieldKind.CHOICE, choices=tuple(ContactResult)),
            HOW,
            ON,
            NOTE,
        ),
        happens=_called,
    ),
    Activity(
        slug="judge",
        process=("4.2",),
        by=BOTH,
        stages=HANDLING,
        fields=(
            Field(name="kinds", kind=FieldKind.CHOICES, choices=tuple(ComplaintKind)),
            Field(name="regime", kind=FieldKind.CHOICE, choices=tuple(Regime)),
            Field(name="towards_complainant", kind=FieldKind.YES_NO),
            Field(name="parts", kind=FieldKind.LINES),
        ),
        guards=(lighter_regime,),
        happens=_judged,
    ),
    Activity(
        slug="settle_at_interview",
        process=("4.3", "4.6", "4.7"),
        by=COORDINATOR,
        stages=(S.INTERVIEW,),
        step=Step.SETTLE_AT_INTERVIEW,
        fields=SETTLEMENT,
        guards=(not_satisfied,),
        letters=(LetterOwed(letter="informeel_afgerond"),),
        finishes=(TaskKind.INTERVIEW, TaskKind.WAITING),
        happens=_settled,
    ),
    Activity(
        slug="try_informally",
        process=("4.7", "5"),
        by=COORDINATOR,
        stages=(S.INTERVIEW,),
        step=Step.TRY_INFORMALLY,
        fields=(NOTE,),
        guards=(not_called_yet, not_judged_yet),
        finishes=(TaskKind.INTERVIEW,),
        happens=lambda _, answers: (TriedInformally(note=answers.text("note")),),
    ),
    Activity(
        slug="formalise",
        process=("4.7", "4.8", "6"),
        by=COORDINATOR,
        stages=(S.INTERVIEW, S.INFORMAL),
        step=Step.FORMALISE,
        fields=(NOTE,),
        guards=(not_called_yet, not_judged_yet, no_cleared_handler),
        finishes=(TaskKind.INTERVIEW,),
        happens=lambda _, answers: (Formalised(reason=answers.text("note")),),
    ),
)

INFORMAL = (
    Activity(
        slug="inform_team",
        process=("4.4",),
        by=COORDINATOR,
        stages=WITH_TEAM,
        fields=(TEAM, NOTE),
        guards=(unknown_team,),
        happens=lambda _, answers: (TeamInformed(team=answers.text("team"), note=answers.text("note")),),
    ),
    Activity(
        slug="pass_to_team",
        process=("4.5", "5.2"),
        by=COORDINATOR,
        stages=WITH_TEAM,
        fields=(TEAM, NOTE),
        guards=(unknown_team,),
        happens=lambda _, answers: (TeamTasked(team=answers.text("team"), note=answers.text("note")),),
    ),
    Activity(
        slug="discussed",
        process=("5.2", "5.4", "H9"),
        by=BOTH,
        stages=WITH_TEAM,
        fields=(ON, Field(name="with_whom", kind=FieldKind.LINE), NOTE),
        guards=(no_team_tasked,),
        finishes=(TaskKind.DISCUSS,),
        happens=lambda _, answers: (
            Discussed(on=answers.the_day("on"), with_whom=answers.text("with_whom"), note=answers.text("note")),
        ),
    ),
    Activity(
        slug="settle",
        process=("5.1", "5.3", "H12"),
        by=BOTH,
        stages=(S.INFORMAL, S.FORMAL, S.DRAFTING),
        step=Step.SETTLE,
        fields=SETTLEMENT,
        guards=(not_satisfied,),
        letters=(LetterOwed(letter="informeel_afgerond"),),
        finishes=(TaskKind.HANDLE, TaskKind.REVIEW_FINDINGS, TaskKind.WAITING),
        happens=_settled,
    ),
)

ACTIVITIES = (*INTERVIEWING, *INFORMAL)
