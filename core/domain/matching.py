"""Where a message belongs: a new case, a known one, or nowhere because nobody typed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.likeness import same_message
from core.domain.message import Inbound, Route
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier case of the same sender, with the message that opened it."""

    case: int
    number: str
    text: str


NOTHING: Mapping[str, Candidate] = {}


def match(
    inbound: Inbound,
    by_reference: Mapping[str, Candidate],
    by_number: Mapping[str, Candidate],
    by_key: Mapping[str, Candidate] = NOTHING,
) -> Match:
    """Find the case of a message by our reply key, then by what it answers, then by a number in its subject.

    ``by_key`` maps reply keys to cases, ``by_reference`` Message-IDs, ``by_number`` case numbers. None is enough by
    itself: a letter can be forwarded and a number read over a shoulder, so the sender must be a party of the case too.
    """
    references = (*inbound.automatic.answers, *inbound.references)
    keyed = next((by_key[key] for key in inbound.reply_keys if key in by_key), None)
    answered = keyed or next((by_reference[ref] for ref in references if ref in by_reference), None)
    if inbound.automatic:
        return Match(belongs=Belongs.AUTOMATIC, case=answered.case if answered else None)
    numbered = [by_number[number] for number in numbers_in(inbound.subject) if number in by_number]
    candidates = [candidate for candidate in (answered, *numbered) if candidate is not None]
    for candidate in candidates:
        if addresses_of(inbound) and addresses_of(inbound) <= candidate.addresses:
            return Match(belongs=Belongs.KNOWN, case=candidate.case)
    if candidates:
        return Match(belongs=Belongs.DOUBTFUL, case=candidates[0].case)
    return Match(belongs=Belongs.NEW)


def repeated(inbound: Inbound, earlier: Iterable[Earlier]) -> Earlier | None:
    """The earlier case that this message tells once more: resent, or written in the form and mailed as well."""
    text = inbound.reply_text or inbound.text
    return next((one for one in earlier if same_message(text, one.text)), None)


def addresses_of(inbound: Inbound) -> frozenset[str]:
    """What the sender is recognised by, in small letters: the mail address and the one for answers, or the chat.

    All of them must be known. Anybody can write a stranger's name in From, and answers that would go elsewhere would
    give what is written in the case to somebody else.
    """
    reply = inbound.reply.address if inbound.reply and inbound.reply.route != Route.PRINT else ""
    return frozenset({inbound.sender.email.casefold(), reply.casefold()} - {""})
