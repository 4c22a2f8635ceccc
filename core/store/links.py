"""How cases hang together, in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, or_, select

from core.domain.matching import Earlier
from core.domain.people import PartyRole
from core.store import schema

case, link, message, party = schema.case, schema.case_link, schema.message, schema.party
also = schema.case_address

MOST_EARLIER = 10
"""Earlier cases of one sender that are looked at; who brings more is known to the coördinator by name."""

_OPENING = select(func.min(message.c.id)).where(message.c.case == case.c.id).correlate(case).scalar_subquery()
EARLIER = (
    select(case.c.id, case.c.number, message.c.text, message.c.reply_text)
    .join(party, party.c.case == case.c.id)
    .join(message, message.c.id == _OPENING)
    .where(
        party.c.known_as.in_(bindparam("addresses", expanding=True)),
        party.c.role == PartyRole.COMPLAINANT,
        case.c.id != bindparam("left_out"),
        case.c.merged_into.is_(None),
        case.c.received_at >= bindparam("since"),
    )
    .order_by(case.c.id.desc())
    .limit(MOST_EARLIER)
)


class SqlLinks:
    """Links between cases, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def earlier(self, addresses: Collection[str], number: int, since: datetime) -> list[Earlier]:
        """The latest cases that the owner of these addresses brought in since then, newest first."""
        known = [address.casefold()[:320] for address in addresses]
        rows = self._connection.execute(EARLIER, {"addresses": known, "left_out": number, "since": since})
        return [Earlier(case=row.id, number=row.number, text=row.reply_text or row.text) for row in rows]

    def add_address(self, number: int, address: str, message_number: int | None) -> None:
        """Note that a party of the case also writes from this address."""
        values = {"case": number, "address": address.casefold()[:320], "message": message_number}
        known = select(also).where(also.c.case == number, also.c.address == values["address"])
        if self._connection.execute(known).first() is None:
            self._connection.execute(insert(also), values)

    def drop_addresses(self, number: int, messages: Sequence[int]) -> None:
        """Forget the addresses that these messages had shown."""
        self._connection.execute(also.delete().where(also.c.case == number, also.c.message.in_(messages)))

    def link(self, number: int, other: int) -> None:
        """Put two cases beside each other."""
        known = or_(
            and_(link.c.case == number, link.c.other == other), and_(link.c.case == other, link.c.other == number)
        )
        if self._connection.execute(select(link).where(known)).first() is None:
            self._connection.execute(insert(link), {"case": number, "other": other})

    def linked(self, number: int) -> list[tuple[int, str]]:
        """Number in the database and case number of the cases beside this one, oldest first."""
        forth = select(link.c.other).where(link.c.case == number)
        back = select(link.c.case).where(link.c.other == number)
        return self._numbered(select(case.c.id, case.c.number).where(or_(case.c.id.in_(forth), case.c.id.in_(back))))

    def absorbed(self, number: int) -> list[tuple[int, str]]:
        """Number in the database and case number of the cases that go on in this one."""
        found: list[tuple[int, str]] = []
        looked_at = [number]
        while looked_at:
            next_ones = self._numbered(select(case.c.id, case.c.number).where(case.c.merged_into.in_(looked_at)))
            found += next_ones
            looked_at = [one for one, _ in next_ones]
        return sorted(found)

    def _numbered(self, wanted: Select[tuple[int, str]]) -> list[tuple[int, str]]:
        rows: Sequence[tuple[int, str]] = [(row.id, row.number) for row in self._connection.execute(wanted)]
        return sorted(rows)
