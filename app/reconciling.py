"""The daily reconciliation: what each door says it handed in, against our books (decisions 12)."""

from collections import defaultdict
from datetime import timedelta
from threading import Lock

import structlog

from app.edges import mailbox_of
from app.wiring import House
from core.domain.message import Accepted, Outcome
from mailin.imap.session import FAULTS
from mailin.imap.tally import tally

LOOK_BACK = timedelta(days=2)
"""How far back a mailbox is counted: one day more than the time between two counts."""

log = structlog.get_logger(__name__)


class Tallies:
    """What the doors of this process were promised since the last count: the messages for which they said "taken"."""

    def __init__(self) -> None:
        self._promised: dict[str, set[int]] = defaultdict(set)
        self._lock = Lock()  # doors note in the event loop, the count runs in a thread

    def promised(self, door: str, accepted: Accepted) -> None:
        """Note a message that a door was told is safe."""
        if accepted.outcome != Outcome.DUPLICATE:
            with self._lock:
                self._promised[door].add(accepted.message)

    def taken(self) -> dict[str, set[int]]:
        """What was promised by each door since this was last asked."""
        with self._lock:
            promised, self._promised = self._promised, defaultdict(set)
        return promised


def reconcile(house: House, tallies: Tallies) -> None:
    """Compare every door's own count with the rows; a difference becomes an alert for the administrator."""
    since = house.clock() - LOOK_BACK
    for door, messages in tallies.taken().items():
        missing = house.books.lost(door, messages, since)
        log.info("door counted", door=door, promised=len(messages), missing=missing)
    for name, settings in house.settings.imap.items():
        door, mailbox = f"imap:{name}", mailbox_of(settings)
        try:
            held = list(tally(mailbox, house.books.load(door), house.reader, since))
        except FAULTS as error:
            log.warning("mailbox not counted", door=door, error=type(error).__name__)
            continue
        taken = [one.external_id for one in held if not one.waiting]
        missing = house.books.missing(door, taken, since)
        log.info("mailbox counted", door=door, held=len(held), waiting=len(held) - len(taken), missing=missing)
