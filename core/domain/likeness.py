"""Are two texts the same message told twice? A pure measure over runs of words, without any model."""

import re

LONGEST = 3_000
"""Words that are compared; who repeats a message repeats its beginning."""
RUN = 3
"""Words in a row that count as one trait."""
SAME = 0.8
"""From this share of common traits two messages are proposed as one."""

_WORD = re.compile(r"\w+")


def likeness(one: str, other: str) -> float:
    """The share, 0 to 1, of the shorter text's runs of words that the other one has too.

    The shorter one counts, because a resent message often carries a line more ("Ik stuur dit nog eens").
    """
    first, second = _traits(one), _traits(other)
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer else 0.0


def same_message(one: str, other: str) -> bool:
    """Whether two texts are likely the same message; a text of a few words is never told from a greeting."""
    return min(len(_traits(one)), len(_traits(other))) >= RUN and likeness(one, other) >= SAME


def _traits(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())[:LONGEST]
    return frozenset(zip(*(words[start:] for start in range(RUN)), strict=False))
