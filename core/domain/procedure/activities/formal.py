"""Steps 6 and 8 of the process description: the copy, both hearings, adjournment and agreed delay."""

from core.domain.events import Event
from core.domain.hearing import WaiverGround
from core.domain.procedure.activities.interview import BOTH, NOTE, ON
from core.domain.procedure.activity import Activity, LetterOwed, To, Who
from core.domain.procedure.events import (
    Adjourned,
    CopyLeftOut,
    CopySent,
    DelayAgreed,
    DelayAsked,
    HearingHeld,
    HearingOffered,
    HearingPlanned,
    HearingReported,
    HearingWaived,
)
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards import hearing, terms
from core.domain.procedure.guards.handling import no_cleared_handler
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import Attendant, CopyGround, HearingForm, Side
from core.domain.workflow import Stage

S = Stage
FORMAL = (S.FORMAL, S.DRAFTING)
RUNNING = (S.COMPLETING, S.INTERVIEW, S.INFORMAL, S.FORMAL, S.DRAFTING)
WITH_SUPPORT = BOTH | {Who.SUPPORT}
SIDE = Field(name="side", kind=FieldKind.CHOICE, choices=tuple(Side))
FORM = Field(name="form", kind=FieldKind.CHOICE, choices=tuple(HearingForm))
ATTENDANTS = Field(name="attendants", kind=FieldKind.CHOICES, required=False, choices=tuple(Attendant))
REASON = Field(name="reason", kind=FieldKind.TEXT)
UNTIL = Field(name="until", kind=FieldKind.DAY)
INVITATIONS = (
    LetterOwed(letter="uitnodiging_hoorzitting", when=f"side={Side.KLAGER}"),
    LetterOwed(letter="uitnodiging_hoorzitting", to=To.RESPONDENT, when=f"side={Side.BEKLAAGDE}"),
)


def _planned(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        HearingPlanned(
            side=answers.slug("side", Side),
            at=answers.the_moment("at"),
            place=answers.text("place"),
            form=answers.slug("form", HearingForm),
            reply_by=answers.day("reply_by"),
            attendants=answers.slugs("attendants", Attendant),
        ),
    )


def _held(_: Situation, answers: Answers) -> tuple[Event, ...]:
    return (
        HearingHeld(
            side=answers.slug("side", Side),
            on=answers.the_day("on"),
            form=answers.slug("form", HearingForm),
            report=answers.text("report"),
            attendants=answers.slugs("attendants", Attendant),
        ),
    )


def _waived(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    ground = answers.slug("ground", WaiverGround)
    reply_by = hearing.reply_day(situation) if ground == WaiverGround.GEEN_REACTIE else None
    return (HearingWaived(ground=ground, reply_by=reply_by, note=answers.text("note")),)


COPY = (
    Activity(
        slug="send_copy",
        process=("6.0", "H3"),
        by=WITH_SUPPORT,
        stages=FORMAL,
        fields=(Field(name="enclosures", kind=FieldKind.YES_NO),),
        guards=(hearing.nobody_to_send_to, hearing.enclosures_left_out),
        letters=(LetterOwed(letter="afschrift_beklaagde", to=To.RESPONDENT),),
        happens=lambda situation, answers: (CopySent(on=situation.today, enclosures=answers.yes("enclosures")),),
    ),
    Activity(
        slug="leave_out_copy",
        process=("6.0", "H3"),
        by=BOTH,
        stages=FORMAL,
        fields=(Field(name="ground", kind=FieldKind.CHOICE, choices=tuple(CopyGround)),),
        guards=(hearing.copy_may_not_be_left_out,),
        happens=lambda _, answers: (CopyLeftOut(ground=answers.slug("ground", CopyGround)),),
    ),
)

HEARING = (
    Activity(
        slug="offer_hearing",
        process=("6.1", "6.2", "6.3"),
        by=WITH_SUPPORT,
        stages=(S.INTERVIEW, S.INFORMAL, *FORMAL),
        fields=(SIDE, Field(name="reply_by", kind=FieldKind.DAY)),
        guards=(hearing.nobody_to_hear, hearing.reply_day_passed),
        letters=INVITATIONS,
        happens=lambda _, answers: (
            HearingOffered(side=answers.slug("side", Side), reply_by=answers.the_day("reply_by")),
        ),
    ),
    Activity(
        slug="plan_hearing",
        process=("6.3", "6.4"),
        by=WITH_SUPPORT,
        stages=FORMAL,
        fields=(
            SIDE,
            Field(name="at", kind=FieldKind.MOMENT),
            Field(name="place", kind=FieldKind.LINE),
            FORM,
            Field(name="reply_by", kind=FieldKind.DAY, required=False),
            ATTENDANTS,
        ),
        guards=(hearing.nobody_to_hear, hearing.reply_day_passed),
        letters=INVITATIONS,
        happens=_planned,
    ),
    Activity(
        slug="hold_hearing",
        process=("6.1", "6.2", "6.3"),
        by=BOTH,
        stages=FORMAL,
        fields=(SIDE, ON, FORM, Field(name="report", kind=FieldKind.TEXT, required=False), ATTENDANTS),
        guards=(no_cleared_handler, hearing.nobody_to_hear),
        happens=_held,
    ),
    Activity(
        slug="report_hearing",
        process=("6.5", "H4"),
        by=WITH_SUPPORT,
        stages=FORMAL,
        fields=(SIDE, Field(name="report", kind=FieldKind.TEXT)),
        guards=(hearing.no_hearing_held,),
        happens=lambda _, answers: (HearingReported(side=answers.slug("side", Side), report=answers.text("report")),),
    ),
    Activity(
        slug="waive_hearing",
        process=("6.2",),
        by=BOTH,
        stages=FORMAL,
        fields=(Field(name="ground", kind=FieldKind.CHOICE, choices=tuple(WaiverGround)), NOTE),
        guards=(hearing.heard_already, hearing.silence_too_early, hearing.invitation_unsent),
        happens=_waived,
    ),
)

DELAY = (
    Activity(
        slug="adjourn",
        process=("8.1", "H2"),
        by=BOTH,
        stages=RUNNING,
        fields=(Field(name="weeks", kind=FieldKind.NUMBER), REASON),
        guards=(terms.adjourned_before, terms.delay_is_agreed, terms.term_is_over, terms.adjourned_too_long),
        letters=(LetterOwed(letter="verdaging"), LetterOwed(letter="verdaging", to=To.RESPONDENT)),
        happens=lambda _, answers: (
            Adjourned(days=answers.the_number("weeks") * terms.WEEK, reason=answers.text("reason")),
        ),
    ),
    Activity(
        slug="ask_delay",
        process=("8.1",),
        by=BOTH,
        stages=RUNNING,
        fields=(UNTIL, REASON),
        guards=(terms.not_later,),
        letters=(LetterOwed(letter="verzoek_instemming_uitstel"),),
        happens=lambda _, answers: (DelayAsked(until=answers.the_day("until"), reason=answers.text("reason")),),
    ),
    Activity(
        slug="agree_delay",
        process=("8.1",),
        by=BOTH,
        stages=RUNNING,
        fields=(UNTIL, Field(name="message", kind=FieldKind.MESSAGE)),
        guards=(terms.not_later, terms.consent_not_on_file),
        happens=lambda _, answers: (
            DelayAgreed(until=answers.the_day("until"), message=answers.the_number("message")),
        ),
    ),
)

ACTIVITIES = (*COPY, *HEARING, *DELAY)
