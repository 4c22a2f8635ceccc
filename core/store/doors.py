"""What is remembered of the doors in the database."""

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from core.ports import Mark
from core.store import schema

door = schema.door


class SqlDoors:
    """Doors, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self, name: str) -> Mark | None:
        """Where old mail ends at this door."""
        row = self._connection.execute(select(door).where(door.c.name == name)).first()
        if row is None:
            return None
        return Mark(
            source=row.source,
            uidvalidity=row.uidvalidity,
            uidnext=row.uidnext,
            since=row.since,
            settled=row.settled,
        )

    def save_mark(self, name: str, mark: Mark) -> None:
        """Note where old mail ends."""
        values = {
            "source": mark.source,
            "uidvalidity": mark.uidvalidity,
            "uidnext": mark.uidnext,
            "since": mark.since,
            "settled": mark.settled,
        }
        if not self._changed(name, values):
            self._connection.execute(insert(door), {"name": name, "left": 0, **values})

    def left(self, name: str) -> int:
        """How much old mail lay at this door when it was last looked at."""
        return self._connection.execute(select(door.c.left).where(door.c.name == name)).scalar() or 0

    def set_left(self, name: str, number: int) -> None:
        """Note how much old mail lies at this door."""
        self._changed(name, {"left": number})

    def _changed(self, name: str, values: Mapping[str, object]) -> bool:
        return self._connection.execute(update(door).where(door.c.name == name).values(values)).rowcount > 0
