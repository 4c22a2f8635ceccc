"""Outgoing messages in the database: written once, then only their state moves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.domain.brakes import counted_as
from core.domain.errors import NotFound
from core.domain.message import DeliveryState, Outgoing, ReplyRoute, Route
from core.store import schema
from core.store.rows import AnyRow, inserted
from core.views import LetterView

outgoing, enclosure = schema.outgoing, schema.enclosure

_BY_MACHINE = select(func.count()).where(outgoing.c.created_at >= bindparam("since"), outgoing.c.automatic)
AUTOMATIC_SINCE = select(
    _BY_MACHINE.where(outgoing.c.address_key == bindparam("address")).scalar_subquery(),
    _BY_MACHINE.where(outgoing.c.case == bindparam("case_id")).scalar_subquery(),
)
"""Both in one question: it is asked for every letter that the machine writes."""
WRITTEN_SINCE = (
    select(outgoing.c.id)
    .where(
        outgoing.c.case == bindparam("case_id"),
        outgoing.c.letter == bindparam("name"),
        outgoing.c.created_at >= bindparam("since"),
    )
    .limit(1)
)


class SqlOutbox:
    """The outbox, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Outgoing, digests: Sequence[str] = (), *, again_for: int | None = None) -> int:
        """Put a message in the outbox."""
        values = {
            "case": new.case,
            "letter": new.letter,
            "route": new.to.route,
            "address": new.to.address,
            "address_key": counted_as(new.to.address)[:320],
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
            "reply_to": new.reply_to[:320],
            "automatic": new.automatic,
            "again_for": again_for,
        }
        number = inserted(self._connection, outgoing, values)
        if new.attachments:
            files = zip(new.attachments, digests, strict=True)
            self._connection.execute(
                insert(enclosure),
                [
                    {
                        "outgoing": number,
                        "filename": file.filename[:300],
                        "content_type": file.content_type[:200],
                        "blob": digest,
                    }
                    for file, digest in files
                ],
            )
        return number

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
            reply_to=row.reply_to,
            automatic=row.automatic,
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

    def automatic_since(self, since: datetime, *, address: str, case: int) -> tuple[int, int]:
        """How many letters the machine wrote by itself since then: to the address, and in the case."""
        values = {"since": since, "address": counted_as(address)[:320], "case_id": case}
        to_address, in_case = self._connection.execute(AUTOMATIC_SINCE, values).one()
        return to_address, in_case

    def written_since(self, case: int, letter: str, since: datetime) -> bool:
        """Whether this letter was written in this case since then."""
        values = {"case_id": case, "name": letter, "since": since}
        return self._connection.execute(WRITTEN_SINCE, values).first() is not None

    def enclosed(self, number: int) -> list[tuple[str, str, str]]:
        """Name, type and digest of the files that leave with a message."""
        wanted = select(enclosure).where(enclosure.c.outgoing == number).order_by(enclosure.c.id)
        return [(row.filename, row.content_type, row.blob) for row in self._connection.execute(wanted)]

    def of_case(self, case: int) -> list[LetterView]:
        """The letters of a case, oldest first."""
        wanted = select(outgoing).where(outgoing.c.case == case).order_by(outgoing.c.id)
        rows = list(self._connection.execute(wanted))
        again = {row.again_for: row.id for row in rows if row.again_for is not None}
        named = select(enclosure.c.outgoing, enclosure.c.filename).order_by(enclosure.c.id)
        files: dict[int, list[str]] = {}
        for file in self._connection.execute(named.where(enclosure.c.outgoing.in_([row.id for row in rows]))):
            files.setdefault(file.outgoing, []).append(file.filename)
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
                automatic=row.automatic,
                again_for=row.again_for,
                again_as=again.get(row.id),
                files=tuple(files.get(row.id, ())),
            )
            for row in rows
        ]

    def _row(self, number: int) -> AnyRow:
        row = self._connection.execute(select(outgoing).where(outgoing.c.id == number)).first()
        if row is None:
            raise NotFound
        return row
