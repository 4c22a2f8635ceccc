"""The ways out: Awb 2:3, 6:15, 9:5 and 9:8; steps 4, 5 and 10 of the process description."""

from core.domain.labels import Kind
from core.domain.procedure.activity import guard
from core.domain.procedure.dossier import RETRACTABLE
from core.domain.procedure.events import (
    Discussed,
    FollowedUp,
    HandedOver,
    LessonDrawn,
    OmbudsmanAnswered,
    SettledInformally,
    TeamInformed,
    TeamTasked,
    TriedInformally,
)
from core.domain.procedure.fields import Answers
from core.domain.procedure.situation import Situation
from core.domain.procedure.slugs import OBJECTIONS, WITH_TERM, Destination, OmbudsmanMatter
from core.domain.tasks import TaskKind

OUTLASTING = frozenset({TaskKind.IMPROVEMENT})
"""Tasks that may outlast the case: an improvement is often due months later."""


@guard("Awb 9:5", asks=True)
def not_satisfied(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """The duties end only when the complainant is satisfied (Awb 9:5; law.md A-5; process.md H12)."""
    return None if answers.yes("satisfied") else ("satisfied",)


@guard("Awb 6:15, 2:3", asks=True)
def handed_over_late(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """A bezwaar is handed over the same day, and that is recorded (Awb 6:15; law.md B-2, B-3; process.md H7)."""
    objection = answers.slug("to", Destination) in OBJECTIONS
    return ("on",) if objection and answers.the_day("on") != situation.today else None


@guard("Awb 2:3 lid 1", asks=True)
def body_not_named(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Who passes something on says to whom (Awb 2:3 lid 1; law.md B-1)."""
    elsewhere = answers.slug("to", Destination) == Destination.ANDERE_INSTANTIE
    return ("body",) if elsewhere and not answers.text("body") else None


@guard("Awb 6:15")
def mixed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """Of klacht and bezwaar in one message both tracks go on: the other part is handed over first (law.md B-8)."""
    kinds = situation.case.decision.kinds if situation.case.decision else ()
    over = {event.kind for event in situation.dossier.all(HandedOver)}
    rest = set(kinds) - {Kind.KLACHT} - over
    return ("hand_over_part",) if Kind.KLACHT in kinds and rest else None


@guard("Awb 6:15")
def nothing_to_hand_over(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A part is handed over of a message that is klacht and something else too (law.md B-8)."""
    kinds = situation.case.decision.kinds if situation.case.decision else ()
    over = {event.kind for event in situation.dossier.all(HandedOver)}
    return None if Kind.KLACHT in kinds and set(kinds) - {Kind.KLACHT} - over else ()


@guard("Awb 6:15", asks=True)
def not_a_part(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """What is handed over is a kind that the message was said to be (law.md B-8)."""
    kinds = situation.case.decision.kinds if situation.case.decision else ()
    kind = answers.slug("kind", Kind)
    over = {event.kind for event in situation.dossier.all(HandedOver)}
    return None if kind in kinds and kind != Kind.KLACHT and kind not in over else ("kind",)


@guard("procedure 4.4")
def team_not_informed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The team concerned learns of what was done with a complaint about it (process description, 4.4, 4.5)."""
    if not situation.dossier.has(SettledInformally):
        return None
    told = any(situation.dossier.has(kind) for kind in (TeamInformed, TeamTasked, Discussed))
    return None if told else ("inform_team",)


@guard("procedure 5.4")
def not_discussed(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """A complaint that was settled informally, or given to a team, was discussed before it closes (5.4; H9)."""
    found = situation.dossier
    owed = found.has(TeamTasked) or (found.has(TriedInformally) and found.has(SettledInformally))
    return None if not owed or found.last_after(Discussed, TeamTasked) is not None else ("discussed",)


@guard("procedure 5.2")
def no_team_tasked(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """What is discussed was settled, or given to the team (process description, 5.2, 5.4)."""
    given = situation.dossier.has(TeamTasked) or situation.dossier.has(SettledInformally)
    return None if given else ("pass_to_team",)


@guard("procedure 10.1")
def not_followed_up(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """The complainant was asked whether they are satisfied, or could not be reached (process description, 10.1)."""
    return None if situation.dossier.has(FollowedUp) else ("follow_up",)


@guard("procedure 11")
def tasks_open(situation: Situation, _answers: Answers) -> tuple[str, ...] | None:
    """No case is closed with open tasks (process description, section 11)."""
    finished_by_it = {TaskKind.WAITING}
    kinds = {task.kind for task in situation.open_tasks} - OUTLASTING - finished_by_it
    return tuple(sorted(kinds)) or None


@guard("procedure H8", asks=True)
def improvement_without_owner(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """An improvement action has an owner and a date (process.md H8)."""
    if not answers.text("improvement"):
        return None
    return tuple(name for name in ("owner", "due") if not answers.has(name)) or None


@guard("procedure H8", asks=True)
def no_such_lesson(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """What is followed up was drawn before (process.md H8)."""
    numbers = {event.number for event in situation.dossier.all(LessonDrawn)}
    return None if answers.the_number("number") in numbers else ("number",)


@guard("Awb 9:30, 9:31, 9:35", asks=True)
def term_not_recorded(_situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """What the ombudsman sets a term for is recorded with that term (Awb 9:30, 9:31, 9:35; law.md A-31)."""
    wanted = answers.slug("matter", OmbudsmanMatter) in WITH_TERM and not answers.has("due")
    return ("due",) if wanted else None


@guard("Awb 9:31", asks=True)
def no_such_matter(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """What is answered was asked, and not answered before (Awb 9:31, 9:36)."""
    answered = {event.number for event in situation.dossier.all(OmbudsmanAnswered)}
    number = answers.the_number("number")
    return None if number in situation.open_matters and number not in answered else ("number",)


@guard("procedure 7.1", asks=True)
def not_retractable(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """Only what can be a slip of the pen is taken back; steps, letters and receipts are not (decisions 18)."""
    number = answers.the_number("entry")
    found = next((entry for entry in situation.dossier.entries if entry.id == number), None)
    return None if found is not None and type(found.event) in RETRACTABLE else ("entry",)


@guard("Awb 2:19", asks=True)
def no_letter_owed(situation: Situation, answers: Answers) -> tuple[str, ...] | None:
    """A letter that is recorded as sent was owed (law.md T-9)."""
    owed = {task.id for task in situation.owed(TaskKind.WRITE_LETTER)}
    return None if answers.the_number("letter") in owed else ("letter",)
