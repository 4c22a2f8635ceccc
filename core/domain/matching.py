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

    ``by_reference`` maps Message-IDs of ours, which nobody can guess, to cases; ``by_number`` maps case numbers.
    """
    references = (*inbound.automatic.answers, *inbound.references)
    answered = next((by_reference[ref] for ref in references if ref in by_reference), None)
    if inbound.automatic:
        return Match(belongs=Belongs.AUTOMATIC, case=answered.case if answered else None)
    numbered = next((by_number[n] for n in numbers_in(inbound.subject) if n in by_number), None)
    candidate = answered or numbered
    if candidate is None:
        return Match(belongs=Belongs.NEW)
    known = _address(inbound) in candidate.addresses
    return Match(belongs=Belongs.KNOWN if known else Belongs.DOUBTFUL, case=candidate.case)


def _address(inbound: Inbound) -> str:
    """What the sender is recognised by: the chat, or the mail address in small letters."""
    if inbound.reply is not None:
        return inbound.reply.address.casefold()
    return inbound.sender.email.casefold()
