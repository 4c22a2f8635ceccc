"""Step 3 of the process description, and correcting what the dates rest on."""

from core.domain.events import Event
from core.domain.message import Contact
from core.domain.procedure.activity import Activity, LetterOwed, Who
from core.domain.procedure.events import (
    Completed,
    DataAsked,
    DataCompleted,
    DecisionDated,
    ReceiptCorrected,
)
from core.domain.procedure.fields import Answers, Field, FieldKind
from core.domain.procedure.guards.handling import (
    nothing_filled_in,
    nothing_missing,
    received_later,
    unknown_person,
    unknown_team,
)
from core.domain.procedure.guards.hearing import reply_day_passed
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import Signature
from core.domain.workflow import OPEN_STAGES, Stage, Step

OFFICE = frozenset({Who.SUPPORT, Who.COORDINATOR})
CONTACT = ("name", "email", "phone", "address")
REPRESENTATIVE = ("representative_name", "representative_email", "representative_phone", "representative_address")
ON_BEHALF = "on_behalf_of"
"""The one towards whom the conduct was, when somebody else complains (Awb 9:1)."""


def _optional(name: str, kind: FieldKind = FieldKind.LINE, **more: tuple[str, ...]) -> Field:
    return Field(name=name, kind=kind, required=False, choices=more.get("choices", ()))


def completed(contact: Contact, answers: Answers) -> Contact:
    """The contact with what was filled in; what was left open stays."""
    return Contact(
        name=answers.text("name") or contact.name,
        email=answers.text("email") or contact.email,
        phone=answers.text("phone") or contact.phone,
        address=answers.text("address") or contact.address,
    )


def _completed(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    """What changed and what is still missing then; the data themselves go to the parties."""
    old = situation.complainant.contact if situation.complainant else Contact()
    contact = completed(old, answers)
    signature = answers.slug("signature", Signature) if answers.has("signature") else None
    signed = situation.signed if signature is None else signature != Signature.ONTBREEKT
    missing = situation.missing_of(contact, signed=signed)
    changed = tuple(field.name for field in COMPLETE_DATA.fields if answers.has(field.name))
    return (DataCompleted(changed=changed, missing=missing, signature=signature, conduct_on=answers.day("conduct_on")),)


def _asked(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    return (DataAsked(missing=situation.missing, reply_by=answers.the_day("reply_by")),)


def _corrected(situation: Situation, answers: Answers) -> tuple[Event, ...]:
    moment = answers.the_moment("received_at")
    day = situation.calendar.day_of(moment)
    return (ReceiptCorrected(received_at=moment, received_on=day, reason=answers.text("reason")),)


COMPLETE_DATA = Activity(
    slug="complete_data",
    process=("3.1", "3.2", "3.3"),
    by=OFFICE,
    stages=OPEN_STAGES,
    fields=(
        *(_optional(name) for name in CONTACT[:3]),
        _optional("address", FieldKind.TEXT),
        *(_optional(name) for name in REPRESENTATIVE[:3]),
        _optional("representative_address", FieldKind.TEXT),
        _optional(ON_BEHALF),
        _optional("signature", FieldKind.CHOICE, choices=tuple(Signature)),
        Field(name="conduct_on", kind=FieldKind.DAY, required=False, past=True),
    ),
    guards=(nothing_filled_in,),
    happens=_completed,
)

ACTIVITIES = (
    COMPLETE_DATA,
    Activity(
        slug="ask_data",
        process=("3.3",),
        by=OFFICE,
        stages=OPEN_STAGES,
        fields=(Field(name="reply_by", kind=FieldKind.DAY),),
        guards=(nothing_missing, reply_day_passed),
        letters=(LetterOwed(letter="aanvullende_gegevens"),),
        happens=_asked,
    ),
    Activity(
        slug="complete",
        process=("3.5", "3.6"),
        by=OFFICE,
        stages=(Stage.COMPLETING,),
        step=Step.COMPLETE,
        fields=(
            Field(name="team", kind=FieldKind.TEAM),
            Field(name="interviewer", kind=FieldKind.PERSON, required=False),
        ),
        guards=(unknown_team, unknown_person),
        happens=lambda _, answers: (Completed(team=answers.text("team"), interviewer=answers.number("interviewer")),),
    ),
    Activity(
        slug="correct_receipt",
        process=("2.1",),
        by=OFFICE,
        stages=tuple(Stage),
        fields=(Field(name="received_at", kind=FieldKind.MOMENT), Field(name="reason", kind=FieldKind.LINE)),
        guards=(received_later,),
        happens=_corrected,
    ),
    Activity(
        slug="date_decision",
        process=("4.2",),
        by=OFFICE,
        stages=tuple(Stage),
        fields=(Field(name="announced", kind=FieldKind.DAY, past=True),),
        happens=lambda _, answers: (DecisionDated(announced=answers.the_day("announced")),),
    ),
)
