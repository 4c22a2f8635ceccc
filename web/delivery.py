"""Where a letter is, in words: nobody has to know what a queue or a bounce is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.domain.events import Entry, LetterDelayed
from core.domain.message import DeliveryState, Route
from core.views import LetterView

REASONS = frozenset({
    "no_address", "address_not_supported", "recipient_unknown", "recipient_full", "recipient_refuses",
    "recipient_deferred", "too_large", "content_refused", "not_composed", "relay_refuses_us", "relay_busy",
    "relay_away", "certificate", "disk", "bounced", "blocked", "sent_again",
})  # fmt: skip
"""First words of a sender's reason that have a text of their own."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A sentence of the catalogue with its facts, why it went wrong if it did, and whether a person must look."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    """Key of the reason."""
    wrong: bool = False


def whereabouts(letter: LetterView, history: Iterable[Entry] = ()) -> Whereabouts:
    """Where this letter is; ``history`` is that of its case."""
    if letter.again_as is not None:
        return Whereabouts("delivery.replaced", reason=_reason(letter))
    match letter.state:
        case DeliveryState.QUEUED if letter.to.route == Route.PRINT:
            return Whereabouts("delivery.to_post")
        case DeliveryState.QUEUED if letter.attempts:
            key = "delivery.trying_one" if letter.attempts == 1 else "delivery.trying"
            return Whereabouts(key, {"n": str(letter.attempts)}, _reason(letter))
        case DeliveryState.SENT if any(
            isinstance(entry.event, LetterDelayed) and entry.event.outgoing == letter.id for entry in history
        ):
            return Whereabouts("delivery.delayed")
        case DeliveryState.SENT:
            return Whereabouts(f"delivery.sent_{letter.to.route}")
        case DeliveryState.FAILED if letter.last_error == "bounced":
            return Whereabouts("delivery.bounced", wrong=True)
        case DeliveryState.FAILED:
            return Whereabouts("delivery.failed", reason=_reason(letter), wrong=True)
        case DeliveryState.UNKNOWN:
            return Whereabouts("delivery.unknown", reason=_reason(letter), wrong=True)
    return Whereabouts(f"delivery.{letter.state}")


def _reason(letter: LetterView) -> str:
    """The key of why it went wrong; the other side's own codes say nothing to people."""
    if not letter.last_error or letter.last_error == "sent_again":
        return ""
    first = letter.last_error.split()[0].rstrip(":")
    return f"reason.{first}" if first in REASONS else "reason.other"
