"""What happens in the procedure: typed, past tense, append-only. ``core.domain.events`` joins these to its own.

``on`` is the local day on which something happened, which may lie before the moment at which it was recorded.
"""

from dataclasses import dataclass
from datetime import date, datetime

from core.domain.access import Role
from core.domain.hearing import WaiverGround
from core.domain.labels import Kind
from core.domain.message import Route
from core.domain.procedure.slugs import (
    Attendant,
    ComplaintKind,
    ContactResult,
    ContactWay,
    CopyGround,
    CoreValue,
    Destination,
    Ground,
    HearingForm,
    Judgement,
    OmbudsmanMatter,
    OnBehalfOf,
    Progress,
    Regime,
    ReviewResult,
    Satisfaction,
    Side,
    Signature,
)

# --- completing the data (3) -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCompleted:
    """Somebody completed the data of the case (3.1 to 3.5); the data themselves stand with the parties."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    """What a klaagschrift still lacks (Awb 9:4 lid 2)."""
    signature: Signature | None = None
    conduct_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAsked:
    """The complainant was asked for what is missing; no term stands still for it (law.md A-4.4)."""

    missing: tuple[str, ...]
    reply_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCorrected:
    """The day of receipt was wrong: the terms start on another day (law.md T-6b, section 2.3)."""

    received_at: datetime
    received_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDated:
    """The citizen's decision was announced on this day: the objection term is hinted at (law.md B-5)."""

    announced: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The case was passed on with its mandatory fields (3.5, 3.6)."""

    team: str
    interviewer: int | None = None


# --- intake and informal handling (4, 5) -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewRecorded:
    """Somebody spoke with the complainant, or tried to (4.1)."""

    result: ContactResult
    how: ContactWay
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """It was judged that this falls under the klachtrecht, what it is about, and in which parts (4.2)."""

    kinds: tuple[ComplaintKind, ...]
    regime: Regime
    parts: tuple[str, ...]
    """The parts of the complaint in the order in which they are judged; the first is part 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledInformally:
    """The complainant said to be satisfied: the duty to go on lapses (4.3, 5.1; Awb 9:5)."""

    how: ContactWay
    on: date
    agreed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamInformed:
    """The team concerned was told of the action taken (4.4)."""

    team: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTasked:
    """The team concerned is to deal with the complaint without contact with the complainant (4.5, 5.2)."""

    team: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussed:
    """The complaint was discussed with the responsible officer: "besproken op" (5.4; process.md H9)."""

    on: date
    with_whom: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedInformally:
    """Informal handling goes on after the intake call (5)."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formalised:
    """The complaint is handled formally (4.8, 6)."""

    reason: str = ""


# --- the handler (process description, section 5) ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerTakenBack:
    """The coördinator took the case back from its handler."""

    before: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvolvementExcepted:
    """Somebody involved handles it all the same: about the body itself, its chair or a member (Awb 9:7 lid 2)."""

    person: int
    reason: str


# --- formal handling (6, 8) --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySent:
    """The person complained about was sent the klaagschrift and what came with it (Awb 9:9)."""

    on: date
    enclosures: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLeftOut:
    """No copy was owed (decisions 34)."""

    ground: CopyGround


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingOffered:
    """A side was given the opportunity to be heard (Awb 9:10 lid 1)."""

    side: Side
    reply_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPlanned:
    """A hearing was planned and the side invited (6.3, 6.4)."""

    side: Side
    at: datetime
    place: str
    form: HearingForm
    reply_by: date | None = None
    attendants: tuple[Attendant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingHeld:
    """A side was heard (6.1, 6.2)."""

    side: Side
    on: date
    form: HearingForm
    report: str = ""
    attendants: tuple[Attendant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingReported:
    """The report (verslag) of a hearing was written afterwards (Awb 9:10 lid 3)."""

    side: Side
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingWaived:
    """The complainant is not heard, on one of the three grounds (Awb 9:10 lid 2)."""

    ground: WaiverGround
    reply_by: date | None
    """The last day of the term that was set, for silence."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjourned:
    """The term was adjourned (Awb 9:11 lid 2)."""

    days: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayAsked:
    """The complainant was asked to agree to further delay; nothing is presumed (Awb 9:11 lid 3)."""

    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayAgreed:
    """The complainant agreed in writing to a later date (Awb 9:11 lid 3)."""

    until: date
    message: int
    """The message in which they did."""


