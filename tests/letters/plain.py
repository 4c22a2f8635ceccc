"""The plain-language checks for letters (level B1): the numbers and words of the design, ux.md section 5."""

import re
import unicodedata

LONGEST = 25
"""Words in the longest sentence."""
AVERAGE = 15
"""Words in the average sentence."""
LONG_WORD = 12
"""Letters above which a word is long."""
LONG_WORDS = 0.05
"""Share of long words in a letter."""
FORBIDDEN = (
    "betreffende", "indien", "middels", "teneinde", "inzake", "derhalve", "voornoemd", "kennisneming", "hierbij",
    "schrijven d.d", "bejegening", "klachtbehandelaar", "bevindingen", "gelieve", "alsmede", "doch", "noreply",
    "niet antwoorden", "automatisch gegenereerd", "ontvankelijk", "in behandeling genomen", "zal worden",
    "zullen worden",
    "op grond van", "conform", "desbetreffende", "verkeerd formulier", "bovengenoemd", "u dient", "ten aanzien van",
    "in de gelegenheid", "verzoeken wij u", "mede namens", "reeds", "aangaande", "krachtens",
)  # fmt: skip


def sentences(text: str) -> list[str]:
    """The sentences of a letter; list items and headings count as sentences of their own."""
    paragraphs = re.split(r"\n\s*\n|\n(?=\s*(?:-|\d+\.)\s)", text)
    joined = (" ".join(paragraph.split()) for paragraph in paragraphs)
    found = (part for paragraph in joined for part in re.split(r"(?<=[.?:])\s+(?=[A-Z])", paragraph))
    return [sentence for sentence in found if len(sentence.split()) > 1]


def complaints(text: str) -> list[str]:
    """What is wrong with a text, in words; nothing when it is plain."""
    lengths = {sentence: len(sentence.split()) for sentence in sentences(text)}
    wrong = [f"{count} words: {sentence}" for sentence, count in lengths.items() if count > LONGEST]
    if sum(lengths.values()) / len(lengths) > AVERAGE:
        wrong.append(f"the average sentence has {sum(lengths.values()) / len(lengths):.1f} words")
    words = re.findall(r"[^\W\d_]+", re.sub(r"\S+[@/]\S+", "", text))
    long = [word for word in words if len(word) > LONG_WORD]
    if len(long) > LONG_WORDS * len(words):
        wrong.append(f"{len(long)} of {len(words)} words are long: {long}")
    return wrong + [f"forbidden: {word}" for word in FORBIDDEN if word in text.casefold()] + _loud(text)


def _loud(text: str) -> list[str]:
    """Emphasis by order and not by shouting, dates in words, and nothing that the machine forgot to fill in."""
    faults = {
        "exclamation mark": r"!",
        "word in capitals": r"\b[A-Z]{4,}\b",
        "date in figures": r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b",
        "gap": r"[{}%]|\bNone\b|\[\]|\(\)|undefined",
        "informal address": r"\b(?:je|jij|jouw|jullie)\b",
    }
    found = [f"{what}: {match.group()}" for what, fault in faults.items() if (match := re.search(fault, text))]
    return found + [f"sign: {sign!r}" for sign in text if unicodedata.category(sign) in {"So", "Cs", "Co"}]
