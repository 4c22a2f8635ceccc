"""What a person says of how cases hang together: the same, beside each other, or nothing to do with each other."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.access import Actor, Role
from core.domain.case import Case
from core.domain.errors import NotAllowed, NotFound
from core.domain.events import Absorbed, AddressAdded, Event, Linked, MergedInto, MergeUndone, Released, TaskDone
from core.domain.message import Route
from core.domain.tasks import PROPOSALS, Task, TaskKind
from core.domain.terms import Calendar
from core.ports import Clock, Store, Work
from core.service.admission import case_for, task_for
from core.service.following import About, Following

STANDING_STILL = (TaskKind.REVIEW, TaskKind.INTERVIEW, TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT)
"""Tasks that a case which goes on in another one no longer needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Decisions about pairs of cases."""

    store: Store
    clock: Clock
    calendar: Calendar

    def decide(self, actor: Actor, task: int, *, together: bool) -> str | None:
        """Answer a proposal; gives the number of the case in which the newer one goes on, if it does.

        ``together`` merges for "hoort bij?" and "hetzelfde?", and puts the cases beside each other for "verwant?".
        Raises NotFound, also for a case that the actor may not see, and NotAllowed.
        """
        now = self.clock()
        with self.store.write() as work:
            found = task_for(work, actor, task)
            if found.kind not in PROPOSALS or found.case is None:
                raise NotFound
            other = self._numbered(work, found.note)
            for case in (found.case, other):
                case_for(work, actor, case, Role.COORDINATOR)
            work.tasks.finish(task, now, actor.user)
            if not together:
                self._record(work, actor, found.case, [TaskDone(task=task, kind=found.kind, note="no")], now)
                return None
            if found.kind == TaskKind.LINK:
                self._link(work, actor, found.case, other, now)
                return None
            if found.kind == TaskKind.MATCH:
                self._add_address(work, actor, found, other, now)
            return self._merge(work, actor, found.case, other, now)

    def link(self, actor: Actor, case: int, number: str) -> None:
        """Put the case with this number beside another one. Raises NotFound, NotAllowed."""
        now = self.clock()
        with self.store.write() as work:
            self._link(work, actor, case, self._numbered(work, number), now)

    def merge(self, actor: Actor, case: int, number: str) -> str:
        """Let a case go on in the one with this number; gives the number in which it goes on: the older of the two.

        Raises NotFound, NotAllowed.
        """
        now = self.clock()
        with self.store.write() as work:
            return self._merge(work, actor, case, self._numbered(work, number), now)

    def undo(self, actor: Actor, case: int) -> None:
        """Let a case that went on in another one stand by itself again. Raises NotFound, NotAllowed."""
        now = self.clock()
        with self.store.write() as work:
            newer = case_for(work, actor, case, Role.COORDINATOR)
            if newer.merged_into is None:
                raise NotFound
            older = case_for(work, actor, newer.merged_into, Role.COORDINATOR)
            self._record(work, actor, newer.id, [MergeUndone(case=older.id, number=older.number)], now)
            self._record(work, actor, older.id, [Released(case=newer.id, number=newer.number)], now)
            for task in work.tasks.of_case(newer.id):
                if task.kind in (*STANDING_STILL, *PROPOSALS) and task.done_at == self._merged_at(work, newer.id):
                    work.tasks.reopen(task.id)
            messages = [message.id for message in work.messages.of_case(newer.id)]
            work.links.drop_addresses(older.id, messages)

    def _merge(self, work: Work, actor: Actor, one: int, other: int, now: datetime) -> str:
        """The older case goes on: its terms are the earlier ones."""
        pair = [case_for(work, actor, number, Role.COORDINATOR) for number in (one, other)]
        older, newer = sorted(pair, key=lambda case: (case.received_at, case.id))
        if older.id == newer.id or older.merged_into is not None or newer.merged_into is not None:
            raise NotAllowed
        for task in work.tasks.of_case(newer.id):
            if task.done_at is None and task.kind in STANDING_STILL:
                work.tasks.finish(task.id, now, actor.user)
        self._record(work, actor, newer.id, [MergedInto(case=older.id, number=older.number)], now)
        self._record(work, actor, older.id, [Absorbed(case=newer.id, number=newer.number)], now)
        return older.number

    def _link(self, work: Work, actor: Actor, one: int, other: int, now: datetime) -> None:
        first, second = (case_for(work, actor, number, Role.COORDINATOR) for number in (one, other))
        if first.id == second.id:
            raise NotAllowed
        work.links.link(first.id, second.id)
        self._record(work, actor, first.id, [Linked(case=second.id, number=second.number)], now)
        self._record(work, actor, second.id, [Linked(case=first.id, number=first.number)], now)

    def _add_address(self, work: Work, actor: Actor, task: Task, other: int, now: datetime) -> None:
        """The one who wrote is a party of the other case, under another address: their next message is recognised."""
        if task.message is None:
            return
        message = work.messages.original(task.message)
        reply = message.reply.address if message.reply and message.reply.route != Route.PRINT else ""
        addresses = {message.sender.email, reply} - {""}
        for address in addresses:
            work.links.add_address(other, address, task.message)
        if addresses:
            self._record(work, actor, other, [AddressAdded(message=task.message)], now)

    def _record(self, work: Work, actor: Actor, case: int, events: list[Event], now: datetime) -> Case:
        following = Following(calendar=self.calendar)
        return following.record(work, work.cases.get(case), events, now, actor=actor.user, about=About())

    @staticmethod
    def _numbered(work: Work, number: str) -> int:
        found = work.cases.by_number([number]).get(number)
        if found is None:
            raise NotFound
        return found.case

    @staticmethod
    def _merged_at(work: Work, case: int) -> datetime | None:
        merges = [entry.at for entry in work.cases.history(case) if isinstance(entry.event, MergedInto)]
        return merges[-1] if merges else None
