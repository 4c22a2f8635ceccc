"""Who handles a complaint about whom: the eleven rules of the process description (section 5) as a table.

Awb 9:7 forbids handling by someone involved in the conduct, except where the complaint is about the body itself, its
chair or a member. So involvement is asked for every handler, also where the table gives no fallback; where none is
left the outcome is ``handler_conflict`` and a person decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.labels import RespondentRole
from core.domain.organisation import Office, Organisation

R = RespondentRole


class Pick(StrEnum):
    """How a holder of an office is found."""

    OF_TEAM = "of_team"
    """The holder for the team concerned."""
    OF_COORDINATOR = "of_coordinator"
    """The holder for the team of the klachtencoördinator."""
    ANOTHER = "another"
    """A holder for another team: a person chooses from the list."""
    SOLE = "sole"
    """The one holder there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An office and how its holder is found."""

    office: Office
    pick: Pick = Pick.SOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table. None as a fallback means that the source gives none: a person decides."""

    number: int
    roles: tuple[RespondentRole, ...]
    handler: Seat
    on_absence: Seat | None = None
    on_involvement: Seat | None = None
    involvement_allowed: bool = False
    """Awb 9:7 lid 2: about the body itself, its chair or a member."""
    basis: str = ""


TABLE: tuple[Rule, ...] = (
    Rule(
        number=1,
        roles=(R.MEDEWERKER, R.ONBEKEND),
        handler=Seat(office=Office.TEAMLEIDER, pick=Pick.OF_TEAM),
        on_absence=Seat(office=Office.TEAMLEIDER, pick=Pick.ANOTHER),
        on_involvement=Seat(office=Office.TEAMLEIDER, pick=Pick.ANOTHER),
    ),
    Rule(
        number=2,
        roles=(R.KLACHTENCOORDINATOR,),
        handler=Seat(office=Office.TEAMLEIDER, pick=Pick.OF_COORDINATOR),
        on_absence=Seat(office=Office.CONCERNMANAGER, pick=Pick.OF_COORDINATOR),
        on_involvement=Seat(office=Office.CONCERNMANAGER, pick=Pick.OF_COORDINATOR),
    ),
    Rule(
        number=3,
        roles=(R.GRIFFIEMEDEWERKER,),
        handler=Seat(office=Office.GRIFFIER),
        on_absence=Seat(office=Office.PLAATSVERVANGEND_GRIFFIER),
        basis="Gemeentewet art. 107d lid 1; vervangingsbesluit van de raad",
    ),
    Rule(
        number=4,
        roles=(R.TEAMLEIDER,),
        handler=Seat(office=Office.CONCERNMANAGER, pick=Pick.OF_TEAM),
        on_absence=Seat(office=Office.CONCERNMANAGER, pick=Pick.ANOTHER),
        on_involvement=Seat(office=Office.CONCERNMANAGER, pick=Pick.ANOTHER),
    ),
    Rule(
        number=5,
        roles=(R.CONCERNMANAGER,),
        handler=Seat(office=Office.GEMEENTESECRETARIS),
        on_absence=Seat(office=Office.PLAATSVERVANGEND_GEMEENTESECRETARIS),
        basis="Gemeentewet art. 106 lid 1; vervangingsbesluit van burgemeester en wethouders",
    ),
    Rule(
        number=6,
        roles=(R.GEMEENTESECRETARIS,),
        handler=Seat(office=Office.PORTEFEUILLEHOUDER_HRM),
        on_absence=Seat(office=Office.VOORZITTER_COLLEGE),
    ),
    Rule(
        number=7,
        roles=(R.COLLEGE, R.WETHOUDER),
        handler=Seat(office=Office.VOORZITTER_COLLEGE),
        on_absence=Seat(office=Office.LOCOBURGEMEESTER),
        involvement_allowed=True,
    ),
    Rule(number=8, roles=(R.GRIFFIER,), handler=Seat(office=Office.WERKGEVERSCOMMISSIE)),
    Rule(number=9, roles=(R.GEMEENTERAAD,), handler=Seat(office=Office.VOORZITTER_RAAD), involvement_allowed=True),
    Rule(number=10, roles=(R.BURGEMEESTER,), handler=Seat(office=Office.LOCOBURGEMEESTER), involvement_allowed=True),
    Rule(number=11, roles=(R.BEZWAARCOMMISSIE,), handler=Seat(office=Office.VOORZITTER_BEZWAARCOMMISSIE)),
)

