"""Where a message belongs: a new case, a known one, or nowhere because nobody typed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.message import Inbound
from core.domain.numbering import numbers_in


class Belongs(StrEnum):
    """What a message turned out to be."""

    NEW = "new"
    KNOWN = "known"
    """A further message of a party to a case."""
    DOUBTFUL = "doubtful"
    """It points at a case, but its sender is no party to it: a person decides, and nothing of the case is revealed."""
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that a message may belong to, and the addresses from which its parties write."""

    case: int
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a message belongs, and to which case if any."""

    belongs: Belongs
    case: int | None = None


def match(inbound: Inbound, by_reference: Mapping[str, Candidate], by_number: Mapping[str, Candidate]) -> Match:
    """Find the case of a message by what it answers, then by a number in its subject from a party of that case.

    ``by_reference`` maps Message-IDs of ours to cases; ``by_number`` maps case numbers. Neither is enough by itself: a
    letter can be forwarded and a number read over a shoulder, so the sender must be a party of the case as well.
    """
    references = (*inbound.automatic.answers, *inbound.references)
    answered = next((by_reference[ref] for ref in references if ref in by_reference), None)
    if inbound.automatic:
        return Match(belongs=Belongs.AUTOMATIC, case=answered.case if answered else None)
    numbered = [by_number[number] for number in numbers_in(inbound.subject) if number in by_number]
    candidates = [candidate for candidate in (answered, *numbered) if candidate is not None]
    for candidate in candidates:
        if _address(inbound) in candidate.addresses:
            return Match(belongs=Belongs.KNOWN, case=candidate.case)
    if candidates:
        return Match(belongs=Belongs.DOUBTFUL, case=candidates[0].case)
    return Match(belongs=Belongs.NEW)


def _address(inbound: Inbound) -> str:
    """What the sender is recognised by: the chat, or the mail address in small letters."""
    if inbound.reply is not None:
        return inbound.reply.address.casefold()
    return inbound.sender.email.casefold()
