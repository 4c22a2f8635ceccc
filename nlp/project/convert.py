"""Turns annotated messages into spaCy's training format: ``python -m nlp.project.convert PART FILE [--padded]``."""

import sys
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from nlp import corpus, masking
from nlp.labels import KINDS, PERSON, TEAM_PREFIX, TEAMS
from nlp.project.padding import padded
from nlp.roles import NOBODY
from nlp.text import joined, readable

SEED = 1


def doc_bin(messages: Iterable[corpus.Annotated], with_padding: bool, seed: int = SEED) -> DocBin:
    """The messages as documents, numbers masked; with padding each one also as a long letter."""
    nlp = spacy.blank("nl")
    docs = []
    for message in messages:
        text = readable(message.text)
        docs.append(_doc(nlp, message, text, is_padded=False))
        if with_padding:
            docs.append(_doc(nlp, message, padded(text, message.id, seed), is_padded=True))
    return DocBin(attrs=["ORTH", "SPACY"], docs=docs, store_user_data=True)


def _doc(nlp: Language, message: corpus.Annotated, text: str, is_padded: bool) -> Doc:
    whole, _ = joined(message.subject, text)
    doc = nlp.make_doc(masking.mask(whole))
    doc.cats = {kind: float(kind in message.kinds) for kind in KINDS}
    doc.cats |= {TEAM_PREFIX + team: (team in message.teams) / max(1, len(message.teams)) for team in TEAMS}
    doc.cats[PERSON] = float(message.respondent_role != NOBODY)
    doc.user_data.update({"writer": message.writer, "padded": is_padded})
    return doc


def main(arguments: list[str]) -> None:
    """Convert one part of the corpus to one file."""
    part, target = arguments[0], Path(arguments[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    doc_bin(corpus.read(part), with_padding="--padded" in arguments).to_disk(target)


if __name__ == "__main__":
    main(sys.argv[1:])
