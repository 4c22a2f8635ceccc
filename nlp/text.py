"""One text of a subject line and a body, for the model; offsets in the body can be told from those in the subject."""

import re

BETWEEN = "\n\n"
LONGEST = 20_000
"""Characters of a body that are read: some 3,000 words, more than any letter of the corpus by far."""

UNREAD = "\ufffd"
"""Stands for a character that cannot be stored as UTF-8."""

_UNREADABLE = re.compile("[\ud800-\udfff\x00]")


def readable(text: str) -> str:
    """The text without what cannot be stored as UTF-8, cut to ``LONGEST``; offsets stay as they were."""
    return _UNREADABLE.sub(UNREAD, text[:LONGEST])


def joined(subject: str, text: str) -> tuple[str, int]:
    """Subject, an empty line and the body, with the place where the body starts; no subject, no empty line."""
    head = readable(subject).strip()
    return (head + BETWEEN + text, len(head) + len(BETWEEN)) if head else (text, 0)
