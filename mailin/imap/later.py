"""Messages that did not go well: each is tried again after a pause of its own, so that none stands in another's way."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between tries; doubled each time."""
LONGEST_PAUSE_ALONE = 600.0
"""The same for what may have broken the connection, which all others need too; eight times longer each time."""


@dataclass(slots=True)
class _Later:
    tries: int = 0
    due: float = 0.0
    alone: bool = False
    folder: str | None = None


@dataclass(slots=True)
class Postponed:
    """What is tried again later, by its number in the mailbox."""

    elapsed: Callable[[], float] = time.monotonic
    _uidvalidity: int = 0
    _later: dict[int, _Later] = field(default_factory=dict)

    def opened(self, uidvalidity: int) -> None:
        """A connection was made: with a new UIDVALIDITY the numbers mean other messages."""
        if uidvalidity != self._uidvalidity:
            self._later.clear()
            self._uidvalidity = uidvalidity

    def due(self, waiting: Sequence[int]) -> list[int]:
        """Those of the waiting messages that may be tried now, those that failed most often last.

        What waits no longer is forgotten.
        """
        for uid in self._later.keys() - set(waiting):
            del self._later[uid]
        now = self.elapsed()
        due = [uid for uid in waiting if uid not in self._later or self._later[uid].due <= now]
        return sorted(due, key=lambda uid: self._later[uid].tries if uid in self._later else 0)

    def put_off(self, uids: Collection[int], *, alone: bool = False, folder: str | None = None) -> None:
        """Try these again after a pause: alone, where they may be what broke the connection.

        ``folder`` is where to put messages that the core did take.
        """
        for uid in uids:
            later = self._later.setdefault(uid, _Later())
            later.alone = later.alone or alone
            factor, longest = (8, LONGEST_PAUSE_ALONE) if later.alone else (2, LONGEST_PAUSE)
            later.due = self.elapsed() + min(FIRST_PAUSE * factor**later.tries, longest)
            later.tries = min(later.tries + 1, 10)
            later.folder = folder or later.folder

    @property
    def alone(self) -> set[int]:
        """Those that are not fetched together with others."""
        return {uid for uid, later in self._later.items() if later.alone}

    def taken(self, uids: Sequence[int]) -> dict[str, list[int]]:
        """Those of these that the core took already, by the folder in which to put them."""
        folders: dict[str, list[int]] = {}
        for uid in uids:
            if (later := self._later.get(uid)) is not None and later.folder is not None:
                folders.setdefault(later.folder, []).append(uid)
        return folders

    def next_in(self) -> float | None:
        """Seconds until the first is due."""
        return min((max(0.0, later.due - self.elapsed()) for later in self._later.values()), default=None)
