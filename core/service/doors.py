"""What the doors hold against our own books: old mail that was left, and messages that went missing (Awb 2:21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.ports import Clock, Mark, Store
from core.service.following import ALERTED, Following


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The books of the doors."""

    store: Store
    clock: Clock
    calendar: Calendar

    def load(self, door: str) -> Mark | None:
        """Where old mail ends at this door; None before its first start."""
        with self.store.read() as work:
            return work.doors.mark(door)

    def save(self, door: str, mark: Mark) -> None:
        """Note where old mail ends; durable when this returns."""
        with self.store.write() as work:
            work.doors.save_mark(door, mark)

    def left(self, door: str, number: int) -> None:
        """Tell the administrator how much old mail lies at this door, or that none does any more (decisions 12).

        Whoever ticked the question off decided to leave that mail: it is asked again only when the number changes.
        """
        note = f"{door}:{number}"
        now = self.clock()
        with self.store.write() as work:
            if number and work.doors.left(door) == number:
                return
            told = work.tasks.open_notes(ALERTED, TaskKind.OLD_MAIL)
            for former, task in told.items():
                if former.rpartition(":")[0] == door and former != note:
                    work.tasks.finish(task, now, None)
            work.doors.set_left(door, number)
            if number:
                Following(calendar=self.calendar).alert(work, TaskKind.OLD_MAIL, note, now)

    def missing(self, door: str, held: Iterable[str], since: datetime) -> int:
        """How many of the messages that a door holds are not in our books; a difference is told (decisions 12).

        ``held`` are identities as they are stored (``Inbound.external_id``).
        """
        with self.store.read() as work:
            number = sum(not work.messages.known(one) for one in set(held))
        return self._told(door, number, since)

    def lost(self, door: str, messages: Iterable[int], since: datetime) -> int:
        """How many of the messages that a door was promised are not in our books; a difference is told."""
        with self.store.read() as work:
            number = sum(not work.messages.exists(one) for one in messages)
        return self._told(door, number, since)

    def _told(self, door: str, number: int, since: datetime) -> int:
        if number:
            with self.store.write() as work:
                note = f"{door}:{number}:{self.calendar.day_of(since).isoformat()}"
                Following(calendar=self.calendar).alert(work, TaskKind.DOOR_DIFFERENCE, note, self.clock())
        return number
