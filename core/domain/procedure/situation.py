"""Everything that guards look at when somebody wants to do something in a case, as one value."""

from dataclasses import dataclass
from datetime import date

from core.domain.access import Role
from core.domain.case import Case
from core.domain.labels import Channel, RespondentRole
from core.domain.message import Contact
from core.domain.people import Party, PartyRole, missing_for_complaint
from core.domain.procedure.dossier import RETRACTABLE, Dossier
from core.domain.procedure.events import (
    DataCompleted,
    Judged,
    LessonDrawn,
    OmbudsmanAnswered,
    OmbudsmanInvolved,
)
from core.domain.procedure.fields import FieldKind
from core.domain.procedure.slugs import Regime, Signature
from core.domain.tasks import Task, TaskKind
from core.domain.terms import Calendar, over_a_year_ago

NOT_ARRIVED = (TaskKind.POST_LETTER, TaskKind.UNDELIVERED, TaskKind.DELIVERY_UNKNOWN)
ORAL = frozenset({Channel.TELEFONISCH, Channel.MONDELING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A case as it stands on a day, and who looks at it."""

    case: Case
    dossier: Dossier
    calendar: Calendar
    today: date
    user: int
    person: int | None
    """Number of the actor in the organisation."""
    roles: frozenset[Role]
    cleared: bool = True
    """Whether the actor sees the whole case; a handler who has not declared sees names and dates only (Awb 9:7)."""
    parties: tuple[Party, ...] = ()
    open_tasks: tuple[Task, ...] = ()
    messages: tuple[int, ...] = ()
    """The messages in the case that a person wrote."""
    described: bool = True
    """Whether any of those says what the complaint is about."""
    people: tuple[int, ...] = ()
    """Everybody of the organisation."""
    teams: tuple[str, ...] = ()
    barred: frozenset[int] = frozenset()
    """Those complained about and those involved: they never handle the case (Awb 9:7)."""

    @property
    def complainant(self) -> Party | None:
        """The first of those who complain."""
        return next((party for party in self.parties if party.role == PartyRole.COMPLAINANT), None)

    @property
    def respondent(self) -> Party | None:
        """The one complained about, when anybody can be named: a person, or an office or body."""
        return next(
            (
                party
                for party in self.parties
                if party.role == PartyRole.RESPONDENT
                and (party.contact.name or party.person or party.respondent_role != RespondentRole.ONBEKEND)
            ),
            None,
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What a klaagschrift still lacks (Awb 9:4 lid 2; law.md A-4.2, A-4.3)."""
        party = self.complainant
        return self.missing_of(party.contact if party else Contact(), signed=self.signed)

    def missing_of(self, contact: Contact, *, signed: bool) -> tuple[str, ...]:
        """The same for these data; who complained orally has nothing to sign (Awb 9:2)."""
        found = missing_for_complaint(contact, described=self.described, signed=signed)
        return tuple(name for name in found if not (name == "ondertekening" and self.case.channel in ORAL))

    @property
    def signed(self) -> bool:
        """Whether it counts as signed: as recorded, else an electronic message with a name counts (law.md A-4.3)."""
        recorded = [one.signature for one in self.dossier.all(DataCompleted) if one.signature is not None]
        if recorded:
            return recorded[-1] != Signature.ONTBREEKT
        party = self.complainant
        return self.case.channel != Channel.POST and bool(party and party.contact.name)

    @property
    def over_a_year_ago(self) -> bool:
        """Whether the conduct lay more than a year before the complaint came in (law.md A-8.3): a hint."""
        days = [one.conduct_on for one in self.dossier.all(DataCompleted) if one.conduct_on is not None]
        return bool(days) and over_a_year_ago(days[-1], self.case.received_on)

    @property
    def regime(self) -> Regime:
        """Which rules bind; the written procedure until somebody judged otherwise (law.md A-4.1)."""
        judged = self.dossier.last(Judged)
        return judged.regime if judged else Regime.AFD_9_1_2

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the complaint."""
        judged = self.dossier.last(Judged)
        return judged.parts if judged else ()

    @property
    def open_matters(self) -> tuple[int, ...]:
        """What the ombudsman still waits for, or we for the ombudsman."""
        answered = {one.number for one in self.dossier.all(OmbudsmanAnswered)}
        return tuple(one.number for one in self.dossier.all(OmbudsmanInvolved) if one.number not in answered)

    def owed(self, *kinds: TaskKind) -> tuple[Task, ...]:
        """The open tasks of these kinds."""
        return tuple(task for task in self.open_tasks if task.kind in kinds)

    def unsent(self, letter: str, to: str) -> bool:
        """Whether this letter is owed, and not known to have left (Awb 2:11)."""
        owed = any(task.note == f"{letter}:{to}" for task in self.owed(TaskKind.WRITE_LETTER))
        return owed or any(task.note == letter for task in self.owed(*NOT_ARRIVED))

    def options(self, kind: FieldKind) -> tuple[str, ...] | None:
        """What can be chosen for a field whose choices depend on the case; None where there is no list."""
        match kind:
            case FieldKind.PERSON:
                return tuple(str(person) for person in self.people if person not in self.barred)
            case FieldKind.TEAM:
                return self.teams
            case FieldKind.MESSAGE:
                return tuple(map(str, self.messages))
            case FieldKind.ENTRY:
                return tuple(str(one.id) for one in self.dossier.entries if type(one.event) in RETRACTABLE)
            case FieldKind.PART:
                return tuple(str(number) for number in range(1, len(self.parts) + 1))
            case FieldKind.LETTER:
                return tuple(str(task.id) for task in self.owed(TaskKind.WRITE_LETTER))
            case FieldKind.LESSON:
                return tuple(str(one.number) for one in self.dossier.all(LessonDrawn))
            case FieldKind.MATTER:
                return tuple(map(str, self.open_matters))
            case _:
                return None
