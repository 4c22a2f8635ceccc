"""What the classifier proposed, in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from core.domain.triage import Suggestion
from core.store import schema
from core.store.rows import from_json, inserted, to_json

suggestion = schema.suggestion


class SqlTriage:
    """Suggestions, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def suggested(self, message: int, proposal: Suggestion, at: datetime) -> int:
        """Store a suggestion; gives its number."""
        values = {"message": message, "at": at, "model": proposal.model, "proposal": to_json(proposal)}
        return inserted(self._connection, suggestion, values)

    def latest(self, message: int) -> tuple[int, Suggestion] | None:
        """The newest suggestion for a message."""
        return latest_suggestions(self._connection, [message]).get(message)


def latest_suggestions(connection: Connection, messages: Sequence[int]) -> dict[int, tuple[int, Suggestion]]:
    """The newest suggestion of each of these messages, by message number."""
    newest = (
        select(func.max(suggestion.c.id))
        .where(suggestion.c.message.in_(messages))
        .group_by(suggestion.c.message)
        .scalar_subquery()
    )
    rows = connection.execute(select(suggestion).where(suggestion.c.id.in_(newest)))
    return {row.message: (row.id, from_json(Suggestion, row.proposal)) for row in rows}