STANDING: tuple[RespondentRole, ...] = (
    R.GEMEENTERAAD,
    R.RAADSLID,
    R.BURGEMEESTER,
    R.COLLEGE,
    R.WETHOUDER,
    R.BEZWAARCOMMISSIE,
    R.GRIFFIER,
    R.GEMEENTESECRETARIS,
    R.CONCERNMANAGER,
    R.TEAMLEIDER,
    R.GRIFFIEMEDEWERKER,
    R.KLACHTENCOORDINATOR,
    R.MEDEWERKER,
    R.ONBEKEND,
)
"""With several people complained about, the rule of the one who stands first here is proposed; a person decides."""


class Outcome(StrEnum):
    """What routing came to."""

    PROPOSED = "proposed"
    """One handler is proposed."""
    CHOOSE = "choose"
    """A person chooses from the candidates."""
    VACANT = "vacant"
    """The rule names an office that nobody holds in the organisation data: a person fills it in."""
    HANDLER_CONFLICT = "handler_conflict"
    """No rule or no fallback fits: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The handler that the table leads to, and how it came there."""

    outcome: Outcome
    rule: int | None
    office: Office | None = None
    person: int | None = None
    candidates: tuple[int, ...] = ()
    because: tuple[str, ...] = ()
    """Why not the first handler: ``absent``, ``involved``, ``no_fallback``, ``no_rule``, ``fallback_absent`` ..."""
    involvement_allowed: bool = False


def leading(roles: Iterable[RespondentRole]) -> RespondentRole:
    """Of several people complained about, the role whose rule leads."""
    return min(roles, key=STANDING.index, default=R.ONBEKEND)


def rule_for(role: RespondentRole, table: tuple[Rule, ...] = TABLE) -> Rule | None:
    """The row for a role; None for a raadslid, whom no row of the source names."""
    return next((rule for rule in table if role in rule.roles), None)


def propose(
    role: RespondentRole,
    team: str | None,
    organisation: Organisation,
    *,
    absent: frozenset[int] = frozenset(),
    involved: frozenset[int] = frozenset(),
    table: tuple[Rule, ...] = TABLE,
) -> Proposal:
    """The handler for a complaint about someone in ``role``, working in ``team``.

    ``involved`` holds the people complained about and those who declared themselves involved (Awb 9:7).
    """
    rule = rule_for(role, table)
    if rule is None:
        return Proposal(outcome=Outcome.HANDLER_CONFLICT, rule=None, because=("no_rule",))
    first = _holders(rule.handler, team, organisation, frozenset())
    if not first:
        because = ("no_team",) if team is None and rule.handler.pick == Pick.OF_TEAM else ("nobody_appointed",)
        return Proposal(outcome=Outcome.VACANT, rule=rule.number, office=rule.handler.office, because=because)
    free = [person for person in first if person not in absent | involved]
    if free:
        return _proposal(rule, rule.handler, tuple(free), ())
    cause = "involved" if any(person in involved for person in first) else "absent"
    fallback = rule.on_involvement if cause == "involved" else rule.on_absence
    if fallback is None:
        return _conflict(rule, (cause, "no_fallback"))
    second = _holders(fallback, team, organisation, frozenset(first))
    if not second:
        return _conflict(rule, (cause, "fallback_vacant"))
    stand_ins = tuple(person for person in second if person not in absent | involved)
    if not stand_ins:
        return _conflict(rule, (cause, "fallback_unavailable"))
    return _proposal(rule, fallback, stand_ins, (cause,))


def _holders(seat: Seat, team: str | None, organisation: Organisation, without: frozenset[int]) -> tuple[int, ...]:
    if seat.pick == Pick.OF_TEAM:
        holders = organisation.holders(seat.office, team) if team is not None else ()
    elif seat.pick == Pick.OF_COORDINATOR:
        holders = organisation.holders(seat.office, organisation.coordinator_team)
    else:
        holders = organisation.holders(seat.office)
    return tuple(dict.fromkeys(person for person in holders if person not in without))


def _proposal(rule: Rule, seat: Seat, people: tuple[int, ...], because: tuple[str, ...]) -> Proposal:
    """One holder is proposed; "another" is always a person's choice, and so are several holders."""
    chosen = people[0] if len(people) == 1 and seat.pick != Pick.ANOTHER else None
    return Proposal(
        outcome=Outcome.PROPOSED if chosen is not None else Outcome.CHOOSE,
        rule=rule.number,
        office=seat.office,
        person=chosen,
        candidates=people,
        because=because,
        involvement_allowed=rule.involvement_allowed,
    )


def _conflict(rule: Rule, because: tuple[str, ...]) -> Proposal:
    return Proposal(
        outcome=Outcome.HANDLER_CONFLICT,
        rule=rule.number,
        office=rule.handler.office,
        because=because,
        involvement_allowed=rule.involvement_allowed,
    )
