"""What every form comes down to: labels with values, in the order in which they were asked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_PAIRS = 500
"""Labelled values that are looked at; what comes after them stays in the original."""
LONGEST_LABEL = 120
"""Characters; longer text is no label but a sentence."""

_CHECKED = 300_000
"""Characters of a text in which is looked whether a value stands in it already."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled value as the form sent it; the label is empty for text that stands under none."""

    label: str
    value: str


def plain(label: str) -> str:
    """A label as it is compared: letters and digits only, without accents and capitals."""
    whole = unicodedata.normalize("NFKD", label[: 4 * LONGEST_LABEL]).casefold()
    return "".join(sign for sign in whole if sign.isalnum())


def clean(value: str) -> str:
    """A value without control characters and halves of characters, which no database holds."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t").replace("\x7f", "").strip()


def merged(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Pairs with each label once: a question with several ticks comes as one label several times."""
    together: dict[str, list[str]] = {}
    for pair in pairs:
        values = together.setdefault(pair.label, [])
        if pair.value and pair.value not in values:
            values.append(pair.value)
    return tuple(Pair(label, ", ".join(values)) for label, values in together.items())


def with_missing(text: str, pairs: Sequence[Pair]) -> str:
    """The text, followed by every labelled value that does not stand in it: nothing that was typed is lost."""
    known = _squeezed(text[:_CHECKED])
    missing = [pair for pair in pairs if pair.value and _squeezed(pair.value) not in known]
    return "\n\n".join(part for part in (text.rstrip("\n"), as_lines(missing)) if part)


def as_lines(pairs: Iterable[Pair]) -> str:
    """The pairs as a person reads them."""
    return "\n".join(f"{pair.label}: {pair.value}" if pair.label else pair.value for pair in pairs if pair.value)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
