"""The organisation, accounts, sessions and unfinished conversations in the database."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.domain.access import Role
from core.domain.errors import NotFound
from core.domain.organisation import Absence, Appointment, Office, Organisation, Person, Team
from core.ports import Account, Draft, Session
from core.store import schema
from core.store.rows import AnyRow, inserted

account, session, draft = schema.account, schema.session, schema.draft


class SqlPeople:
    """People, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def organisation(self) -> Organisation:
        """The organisation as it stands."""
        teams = self._connection.execute(select(schema.team).order_by(schema.team.c.name))
        people = self._connection.execute(select(schema.person).order_by(schema.person.c.name))
        offices = self._connection.execute(select(schema.appointment).order_by(schema.appointment.c.id))
        absences = self._connection.execute(
            select(schema.absence).order_by(schema.absence.c.first, schema.absence.c.id)
        )
        return Organisation(
            teams=tuple(Team(slug=row.slug, name=row.name, mailbox=row.mailbox) for row in teams),
            people=tuple(Person(id=row.id, name=row.name, team=row.team, email=row.email) for row in people),
            appointments=tuple(
                Appointment(office=Office(row.office), person=row.person, team=row.team) for row in offices
            ),
            absences=tuple(Absence(person=row.person, first=row.first, last=row.last, id=row.id) for row in absences),
        )

    def add_team(self, team: Team) -> None:
        """Add or rename a team."""
        values = {"name": team.name, "mailbox": team.mailbox}
        known = self._connection.execute(update(schema.team).where(schema.team.c.slug == team.slug).values(values))
        if known.rowcount == 0:
            self._connection.execute(insert(schema.team), {"slug": team.slug, **values})

    def add_person(self, person: Person) -> int:
        """Add somebody."""
        values = {"name": person.name, "team": person.team, "email": person.email}
        return inserted(self._connection, schema.person, values)

    def appoint(self, appointment: Appointment) -> None:
        """Put somebody in an office."""
        values = {"office": appointment.office, "person": appointment.person, "team": appointment.team}
        self._connection.execute(insert(schema.appointment), values)

    def add_absence(self, absence: Absence) -> int:
        """Note that somebody is away."""
        values = {"person": absence.person, "first": absence.first, "last": absence.last}
        return inserted(self._connection, schema.absence, values)

    def remove_absence(self, number: int) -> None:
        """Take an absence back."""
        removed = self._connection.execute(schema.absence.delete().where(schema.absence.c.id == number))
        if removed.rowcount == 0:
            raise NotFound

    def add_account(self, new: Account) -> int:
        """Add an account."""
        values = {
            "login": new.login,
            "name": new.name,
            "password": new.password,
            "roles": sorted(new.roles),
            "person": new.person,
            "active": new.active,
            "must_change": new.must_change,
        }
        try:
            return inserted(self._connection, account, values)
        except IntegrityError as error:
            raise ValueError("this login is taken") from error

    def account(self, login: str) -> Account | None:
        """The account with this login."""
        row = self._connection.execute(select(account).where(account.c.login == login)).first()
        return _account(row) if row else None

    def account_by_id(self, number: int) -> Account | None:
        """The account with this number."""
        row = self._connection.execute(select(account).where(account.c.id == number)).first()
        return _account(row) if row else None

    def accounts(self) -> list[Account]:
        """All accounts."""
        return [_account(row) for row in self._connection.execute(select(account).order_by(account.c.login))]

    def set_password(self, number: int, password: str, *, must_change: bool) -> None:
        """Store a new password hash."""
        values = {"password": password, "must_change": must_change}
        self._connection.execute(update(account).where(account.c.id == number).values(values))

    def add_session(self, new: Session) -> None:
        """Open a session."""
        self._connection.execute(
            insert(session),
            {
                "token": new.token,
                "account": new.account,
                "csrf": new.csrf,
                "created_at": new.created_at,
                "seen_at": new.seen_at,
            },
        )

    def session(self, token: str) -> Session | None:
        """The session with this token hash."""
        row = self._connection.execute(select(session).where(session.c.token == token)).first()
        if row is None:
            return None
        return Session(
            token=row.token, account=row.account, csrf=row.csrf, created_at=row.created_at, seen_at=row.seen_at
        )

    def touch_session(self, token: str, at: datetime) -> None:
        """Note that a session was used."""
        self._connection.execute(update(session).where(session.c.token == token).values(seen_at=at))

    def end_session(self, token: str) -> None:
        """Close a session."""
        self._connection.execute(session.delete().where(session.c.token == token))

    def draft(self, key: str) -> Draft | None:
        """An unfinished conversation."""
        row = self._connection.execute(select(draft).where(draft.c.key == key)).first()
        return Draft(key=row.key, state=row.state, updated_at=row.updated_at) if row else None

    def save_draft(self, changed: Draft) -> None:
        """Store a conversation."""
        values = {"state": changed.state, "updated_at": changed.updated_at}
        known = self._connection.execute(update(draft).where(draft.c.key == changed.key).values(values))
        if known.rowcount == 0:
            self._connection.execute(insert(draft), {"key": changed.key, **values})

    def drop_draft(self, key: str) -> None:
        """Remove a conversation."""
        self._connection.execute(draft.delete().where(draft.c.key == key))


def _account(row: AnyRow) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        password=row.password,
        roles=frozenset(Role(slug) for slug in row.roles),
        person=row.person,
        active=row.active,
        must_change=row.must_change,
    )
