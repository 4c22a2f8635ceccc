"""What must hold of a service after whatever was done to it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from email.message import EmailMessage

from sqlalchemy import select, text

from core.domain.case import replayed
from core.domain.events import LetterSent
from core.domain.tasks import TaskKind
from core.store import schema
from tests.faults.service import Service

message, case, outgoing = schema.message, schema.case, schema.outgoing


def taken_once(service: Service, ids: Iterable[str]) -> None:
    """Every message that got a 250 is in the database exactly once."""
    with service.engine() as engine, engine.connect() as connection:
        stored = Counter(connection.execute(select(message.c.external_id)).scalars())
    assert {one: stored[one] for one in ids if stored[one] != 1} == {}


def all_is_well(service: Service, sent: Iterable[EmailMessage]) -> None:
    """Each mail made one case of its own, with one acknowledgement that left once, and a history that explains it."""
    ids = {str(one["Message-ID"]).strip("<>") for one in sent}
    with service.engine() as engine, engine.connect() as connection:
        rows = connection.execute(select(message.c.external_id, message.c.case)).all()
        letters = connection.execute(select(outgoing.c.case, outgoing.c.state, outgoing.c.message_id)).all()
        numbers = connection.execute(select(case.c.number)).scalars().all()
    assert Counter(row.external_id for row in rows) == Counter(ids)
    cases = [row.case for row in rows]
    assert None not in cases
    assert len(set(cases)) == len(ids) == len(numbers) == len(set(numbers))
    assert Counter(row.case for row in letters) == Counter(cases)
    assert {row.state for row in letters} == {"sent"}
    _history_explains(service, cases)
    _contents_are_whole(service)
    _database_is_whole(service)
    received = service.letters()
    assert Counter(str(one["Message-ID"]).strip("<>") for one in received) == Counter(row.message_id for row in letters)
    assert Counter(str(one["In-Reply-To"]).strip("<>") for one in received) == Counter(ids)


def _history_explains(service: Service, cases: Iterable[int]) -> None:
    with service.store() as store, store.read() as work:
        for number in cases:
            row, history = work.cases.get(number), work.cases.history(number)
            assert replace(replayed(number, row.number, history, reply_key=row.reply_key), version=row.version) == row
            assert sum(isinstance(entry.event, LetterSent) for entry in history) == 1
            assert row.acknowledged_at is not None
            assert [task.kind for task in work.tasks.of_case(number)] == [TaskKind.REVIEW]


def _contents_are_whole(service: Service) -> None:
    with service.store() as store, store.read() as work:
        for digest in work.messages.digests():
            service.blobs.get(digest)


def _database_is_whole(service: Service) -> None:
    if not service.url.startswith("sqlite"):
        return
    with service.engine() as engine, engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
