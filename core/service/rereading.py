"""Trying again what could not be understood, and taking up what only seemed automatic."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.domain.access import Actor
from core.domain.errors import NotFound
from core.domain.message import Automatic, Contact, Inbound
from core.domain.tasks import TaskKind
from core.ports import Blobs, Clock, Original, Store, Work
from core.service.admission import task_for
from core.service.intake import Intake

Reader = Callable[[Original, bytes], Inbound]
"""Reads a raw original once more, the way its door did; sets ``problem`` when it still cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """Second readings of kept messages."""

    store: Store
    blobs: Blobs
    clock: Clock
    intake: Intake
    read: Reader

    def try_again(self, actor: Actor, task: int) -> str | None:
        """Read the message of an UNPROCESSED or AUTOMATIC task again, and put it in a case: a known one or its own.

        Gives the case number, or None when it still cannot be understood; the task then stays open. A person who takes
        up an "automatic" message says by that that somebody typed it. Raises NotFound, also when a colleague was first.

        The message is read between two transactions: a hostile one takes long, and nobody may wait for it to write.
        """
        with self.store.read() as work:
            original = self._original(work, actor, task)
        inbound = self.read(original, self.blobs.get(original.raw))
        if inbound.problem is not None:
            return None
        inbound = replace(inbound, received_at=original.received_at, automatic=Automatic(), imported=original.imported)
        files = self.blobs.put_all([file.content for file in inbound.attachments])
        now = self.clock()
        with self.store.write() as work:
            message = self._original(work, actor, task).message
            accepted = self.intake.take_again(work, message, inbound, files, now)
            work.tasks.finish(task, now, actor.user)
            return accepted.case_number

    @staticmethod
    def _original(work: Work, actor: Actor, task: int) -> Original:
        """The kept message of an open task of the actor's. Raises NotFound."""
        found = task_for(work, actor, task)
        if found.kind not in (TaskKind.UNPROCESSED, TaskKind.AUTOMATIC) or found.message is None:
            raise NotFound
        return work.messages.original(found.message)

    def open_by_hand(self, actor: Actor, task: int) -> str:
        """Open a case for a message that stays unreadable: a person reads the original. Gives the case number.

        The term runs from its receipt like any other; receipt is confirmed by hand. Raises NotFound.
        """
        now = self.clock()
        with self.store.write() as work:
            found = task_for(work, actor, task)
            if found.kind != TaskKind.UNPROCESSED or found.message is None:
                raise NotFound
            original = work.messages.original(found.message)
            unread = Inbound(
                channel=original.channel,
                door=original.door,
                external_id=original.external_id,
                content_hash=original.content_hash,
                received_at=original.received_at,
                sender=Contact(),
                reply=None,
                raw=b"",
                raw_type=original.raw_type,
                imported=original.imported,
            )
            case = self.intake.open_unread(work, found.message, unread, now)
            work.tasks.finish(task, now, actor.user)
            return case
