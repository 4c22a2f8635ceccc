"""May a letter leave electronically? Awb 2:8 and 2:9 (law.md E-2.8, E-2.9, E-2.17)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.consent import Consent, may_send
from core.domain.message import Route

PROPERTY = settings(deadline=None, database=None)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHATS = (Route.TELEGRAM, Route.WEBCHAT)
ELECTRONIC = (Route.MAIL, *CHATS)
NOBODY_ASKED: tuple[Consent, ...] = ()


def _said(route: Route, given_: bool = True, day: int = 0) -> Consent:
    return Consent(route=route, given=given_, at=START + timedelta(days=day), source="formulier", wording="Ja, graag.")


@pytest.mark.parametrize(("receipt", "confidential"), list(product((True, False), repeat=2)))
@pytest.mark.parametrize("consents", [NOBODY_ASKED, (_said(Route.PRINT, False),), (_said(Route.MAIL, False),)])
def test_a_printed_letter_is_always_allowed(consents, receipt, confidential):
    assert may_send(Route.PRINT, consents, receipt=receipt, confidential=confidential)


@pytest.mark.parametrize("route", ELECTRONIC)
def test_the_receipt_goes_back_the_way_the_message_came(route):
    assert may_send(route, NOBODY_ASKED, receipt=True, confidential=False)


@pytest.mark.parametrize("route", ELECTRONIC)
def test_without_consent_nothing_but_the_receipt(route):
    assert not may_send(route, NOBODY_ASKED, receipt=False, confidential=False)


@pytest.mark.parametrize("route", ELECTRONIC)
def test_with_consent_it_may(route):
    assert may_send(route, (_said(route),), receipt=False, confidential=False)


@pytest.mark.parametrize(("route", "other"), [(a, b) for a, b in product(ELECTRONIC, repeat=2) if a is not b])
def test_consent_for_one_way_is_none_for_another(route, other):
    assert not may_send(route, (_said(other),), receipt=False, confidential=False)


@pytest.mark.parametrize("route", ELECTRONIC)
def test_consent_can_be_withdrawn_and_given_again(route):
    yes, no, again = _said(route, True, 0), _said(route, False, 1), _said(route, True, 2)
    assert not may_send(route, (yes, no), receipt=False, confidential=False)
    assert may_send(route, (yes, no, again), receipt=False, confidential=False)


@pytest.mark.parametrize("route", ELECTRONIC)
def test_the_newest_holds_in_whatever_order_they_are_stored(route):
    yes, no = _said(route, True, 0), _said(route, False, 1)
    assert not may_send(route, (no, yes), receipt=False, confidential=False)


def test_withdrawing_one_way_leaves_the_other():
    consents = (_said(Route.MAIL), _said(Route.TELEGRAM), _said(Route.TELEGRAM, False, 1))
    assert may_send(Route.MAIL, consents, receipt=False, confidential=False)
    assert not may_send(Route.TELEGRAM, consents, receipt=False, confidential=False)


@pytest.mark.parametrize("route", CHATS)
def test_chat_never_carries_findings_or_names(route):
    assert not may_send(route, (_said(route),), receipt=False, confidential=True)


def test_findings_may_go_by_mail_to_who_agreed():
    """Process step 9.1: by e-mail or post."""
    assert may_send(Route.MAIL, (_said(Route.MAIL),), receipt=False, confidential=True)
    assert not may_send(Route.MAIL, NOBODY_ASKED, receipt=False, confidential=True)


said = st.builds(_said, st.sampled_from(Route), st.booleans(), st.integers(0, 30))


@PROPERTY
@given(st.sampled_from(ELECTRONIC), st.lists(said, max_size=8, unique_by=lambda c: (c.route, c.at)))
def test_only_the_newest_word_on_this_way_counts(route, consents):
    mine = [c for c in consents if c.route is route]
    expected = max(mine, key=lambda c: c.at).given if mine else False
    assert may_send(route, tuple(consents), receipt=False, confidential=False) is expected
