"""In which language a citizen wrote. When in doubt it is Dutch, and no text whatever makes it fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.language import LONGEST, written_in

LANGUAGES = {"nl", "en", "de", "pl", "tr", "uk", "ar"}

LONG = {
    "nl": "Ik heb vorige week drie keer gebeld over de vuilnis in onze straat, maar er is niemand die mij terugbelt. "
    "Dat vind ik niet netjes van de gemeente.",
    "en": "I have called you three times last week about the rubbish in our street, but nobody has called me back. "
    "I am not happy with the way that I was treated.",
    "de": "Ich habe letzte Woche dreimal wegen des Mülls in unserer Straße angerufen, aber niemand hat mich "
    "zurückgerufen. Das ist nicht in Ordnung und ich bin sehr enttäuscht.",
    "pl": "Dzwoniłem w zeszłym tygodniu trzy razy w sprawie śmieci na naszej ulicy, ale nikt do mnie nie oddzwonił. "
    "Nie jestem z tego zadowolony i proszę o odpowiedź.",
    "tr": "Geçen hafta sokağımızdaki çöp için üç kez aradım ama kimse beni geri aramadı. Bu benim için çok kötü bir "
    "durum ve neden böyle oldu bilmek istiyorum.",
    "uk": "Минулого тижня я тричі телефонував щодо сміття на нашій вулиці, але мені ніхто не передзвонив. "
    "Це дуже прикро, і я хочу отримати відповідь.",
    "ar": "اتصلت بكم ثلاث مرات في الأسبوع الماضي بشأن القمامة في شارعنا، لكن لم يتصل بي أحد. "
    "هذا أمر غير مقبول وأريد جواباً منكم.",
}
SHORT = {
    "nl": "Ik wil graag dat u mij belt.",
    "en": "I want to make a complaint about the way I was treated.",
    "de": "Ich bin nicht zufrieden mit der Antwort und ich möchte mich beschweren.",
    "pl": "Nie jestem zadowolony z tego, jak mnie potraktowano i proszę o kontakt.",
    "tr": "Neden bana cevap vermediniz? Bu çok kötü bir şey ve ben bunu kabul etmiyorum.",
    "uk": "Чому ви мені не відповіли? Це неприйнятно.",
    "ar": "لماذا لم تردوا علي؟ هذا غير مقبول.",
}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_language_is_recognised(language: str) -> None:
    assert written_in(LONG[language]) == language


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_sentence_or_two_is_enough(language: str) -> None:
    assert written_in(SHORT[language]) == language


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_capitals_and_line_breaks_do_not_matter(language: str) -> None:
    assert written_in(LONG[language].upper().replace(" ", "\r\n")) == language


@pytest.mark.parametrize("language", sorted(LANGUAGES - {"nl"}))
def test_a_dutch_greeting_and_place_names_do_not_hide_a_language(language: str) -> None:
    assert (
        written_in(f"Geachte gemeente Voorbeeld,\n\n{LONG[language]}\n\nDorpsstraat 1\n1234 AB Voorbeeld") == language
    )


@pytest.mark.parametrize("other", sorted(LANGUAGES - {"nl"}))
def test_dutch_that_quotes_a_few_words_of_another_language_is_dutch(other: str) -> None:
    quoted = " ".join(SHORT[other].split()[:4])
    assert (
        written_in(f"{LONG['nl']} Hij zei tegen mij: {quoted} En daarna liep hij weg, dat is toch niet normaal.")
        == "nl"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "?",
        "12345 67890",
        "Klacht",
        "Bel mij!",
        "Hello",
        "OK, thanks",
        "👎👎👎",
    ],
)
def test_too_little_to_go_by_is_dutch(text: str) -> None:
    assert written_in(text) == "nl"


@pytest.mark.parametrize(
    "text",
    [
        "Ik heb via de website een ticket aangemaakt en een update gevraagd, maar de helpdesk is niet bereikbaar.",
        "De service aan de balie was slecht: first come, first served, zei de man, en dat vind ik niet netjes.",
        "Mijn manager van het team zei dat de deadline van het project niet is gehaald en dat er geen budget is.",
        "In de brief staat was in plaats van is. Wat is er aan de hand met die brief en met mijn aanvraag?",
    ],
)
def test_dutch_with_english_words_is_dutch(text: str) -> None:
    assert written_in(text) == "nl"


@pytest.mark.parametrize(
    "text",
    [
        "Ik heb al drei moal belt mit de gemainte, mor der komt gainain. 't Is naait best en ik wil der wat aan doun.",
        "Moi, ik heb 't der niet met eens. De leu van de gemiente hebt mij niet eholpen en dat kan zo niet langer.",
        "Ik heb n klacht over t gruun bij oons in de straot. Ze komt nooit um te mèeien en ik wol dat ie wat doet.",
    ],
)
def test_the_speech_of_drenthe_and_groningen_is_dutch(text: str) -> None:
    assert written_in(text) == "nl"


@pytest.mark.parametrize(
    "text",
    [
        "Я трижды звонил на прошлой неделе по поводу мусора, но мне никто не перезвонил. Объясните, почему это так.",
        "Три пъти се обаждах миналата седмица заради боклука на нашата улица, но никой не ми се обади.",
    ],
)
def test_other_languages_in_cyrillic_are_not_called_ukrainian(text: str) -> None:
    assert written_in(text) == "nl"


@pytest.mark.parametrize(
    "text",
    [
        "هفته گذشته سه بار زنگ زدم، اما هیچ‌کس با من تماس نگرفت. چرا کسی گوش نمی‌دهد؟ این قابل قبول نیست.",
        "میں نے پچھلے ہفتے تین بار فون کیا لیکن کسی نے مجھے واپس فون نہیں کیا۔ یہ ٹھیک نہیں ہے۔",
    ],
)
def test_other_languages_in_arabic_letters_are_not_called_arabic(text: str) -> None:
    assert written_in(text) == "nl"


@pytest.mark.parametrize(
    "text",
    [
        "J'ai appelé trois fois la semaine dernière au sujet des ordures dans notre rue, mais personne ne m'a rappelé.",
        "He llamado tres veces la semana pasada por la basura de nuestra calle, pero nadie me ha devuelto la llamada.",
        "Am sunat de trei ori săptămâna trecută în legătură cu gunoiul de pe strada noastră și nu m-a sunat nimeni.",
        "Ik ha de ôfrûne wike trije kear belle oer it jiskefet yn ús strjitte, mar der hat nimmen my werom belle.",
        "Ek het verlede week drie keer gebel oor die vullis in ons straat, maar niemand het my teruggebel nie.",
    ],
)
def test_a_language_for_which_there_is_no_paragraph_gets_none(text: str) -> None:
    assert written_in(text) == "nl"


def test_a_text_in_two_languages_gets_the_one_that_fills_it() -> None:
    assert written_in(f"{LONG['ar']} {LONG['ar']}\n\nMet vriendelijke groet") == "ar"
    assert written_in(f"{LONG['uk']}\n\nVerzonden vanaf mijn telefoon") == "uk"
    assert written_in(f"{LONG['nl']}\n\nKind regards") == "nl"


def test_half_dutch_half_english_gets_the_dutch_text_alone() -> None:
    """Who writes both reads the Dutch text."""
    assert written_in(f"{LONG['nl']}\n\n{LONG['en']}") == "nl"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert written_in(text) in LANGUAGES


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=0x10FFFF), max_size=300))
def test_surrogates_and_control_characters_have_an_answer_too(text: str) -> None:
    assert written_in(text) in LANGUAGES


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=20))
def test_a_little_noise_behind_a_long_text_changes_nothing(language: str, noise: str) -> None:
    assert written_in(f"{LONG[language] * 3}\n{noise}") == language


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    assert written_in("x" * LONGEST + LONG["en"]) == "nl"
    assert written_in(f"{LONG['nl']} " * 50_000) == "nl"
