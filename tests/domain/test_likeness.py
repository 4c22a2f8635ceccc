"""One message told twice is recognised whatever is added around it; two complaints are never called one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.likeness import RUN, SAME, likeness, same_message

STORY = (
    "Op dinsdag stond ik een uur aan de balie in het gemeentehuis. De medewerker zei dat ik een verkeerd formulier had "
    "ingevuld en liep daarna weg. Ik heb drie keer gebeld en ben geen enkele keer teruggebeld."
)
OTHER = (
    "De vuilnisauto rijdt elke donderdag over de stoep langs de school en de chauffeur steekt zijn middelvinger op "
    "naar ouders die daar iets van zeggen."
)
GREETING = "Geachte heer, mevrouw,\n\n"
CLOSING = "\n\nMet vriendelijke groet,\nJan Jansen"

WORDS = st.lists(st.text(alphabet="abcdeéüßğіїعر", min_size=1, max_size=8), min_size=RUN, max_size=60)


@given(st.text(), st.text())
def test_it_is_a_share_for_any_two_strings(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert same_message(one, other) in (True, False)


@given(st.text(), st.text())
def test_which_came_first_does_not_matter(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert same_message(one, other) == same_message(other, one)


@given(WORDS)
def test_a_text_is_wholly_like_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert likeness(text, text) == 1.0


@given(WORDS, st.sampled_from([" ", "\n", "\r\n", "\t", ", ", ".  "]))
def test_spacing_and_punctuation_do_not_matter(words: list[str], between: str) -> None:
    assert likeness(" ".join(words), between.join(words)) == 1.0


@given(WORDS, st.text(max_size=200), st.text(max_size=200))
def test_what_is_put_before_and_after_takes_nothing_away(words: list[str], before: str, after: str) -> None:
    text = " ".join(words)
    assert likeness(text, f"{before}\n{text}\n{after}") == 1.0


@given(st.text())
def test_nothing_is_like_nothing(text: str) -> None:
    assert likeness("", text) == 0.0
    assert not same_message("", text)


@pytest.mark.parametrize(
    "again",
    [
        STORY,
        STORY.upper(),
        f"Ik stuur dit nog een keer.\n\n{STORY}",
        f"{GREETING}{STORY}{CLOSING}",
        STORY.replace("drie keer", "vier keer"),
        "> " + STORY.replace(". ", ".\n> "),
    ],
)
def test_the_same_story_is_recognised(again: str) -> None:
    assert same_message(STORY, again)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (STORY, OTHER),
        (GREETING + STORY + CLOSING, GREETING + OTHER + CLOSING),
        ("Bel mij!", "Bel mij!"),
        ("Goedemorgen,", "Goedemorgen,"),
        (STORY, "Bel mij!"),
    ],
)
def test_different_stories_and_mere_greetings_are_not_called_the_same(one: str, other: str) -> None:
    assert not same_message(one, other)


def test_a_long_message_is_bounded() -> None:
    assert likeness(f"{STORY} " * 20_000, STORY) >= SAME
