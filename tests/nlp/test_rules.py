"""Signals of law.md B-8, B-11 and B-12, and the label set behind them."""

import pytest

from nlp.labels import KINDS, TEAM_PREFIX, TEAMS
from nlp.rules import SIGNALS, Expert, hits


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ik ben het niet eens met uw besluit", {"decision", "your_decision", "disagrees", "disagrees_with_decision"}),
        ("ik maak bezwaar tegen de toon van uw medewerker", {"objection", "objection_to_conduct"}),
        ("klacht over mijn aanslag, die is veel te hoog", {"complaint_about_decision", "decision"}),
        ("al drie keer gemeld", {"repeated_report"}),
        ("hierbij stel ik u in gebreke", {"notice_of_default"}),
        ("ik stel u aansprakelijk voor de schade", {"damages", "damage"}),
        ("Woo-verzoek over het zwembad", {"woo_request"}),
    ],
)
def test_a_signal_holds(text: str, names: set[str]) -> None:
    assert names <= {hit.signal.name for hit in hits(text)}


def test_a_first_report_is_no_repeated_report() -> None:
    assert "repeated_report" not in {hit.signal.name for hit in hits("Ik wil melden dat de lantaarn kapot is.")}


def test_every_effect_is_a_label() -> None:
    known = {*KINDS, *(TEAM_PREFIX + team for team in TEAMS)}
    assert all(set(signal.effects) <= known for signal in SIGNALS.values())


def test_the_rules_together_are_bounded() -> None:
    added = Expert(kinds=5.0, teams=5.0, bound=2.0).offsets(SIGNALS)
    assert max(map(abs, added.values())) == 2.0
    assert Expert(kinds=0.0, teams=0.0, bound=2.0).offsets(SIGNALS).keys() == added.keys()


def test_conduct_outweighs_the_word_bezwaar() -> None:
    names = [hit.signal.name for hit in hits("ik maak bezwaar tegen de manier waarop ik behandeld ben")]
    added = Expert(kinds=1.0, teams=1.0, bound=2.0).offsets(names)
    assert added["klacht"] > added["bezwaar"]
