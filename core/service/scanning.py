"""Having files looked at by the virus scanner; until then they are held back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.errors import Temporary
from core.domain.events import MalwareFound
from core.domain.message import ScanState
from core.domain.reactions import Ask, JobKind
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.ports import Blobs, Clock, Job, Scanned, Scanner, Store, Work
from core.service.following import ALERTED, About, Following

LEASE = timedelta(minutes=10)
"""Longer than the scanner's time-out for the largest message."""
PAUSE = timedelta(minutes=5)
"""Between tries while the scanner is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanning:
    """Looks at the files of messages, one message a round."""

    store: Store
    blobs: Blobs
    clock: Clock
    calendar: Calendar
    scanner: Scanner

    def scan(self) -> bool:
        """Look at the files of one waiting message; False when none waits. Never raises for a scanner that is away.

        As long as the scanner is away the files are held back, the administrator is told, and it is tried again.
        """
        now = self.clock()
        with self.store.write() as work:
            jobs = work.jobs.claim([JobKind.SCAN], now, now + LEASE, 1)
            files = {job.id: work.messages.unscanned(job.subject) for job in jobs}
        for job in jobs:
            try:
                found = {file: self.scanner.scan(self.blobs.get(digest)) for file, digest in files[job.id]}
            except Temporary as error:
                self._put_off(job, error.reason)
            else:
                self._record(job, found)
        return bool(jobs)

    def _put_off(self, job: Job, reason: str) -> None:
        now = self.clock()
        with self.store.write() as work:
            work.jobs.retry(job.id, now + PAUSE, reason)
            Following(calendar=self.calendar).alert(work, TaskKind.SCANNER_AWAY, reason, now)

    def _record(self, job: Job, found: Mapping[int | None, Scanned]) -> None:
        now = self.clock()
        with self.store.write() as work:
            for file, scanned in found.items():
                work.messages.scanned(job.subject, file, scanned.state)
                if scanned.state == ScanState.INFECTED:
                    self._infected(work, job.subject, file, scanned.malware, now)
            work.jobs.finish(job.id)
            for task in work.tasks.open_notes(ALERTED, TaskKind.SCANNER_AWAY).values():
                work.tasks.finish(task, now, None)  # it answers again

    def _infected(self, work: Work, message: int, file: int | None, malware: str, now: datetime) -> None:
        following, about = Following(calendar=self.calendar), About(message=message)
        case = work.messages.original(message).case
        if case is None:
            following.ask(work, Ask(task=TaskKind.INFECTED, note=malware), now, case=None, about=about)
            return
        event = MalwareFound(message=message, attachment=file, name=malware[:100])
        following.record(work, work.cases.get(case), [event], now, actor=None, about=about)