# --- findings (9) ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftingStarted:
    """The findings are being written (9.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsWritten:
    """A version of the findings (9.1; Awb 9:12 lid 1). A new one must be reviewed and signed anew."""

    findings: str
    reasons: str
    conclusions: str
    measures: str = ""
    values: tuple[CoreValue, ...] = ()
    overall: Judgement | None = None
    """Where the handler departs from what follows from the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartJudged:
    """One part of the complaint was judged."""

    part: int
    judgement: Judgement
    reasons: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """The coördinator or a jurist was asked to look at the findings (9.2)."""

    of: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsReviewed:
    """The findings were discussed beforehand (9.2)."""

    result: ReviewResult
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The handler signed the findings (9.2)."""

    on_behalf_of: OnBehalfOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The findings went out (9.1; Awb 9:12)."""

    overall: Judgement
    on: date


# --- after-care (10) ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp:
    """The complainant was asked whether they are satisfied (10.1)."""

    satisfied: Satisfaction
    how: ContactWay
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingMessageChosen:
    """A closing message is useful and is sent (10.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OmbudsmanPointedOut:
    """A dissatisfied complainant was told of the ombudsman once more (10.3)."""

    how: ContactWay
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDrawn:
    """What is learnt, and what is done about it by whom before when (process.md G2, G6, H8)."""

    number: int
    lesson: str
    improvement: str = ""
    owner: int | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementFollowed:
    """Somebody looked at how an improvement action stands."""

    number: int
    progress: Progress
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The case was closed (10.4)."""

    on: date


# --- ways out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """The whole message was passed on to where it belongs (4.2; Awb 2:3, 6:15). The receipt date stays."""

    to: Destination
    on: date
    """The day of the hand-over."""
    body: str = ""
    """Who received it: a body, a team, the secretariat of the bezwaarschriftencommissie."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The part that is no klacht was handed over; the klacht goes on here (law.md B-8)."""

    kind: Kind
    to: Destination
    on: date
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """It was decided not to handle the complaint (Awb 9:8)."""

    ground: Ground
    reasons: str
    on_behalf_of: OnBehalfOf
    instead: str
    """Where the citizen can go instead."""
    on: date
    late: bool
    """Whether the four weeks of Awb 9:8 lid 3 had passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The complainant took the complaint back (process.md H11)."""

    how: ContactWay
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """An ended case was opened again."""

    reason: str


# --- at any time -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStarted:
    """The case waits for something until a date; no term stands still for it."""

    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded:
    """The waiting is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OmbudsmanInvolved:
    """Something passed between the ombudsman and us (Awb 9:30 to 9:36; decisions 38)."""

    number: int
    matter: OmbudsmanMatter
    on: date
    due: date | None = None
    """Until when an answer is wanted."""
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OmbudsmanAnswered:
    """We answered the ombudsman, or the ombudsman us."""

    number: int
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten:
    """An internal note; never part of a letter or of what the person complained about gets (law.md P-5)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """An earlier line of the history was a mistake; it stays readable and counts no longer."""

    entry: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded:
    """The complainant said whether we may write electronically by this route, or took that back (Awb 2:8)."""

    route: Route
    given: bool
    how: ContactWay
    wording: str
    """The question as it was put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecorded:
    """A letter that was written outside the system was sent (Awb 2:19; process.md 9.3)."""

    task: int
    letter: str
    to: str
    on: date
    how: ContactWay


ProcedureEvent = (
    DataCompleted
    | DataAsked
    | ReceiptCorrected
    | DecisionDated
    | Completed
    | InterviewRecorded
    | Judged
    | SettledInformally
    | TeamInformed
    | TeamTasked
    | Discussed
    | TriedInformally
    | Formalised
    | HandlerTakenBack
    | InvolvementExcepted
    | CopySent
    | CopyLeftOut
    | HearingOffered
    | HearingPlanned
    | HearingHeld
    | HearingReported
    | HearingWaived
    | Adjourned
    | DelayAsked
    | DelayAgreed
    | DraftingStarted
    | FindingsWritten
    | PartJudged
    | ReviewAsked
    | FindingsReviewed
    | Signed
    | Found
    | FollowedUp
    | ClosingMessageChosen
    | OmbudsmanPointedOut
    | LessonDrawn
    | ImprovementFollowed
    | Closed
    | Referred
    | HandedOver
    | Declined
    | Withdrawn
    | Reopened
    | WaitStarted
    | WaitEnded
    | OmbudsmanInvolved
    | OmbudsmanAnswered
    | NoteWritten
    | Retracted
    | ConsentRecorded
    | LetterRecorded
)
