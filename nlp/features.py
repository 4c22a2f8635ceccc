"""Character n-grams within words, weighted by tf-idf, with numpy only: what the model sees of a text.

Dutch compounds, inflection, dialect and typing errors share n-grams where they share no words; on unseen writers this
was worth 15 to 26 points over words. A second block (sentence vectors) can stand beside this one: a block turns words
into a ``Row``, and a head adds up the contributions of its blocks.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

_DIGIT = re.compile(r"\d")
_LONGEST_WORD = 60
"""Characters of one word that count: a pasted key or URL must not become thousands of n-grams."""


@dataclass(frozen=True, slots=True)
class Row:
    """The features of one text, sparse: which and how heavy."""

    indices: Indices
    values: Vector


def normal(word: str) -> str:
    """A word as the model reads it: lower case, no accents, digits all alike."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return _DIGIT.sub("0", bare)[:_LONGEST_WORD]


def ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """All n-grams of a normalised word with a space on either side."""
    padded = f" {word} "
    return [
        padded[at : at + size] for size in range(shortest, longest + 1) for at in range(max(0, len(padded) - size + 1))
    ]


def bag(words: Iterable[str], shortest: int, longest: int) -> Counter[str]:
    """The n-grams of a text with how often each occurs."""
    found: Counter[str] = Counter()
    for word in words:
        found.update(ngrams(normal(word), shortest, longest))
    return found


class CharNgrams:
    """Vocabulary and idf of the n-grams of the training texts."""

    def __init__(self, shortest: int, longest: int, terms: Sequence[str] = (), idf: Vector | None = None) -> None:
        self.shortest, self.longest = shortest, longest
        self.terms = tuple(terms)
        self.idf: Vector = np.zeros(0, dtype=np.float32) if idf is None else idf
        self._place = {term: index for index, term in enumerate(self.terms)}

    @classmethod
    def fit(cls, bags: Sequence[Counter[str]], shortest: int, longest: int, min_df: int) -> "CharNgrams":
        """Learn from the n-grams of texts; those in fewer than ``min_df`` texts are left out."""
        seen: Counter[str] = Counter()
        for terms_of_text in bags:
            seen.update(terms_of_text.keys())
        terms = sorted(term for term, count in seen.items() if count >= min_df)
        idf = [1 + math.log((1 + len(bags)) / (1 + seen[term])) for term in terms]
        return cls(shortest, longest, terms, np.asarray(idf, dtype=np.float32))

    def row(self, words: Iterable[str]) -> Row:
        """The features of a text given as words."""
        return self.row_of(bag(words, self.shortest, self.longest))

    def row_of(self, terms: Counter[str]) -> Row:
        """Sublinear tf times idf of the n-grams of a text, scaled to length one."""
        known = sorted((self._place[term], count) for term, count in terms.items() if term in self._place)
        indices = np.fromiter((place for place, _ in known), dtype=np.int64, count=len(known))
        counts = np.fromiter((count for _, count in known), dtype=np.float32, count=len(known))
        values = ((1 + np.log(counts)) * self.idf[indices]).astype(np.float32)
        length = float(np.linalg.norm(values))
        return Row(indices, (values / length).astype(np.float32) if length else values)

    def places(self, word: str) -> list[int]:
        """The known n-grams of one word, repeats included."""
        known = (self._place.get(term) for term in ngrams(normal(word), self.shortest, self.longest))
        return [place for place in known if place is not None]
