"""A case in memory with its people, so that the procedure can be walked without a database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from core.adapters.holidays import netherlands
from core.domain.access import Role
from core.domain.case import Case, applied, confirmed, opened
from core.domain.events import DeadlinesSet, Entry, Event, HandlerAssigned, InvolvementDeclared, MessageAdded
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.message import Contact
from core.domain.people import Party, PartyRole
from core.domain.procedure.dates import dated, reason_for
from core.domain.procedure.dossier import dossier
from core.domain.procedure.fields import Raw
from core.domain.procedure.situation import Situation
from core.domain.procedure.table import ACTIVITIES
from core.domain.procedure.taking import letters_of, take
from core.domain.reactions import Ask, reactions
from core.domain.tasks import Task, TaskKind
from core.domain.triage import Decision
from core.domain.workflow import Stage

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALENDAR = netherlands(2024, 2030)
TEAMS = ("openbare-ruimte", "belastingen")
COORDINATOR, SUPPORT, JURIST, HANDLER, STRANGER, RESPONDENT = range(1, 7)
ROLES = {
    COORDINATOR: Role.COORDINATOR,
    SUPPORT: Role.SUPPORT,
    JURIST: Role.JURIST,
    HANDLER: Role.HANDLER,
    STRANGER: Role.HANDLER,
}


class Simulated:
    """One case; a person's number is that of their account too."""

    def __init__(
        self,
        *,
        channel: Channel = Channel.EMAIL,
        kinds: tuple[Kind, ...] = (Kind.KLACHT,),
        respondent: RespondentRole = RespondentRole.MEDEWERKER,
        complainant: Contact = Contact(name="Jan Jansen", email="jan@voorbeeld.example"),
        received: datetime = MONDAY,
        committee: bool = False,
    ) -> None:
        self.now = received
        self.entries: list[Entry] = []
        self.tasks: list[Task] = []
        self.letters: list[str] = []
        self.serial = 100
        self.messages = (1, 2)
        self.case = Case(
            id=5, number="2026-0005", channel=channel, received_at=received, received_on=CALENDAR.day_of(received)
        )
        self.parties = [Party(id=1, role=PartyRole.COMPLAINANT, contact=complainant)]
        if respondent != RespondentRole.ONBEKEND:
            person = RESPONDENT if respondent == RespondentRole.MEDEWERKER else None
            contact = Contact(name="B. Klaagde" if person else "")
            self.parties.append(
                Party(id=2, role=PartyRole.RESPONDENT, contact=contact, person=person, respondent_role=respondent)
            )
        self.decision = Decision(kinds=kinds, team="openbare-ruimte", respondent_role=respondent)
        self._record(opened(1, channel, received, CALENDAR, anonymous=False, committee=committee), None)
        self.record(MessageAdded(message=2, automatic=True), None)

    @property
    def today(self) -> date:
        return CALENDAR.day_of(self.now)

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def confirm(self) -> None:
        self.record(confirmed(self.case, 1, None, self.decision), COORDINATOR)
        self.tasks = [task for task in self.tasks if task.kind != TaskKind.REVIEW]

    def assign(self, person: int = HANDLER, *, cleared: bool = True) -> None:
        self.record(HandlerAssigned(before=self.case.handler, after=person), COORDINATOR)
        if cleared:
            self.record(InvolvementDeclared(person=person, involved=False), person)

    def situation(self, actor: int) -> Situation:
        case = self.case
        return Situation(
            case=case,
            dossier=dossier(self.entries),
            calendar=CALENDAR,
            today=self.today,
            user=actor,
            person=actor,
            roles=frozenset({ROLES[actor]}),
            cleared=actor != case.handler or bool(case.handler_cleared),
            parties=tuple(self.parties),
            open_tasks=tuple(self.tasks),
            messages=self.messages,
            people=tuple(range(1, 7)),
            teams=TEAMS,
            barred=frozenset({RESPONDENT}) | case.involved,
        )

    def take(self, actor: int, slug: str, answers: Raw | None = None, /, **more: str | Sequence[str]) -> None:
        """What the service does, without the database."""
        row, situation = ACTIVITIES[slug], self.situation(actor)
        events, given = take(situation, row, {**(answers or {}), **more})
        letter, number = given.number("letter"), given.number("number")
        self.tasks = [
            task
            for task in self.tasks
            if task.kind not in row.finishes
            or (task.kind == TaskKind.WRITE_LETTER and task.id != letter)
            or (number is not None and not task.note.startswith(f"{number}:"))
        ]
        for event in events:
            self.record(event, actor)
        for owed in letters_of(situation, row, given):
            self.letters.append(f"{owed.letter}:{owed.to}")
            self._ask(Ask(task=TaskKind.WRITE_LETTER, note=self.letters[-1]))

    def good(self, actor: int, slug: str, **changes: str | Sequence[str]) -> None:
        """Do it with answers that fit."""
        self.take(actor, slug, {**GOOD.get(slug, lambda _: {})(self), **changes})

    def send_letters(self) -> None:
        """Record every owed letter as sent today."""
        for task in [task for task in self.tasks if task.kind == TaskKind.WRITE_LETTER]:
            self.take(SUPPORT, "record_letter", letter=str(task.id), on=self.today.isoformat(), how="brief")

    def record(self, event: Event, actor: int | None) -> None:
        self._record([event], actor)

    def _record(self, events: Sequence[Event], actor: int | None) -> None:
        for event in events:
            entry = Entry(id=len(self.entries) + 1, case=5, at=self.now, actor=actor, event=event)
            self.entries.append(entry)
            self.case = applied(self.case, event, self.now)
            reason = reason_for(event)
            if reason is not None:
                dates = dated(dossier(self.entries), CALENDAR)
                if dates != self.case.deadlines:
                    self.record(DeadlinesSet(deadlines=dates, reason=reason), None)
            for reaction in reactions(event):
                if isinstance(reaction, Ask):
                    self._ask(reaction)

    def _ask(self, ask: Ask) -> None:
        self.serial += 1
        due = ask.due or self.today
        self.tasks.append(
            Task(id=self.serial, kind=ask.task, role=ask.role, case=5, due=due, note=ask.note, created_at=self.now)
        )


