"""Cases, their parties and their journal in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.domain.access import CaseAccess
from core.domain.case import Case
from core.domain.consent import Consent
from core.domain.errors import NotFound, Stale
from core.domain.events import Entry, Event
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.matching import Candidate
from core.domain.message import Contact, Route
from core.domain.people import Party, PartyRole
from core.domain.procedure.slugs import Ending
from core.domain.terms import Deadlines
from core.domain.triage import Decision
from core.domain.workflow import Stage
from core.store import schema
from core.store.numbers import CaseNumbers
from core.store.rows import AnyRow, event_from_row, event_to_row, from_json, inserted, to_json
from core.views import CaseRow

case, party, event, consent = schema.case, schema.party, schema.event, schema.consent
message, outgoing = schema.message, schema.outgoing
WRITERS = (PartyRole.COMPLAINANT, PartyRole.REPRESENTATIVE, PartyRole.ON_BEHALF_OF)
"""Parties whose messages belong to the case; a respondent's never do by themselves."""
ADD_PARTY, ADD_EVENT = insert(party), insert(event)
GET = select(case).where(case.c.id == bindparam("number")).with_for_update()
SENT_AS = select(outgoing.c.message_id, outgoing.c.case).where(
    outgoing.c.message_id.in_(bindparam("ids", expanding=True)), outgoing.c.case.is_not(None)
)
RECEIVED_AS = select(message.c.external_id.label("message_id"), message.c.case).where(
    message.c.external_id.in_(bindparam("ids", expanding=True)), message.c.case.is_not(None)
)
WRITE_FROM = select(party.c.case, party.c.email, party.c.reply_address).where(
    party.c.case.in_(bindparam("cases", expanding=True)), party.c.role.in_(WRITERS)
)
WRITE_ALSO_FROM = select(schema.case_address.c.case, schema.case_address.c.address).where(
    schema.case_address.c.case.in_(bindparam("cases", expanding=True))
)


