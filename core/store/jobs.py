"""Jobs in the database, with leases."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from core.domain.reactions import JobKind
from core.ports import Job
from core.store import schema

job = schema.job
ADD = insert(job)


class SqlJobs:
    """Jobs, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, kind: JobKind, subject: int, due: datetime) -> None:
        """Queue a job."""
        self._connection.execute(ADD, {"kind": kind, "subject": subject, "due_at": due, "attempts": 0})

    def claim(self, kinds: Sequence[JobKind], now: datetime, lease_until: datetime, limit: int) -> list[Job]:
        """Take due jobs; those that another worker is taking at this moment are skipped, not waited for."""
        free = or_(job.c.leased_until.is_(None), job.c.leased_until < now)
        due = (
            select(job.c.id, job.c.kind, job.c.subject, job.c.attempts)
            .where(job.c.kind.in_(kinds), job.c.due_at <= now, free)
            .order_by(job.c.due_at, job.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = [
            Job(id=row.id, kind=JobKind(row.kind), subject=row.subject, attempts=row.attempts)
            for row in self._connection.execute(due)
        ]
        if claimed:
            taken = update(job).where(job.c.id.in_([one.id for one in claimed]))
            self._connection.execute(taken.values(leased_until=lease_until, attempts=job.c.attempts + 1))
        return claimed

    def finish(self, number: int) -> None:
        """The job is done."""
        self._connection.execute(job.delete().where(job.c.id == number))

    def retry(self, number: int, due: datetime, error: str) -> None:
        """Try again at ``due``."""
        values = {"due_at": due, "leased_until": None, "last_error": error[:300]}
        self._connection.execute(update(job).where(job.c.id == number).values(values))

    def release(self) -> None:
        """End every lease."""
        self._connection.execute(update(job).values(leased_until=None))

    def waiting(self, now: datetime) -> tuple[int, float]:
        """How many jobs are due and the age in seconds of the oldest one."""
        query = select(func.count(), func.min(job.c.due_at)).where(job.c.due_at <= now)
        number, oldest = self._connection.execute(query).one()
        return number, (now - oldest).total_seconds() if oldest else 0.0