def _in(days: int) -> Callable[[Simulated], str]:
    return lambda one: (one.today + timedelta(days=days)).isoformat()


def _letter(one: Simulated) -> str:
    return next((str(task.id) for task in one.tasks if task.kind == TaskKind.WRITE_LETTER), "9")


def _settlement(one: Simulated) -> dict[str, str | Sequence[str]]:
    return {"satisfied": "yes", "how": "telefoon", "on": _in(0)(one), "agreed": "De hekken gaan om negen uur open."}


GOOD: Mapping[str, Callable[[Simulated], dict[str, str | Sequence[str]]]] = {
    "complete_data": lambda _: {"address": "Dorpsstraat 1, 7811 AA Emmen", "signature": "elektronisch_overig"},
    "ask_data": lambda one: {"reply_by": _in(14)(one)},
    "complete": lambda _: {"team": "openbare-ruimte"},
    "correct_receipt": lambda _: {"received_at": "2026-02-27T16:30", "reason": "lag al bij de balie"},
    "date_decision": lambda _: {"announced": "2026-02-20"},
    "interview": lambda one: {"result": "gesproken", "how": "telefoon", "on": _in(0)(one)},
    "judge": lambda _: {
        "kinds": ["geen_of_late_reactie"],
        "regime": "afd_9_1_2",
        "towards_complainant": "yes",
        "parts": "niet teruggebeld\nonvriendelijk",
    },
    "settle_at_interview": _settlement,
    "settle": _settlement,
    "try_informally": lambda _: {"note": "de teamleider belt"},
    "formalise": lambda _: {"note": "wil een hoorzitting"},
    "inform_team": lambda _: {"team": "openbare-ruimte"},
    "pass_to_team": lambda _: {"team": "openbare-ruimte"},
    "discussed": lambda one: {"on": _in(0)(one), "with_whom": "T. Leider"},
    "send_copy": lambda _: {"enclosures": "yes"},
    "leave_out_copy": lambda _: {"ground": "niemand_te_noemen"},
    "offer_hearing": lambda one: {"side": "beklaagde", "reply_by": _in(10)(one)},
    "plan_hearing": lambda one: {
        "side": "klager",
        "at": f"{_in(10)(one)}T14:30",
        "place": "gemeentehuis",
        "form": "afzonderlijk",
        "attendants": ["klachtencoordinator"],
    },
    "hold_hearing": lambda one: {
        "side": "klager",
        "on": _in(0)(one),
        "form": "telefonisch",
        "report": "Klager vertelde wat er gebeurde.",
    },
    "report_hearing": lambda _: {"side": "klager", "report": "Verslag."},
    "waive_hearing": lambda _: {"ground": "verklaard_niet"},
    "adjourn": lambda _: {"weeks": "4", "reason": "een getuige is op reis"},
    "ask_delay": lambda one: {"until": _in(150)(one), "reason": "nader onderzoek"},
    "agree_delay": lambda one: {"until": _in(150)(one), "message": "1"},
    "write_findings": lambda _: {"findings": "Zo was het.", "reasons": "Want.", "conclusions": "geen"},
    "judge_part": lambda _: {"part": "1", "judgement": "gegrond"},
    "ask_review": lambda _: {"of": "coordinator"},
    "review_findings": lambda _: {"result": "akkoord"},
    "sign": lambda _: {"on_behalf_of": "college"},
    "follow_up": lambda one: {"satisfied": "ja", "how": "telefoon", "on": _in(0)(one)},
    "point_to_ombudsman": lambda one: {"how": "telefoon", "on": _in(0)(one)},
    "draw_lesson": lambda one: {"lesson": "terugbellen", "improvement": "lijst", "owner": "4", "due": _in(60)(one)},
    "follow_improvement": lambda _: {"number": "1", "progress": "loopt"},
    "refer": lambda one: {"to": "melding", "on": _in(0)(one)},
    "hand_over_part": lambda one: {"kind": "bezwaar", "to": "bezwaar", "on": _in(0)(one)},
    "decline": lambda _: {
        "ground": "9:8-1b",
        "reasons": "Het is twee jaar geleden.",
        "on_behalf_of": "college",
        "instead": "U kunt naar de ombudsman.",
    },
    "withdraw": lambda one: {"how": "telefoon", "on": _in(0)(one)},
    "reopen": lambda _: {"reason": "er is een nieuw feit"},
    "hand_over": lambda _: {"person": str(HANDLER), "reason": "vakantie"},
    "take_back": lambda _: {"reason": "vakantie"},
    "except_involvement": lambda _: {"reason": "de klacht gaat over het college zelf"},
    "wait": lambda one: {"until": _in(7)(one), "reason": "klager is op reis"},
    "involve_ombudsman": lambda one: {"matter": "no_verzoek_stukken", "on": _in(0)(one), "due": _in(14)(one)},
    "answer_ombudsman": lambda one: {"number": "1", "on": _in(0)(one)},
    "note": lambda _: {"text": "intern"},
    "retract": lambda one: {"entry": str(len(one.entries)), "reason": "vergissing"},
    "record_consent": lambda _: {"route": "mail", "given": "yes", "how": "telefoon", "wording": "Mag het per e-mail?"},
    "record_letter": lambda one: {"letter": _letter(one), "on": _in(0)(one), "how": "brief"},
}


