"""Tasks in the database, and the queue that they make."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from core.domain.access import CaseAccess, Role
from core.domain.errors import NotFound
from core.domain.labels import Channel
from core.domain.message import Contact
from core.domain.tasks import Task, TaskKind
from core.domain.triage import Suggestion
from core.store import schema
from core.store.cases import case_accesses
from core.store.rows import AnyRow, from_json, inserted
from core.store.triage import latest_suggestions
from core.views import QueueItem

task, case, message = schema.task, schema.case, schema.message


class SqlTasks:
    """Tasks, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Task) -> int:
        """Store a task; gives its number."""
        values = {
            "kind": new.kind,
            "role": new.role,
            "person": new.person,
            "case": new.case,
            "message": new.message,
            "outgoing": new.outgoing,
            "due": new.due,
            "note": new.note[:200],
            "created_at": new.created_at,
        }
        return inserted(self._connection, task, values)

    def get(self, number: int) -> Task:
        """One task."""
        row = self._connection.execute(select(task).where(task.c.id == number)).first()
        if row is None:
            raise NotFound
        return _task(row)

    def finish(self, number: int, at: datetime, by: int | None) -> None:
        """Mark a task as done."""
        where = (task.c.id == number) & task.c.done_at.is_(None)
        self._connection.execute(update(task).where(where).values(done_at=at, done_by=by))

    def reopen(self, number: int) -> None:
        """Make a finished task open again."""
        self._connection.execute(update(task).where(task.c.id == number).values(done_at=None, done_by=None))

    def remove_open(self, number: int, kinds: Sequence[TaskKind]) -> None:
        """Drop the open tasks of these kinds of a case."""
        where = (task.c.case == number) & task.c.done_at.is_(None) & task.c.kind.in_(kinds)
        self._connection.execute(task.delete().where(where))

    def of_case(self, number: int) -> list[Task]:
        """All tasks of a case, oldest first."""
        rows = self._connection.execute(select(task).where(task.c.case == number).order_by(task.c.id))
        return [_task(row) for row in rows]

    def open_notes(self, role: Role, kind: TaskKind) -> dict[str, int]:
        """The notes of a role's open tasks of this kind, with the number of the task."""
        where = (task.c.role == role) & (task.c.kind == kind) & task.c.done_at.is_(None)
        rows = self._connection.execute(select(task.c.note, task.c.id).where(where).order_by(task.c.id))
        return {row.note: row.id for row in rows}

    def open_for(self, role: Role) -> list[tuple[CaseAccess | None, QueueItem]]:
        """Open tasks of a role, oldest first, each with its case's access."""
        columns = (
            task.c.id.label("task"),
            task.c.kind,
            task.c.due,
            task.c.note,
            task.c.created_at,
            task.c.message.label("message_id"),
            message.c.channel,
            message.c.received_at,
            message.c.sender,
            message.c.subject,
            message.c.automatic,
            case.c.id,
            case.c.number,
            case.c.handler,
            case.c.handler_cleared,
            case.c.involved,
            case.c.acknowledged_at,
            case.c.merged_into,
        )
        query = (
            select(*columns)
            .outerjoin(message, message.c.id == task.c.message)
            .outerjoin(case, case.c.id == task.c.case)
            .where(task.c.role == role, task.c.done_at.is_(None))
            .order_by(task.c.id)
        )
        rows = list(self._connection.execute(query))
        access = case_accesses(self._connection, [row for row in rows if row.id is not None])
        suggestions = latest_suggestions(self._connection, [row.message_id for row in rows if row.message_id])
        return [(access.get(row.id), _queue_item(row, suggestions.get(row.message_id, (0, None))[1])) for row in rows]


def _queue_item(row: AnyRow, suggestion: Suggestion | None) -> QueueItem:
    sender = from_json(Contact, row.sender) if row.sender else Contact()
    return QueueItem(
        task=row.task,
        kind=TaskKind(row.kind),
        due=row.due,
        case=row.id,
        number=row.number,
        message=row.message_id,
        channel=Channel(row.channel) if row.channel else None,
        received_at=row.received_at or row.created_at,
        sender=sender.name or sender.email,
        subject=row.subject or "",
        suggestion=suggestion,
        acknowledged=row.acknowledged_at is not None,
        automatic=bool(row.automatic),
        note=row.note,
    )


def _task(row: AnyRow) -> Task:
    return Task(
        id=row.id,
        kind=TaskKind(row.kind),
        role=Role(row.role),
        person=row.person,
        case=row.case,
        message=row.message,
        outgoing=row.outgoing,
        due=row.due,
        note=row.note,
        created_at=row.created_at,
        done_at=row.done_at,
        done_by=row.done_by,
    )
