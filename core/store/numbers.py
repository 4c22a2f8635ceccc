"""Giving out case numbers without making writers wait for each other."""

import threading

from sqlalchemy import BindParameter, Connection, Engine, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from core.domain.numbering import case_number
from core.store.schema import counter

RESERVED = 20
"""Numbers that a process of a PostgreSQL installation takes at once; what it does not use is a gap (decisions 9)."""

_YEAR: BindParameter[int] = bindparam("new_year")
_COUNT: BindParameter[int] = bindparam("how_many")
_TAKE = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(counter)
    .values(year=_YEAR, value=_COUNT)
    .on_conflict_do_update(index_elements=["year"], set_={"value": counter.c.value + _COUNT})
    .returning(counter.c.value)
    for dialect in (sqlite, postgresql)
}


class CaseNumbers:
    """The counter of each year.

    SQLite has one writer, so the counter moves within its transaction. On PostgreSQL the row would stay locked until
    the commit and intake would go one by one: there each process reserves some numbers in a transaction of their own.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reserve = engine.dialect.name == "postgresql"
        self._lock = threading.Lock()
        self._left: dict[int, range] = {}

    def next(self, connection: Connection, year: int) -> str:
        """The next case number of a year."""
        if not self._reserve:
            return case_number(year, _taken(connection, year, 1))
        with self._lock:
            left = self._left.get(year, range(0))
            if not left:
                with self._engine.begin() as own:
                    last = _taken(own, year, RESERVED)
                left = range(last - RESERVED + 1, last + 1)
            self._left[year] = left[1:]
            return case_number(year, left[0])


def _taken(connection: Connection, year: int, count: int) -> int:
    """Move the counter and give its new value."""
    statement = _TAKE[connection.dialect.name]
    last: int = connection.execute(statement, {"new_year": year, "how_many": count}).scalar_one()
    return last