def at(stage: Stage, **more: object) -> Simulated:
    """A case that came to this stage by the usual steps."""
    one = Simulated(**more)  # type: ignore[arg-type]
    if stage == Stage.RECEIVED:
        return one
    one.confirm()
    if stage == Stage.COMPLETING:
        return one
    one.good(SUPPORT, "complete")
    if stage == Stage.INTERVIEW:
        return one
    ends = {Stage.REFERRED: "refer", Stage.NOT_HANDLED: "decline", Stage.WITHDRAWN: "withdraw"}
    if stage in ends:
        one.good(COORDINATOR, ends[stage])
        return one
    one.good(COORDINATOR, "interview")
    one.good(COORDINATOR, "judge")
    if stage == Stage.INFORMAL:
        one.good(COORDINATOR, "try_informally")
        return one
    one.assign()
    one.good(COORDINATOR, "formalise")
    if stage == Stage.FORMAL:
        return one
    one.good(HANDLER, "draft")
    if stage == Stage.DRAFTING:
        return one
    ready(one)
    one.good(HANDLER, "find")
    if stage == Stage.FOUND:
        return one
    one.good(COORDINATOR, "follow_up")
    if stage == Stage.AFTERCARE:
        return one
    one.send_letters()
    one.tasks = [task for task in one.tasks if task.kind == TaskKind.IMPROVEMENT]
    one.good(COORDINATOR, "close")
    return one


def ready(one: Simulated) -> None:
    """Everything that the law wants before findings go out, at drafting."""
    if one.situation(HANDLER).respondent:
        one.good(HANDLER, "send_copy")
        one.good(HANDLER, "offer_hearing")
    else:
        one.good(HANDLER, "leave_out_copy")
    one.send_letters()
    one.good(HANDLER, "hold_hearing")
    one.good(HANDLER, "write_findings")
    one.good(HANDLER, "judge_part")
    one.good(HANDLER, "judge_part", part="2", judgement="ongegrond")
    one.good(HANDLER, "ask_review")
    one.good(COORDINATOR, "review_findings")
    one.good(HANDLER, "sign")
