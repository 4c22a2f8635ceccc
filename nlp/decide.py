"""From probabilities to what is proposed: the lean towards klacht, and when to say "weet ik niet"."""

from collections.abc import Mapping

from nlp.labels import ABSTAIN

KLACHT, BEZWAAR = "klacht", "bezwaar"
CLOSE = 0.15
"""Two kinds nearer than this, neither of them likely, are too close to call."""
LIKELY = 0.5
TEAM_FLOOR = 0.5
"""Below this share no team stands out enough to preselect one."""
CONTENT_WORDS = 4
"""Fewer words of content than this, and a person reads it without a suggestion."""

_EMPTY = frozenset(
    """
    klacht klachten klagen klaag bezwaar bezwaren melding melden vraag vragen bericht brief mail email gemeente emmen
    hallo hoi dag goedemorgen goedemiddag goedenavond goedendag geachte beste heer mevrouw meneer mijnheer groet groeten
    groetjes vriendelijke hoogachtend mvg graag indienen indien ingediend dienen doorgeven willen wilde alvast bedankt
    dank antwoord reactie contact bellen terugbellen hulp help test
    """.split()  # noqa: SIM905  # a list of sixty quoted words says less
)


def is_content(word: str, is_stop: bool) -> bool:
    """Whether a word says what a message is about, rather than that it is one."""
    return not is_stop and word.lower() not in _EMPTY and any(letter.isalpha() for letter in word)


def lean(kinds: Mapping[str, float], content_words: int) -> dict[str, float]:
    """Kinds, likeliest first; klacht is raised to the first place unless bezwaar or a clear lead holds it.

    A text without content gives no other kind a clear lead.

    "Everything that is not a bezwaar is in principle a klacht" (process description, section 2). It is raised to a tie,
    which the reader of a suggestion breaks in favour of klacht: with content by no more than ``CLOSE``.
    """
    best = max(kinds, key=lambda kind: kinds[kind])
    leaned = dict(kinds)
    if best != BEZWAAR and (kinds[best] - kinds[KLACHT] <= CLOSE or not content_words):
        leaned[KLACHT] = kinds[best]
    return dict(sorted(leaned.items(), key=lambda item: (-item[1], item[0] != KLACHT)))


def abstention(kinds: Mapping[str, float], teams: Mapping[str, float], language: str, content_words: int) -> str | None:
    """The heaviest reason not to preselect anything, or None; ``kinds`` as they are before the lean."""
    first, second = sorted(kinds.values(), reverse=True)[:2]
    reasons = {
        "no_content": content_words == 0,
        "too_short": content_words < CONTENT_WORDS,
        "foreign_language": language != "nl",
        "nothing_stands_out": first < LIKELY / 2,
        "kinds_close": first < LIKELY and first - second < CLOSE,
        "team_unsure": not teams or max(teams.values()) < TEAM_FLOOR,
    }
    return next((reason for reason in ABSTAIN if reasons[reason]), None)