class SqlCases:
    """Cases, on one connection."""

    def __init__(self, connection: Connection, numbers: CaseNumbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def next_number(self, year: int) -> str:
        """The next case number of a year."""
        return self._numbers.next(self._connection, year)

    def add(self, new: Case) -> int:
        """Store a new case."""
        values = _values(new) | {
            "number": new.number,
            "channel": new.channel,
            "version": new.version,
            "reply_key": new.reply_key or None,
        }
        return inserted(self._connection, case, values)

    def get(self, number: int) -> Case:
        """The case, locked where the database can."""
        row = self._connection.execute(GET, {"number": number}).first()
        if row is None:
            raise NotFound
        return _case(row)

    def save(self, changed: Case, *, by_person: bool) -> Case:
        """Store a changed case, under its next version when a person changed it."""
        where = (case.c.id == changed.id) & (case.c.version == changed.version)
        version = changed.version + by_person
        values = _values(changed) | {"version": version}
        if self._connection.execute(update(case).where(where).values(values)).rowcount != 1:
            raise Stale(changed.id, changed.version)
        return replace(changed, version=version)

    def access(self, number: int) -> CaseAccess:
        """What decides who may see the case."""
        row = self._connection.execute(select(case).where(case.c.id == number)).first()
        if row is None:
            raise NotFound
        return case_accesses(self._connection, [row])[number]

    def rows(self) -> list[tuple[CaseAccess, CaseRow]]:
        """Every case as a line, newest first."""
        complainant = (
            select(func.min(party.c.id).label("id"), party.c.case)
            .where(party.c.role == PartyRole.COMPLAINANT)
            .group_by(party.c.case)
            .subquery()
        )
        query = (
            select(case, party.c.name.label("complainant"), schema.person.c.name.label("handler_name"))
            .outerjoin(complainant, complainant.c.case == case.c.id)
            .outerjoin(party, party.c.id == complainant.c.id)
            .outerjoin(schema.person, schema.person.c.id == func.coalesce(case.c.handler, case.c.proposed))
            .order_by(case.c.id.desc())
        )
        rows = list(self._connection.execute(query))
        access = case_accesses(self._connection, rows)
        return [(access[row.id], _case_row(row)) for row in rows]

    def parties(self, number: int) -> list[Party]:
        """The parties of a case."""
        rows = self._connection.execute(select(party).where(party.c.case == number).order_by(party.c.id))
        return [_party(row) for row in rows]

    def add_party(self, number: int, new: Party) -> None:
        """Add somebody to a case."""
        self._connection.execute(ADD_PARTY, _party_values(number, new))

    def change_contact(self, number: int, contact: Contact) -> None:
        """Replace what is known of a party; somebody without an address to answer to is now known by the new one."""
        where = party.c.id == number
        self._connection.execute(update(party).where(where).values(_contact_values(contact)))
        known_as = contact.email.casefold()[:320]
        self._connection.execute(update(party).where(where, party.c.reply_address == "").values(known_as=known_as))

    def set_respondent(self, number: int, respondent: Party | None) -> None:
        """Make this the only respondent of the case, or none."""
        where = (party.c.case == number) & (party.c.role == PartyRole.RESPONDENT)
        self._connection.execute(party.delete().where(where))
        if respondent is not None:
            self.add_party(number, respondent)

    def by_message_id(self, ids: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases to which messages with these Message-IDs belong: ours, and those that their parties sent."""
        if not ids:
            return {}
        sent = self._connection.execute(SENT_AS, {"ids": ids})
        received = self._connection.execute(RECEIVED_AS, {"ids": ids})
        found = {row.message_id: row.case for row in (*received, *sent)}
        candidates = self._candidates(list(found.values()))
        return {message_id: candidates[number] for message_id, number in found.items()}

    def by_number(self, numbers: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases with these numbers."""
        if not numbers:
            return {}
        rows = self._connection.execute(select(case.c.id, case.c.number).where(case.c.number.in_(numbers)))
        found = {row.number: row.id for row in rows}
        candidates = self._candidates(list(found.values()))
        return {number: candidates[case_id] for number, case_id in found.items()}

    def by_key(self, keys: Sequence[str]) -> Mapping[str, Candidate]:
        """The cases with these reply keys."""
        if not keys:
            return {}
        rows = self._connection.execute(select(case.c.id, case.c.reply_key).where(case.c.reply_key.in_(keys)))
        found = {row.reply_key: row.id for row in rows}
        candidates = self._candidates(list(found.values()))
        return {key: candidates[case_id] for key, case_id in found.items()}

    def set_complainant(self, number: int, contact: Contact, reply_address: str) -> None:
        """Make this the complainant of the case."""
        where = (party.c.case == number) & (party.c.role == PartyRole.COMPLAINANT)
        self._connection.execute(party.delete().where(where))
        self.add_party(number, Party(role=PartyRole.COMPLAINANT, contact=contact, reply_address=reply_address))

    def append(self, number: int, events: Sequence[Event], at: datetime, actor: int | None) -> None:
        """Add lines to the journal."""
        if not events:
            return
        lines = [event_to_row(new) for new in events]
        self._connection.execute(
            ADD_EVENT, [{"case": number, "at": at, "actor": actor, "type": t, "data": d} for t, d in lines]
        )

    def history(self, number: int) -> list[Entry]:
        """The journal of a case, oldest first."""
        rows = self._connection.execute(select(event).where(event.c.case == number).order_by(event.c.id))
        return [
            Entry(id=row.id, case=row.case, at=row.at, actor=row.actor, event=event_from_row(row.type, row.data))
            for row in rows
        ]

    def consents(self, number: int) -> list[Consent]:
        """What the complainant told us about electronic answers."""
        rows = self._connection.execute(select(consent).where(consent.c.case == number).order_by(consent.c.id))
        return [
            Consent(route=Route(row.route), given=row.given, at=row.at, source=row.source, wording=row.wording)
            for row in rows
        ]

    def add_consent(self, number: int, new: Consent) -> None:
        """Record a consent, or its withdrawal."""
        values = {"route": new.route, "given": new.given, "at": new.at, "source": new.source, "wording": new.wording}
        self._connection.execute(insert(consent), {"case": number, **values})

    def _candidates(self, numbers: Sequence[int]) -> dict[int, Candidate]:
        addresses: dict[int, set[str]] = {number: set() for number in numbers}
        for row in self._connection.execute(WRITE_FROM, {"cases": numbers}):
            addresses[row.case] |= {row.email.casefold(), row.reply_address.casefold()} - {""}
        for case_number, address in self._connection.execute(WRITE_ALSO_FROM, {"cases": numbers}):
            addresses[case_number].add(address)
        return {number: Candidate(case=number, addresses=frozenset(found)) for number, found in addresses.items()}


def case_accesses(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, CaseAccess]:
    """What decides who may see these cases, from their rows and their respondents.

    Cases that were merged are one complaint: who handles it is told by the case in which they go on, and whoever is
    complained about or involved in one of them is so in all of them (Awb 9:7).
    """
    merged = _merged(connection)
    known = {row.id: row for row in rows}
    together = {number: merged.get(number, frozenset({number})) for number in known}
    missing = {other for group in together.values() for other in group} - known.keys()
    if missing:
        known |= {row.id: row for row in connection.execute(select(case).where(case.c.id.in_(missing)))}
    respondents: dict[int, set[int]] = {}
    wanted = select(party.c.case, party.c.person).where(party.c.role == bindparam("role"), party.c.person.is_not(None))
    if len(known) < 500:  # few cases: ask for theirs only; many: one scan of the few known respondents is cheaper
        wanted = wanted.where(party.c.case.in_(list(known)))
    for row in connection.execute(wanted, {"role": PartyRole.RESPONDENT}):
        respondents.setdefault(row.case, set()).add(row.person)
    accesses = {}
    for row in rows:
        group = together[row.id]
        goes_on = next((known[one] for one in group if known[one].merged_into is None), row)
        accesses[row.id] = CaseAccess(
            handler=goes_on.handler,
            handler_cleared=goes_on.handler_cleared,
            respondents=frozenset(person for one in group for person in respondents.get(one, ())),
            involved=frozenset(person for one in group for person in known[one].involved),
        )
    return accesses


def _merged(connection: Connection) -> dict[int, frozenset[int]]:
    """For each case that was merged, or in which another goes on: all the cases that are one complaint with it."""
    # "greater than" and not "is not null", because SQLite uses the index for that
    pairs = connection.execute(select(case.c.id, case.c.merged_into).where(case.c.merged_into > 0)).all()
    groups: dict[int, frozenset[int]] = {}
    for number, into in pairs:
        group = groups.get(number, frozenset({number})) | groups.get(into, frozenset({into}))
        groups |= dict.fromkeys(group, group)
    return groups


def _case(row: AnyRow) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        channel=Channel(row.channel),
        received_at=row.received_at,
        received_on=row.received_on,
        stage=Stage(row.stage),
        deadlines=from_json(Deadlines, row.deadlines) if row.deadlines else None,
        decision=from_json(Decision, row.decision) if row.decision else None,
        handler=row.handler,
        proposed=row.proposed,
        routing_rule=row.routing_rule,
        routing_outcome=row.routing_outcome,
        handler_cleared=row.handler_cleared,
        involved=frozenset(row.involved),
        acknowledged_at=row.acknowledged_at,
        anonymous=row.anonymous,
        merged_into=row.merged_into,
        ending=Ending(row.ending) if row.ending else None,
        closed_on=row.closed_on,
        waiting_until=row.waiting_until,
        reply_key=row.reply_key or "",
        version=row.version,
    )


def _case_row(row: AnyRow) -> CaseRow:
    return CaseRow(
        id=row.id,
        number=row.number,
        channel=Channel(row.channel),
        received_on=row.received_on,
        stage=Stage(row.stage),
        kind=Kind(row.kind) if row.kind else None,
        team=row.team,
        complainant=row.complainant or "",
        handler=row.handler_name,
        assigned=row.handler is not None,
        target=row.target_on,
        limit=row.limit_on,
        acknowledged=row.acknowledged_at is not None,
        ending=row.ending,
        waiting_until=row.waiting_until,
    )


def _values(changed: Case) -> dict[str, object]:
    dates, decision = changed.deadlines, changed.decision
    return {
        "stage": changed.stage,
        "received_at": changed.received_at,
        "received_on": changed.received_on,
        "anonymous": changed.anonymous,
        "target_on": dates.target if dates else None,
        "limit_on": dates.limit.day if dates else None,
        "deadlines": to_json(dates) if dates else None,
        "kind": decision.kinds[0] if decision else None,
        "team": decision.team if decision else None,
        "decision": to_json(decision) if decision else None,
        "handler": changed.handler,
        "proposed": changed.proposed,
        "routing_rule": changed.routing_rule,
        "routing_outcome": changed.routing_outcome,
        "handler_cleared": changed.handler_cleared,
        "involved": sorted(changed.involved),
        "acknowledged_at": changed.acknowledged_at,
        "merged_into": changed.merged_into,
        "ending": changed.ending,
        "closed_on": changed.closed_on,
        "waiting_until": changed.waiting_until,
    }


def _party(row: AnyRow) -> Party:
    contact = Contact(name=row.name, email=row.email, phone=row.phone, address=row.address)
    role = RespondentRole(row.respondent_role) if row.respondent_role else None
    return Party(
        id=row.id, role=PartyRole(row.role), contact=contact, reply_address=row.reply_address,
        person=row.person, respondent_role=role,
    )  # fmt: skip


def _contact_values(contact: Contact) -> dict[str, object]:
    return {
        "name": contact.name[:300],
        "email": contact.email[:320],
        "phone": contact.phone[:60],
        "address": contact.address[:500],
    }


def _party_values(number: int, new: Party) -> dict[str, object]:
    return {
        "case": number,
        "role": new.role,
        **_contact_values(new.contact),
        "reply_address": new.reply_address[:320],
        "known_as": (new.reply_address or new.contact.email).casefold()[:320],
        "person": new.person,
        "respondent_role": new.respondent_role,
    }
