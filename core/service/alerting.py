"""Alerts from places that have no transaction at hand: gathered, and told to the administrator by the worker."""

from collections import deque
from dataclasses import dataclass, field

from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.ports import Clock, Store
from core.service.following import Following


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """What the machine ran into and a person must know. May be told from any thread."""

    store: Store
    clock: Clock
    calendar: Calendar
    _waiting: "deque[tuple[TaskKind, str]]" = field(default_factory=lambda: deque(maxlen=100))

    def tell(self, kind: TaskKind, note: str) -> None:
        """Remember an alert; ``note`` holds no personal data."""
        self._waiting.append((kind, note))

    def write_down(self) -> None:
        """Make tasks of what was told; each stands once as long as it is open."""
        told = tuple(self._waiting)
        if not told:
            return
        with self.store.write() as work:
            for kind, note in told:
                Following(calendar=self.calendar).alert(work, kind, note, self.clock())
        for _ in told:
            self._waiting.popleft()
