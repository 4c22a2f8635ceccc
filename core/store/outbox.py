"""Outgoing messages in the database: written once, then only their state moves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from core.domain.errors import NotFound
from core.domain.message import DeliveryState, Outgoing, ReplyRoute, Route
from core.store import schema
from core.store.rows import AnyRow, inserted
from core.views import LetterView

outgoing = schema.outgoing


class SqlOutbox:
    """The outbox, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Outgoing) -> int:
        """Put a message in the outbox."""
        values = {
            "case": new.case,
            "letter": new.letter,
            "route": new.to.route,
            "address": new.to.address,
            "to_name": new.to_name[:300],
            "subject": new.subject,
            "text": new.text,
            "html": new.html,
            "message_id": new.message_id,
            "in_reply_to": new.in_reply_to,
            "references": list(new.references),
            "receipt": new.receipt,
            "created_at": new.created_at,
            "state": DeliveryState.QUEUED,
            "attempts": 0,
            "provider_id": "",
        }
        return inserted(self._connection, outgoing, values)

    def get(self, number: int) -> Outgoing:
        """One message."""
        row = self._row(number)
        return Outgoing(
            id=row.id,
            case=row.case,
            letter=row.letter,
            to=ReplyRoute(route=Route(row.route), address=row.address),
            to_name=row.to_name,
            subject=row.subject,
            text=row.text,
            html=row.html,
            message_id=row.message_id,
            in_reply_to=row.in_reply_to,
            references=tuple(row.references),
            created_at=row.created_at,
            receipt=row.receipt,
        )

    def state(self, number: int) -> DeliveryState:
        """Where it is, locked where the database can: two workers then never record the same delivery."""
        locked = select(outgoing.c.state).where(outgoing.c.id == number).with_for_update()
        state = self._connection.execute(locked).scalar()
        if state is None:
            raise NotFound
        return DeliveryState(state)

    def record(
        self, number: int, state: DeliveryState, at: datetime, *, provider_id: str = "", error: str | None = None
    ) -> None:
        """Note a change of state; a try is counted when sending begins."""
        values: dict[str, object] = {"state": state, "last_error": error[:300] if error else None}
        if state == DeliveryState.SENDING:
            values["attempts"] = outgoing.c.attempts + 1
        if state == DeliveryState.SENT:
            values |= {"sent_at": at, "provider_id": provider_id[:300]}
        self._connection.execute(update(outgoing).where(outgoing.c.id == number).values(values))

    def by_message_id(self, ids: Sequence[str]) -> list[int]:
        """Outgoing messages with these Message-IDs."""
        return list(self._connection.execute(select(outgoing.c.id).where(outgoing.c.message_id.in_(ids))).scalars())

    def of_case(self, case: int) -> list[LetterView]:
        """The letters of a case, oldest first."""
        rows = self._connection.execute(select(outgoing).where(outgoing.c.case == case).order_by(outgoing.c.id))
        return [
            LetterView(
                id=row.id,
                letter=row.letter,
                to=ReplyRoute(route=Route(row.route), address=row.address),
                to_name=row.to_name,
                subject=row.subject,
                text=row.text,
                html=row.html,
                state=DeliveryState(row.state),
                created_at=row.created_at,
                sent_at=row.sent_at,
                attempts=row.attempts,
                last_error=row.last_error,
            )
            for row in rows
        ]

    def _row(self, number: int) -> AnyRow:
        row = self._connection.execute(select(outgoing).where(outgoing.c.id == number)).first()
        if row is None:
            raise NotFound
        return row
