"""Taking messages in: duplicate check, original, case or follow-up, acknowledgement and jobs in one transaction.

The channel is told "accepted" only after the commit; if anything fails, the sender keeps the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.errors import Unstorable
from core.domain.matching import Belongs
from core.domain.message import Accepted, Contact, Inbound, Outcome, ScanState
from core.domain.reactions import Ask, JobKind
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.ports import Blobs, Clock, Store, Work
from core.service.following import About, Following
from core.service.placing import Placing


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Accepts messages from every door."""

    store: Store
    blobs: Blobs
    clock: Clock
    calendar: Calendar
    placing: Placing
    scans: bool = False
    """Whether a virus scanner is set up: files are then held back until it has looked at them."""

    def accept(self, inbound: Inbound) -> Accepted:
        """Take one message in. Raises what the database or the disk raises: the message is then not taken."""
        return self.accept_all([inbound])[0]

    def accept_all(self, inbounds: Sequence[Inbound]) -> list[Accepted]:
        """Take a chunk in with one commit; each message has a savepoint of its own (decisions 14)."""
        contents = [content for one in inbounds for content in (one.raw, *(file.content for file in one.attachments))]
        digests = iter(self.blobs.put_all(contents))
        with self.store.write() as work:
            accepted = []
            for inbound in inbounds:
                raw, files = next(digests), [next(digests) for _ in inbound.attachments]
                accepted.append(self._take_or_keep(work, inbound, raw, files))
            return accepted

    def foresee(self, inbound: Inbound) -> Outcome:
        """What ``accept`` would do with a message; nothing is stored."""
        with self.store.read() as work:
            if work.messages.same(inbound.external_id, inbound.content_hash) is not None:
                return Outcome.DUPLICATE
            if inbound.problem is not None:
                return Outcome.UNPROCESSED
            found = self.placing.match(work, inbound)
        if found.belongs == Belongs.AUTOMATIC:
            return Outcome.AUTOMATIC
        return Outcome.APPENDED if found.belongs == Belongs.KNOWN else Outcome.OPENED

    def take_again(self, work: Work, message: int, inbound: Inbound, files: Sequence[str], at: datetime) -> Accepted:
        """Take a message in that was kept before, as a second reading understood it."""
        work.messages.replace(message, inbound, files, None, self._files_state())
        self._have_scanned(work, message, inbound, at)

        def put(case: int) -> int:
            work.messages.join(message, case)
            return message

        return self.placing.place(work, inbound, at, put, self.placing.match(work, inbound))

    def open_unread(self, work: Work, message: int, inbound: Inbound, at: datetime) -> str:
        """Open a case for a kept message that nobody could understand; gives the case number."""
        return self.placing.open(work, message, inbound, at).number

    def _files_state(self) -> ScanState:
        """The state in which files of a message begin."""
        return ScanState.WAITING if self.scans else ScanState.OFF

    def _take_or_keep(self, work: Work, inbound: Inbound, raw: str, files: Sequence[str]) -> Accepted:
        """Take a message; what cannot be stored as understood is kept as its original and shown to a person."""
        try:
            with work.savepoint():
                return self._take(work, inbound, raw, files)
        except Unstorable:
            bare = replace(
                inbound, sender=Contact(), reply=None, subject="", text="", reply_text="", references=(),
                attachments=(), authentication=(), fields={}, marks={}, refused=(), forwarded=None,
                problem="unstorable",
            )  # fmt: skip
            with work.savepoint():
                return self._take(work, bare, raw, [])

    def _take(self, work: Work, inbound: Inbound, raw: str, files: Sequence[str]) -> Accepted:
        if work.messages.known(inbound.external_id):
            repeat = work.messages.same(inbound.external_id, inbound.content_hash)
            if repeat is not None:
                return repeat
            # other content under a used name: never swallowed (decisions 10)
            inbound = replace(inbound, marks={**inbound.marks, "reused_id": inbound.external_id[:100]})
        at = self.clock()
        if inbound.problem is not None:
            return self._keep(work, inbound, raw, files, at, Outcome.UNPROCESSED, TaskKind.UNPROCESSED)
        found = self.placing.match(work, inbound)
        if found.belongs == Belongs.AUTOMATIC and found.case is None:
            return self._keep(work, inbound, raw, files, at, Outcome.AUTOMATIC, TaskKind.AUTOMATIC)
        return self.placing.place(work, inbound, at, lambda case: self._store(work, inbound, raw, files, case), found)

    def _store(self, work: Work, inbound: Inbound, raw: str, files: Sequence[str], case: int | None) -> int:
        """Store a message, and have its files looked at."""
        message = work.messages.add(inbound, raw, files, case, self._files_state())
        self._have_scanned(work, message, inbound, self.clock())
        return message

    def _have_scanned(self, work: Work, message: int, inbound: Inbound, at: datetime) -> None:
        """Files are looked at; of what could not be understood nobody knows what is in it, so the whole of it is."""
        if self.scans and (inbound.attachments or inbound.problem is not None):
            work.jobs.add(JobKind.SCAN, message, at)

    def _keep(
        self,
        work: Work,
        inbound: Inbound,
        raw: str,
        files: Sequence[str],
        at: datetime,
        outcome: Outcome,
        task: TaskKind,
    ) -> Accepted:
        """Store a message without a case and show it to a person."""
        message = self._store(work, inbound, raw, files, None)
        following = Following(calendar=self.calendar)
        following.ask(work, Ask(task=task), at, case=None, about=About(message=message))
        return Accepted(outcome=outcome, message=message)
