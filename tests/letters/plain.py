"""The plain-language checks for letters (level B1): sentence length, forbidden words. Numbers as designed."""

import re

LONGEST = 25
"""Words in the longest sentence."""
AVERAGE = 15
"""Words in the average sentence."""
FORBIDDEN = (
    "betreffende", "indien", "middels", "teneinde", "inzake", "derhalve", "voornoemd", "kennisneming", "hierbij",
    "schrijven d.d", "bejegening", "klachtbehandelaar", "bevindingen", "gelieve", "alsmede", "doch", "noreply",
    "niet antwoorden", "automatisch gegenereerd", "ontvankelijk",
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
    return wrong + [f"forbidden: {word}" for word in FORBIDDEN if word in text.casefold()]
