"""Who sees what of a case: decisions 19 and 20, every role in every relation to the case."""

from itertools import chain, combinations

import pytest

from core.domain.access import Actor, CaseAccess, Role, Visibility, visible, visible_outside_cases

ME, SOMEBODY = 7, 8
NOTHING, NAMES, EVERYTHING = Visibility.NOTHING, Visibility.NAMES_AND_DATES, Visibility.EVERYTHING
OVERSEEING = (Role.COORDINATOR, Role.SUPPORT, Role.JURIST, Role.AUDITOR)
COMBINATIONS = [frozenset(c) for c in chain.from_iterable(combinations(Role, n) for n in range(len(Role) + 1))]

RELATIONS = {
    "none": CaseAccess(handler=SOMEBODY, handler_cleared=True),
    "unasked": CaseAccess(handler=ME, handler_cleared=None),
    "cleared": CaseAccess(handler=ME, handler_cleared=True),
    "involved": CaseAccess(handler=ME, handler_cleared=False, involved=frozenset({ME})),
    "respondent": CaseAccess(handler=SOMEBODY, handler_cleared=True, respondents=frozenset({ME})),
}
AS_HANDLER = {"none": NOTHING, "unasked": NAMES, "cleared": EVERYTHING, "respondent": NOTHING}


def _actor(*roles: Role, person: int | None = ME) -> Actor:
    return Actor(user=1, person=person, roles=frozenset(roles))


def _names(roles: frozenset[Role]) -> str:
    return "+".join(sorted(roles)) or "no role"


every_combination = pytest.mark.parametrize("roles", COMBINATIONS, ids=_names)


@pytest.mark.parametrize(("relation", "expected"), AS_HANDLER.items())
def test_a_handler(relation, expected):
    assert visible(RELATIONS[relation], _actor(Role.HANDLER)) == expected


def test_an_involved_handler_never_gets_to_the_content():
    """Awb 9:7 and decisions 19: "niet betrokken" was not said, so at most names and dates."""
    assert visible(RELATIONS["involved"], _actor(Role.HANDLER)) <= NAMES


@pytest.mark.parametrize("role", OVERSEEING)
def test_those_who_oversee_see_every_case_that_is_not_about_them(role):
    assert visible(RELATIONS["none"], _actor(role)) == EVERYTHING
    assert visible(CaseAccess(), _actor(role)) == EVERYTHING
    assert visible(CaseAccess(), _actor(role, person=None)) == EVERYTHING


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_administrator_sees_nothing_of_a_case(relation):
    """Whoever keeps the machine is no party in the procedure, whatever case they are named in."""
    assert visible(RELATIONS[relation], _actor(Role.ADMINISTRATOR)) == NOTHING


@pytest.mark.parametrize("relation", RELATIONS)
def test_without_a_role_nothing(relation):
    assert visible(RELATIONS[relation], _actor()) == NOTHING


@every_combination
@pytest.mark.parametrize(
    "case",
    [
        CaseAccess(respondents=frozenset({ME})),
        CaseAccess(respondents=frozenset({SOMEBODY, ME})),
        CaseAccess(handler=ME, handler_cleared=True, respondents=frozenset({ME})),
        CaseAccess(handler=ME, respondents=frozenset({ME})),
        CaseAccess(handler=ME, handler_cleared=False, respondents=frozenset({ME}), involved=frozenset({ME})),
    ],
)
def test_the_respondent_sees_nothing_in_any_role(case, roles):
    assert visible(case, _actor(*roles)) == NOTHING


def test_before_not_involved_a_handler_sees_names_and_dates_only():
    """Decisions 19, literally: the handler of this case, whatever other role they hold."""
    case = RELATIONS["unasked"]
    assert [_names(r) for r in COMBINATIONS if visible(case, _actor(*r, Role.HANDLER)) != NAMES] == []


def test_an_involved_handler_gets_no_content_through_another_role():
    case = RELATIONS["involved"]
    assert [_names(r) for r in COMBINATIONS if visible(case, _actor(*r, Role.HANDLER)) > NAMES] == []


@every_combination
def test_a_cleared_handler_sees_everything(roles):
    assert visible(RELATIONS["cleared"], _actor(*roles, Role.HANDLER)) == EVERYTHING


@every_combination
def test_roles_add_up_and_administrator_adds_nothing(roles):
    """A case in which the actor has no part: overseeing roles open it, others do not."""
    got = visible(RELATIONS["none"], _actor(*roles))
    assert got == (EVERYTHING if roles & set(OVERSEEING) else NOTHING)
    assert visible(RELATIONS["none"], _actor(*roles, Role.ADMINISTRATOR)) == got


def test_nobody_is_not_the_handler_of_a_case_without_one():
    for cleared in (None, True, False):
        case = CaseAccess(handler=None, handler_cleared=cleared)
        assert visible(case, _actor(Role.HANDLER, person=None)) == NOTHING
        assert visible(case, _actor(Role.HANDLER)) == NOTHING


def test_a_user_number_is_not_a_person_number():
    case = CaseAccess(handler=1, handler_cleared=True)
    assert visible(case, Actor(user=1, person=ME, roles=frozenset({Role.HANDLER}))) == NOTHING


def test_someone_who_declared_themselves_involved_and_is_no_longer_handler_sees_nothing():
    case = CaseAccess(handler=SOMEBODY, handler_cleared=True, involved=frozenset({ME}))
    assert visible(case, _actor(Role.HANDLER)) == NOTHING


def test_messages_outside_cases_are_for_few():
    assert visible_outside_cases(_actor(Role.COORDINATOR))
    assert not visible_outside_cases(_actor())
    assert not visible_outside_cases(_actor(Role.HANDLER))
    assert not visible_outside_cases(_actor(Role.ADMINISTRATOR))
    assert not visible_outside_cases(_actor(Role.HANDLER, Role.ADMINISTRATOR))


def test_a_higher_value_includes_the_lower_ones():
    assert NOTHING < NAMES < EVERYTHING
