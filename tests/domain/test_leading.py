"""Several people complained about, one lead handler: the order that process.md section 5 proposes."""

from itertools import combinations, permutations

import pytest

from core.domain.labels import RespondentRole as R
from core.domain.routing import leading, rule_for

HIGHEST_FIRST = (
    R.GEMEENTERAAD,
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
)


@pytest.mark.parametrize(("higher", "lower"), list(combinations(HIGHEST_FIRST, 2)))
def test_who_stands_highest_leads(higher, lower):
    assert leading((higher, lower)) is higher
    assert leading((lower, higher)) is higher


def test_leading_does_not_depend_on_the_order_of_naming():
    for roles in permutations((R.MEDEWERKER, R.COLLEGE, R.BURGEMEESTER, R.TEAMLEIDER)):
        assert leading(roles) is R.BURGEMEESTER
    assert leading((R.MEDEWERKER,)) is R.MEDEWERKER
    assert leading(iter(HIGHEST_FIRST)) is R.GEMEENTERAAD


@pytest.mark.parametrize("role", HIGHEST_FIRST)
def test_somebody_known_leads_over_nobody_in_particular(role):
    rule = rule_for(leading((R.ONBEKEND, role)))
    assert rule is not None
    assert rule == rule_for(role)


@pytest.mark.parametrize(
    ("roles", "number"),
    [
        ((R.MEDEWERKER, R.KLACHTENCOORDINATOR), 2),  # rule 2 beats 1
        ((R.COLLEGE, R.BURGEMEESTER), 10),  # rule 10 beats 7
        ((R.WETHOUDER, R.BURGEMEESTER), 10),
        ((R.TEAMLEIDER, R.MEDEWERKER), 4),
    ],
)
def test_which_rule_beats_which(roles, number):
    rule = rule_for(leading(roles))
    assert rule is not None
    assert rule.number == number
