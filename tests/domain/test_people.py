"""What a klaagschrift still lacks: Awb 9:4 lid 2 (law.md A-4.2 to A-4.4, A-4.6)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.message import Contact
from core.domain.people import Party, PartyRole, missing_for_complaint

PROPERTY = settings(deadline=None, database=None)
FULL = Contact(name="J. Jansen", address="Dorpsstraat 1, 7811 AA Emmen", email="j.jansen@voorbeeld.example")


def test_complete():
    assert missing_for_complaint(FULL, described=True, signed=True) == ()


def test_an_anonymous_scribble_lacks_everything_but_its_date():
    got = missing_for_complaint(Contact(), described=False, signed=False)
    assert sorted(got) == ["adres", "naam", "omschrijving", "ondertekening"]
    assert len(got) == len(set(got))


@pytest.mark.parametrize(
    ("contact", "described", "signed", "missing"),
    [
        (Contact(address=FULL.address), True, True, {"naam"}),
        (Contact(name=FULL.name), True, True, {"adres"}),
        (Contact(name=FULL.name, email=FULL.email, phone="0591-000000"), True, True, {"adres"}),
        (FULL, False, True, {"omschrijving"}),
        (FULL, True, False, {"ondertekening"}),
        (Contact(name="  ", address=" \n"), True, True, {"naam", "adres"}),
    ],
)
def test_each_item_by_itself(contact, described, signed, missing):
    assert set(missing_for_complaint(contact, described=described, signed=signed)) == missing


texts = st.sampled_from(("", "iets", "é"))


@PROPERTY
@given(st.builds(Contact, name=texts, email=texts, phone=texts, address=texts), st.booleans(), st.booleans())
def test_only_what_the_law_names_and_never_the_date(contact, described, signed):
    got = missing_for_complaint(contact, described=described, signed=signed)
    assert set(got) <= {"naam", "adres", "omschrijving", "ondertekening"}
    assert ("naam" in got) == (not contact.name)
    assert ("adres" in got) == (not contact.address)
    assert ("omschrijving" in got) == (not described)
    assert ("ondertekening" in got) == (not signed)


def test_the_parts_people_play():
    """A-4.7 and decisions 3: gemachtigde and the one on whose behalf are parties of their own."""
    assert {role.value for role in PartyRole} == {"complainant", "representative", "on_behalf_of", "respondent"}
    assert Party(role=PartyRole.REPRESENTATIVE, contact=FULL).person is None
