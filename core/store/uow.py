"""One transaction and everything that can be done in it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import cached_property

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DataError

from core.domain.errors import Unstorable
from core.store import schema
from core.store.cases import SqlCases
from core.store.doors import SqlDoors
from core.store.jobs import SqlJobs
from core.store.links import SqlLinks
from core.store.messages import SqlMessages
from core.store.numbers import CaseNumbers
from core.store.outbox import SqlOutbox
from core.store.people import SqlPeople
from core.store.tasks import SqlTasks
from core.store.triage import SqlTriage


class SqlWork:
    """One transaction over one connection; the parts are made when first used."""

    def __init__(self, connection: Connection, numbers: CaseNumbers) -> None:
        self._connection = connection
        self._numbers = numbers

    @cached_property
    def messages(self) -> SqlMessages:
        """Inbound messages."""
        return SqlMessages(self._connection)

    @cached_property
    def cases(self) -> SqlCases:
        """Cases, parties and journal."""
        return SqlCases(self._connection, self._numbers)

    @cached_property
    def tasks(self) -> SqlTasks:
        """Things to do."""
        return SqlTasks(self._connection)

    @cached_property
    def triage(self) -> SqlTriage:
        """Suggestions."""
        return SqlTriage(self._connection)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """Outgoing messages."""
        return SqlOutbox(self._connection)

    @cached_property
    def jobs(self) -> SqlJobs:
        """Work for later."""
        return SqlJobs(self._connection)

    @cached_property
    def people(self) -> SqlPeople:
        """Organisation, accounts, sessions and drafts."""
        return SqlPeople(self._connection)

    @cached_property
    def links(self) -> SqlLinks:
        """How cases hang together."""
        return SqlLinks(self._connection)

    @cached_property
    def doors(self) -> SqlDoors:
        """What is remembered of the doors."""
        return SqlDoors(self._connection)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can fail alone. Raises Unstorable when a value in it can never be stored."""
        try:
            with self._connection.begin_nested():
                yield
        except (DataError, UnicodeError) as error:
            raise Unstorable from error


class SqlStore:
    """The database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._numbers = CaseNumbers(engine)
        # SQLite's own waiting is a sleep that grows: threads of one process wait for each other better here.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def write(self) -> Iterator[SqlWork]:
        """A transaction that commits on a clean exit and rolls back on an error."""
        with self._turn, self._writing.begin() as connection:
            yield SqlWork(connection, self._numbers)

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        """A transaction for looking only."""
        with self._engine.connect() as connection:
            yield SqlWork(connection, self._numbers)

    def counts(self, day: date) -> Mapping[str, int]:
        """Cases received on ``day`` and open tasks by kind, as ``cases_today`` and ``tasks_<kind>``."""
        today = select(func.count()).select_from(schema.case).where(schema.case.c.received_on == day)
        tasks = (
            select(schema.task.c.kind, func.count()).where(schema.task.c.done_at.is_(None)).group_by(schema.task.c.kind)
        )
        with self._engine.connect() as connection:
            found = {"cases_today": connection.execute(today).scalar_one()}
            return found | {f"tasks_{kind}": number for kind, number in connection.execute(tasks)}
