"""Who handles a complaint about whom: the eleven rules of process.md section 5, and its known holes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.labels import RespondentRole as R
from core.domain.organisation import Appointment, Office, Organisation, Person, Team
from core.domain.routing import Outcome, propose, rule_for

PROPERTY = settings(deadline=None, database=None)

# People of the example municipality, by what they are
LEADER_PUBLIC, LEADER_TAX, LEADER_GREEN, LEADER_LEGAL = 1, 2, 3, 4
MANAGER_A, MANAGER_B, MANAGER_C = 11, 12, 13  # concernmanagers; A is over publiekszaken and juridische-zaken
SECRETARY, DEPUTY_SECRETARY = 21, 22
HRM, MAYOR, DEPUTY_MAYOR = 31, 32, 33
GRIFFIER, DEPUTY_GRIFFIER, EMPLOYERS = 41, 42, 43
COUNCIL_CHAIR, OBJECTION_CHAIR = 51, 61
EMPLOYEE = 99


def _seat(office: Office, person: int, team: str | None = None) -> Appointment:
    return Appointment(office=office, person=person, team=team)


TEAMS = ("publiekszaken", "belastingen", "openbare-ruimte", "juridische-zaken")
SEATS = (
    _seat(Office.TEAMLEIDER, LEADER_PUBLIC, "publiekszaken"),
    _seat(Office.TEAMLEIDER, LEADER_TAX, "belastingen"),
    _seat(Office.TEAMLEIDER, LEADER_GREEN, "openbare-ruimte"),
    _seat(Office.TEAMLEIDER, LEADER_LEGAL, "juridische-zaken"),
    _seat(Office.CONCERNMANAGER, MANAGER_A, "publiekszaken"),
    _seat(Office.CONCERNMANAGER, MANAGER_A, "juridische-zaken"),
    _seat(Office.CONCERNMANAGER, MANAGER_B, "belastingen"),
    _seat(Office.CONCERNMANAGER, MANAGER_C, "openbare-ruimte"),
    _seat(Office.GEMEENTESECRETARIS, SECRETARY),
    _seat(Office.PLAATSVERVANGEND_GEMEENTESECRETARIS, DEPUTY_SECRETARY),
    _seat(Office.PORTEFEUILLEHOUDER_HRM, HRM),
    _seat(Office.VOORZITTER_COLLEGE, MAYOR),
    _seat(Office.LOCOBURGEMEESTER, DEPUTY_MAYOR),
    _seat(Office.GRIFFIER, GRIFFIER),
    _seat(Office.PLAATSVERVANGEND_GRIFFIER, DEPUTY_GRIFFIER),
    _seat(Office.WERKGEVERSCOMMISSIE, EMPLOYERS),
    _seat(Office.VOORZITTER_RAAD, COUNCIL_CHAIR),
    _seat(Office.VOORZITTER_BEZWAARCOMMISSIE, OBJECTION_CHAIR),
)


def _organisation(seats: tuple[Appointment, ...]) -> Organisation:
    numbers = sorted({seat.person for seat in seats} | {EMPLOYEE})
    return Organisation(
        teams=tuple(Team(slug=slug, name=slug) for slug in TEAMS),
        people=tuple(Person(id=number, name=f"Persoon {number}") for number in numbers),
        appointments=seats,
        coordinator_team="juridische-zaken",
    )


TOWN = _organisation(SEATS)


def _without(*offices: Office) -> Organisation:
    return _organisation(tuple(seat for seat in SEATS if seat.office not in offices))


def _ask(role, *, absent=(), involved=(), team="publiekszaken", town=TOWN):
    return propose(role, team, town, absent=frozenset(absent), involved=frozenset(involved))


def _is_conflict(got, number):
    assert got.outcome is Outcome.HANDLER_CONFLICT
    assert got.rule == number
    assert got.person is None
    assert got.candidates == ()
    assert got.because, "a conflict says what made it one"


# --- the table: role, rule, handler and where the fallbacks lead ---------------------------------------------------

HANDLERS = [
    (R.MEDEWERKER, 1, Office.TEAMLEIDER, LEADER_PUBLIC),
    (R.ONBEKEND, 1, Office.TEAMLEIDER, LEADER_PUBLIC),
    (R.KLACHTENCOORDINATOR, 2, Office.TEAMLEIDER, LEADER_LEGAL),
    (R.GRIFFIEMEDEWERKER, 3, Office.GRIFFIER, GRIFFIER),
    (R.TEAMLEIDER, 4, Office.CONCERNMANAGER, MANAGER_A),
    (R.CONCERNMANAGER, 5, Office.GEMEENTESECRETARIS, SECRETARY),
    (R.GEMEENTESECRETARIS, 6, Office.PORTEFEUILLEHOUDER_HRM, HRM),
    (R.COLLEGE, 7, Office.VOORZITTER_COLLEGE, MAYOR),
    (R.WETHOUDER, 7, Office.VOORZITTER_COLLEGE, MAYOR),
    (R.GRIFFIER, 8, Office.WERKGEVERSCOMMISSIE, EMPLOYERS),
    (R.GEMEENTERAAD, 9, Office.VOORZITTER_RAAD, COUNCIL_CHAIR),
    (R.BURGEMEESTER, 10, Office.LOCOBURGEMEESTER, DEPUTY_MAYOR),
    (R.BEZWAARCOMMISSIE, 11, Office.VOORZITTER_BEZWAARCOMMISSIE, OBJECTION_CHAIR),
]
# one automatic stand-in: (role, rule, handler, office, person)
STAND_IN_ON_ABSENCE = [
    (R.KLACHTENCOORDINATOR, 2, LEADER_LEGAL, Office.CONCERNMANAGER, MANAGER_A),
    (R.GRIFFIEMEDEWERKER, 3, GRIFFIER, Office.PLAATSVERVANGEND_GRIFFIER, DEPUTY_GRIFFIER),
    (R.CONCERNMANAGER, 5, SECRETARY, Office.PLAATSVERVANGEND_GEMEENTESECRETARIS, DEPUTY_SECRETARY),
    (R.GEMEENTESECRETARIS, 6, HRM, Office.VOORZITTER_COLLEGE, MAYOR),
    (R.COLLEGE, 7, MAYOR, Office.LOCOBURGEMEESTER, DEPUTY_MAYOR),
    (R.WETHOUDER, 7, MAYOR, Office.LOCOBURGEMEESTER, DEPUTY_MAYOR),
]
# "another": the handler who falls away and those from whom a person chooses
ANOTHER = [
    (R.MEDEWERKER, 1, LEADER_PUBLIC, Office.TEAMLEIDER, {LEADER_TAX, LEADER_GREEN, LEADER_LEGAL}),
    (R.ONBEKEND, 1, LEADER_PUBLIC, Office.TEAMLEIDER, {LEADER_TAX, LEADER_GREEN, LEADER_LEGAL}),
    (R.TEAMLEIDER, 4, MANAGER_A, Office.CONCERNMANAGER, {MANAGER_B, MANAGER_C}),
]
NO_FALLBACK_ON_ABSENCE = [
    (R.GRIFFIER, 8, EMPLOYERS),
    (R.GEMEENTERAAD, 9, COUNCIL_CHAIR),
    (R.BURGEMEESTER, 10, DEPUTY_MAYOR),
    (R.BEZWAARCOMMISSIE, 11, OBJECTION_CHAIR),
]
NO_FALLBACK_ON_INVOLVEMENT = [
    (R.GRIFFIEMEDEWERKER, 3, GRIFFIER),
    (R.CONCERNMANAGER, 5, SECRETARY),
    (R.GEMEENTESECRETARIS, 6, HRM),
    (R.COLLEGE, 7, MAYOR),
    (R.WETHOUDER, 7, MAYOR),
    *NO_FALLBACK_ON_ABSENCE,
]


@pytest.mark.parametrize(("role", "number", "office", "person"), HANDLERS)
def test_the_handler_of_each_rule(role, number, office, person):
    got = _ask(role)
    assert (got.outcome, got.rule, got.office, got.person) == (Outcome.PROPOSED, number, office, person)
    assert got.candidates in {(), (person,)}


def test_every_role_but_raadslid_has_one_rule():
    numbers = {role: rule.number for role in R if (rule := rule_for(role)) is not None}
    assert numbers == {role: number for role, number, _, _ in HANDLERS}
    assert set(numbers.values()) == set(range(1, 12))


def test_rule_one_follows_the_team():
    assert _ask(R.MEDEWERKER, team="belastingen").person == LEADER_TAX
    assert _ask(R.TEAMLEIDER, team="belastingen").person == MANAGER_B


@pytest.mark.parametrize("team", [None, "publiekszaken", "belastingen", "juridische-zaken"])
def test_the_coordinator_answers_to_their_own_team_whatever_team_was_chosen(team):
    got = _ask(R.KLACHTENCOORDINATOR, team=team)
    assert (got.rule, got.person) == (2, LEADER_LEGAL)


@pytest.mark.parametrize(("role", "number", "handler", "office", "person"), STAND_IN_ON_ABSENCE)
def test_an_absent_handler_is_replaced_by_the_one_named(role, number, handler, office, person):
    got = _ask(role, absent={handler})
    assert (got.outcome, got.rule, got.office, got.person) == (Outcome.PROPOSED, number, office, person)
    assert got.because, "the case records why it is not the first handler"


def test_an_involved_teamleider_of_the_coordinator_is_replaced_by_the_concernmanager():
    got = _ask(R.KLACHTENCOORDINATOR, involved={LEADER_LEGAL})
    assert (got.outcome, got.rule, got.office, got.person) == (Outcome.PROPOSED, 2, Office.CONCERNMANAGER, MANAGER_A)


@pytest.mark.parametrize("cause", ["absent", "involved"])
@pytest.mark.parametrize("row", ANOTHER)
def test_another_is_chosen_by_a_person(row, cause):
    role, number, handler, office, others = row
    got = _ask(role, **{cause: {handler}})
    assert (got.outcome, got.rule, got.office) == (Outcome.CHOOSE, number, office)
    assert got.person is None, "another is never automatic"
    assert set(got.candidates) == others, "and never the same person"
    assert len(got.candidates) == len(set(got.candidates))


@pytest.mark.parametrize("cause", ["absent", "involved"])
@pytest.mark.parametrize("row", ANOTHER)
def test_another_is_not_automatic_even_when_one_is_left(row, cause):
    role, _, handler, _, others = row
    last = max(others)
    got = _ask(role, **{cause: {handler}}, **{"involved" if cause == "absent" else "absent": others - {last}})
    assert (got.outcome, got.person, got.candidates) == (Outcome.CHOOSE, None, (last,))


@pytest.mark.parametrize("cause", ["absent", "involved"])
@pytest.mark.parametrize("row", ANOTHER)
def test_no_other_left_is_a_conflict(row, cause):
    role, number, handler, _, others = row
    _is_conflict(_ask(role, **{cause: {handler, *others}}), number)


@pytest.mark.parametrize(("role", "number", "handler"), NO_FALLBACK_ON_ABSENCE)
def test_an_absent_handler_without_fallback_is_a_conflict(role, number, handler):
    _is_conflict(_ask(role, absent={handler}), number)


@pytest.mark.parametrize(("role", "number", "handler"), NO_FALLBACK_ON_INVOLVEMENT)
def test_an_involved_handler_without_fallback_is_a_conflict(role, number, handler):
    _is_conflict(_ask(role, involved={handler}), number)


@pytest.mark.parametrize("second", ["absent", "involved"])
@pytest.mark.parametrize("row", STAND_IN_ON_ABSENCE)
def test_a_stand_in_who_is_absent_or_involved_is_a_conflict(row, second):
    role, number, handler, _, person = row
    away = {handler} | ({person} if second == "absent" else set())
    _is_conflict(_ask(role, absent=away, involved={person} if second == "involved" else ()), number)


@pytest.mark.parametrize("second", ["absent", "involved"])
def test_rule_two_with_both_away_is_a_conflict(second):
    away = {MANAGER_A} if second == "absent" else set()
    _is_conflict(_ask(R.KLACHTENCOORDINATOR, absent=away, involved={LEADER_LEGAL, MANAGER_A} - away), 2)


def test_someone_who_leads_several_teams_is_offered_once_and_never_as_another():
    town = _organisation((*SEATS, _seat(Office.TEAMLEIDER, LEADER_TAX, "vergunningen")))
    assert sorted(_ask(R.MEDEWERKER, absent={LEADER_PUBLIC}, town=town).candidates) == [
        LEADER_TAX,
        LEADER_GREEN,
        LEADER_LEGAL,
    ]
    away = _ask(R.MEDEWERKER, team="vergunningen", involved={LEADER_TAX}, town=town)
    assert set(away.candidates) == {LEADER_PUBLIC, LEADER_GREEN, LEADER_LEGAL}


# --- vacant offices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "number", "office", "person"), HANDLERS)
def test_in_an_empty_organisation_every_office_is_vacant(role, number, office, person):
    got = _ask(role, town=_organisation(()))
    assert (got.outcome, got.rule, got.person, got.candidates) == (Outcome.VACANT, number, None, ())
    assert got.office == office, "the screen names the office that has to be filled"


@pytest.mark.parametrize(("role", "number", "office", "person"), HANDLERS)
def test_a_vacant_office_is_never_filled_by_a_guess(role, number, office, person):
    """The table knows a stand-in for absence only; for rules without one a person decides."""
    got = _ask(role, town=_without(office))
    lawful = {p for r, _, _, _, p in STAND_IN_ON_ABSENCE if r is role}
    assert got.person is None or got.person in lawful
    assert got.outcome is not Outcome.PROPOSED or got.person in lawful


@pytest.mark.parametrize(("role", "number", "handler", "office", "person"), STAND_IN_ON_ABSENCE)
def test_an_absent_handler_and_a_vacant_stand_in_leave_nobody(role, number, handler, office, person):
    got = _ask(role, absent={handler}, town=_without(office))
    assert got.outcome in {Outcome.VACANT, Outcome.HANDLER_CONFLICT}
    assert (got.person, got.candidates) == (None, ())


@pytest.mark.parametrize("role", [R.MEDEWERKER, R.ONBEKEND, R.TEAMLEIDER])
@pytest.mark.parametrize("team", [None, "sport-cultuur-vastgoed"])
def test_without_a_team_or_its_manager_nobody_is_proposed(role, team):
    got = _ask(role, team=team)
    assert got.outcome is not Outcome.PROPOSED
    assert got.person is None


# --- the holes that process.md section 5 names ---------------------------------------------------------------------


def test_hrm_member_complained_about_goes_to_the_chair():
    """As a wethouder: rule 7, the chair handles."""
    got = _ask(R.WETHOUDER, involved={HRM})
    assert (got.outcome, got.rule, got.person) == (Outcome.PROPOSED, 7, MAYOR)


def test_hrm_member_involved_with_the_secretary_is_a_conflict():
    _is_conflict(_ask(R.GEMEENTESECRETARIS, involved={HRM}), 6)


def test_chair_of_the_objections_committee_complained_about_is_a_conflict():
    _is_conflict(_ask(R.BEZWAARCOMMISSIE, involved={OBJECTION_CHAIR}), 11)


def test_involved_griffier_is_a_conflict_and_not_the_deputy():
    _is_conflict(_ask(R.GRIFFIEMEDEWERKER, involved={GRIFFIER}), 3)


def test_absent_chair_of_the_council_is_a_conflict():
    _is_conflict(_ask(R.GEMEENTERAAD, absent={COUNCIL_CHAIR}), 9)


def test_a_raadslid_has_no_rule_and_a_person_decides():
    assert rule_for(R.RAADSLID) is None
    got = _ask(R.RAADSLID)
    assert (got.outcome, got.rule, got.person, got.candidates) == (Outcome.HANDLER_CONFLICT, None, None, ())


def test_a_wethouder_who_is_locoburgemeester_does_not_handle_their_own_complaint():
    _is_conflict(_ask(R.WETHOUDER, absent={MAYOR}, involved={DEPUTY_MAYOR}), 7)


def test_a_mayor_complained_about_never_handles_as_chair():
    """Rule 10 beats rule 7: the burgemeester chairs the college and often the council."""
    town = _organisation(
        (*(s for s in SEATS if s.office is not Office.VOORZITTER_RAAD), _seat(Office.VOORZITTER_RAAD, MAYOR))
    )
    got = _ask(R.BURGEMEESTER, involved={MAYOR}, town=town)
    assert (got.outcome, got.rule, got.person) == (Outcome.PROPOSED, 10, DEPUTY_MAYOR)
    _is_conflict(_ask(R.GEMEENTERAAD, involved={MAYOR}, town=town), 9)


@pytest.mark.parametrize(("role", "number", "office", "person"), HANDLERS)
def test_the_exception_of_the_law_is_for_the_body_its_chair_and_its_members(role, number, office, person):
    """Awb 9:7 lid 2: an involved handler may handle a complaint about the body itself, its chair or a member.

    Never automatically (process.md 5: ask for every handler), but the person who decides must know which it is.
    """
    got = _ask(role, involved={person})
    body = role in {R.COLLEGE, R.WETHOUDER, R.GEMEENTERAAD, R.BURGEMEESTER}
    assert got.involvement_allowed is body
    assert got.person != person


# --- whatever the organisation -------------------------------------------------------------------------------------

people = st.integers(1, 8)
towns = st.lists(
    st.builds(Appointment, office=st.sampled_from(Office), person=people, team=st.sampled_from((None, *TEAMS))),
    max_size=30,
).map(lambda seats: _organisation(tuple(seats)))
groups = st.frozensets(people, max_size=6)


@PROPERTY
@given(st.sampled_from(R), st.sampled_from((None, *TEAMS)), towns, groups, groups)
def test_nobody_absent_or_involved_is_ever_proposed_or_offered(role, team, town, absent, involved):
    got = propose(role, team, town, absent=absent, involved=involved)
    offered = {*got.candidates} | ({got.person} if got.person is not None else set())
    assert not offered & (absent | involved)
    assert len(got.candidates) == len(set(got.candidates))
    match got.outcome:
        case Outcome.PROPOSED:
            assert got.person in {s.person for s in town.appointments if s.office is got.office}
        case Outcome.CHOOSE:
            assert got.person is None
            assert got.candidates
            assert offered <= {s.person for s in town.appointments if s.office is got.office}
        case Outcome.VACANT | Outcome.HANDLER_CONFLICT:
            assert got.person is None
            assert got.candidates == ()


@PROPERTY
@given(st.sampled_from(R), groups, groups)
def test_the_same_question_has_the_same_answer(role, absent, involved):
    seats = tuple(_seat(seat.office, seat.person % 8 + 1, seat.team) for seat in SEATS)
    one = propose(role, "publiekszaken", _organisation(seats), absent=absent, involved=involved)
    other = propose(role, "publiekszaken", _organisation(seats), absent=absent, involved=involved)
    assert one == other
