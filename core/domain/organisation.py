"""Who works where: teams, people, the offices they hold and when they are away."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Office(StrEnum):
    """An office that can handle complaints (process description, section 5). Dutch: it is data."""

    TEAMLEIDER = "teamleider"
    CONCERNMANAGER = "concernmanager"
    GEMEENTESECRETARIS = "gemeentesecretaris"
    PLAATSVERVANGEND_GEMEENTESECRETARIS = "plaatsvervangend_gemeentesecretaris"
    PORTEFEUILLEHOUDER_HRM = "portefeuillehouder_hrm"
    VOORZITTER_COLLEGE = "voorzitter_college"
    LOCOBURGEMEESTER = "locoburgemeester"
    GRIFFIER = "griffier"
    PLAATSVERVANGEND_GRIFFIER = "plaatsvervangend_griffier"
    WERKGEVERSCOMMISSIE = "werkgeverscommissie"
    VOORZITTER_RAAD = "voorzitter_raad"
    VOORZITTER_BEZWAARCOMMISSIE = "voorzitter_bezwaarcommissie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team of the municipality; ``slug`` is a class of the model or the municipality's own."""

    slug: str
    name: str
    mailbox: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One person in one office; ``team`` says which, for a teamleider or the concernmanager over a team."""

    office: Office
    person: int
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the municipality who can handle a complaint or be complained about."""

    id: int
    name: str
    team: str | None = None
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A period in which a person cannot handle complaints; both days included."""

    person: int
    first: date
    last: date
    id: int = 0
    """Number in the database, by which it is taken back."""

    def covers(self, day: date) -> bool:
        """Whether the person is away on this day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The whole organisation as one value, so that routing is a pure function of it."""

    teams: tuple[Team, ...] = ()
    people: tuple[Person, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    absences: tuple[Absence, ...] = ()
    coordinator_team: str = "juridische-zaken"
    """The team of the klachtencoördinator, whose teamleider handles complaints about the coördinator."""

    def holders(self, office: Office, team: str | None = None) -> tuple[int, ...]:
        """The people in an office; with ``team``, those appointed for it."""
        return tuple(a.person for a in self.appointments if a.office == office and (team is None or a.team == team))

    def absent(self, day: date) -> frozenset[int]:
        """The people who are away on this day."""
        return frozenset(absence.person for absence in self.absences if absence.covers(day))

    def person(self, number: int) -> Person | None:
        """The person with this number."""
        return next((person for person in self.people if person.id == number), None)

    def team(self, slug: str) -> Team | None:
        """The team with this slug."""
        return next((team for team in self.teams if team.slug == slug), None)
