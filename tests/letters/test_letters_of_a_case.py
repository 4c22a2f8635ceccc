"""The letters of a case hold what the law wants in them, and no road that is not there (law.md section 8.1)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from core.domain.labels import Kind, SubKind
from core.domain.municipality import Ombudsman
from core.letters import Fact, JudgedPart, Letter, Letters, check
from core.letters.case_samples import GROUNDS, MISSING, STATES
from core.letters.required import FINAL, NO_ROAD
from core.letters.samples import SAMPLES
from tests.core.world import MUNICIPALITY
from tests.letters.case_telling import (
    ADJOURNED,
    CONSENT,
    CONVERTED,
    COPY,
    DECLINED,
    FINDINGS,
    FORWARDED,
    INVITATION,
    OF_A_CASE,
    REFERRED,
    SIGNED,
    STATUS,
    UNTIL,
)
from tests.letters.plain import complaints
from tests.letters.telling import PLAIN, written

MATRIX = {
    "ontvangst", "aanvullende_gegevens", "afschrift_beklaagde", "uitnodiging_hoorzitting", "verdaging",
    "verzoek_instemming_uitstel", "niet_in_behandeling", "doorzending_ander_orgaan", "omzetting_bezwaar",
    "informeel_afgerond", "bevindingen", "afsluiting", "statusbericht",
}  # fmt: skip
"""The letters of law.md 8.1."""
FURTHER = {"weigering_bericht", "ingetrokken", "niet_voor_ons"}
"""Those of decision 35."""


def parts(letter: Letter) -> tuple[str, str]:
    return letter.text, re.sub(r"<[^>]+>", "", letter.html).replace("&#39;", "'")


def whole(text: str) -> str:
    return " ".join(text.split())


def test_every_letter_of_the_matrix_is_there() -> None:
    folder = Path(__file__).parents[2] / "templates/letters"
    there = {file.parent.name for file in folder.glob("*/subject.txt")}
    assert there >= MATRIX | FURTHER


ENDING = [variant for variant, (letter, _) in OF_A_CASE.items() if letter in FINAL]


@pytest.mark.parametrize("variant", ENDING)
def test_what_ends_a_complaint_names_the_ombudsman_and_the_day(variant: str) -> None:
    """Awb 9:12 lid 2, 9:8 lid 3, 9:24; decisions 37."""
    for part in parts(written(variant)):
        for must in (
            "Nationale ombudsman", "Postbus 93122, 2509 AC Den Haag", "0800-33 55 555", "www.nationaleombudsman.nl",
            "binnen een jaar", "tot en met 14 december 2027",
        ):  # fmt: skip
            assert must in whole(part), must


def test_a_municipality_with_an_ombudsman_of_its_own_names_that_one() -> None:
    """Awb 9:17."""
    own = Ombudsman(name="ombudscommissie Voorbeeld", address="Plein 2", phone="14 0592", website="ombud.example")
    letter = Letters(replace(MUNICIPALITY, ombudsman=own)).write("bevindingen", FINDINGS)
    for part in parts(letter):
        assert "ombudscommissie Voorbeeld" in part
        assert "Nationale ombudsman" not in part


@pytest.mark.parametrize("variant", OF_A_CASE)
def test_no_road_is_named_that_is_not_open(variant: str) -> None:
    """Awb 9:3; the grounds 9:8-1c, 1d and 1e must name theirs."""
    for part in parts(written(variant)):
        roads = [road for road in NO_ROAD if road in part.casefold()]
        assert roads == (["bezwaar maken"] if variant == "niet_in_behandeling_besluit" else [])


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_for_not_handling_has_words_and_its_article(ground: str) -> None:
    """Awb 9:8 and law.md A-8.2: ground, reasons, on whose behalf, the ombudsman, and where one can go."""
    letter = PLAIN.write("niet_in_behandeling", {**DECLINED, "ground": ground})
    lid, _, letters = ground.removeprefix("9:8-").partition("-")
    assert letters == ""
    assert complaints(letter.text) == []
    for part in parts(letter):
        flat = whole(part)
        assert f"artikel 9:8 lid {lid[0]}" in flat
        assert len(lid) == 1 or f"letter {lid[1]}" in flat
        for must in ("U schrijft over een gesprek in maart 2025.", "wijkteam", "namens het college", "ombudsman"):
            assert must in flat
    assert ("rechter" in letter.text) == (ground in ("9:8-1d", "9:8-1e"))


def test_a_ground_that_the_law_does_not_know_makes_no_letter() -> None:
    with pytest.raises(UndefinedError):
        PLAIN.write("niet_in_behandeling", {**DECLINED, "ground": "9:8-3"})


def test_findings_give_findings_a_judgement_for_each_part_reasons_and_conclusions() -> None:
    """Awb 9:12 lid 1, 9:16, 10:10."""
    letter = PLAIN.write("bevindingen", FINDINGS)
    for part in parts(letter):
        for must in (
            "U bent drie keer niet teruggebeld.", "gegrond", "Wij hadden het beloofd", "geen oordeel",
            "Wij waren er niet bij.", "Wie terugbellen belooft",
            "Alles bij elkaar is uw klacht voor een deel gegrond.", "drie verzoeken om terug te bellen",
            "beter letten op wat wij beloven",
            "kijkt iemand elke dag", "Het spijt ons", "advies van de commissie", "namens het college",
            "Op 8 december 2026 spraken wij met u.", "S. Visser", "teamleider", "9:12",
        ):  # fmt: skip
            assert must in part, must


def test_without_conclusions_the_letter_says_so() -> None:
    """law.md A-12.1: "geen", explicitly; and nothing stands over what was not filled in."""
    bare = {**FINDINGS, "apology": "", "conclusions": "", "measures": "", "deviation": "", "attachments": ()}
    text = PLAIN.write("bevindingen", bare).text
    assert "Wij verbinden hieraan verder geen conclusies." in text
    for never in ("excuses", "Wat gaan wij doen", "commissie", "Bijlagen"):
        assert never not in text
    assert "\n\n\n" not in text


BLANKS: tuple[tuple[str, Mapping[str, Fact], str], ...] = (
    ("bevindingen", FINDINGS, "findings"),
    ("bevindingen", FINDINGS, "parts"),
    ("bevindingen", FINDINGS, "reasons"),
    ("bevindingen", FINDINGS, "ombudsman_until"),
    ("niet_in_behandeling", DECLINED, "reasons"),
    ("niet_in_behandeling", DECLINED, "where_next"),
    ("niet_in_behandeling", DECLINED, "authority"),
    ("niet_in_behandeling", DECLINED, "ombudsman_until"),
    ("verdaging", ADJOURNED, "reason"),
    ("verzoek_instemming_uitstel", CONSENT, "reason"),
    ("doorzending_ander_orgaan", FORWARDED, "body"),
    ("ingetrokken", {**SIGNED, **UNTIL}, "ombudsman_until"),
)


@pytest.mark.parametrize(("letter", "facts", "name"), BLANKS)
@pytest.mark.parametrize("empty", ["", "  \n", None, ()])
def test_what_the_law_wants_cannot_be_left_blank(
    letter: str, facts: Mapping[str, Fact], name: str, empty: Fact
) -> None:
    with pytest.raises(ValueError, match=name):
        PLAIN.write(letter, {**facts, name: empty})


def test_the_reasons_of_the_whole_may_be_those_of_each_part() -> None:
    part = JudgedPart(complaint="Niet gebeld", judgement="gegrond")
    text = PLAIN.write("bevindingen", {**FINDINGS, "parts": (part,), "overall": "", "actions": ()}).text
    assert "Wat is ons oordeel?\n\nNiet gebeld\n\nDit deel van uw klacht is gegrond. U hebt gelijk.\n\nWaarom" in text
    assert "Alles bij elkaar" not in text
    assert "Wat hebben wij gedaan?" not in text


def test_an_adjournment_names_the_new_day_the_old_day_and_why_to_both() -> None:
    """Awb 9:11 lid 2."""
    for variant in ("verdaging", "verdaging_beklaagde"):
        for part in parts(written(variant)):
            for must in ("1 februari 2027", "4 januari 2027", "Dat kan pas in januari.", "vier weken", "9:11"):
                assert must in part, must
    assert "spijt" in written("verdaging").text


def test_further_delay_is_asked_and_may_be_refused() -> None:
    """Awb 9:11 lid 3: written agreement."""
    text = whole(written("verzoek_instemming_uitstel").text)
    for must in ("1 maart 2027", "1 februari 2027", "Nee zeggen heeft geen gevolgen", "op papier of per e-mail"):
        assert must in text
    assert "Nationale ombudsman" in text
    assert "Horen wij niets" not in text.replace("of horen wij niets? Dan blijft 1 februari 2027 de laatste dag", "")


def test_silence_counts_as_no_hearing_for_the_complainant_alone() -> None:
    """Awb 9:10 lid 2 c is about the klager; and only where a reply date was set."""
    assert "Dan denken wij dat u geen gesprek wilt" in written("uitnodiging_hoorzitting").text
    for facts in ({**INVITATION, "for_respondent": True}, {**INVITATION, "reply_by": None}):
        text = PLAIN.write("uitnodiging_hoorzitting", facts).text
        assert "geen gesprek wilt" not in text
        for must in ("8 december 2026", "10.00 uur", "Raadhuisplein 1, kamer 2", "tolk", "meenemen", "verslag"):
            assert must in text


def test_the_one_complained_about_gets_the_whole_complaint() -> None:
    """Awb 9:9."""
    for part in parts(PLAIN.write("afschrift_beklaagde", COPY)):
        for must in ("Ik ben drie keer niet teruggebeld.\nNiemand weet waarom.", "brief.pdf, foto.jpg",
                     "vertrouwenspersoon", "gesprek", "T. de Leider", "Houd deze klacht voor uzelf"):  # fmt: skip
            assert must in part


@pytest.mark.parametrize("item", MISSING)
def test_what_is_missing_is_asked_without_a_threat(item: str) -> None:
    """Awb 9:4; law.md A-4.4: the term runs on."""
    facts: dict[str, Fact] = {**OF_A_CASE["aanvullende_gegevens"][1], "missing": (item,)}
    text = PLAIN.write("aanvullende_gegevens", facts).text
    assert "Intussen blijft uw klacht gewoon lopen." in text
    assert len(re.findall(r"(?m)^- ", text)) == 1
    assert complaints(text) == []
    for never in ("anders", "niet onderzoeken", "stoppen"):
        assert never not in text.casefold()


def test_an_objection_keeps_its_day_and_is_never_sent_back() -> None:
    """Awb 6:14, 6:15 lid 3, 7:13 lid 2; law.md B-3, B-4."""
    for letter, facts in (("omzetting_bezwaar", CONVERTED), ("doorzending_ander_orgaan", FORWARDED)):
        text = PLAIN.write(letter, {**facts, "is_objection": True}).text
        assert text.count("23 november 2026") >= 2
        assert "niet nog een keer te sturen" in text
    assert "commissie" in PLAIN.write("omzetting_bezwaar", CONVERTED).text
    assert "commissie" not in PLAIN.write("omzetting_bezwaar", {**CONVERTED, "objection_committee": False}).text


@pytest.mark.parametrize("kind", [*Kind, *SubKind])
def test_every_kind_that_is_referred_has_plain_words(kind: str) -> None:
    letter = PLAIN.write("doorverwijzing", {**REFERRED, "kind": kind})
    assert complaints(letter.text) == []
    assert "het team Wegen" in letter.text
    assert "een klacht" in letter.text  # the road back (law.md B-11)


@pytest.mark.parametrize("state", STATES)
def test_a_status_says_where_a_case_is_and_nothing_of_it(state: str) -> None:
    """Awb 2:9, law.md E-2.9: no names, no content; one can be called."""
    letter = PLAIN.write("statusbericht", {**STATUS, "state": state})
    assert complaints(letter.text) == []
    for part in (*parts(letter), letter.subject):
        assert "Boer" not in part
        assert "gegrond" not in part
    assert "14 0591" in letter.text
    assert len(letter.text) < 700  # one screen of a telephone


def test_an_unknown_state_makes_no_letter() -> None:
    with pytest.raises(UndefinedError):
        PLAIN.write("statusbericht", {**STATUS, "state": "nieuw"})


def test_signed_on_behalf_of_somebody_only_where_that_is_so() -> None:
    """Awb 10:10."""
    assert "\n\nnamens het college van burgemeester en wethouders,\n\nS. Visser\n" in written("bevindingen").text
    assert "namens" not in written("verdaging").text


def test_without_a_signer_the_contact_of_the_municipality_stands_there() -> None:
    facts: dict[str, Fact] = {**ADJOURNED, "signer_name": "", "signer_function": "", "signer_phone": ""}
    assert PLAIN.write("verdaging", facts).text.endswith("\n\nde klachtencoördinator\ngemeente Voorbeeld\n14 0591\n")


OWN = (
    ("bevindingen", "text.txt", "Beste {{ name }}, {{ number }}. {{ findings }}", "must be in this letter"),
    ("ingetrokken", "text.txt", "{{ number }} {{ municipality.ombudsman.name }}", "must be in this letter"),
    ("verdaging", "text.txt", "{{ number }} {{ reason }}", "'limit' must be in this letter"),
)


@pytest.mark.parametrize(("letter", "file", "content", "told"), OWN)
def test_a_municipality_cannot_leave_out_what_the_law_wants(
    tmp_path: Path, letter: str, file: str, content: str, told: str
) -> None:
    (tmp_path / letter).mkdir()
    (tmp_path / letter / file).write_text(content)
    found = [str(problem) for problem in check(MUNICIPALITY, tmp_path)]
    assert any(f"{letter}/{file}" in problem and told in problem for problem in found), found


def test_a_municipality_cannot_add_a_road_that_is_not_open(tmp_path: Path) -> None:
    """Awb 9:3, also in its own words; what somebody typed of a court for one letter is left alone."""
    (tmp_path / "parts").mkdir()
    ombudsman = Path(__file__).parents[2] / "templates/letters/parts/ombudsman.txt"
    (tmp_path / "parts/ombudsman.txt").write_text(ombudsman.read_text() + "U kunt ook bezwaar maken.\n")
    told: list[str] = []
    letters = Letters(MUNICIPALITY, overrides=tmp_path, alert=lambda _, where: told.append(where))
    assert letters.write("bevindingen", FINDINGS) == PLAIN.write("bevindingen", FINDINGS)
    assert told == ["bevindingen/text.txt:1 'bezwaar maken' must not be in this letter (Awb 9:3)"]
    (tmp_path / "parts/ombudsman.txt").write_text(ombudsman.read_text())
    told.clear()
    letters.write("bevindingen", {**FINDINGS, "findings": "U ging naar de rechtbank om beroep in te stellen."})
    assert told == []


def test_the_manual_names_every_letter_and_every_fact() -> None:
    rows = {}
    for line in (Path(__file__).parents[2] / "docs/brieven.md").read_text().splitlines():
        if found := re.match(r"\| `(\w+)` \|", line):
            signed = "`signer_name`, `signer_function`, `signer_phone`, `authority`" if "ondertekening" in line else ""
            rows[found.group(1)] = set(re.findall(r"`([^`]+)`", line + signed))
    assert set(rows) == set(SAMPLES)
    for letter, variants in SAMPLES.items():
        facts = {name for facts in variants for name in facts} - {"number", "name"}
        assert facts <= rows[letter], (letter, facts - rows[letter])
    assert {*GROUNDS[0:1], *GROUNDS[5:]} <= rows["niet_in_behandeling"]
    assert set(STATES) <= rows["statusbericht"]
    assert set(MISSING) <= rows["aanvullende_gegevens"]
