"""In which language did somebody write? Enough to add a paragraph that they can read; needs no model.

The acknowledgement never waits for the classifier (decisions 8), so this looks only at letters and small words. Being
wrong costs an extra paragraph or the lack of one, never the Dutch text.
"""

import re
from collections import Counter

LONGEST = 4_000
"""Characters that are looked at."""
FEWEST = 4
"""Small words of a language that must be found before it is believed."""
LEAD = 1.5
"""How many times the runner-up a language must have."""

_SMALL_WORDS = """
nl: de het een en van ik is dat niet op in te met voor die zijn maar mijn naar heb er ook aan om dan was bij nog geen uw
nl: wat wel u we wij jullie heeft al kan moet
en: the and of to is i my that not it was for have are with but this you your they at be on we has been would from there
en: about when what
de: der die das und ich nicht ist ein eine zu mit auf für von dem den es sie habe mein meine aber auch noch dass wir bei
de: wird haben sind
pl: nie i w na się że do jest to z mam o jak ale po od za mnie mi są już tak dla przez ich czy być mój moja tego który
pl: była było
tr: ve bir bu için çok ben de da ne ama gibi daha var yok değil kadar olarak benim bana ile sonra oldu bunu neden hiç
tr: şey mi her beni sizin
"""


def _small_words() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _SMALL_WORDS.strip().splitlines():
        code, _, words = line.partition(": ")
        found[code] = found.get(code, frozenset()) | frozenset(words.split())
    return found


SMALL_WORDS = _small_words()
"""The commonest small words of each language that is written in Latin letters."""

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_NOT_ARABIC = re.compile(r"[پچژگکی]")
"""Letters of Persian and its neighbours: close to Arabic on paper, another language to read."""
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_UKRAINIAN = re.compile(r"[іїєґ]", re.I)
_RUSSIAN = re.compile(r"[ыэъё]", re.I)


def written_in(text: str) -> str:
    """``nl``, ``en``, ``de``, ``pl``, ``tr``, ``uk`` or ``ar``; ``nl`` whenever it is not clearly another one."""
    looked_at = text[:LONGEST]
    letters = sum(map(str.isalpha, looked_at))
    if letters and 2 * len(_ARABIC.findall(looked_at)) > letters:
        return "nl" if len(_NOT_ARABIC.findall(looked_at)) > letters // 50 else "ar"
    if letters and 2 * len(_CYRILLIC.findall(looked_at)) > letters:
        return "uk" if len(_UKRAINIAN.findall(looked_at)) > len(_RUSSIAN.findall(looked_at)) else "nl"
    words = Counter(_WORD.findall(looked_at.casefold()))
    found = {code: sum(words[word] for word in small) for code, small in SMALL_WORDS.items()}
    (best, most), (_, next_most) = sorted(found.items(), key=lambda pair: -pair[1])[:2]
    return best if most >= FEWEST and most >= LEAD * next_most else "nl"
