"""The second paragraph in the citizen's own language: it says what the Dutch text says, and reads in its direction."""

import re

import pytest

from core.domain.language import SMALL_WORDS, written_in
from core.letters import LANGUAGES
from tests.letters.telling import ADDITION, EVERY, PLAIN, RECEIPT, written

DATES = {
    "en": ("23 November 2026", "30 November 2026", "21 December 2026", "4 January 2027"),
    "de": ("23. November 2026", "30. November 2026", "21. Dezember 2026", "4. Januar 2027"),
    "pl": ("23 listopada 2026", "30 listopada 2026", "21 grudnia 2026", "4 stycznia 2027"),
    "tr": ("23 Kasım 2026", "30 Kasım 2026", "21 Aralık 2026", "4 Ocak 2027"),
    "uk": ("23 листопада 2026", "30 листопада 2026", "21 грудня 2026", "4 січня 2027"),
    "ar": ("23 نوفمبر 2026", "30 نوفمبر 2026", "21 ديسمبر 2026", "4 يناير 2027"),
}
TRANSLATED = ("ontvangst", "aanvulling_ontvangen", "mogelijk_bezwaar", "weigering_bericht")
NAMES = {"en": "Engels", "de": "Duits", "pl": "Pools", "tr": "Turks", "uk": "Oekraïens", "ar": "Arabisch"}
LTR, RTL, END = "\u2066", "\u2067", "\u2069"


def paragraph(variant: str, language: str) -> list[str]:
    """What the letter has more than the Dutch one."""
    dutch = written(variant).text.splitlines()
    return [line for line in written(variant, language).text.splitlines() if line not in dutch]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_gives_number_dates_and_phone_in_the_language(language: str) -> None:
    lines = paragraph("ontvangst", language)
    text = "\n".join(lines)
    assert NAMES[language] in lines[0]
    for must in ("2026-0187", "14 0591", *DATES[language]):
        assert must in text, must


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", TRANSLATED)
def test_every_letter_that_the_machine_writes_has_every_language(variant: str, language: str) -> None:
    note, *lines = paragraph(variant, language)
    assert "De Nederlandse tekst geldt" in note
    text = "\n".join(lines)
    assert written_in(text.translate({ord(sign): None for sign in (LTR, RTL, END)})) == language
    assert "2026-0187" in text
    assert "14 0591" in text
    assert not re.search(r"[{}%]", text)


@pytest.mark.parametrize("variant", EVERY)
def test_the_dutch_text_stays_whole(variant: str) -> None:
    for language in LANGUAGES:
        translated = written(variant, language)
        assert [line for line in written(variant).text.splitlines() if line not in translated.text.splitlines()] == []
        assert translated.subject == written(variant).subject


@pytest.mark.parametrize("language", ["nl", "", "fr", "xx", "../en"])
def test_without_a_translation_the_letter_is_the_dutch_one(language: str) -> None:
    assert PLAIN.write("ontvangst", RECEIPT, language) == PLAIN.write("ontvangst", RECEIPT)


def test_what_can_be_recognised_can_be_written() -> None:
    assert {"nl", "uk", "ar", *SMALL_WORDS} == {"nl", *LANGUAGES}


@pytest.mark.parametrize("variant", TRANSLATED)
def test_arabic_runs_from_the_right_and_its_figures_do_not_turn(variant: str) -> None:
    lines = paragraph(variant, "ar")[1:]
    for line in lines:
        assert line.startswith(RTL)
        assert line.endswith(END)
        assert line.count(END) == line.count(LTR) + line.count(RTL)
    text = "\n".join(lines)
    assert text.count("2026-0187") == text.count(f"{LTR}2026-0187{END}")
    assert text.count("14 0591") == text.count(f"{LTR}14 0591{END}")
    outside = re.sub(f"{LTR}.*?{END}", "", text)
    assert not re.search("[A-Za-z]", outside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_names_the_language_and_its_direction(language: str) -> None:
    html = written("ontvangst", language).html
    direction = ' dir="rtl"' if language == "ar" else ""
    assert f'<div lang="{language}"{direction}>' in html
    assert RTL not in html
    inside = html.partition(f'<div lang="{language}"{direction}>')[2].partition("</div>")[0]
    for line in paragraph("ontvangst", language)[1:]:
        plain = line.removeprefix(RTL).removesuffix(END) if language == "ar" else line
        assert f"<p>{plain.replace(chr(39), '&#39;')}</p>" in inside


def test_a_name_from_the_citizen_is_harmless_in_another_language_too() -> None:
    html = PLAIN.write("aanvulling_ontvangen", {**ADDITION, "number": "<i>"}, "en").html
    assert "<i>" not in html
