"""Limits on the files of a message: what is over them is refused by name, and the rest is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.message import Attachment, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """How many files of a message are kept as attachments, and how large; sizes in decoded bytes."""

    most: int = 50
    largest: int = 25_000_000
    total: int = 35_000_000


USUAL = FileLimits()


def within(attachments: Sequence[Attachment], limits: FileLimits) -> tuple[tuple[Attachment, ...], tuple[Refused, ...]]:
    """The files that are kept, and those that are refused with the reason, both in the order of the message.

    Files that somebody attached go before pictures in the text, so that fifty logos never push out a letter.
    """
    reasons: dict[int, str] = {}
    count = total = 0
    for place in sorted(range(len(attachments)), key=lambda place: attachments[place].inline):
        size = attachments[place].size
        if size > limits.largest:
            reasons[place] = "too_large"
        elif count >= limits.most:
            reasons[place] = "too_many"
        elif total + size > limits.total:
            reasons[place] = "total_too_large"
        else:
            count, total = count + 1, total + size
    kept = tuple(one for place, one in enumerate(attachments) if place not in reasons)
    return kept, tuple(_refused(attachments, reasons))


def _refused(attachments: Sequence[Attachment], reasons: dict[int, str]) -> Iterable[Refused]:
    for place, reason in sorted(reasons.items()):
        one = attachments[place]
        yield Refused(filename=one.filename[:200], reason=reason, size=one.size)
