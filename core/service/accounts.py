"""Signing in with a local account: passwords hashed with argon2, sessions kept on the server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from core.domain.access import Actor, Role
from core.ports import Account, Clock, PasswordHasher, Session, Store
from core.views import SignedIn

IDLE = timedelta(hours=2)
"""A session that is not used for this long is over."""
ABSOLUTE = timedelta(hours=12)
"""A session is over after this long in any case."""
TOUCH = timedelta(minutes=1)
"""Use is noted at most this often, so that reading a page rarely writes."""
SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Local accounts and their sessions."""

    store: Store
    clock: Clock
    passwords: PasswordHasher
    new_token: Callable[[], str]

    def add(
        self,
        login: str,
        name: str,
        password: str,
        roles: frozenset[Role],
        *,
        person: int | None = None,
        must_change: bool = True,
    ) -> int:
        """Add an account. Raises ValueError when the login is taken, the password short or the roles empty."""
        if not roles:
            raise ValueError("an account needs at least one role")
        account = Account(
            id=0,
            login=login.casefold(),
            name=name,
            password=self.passwords.hash(_long_enough(password)),
            roles=roles,
            person=person,
            active=True,
            must_change=must_change,
        )
        with self.store.write() as work:
            return work.people.add_account(account)

    def sign_in(self, login: str, password: str) -> str | None:
        """A new session's token, or None. An unknown login takes as long as a wrong password."""
        with self.store.read() as work:
            account = work.people.account(login.casefold())
        if account is None:
            self.passwords.hash(password)  # the same work as for a known login, so that time tells nothing
            return None
        if not self.passwords.matches(account.password, password) or not account.active:
            return None
        token, now = self.new_token(), self.clock()
        session = Session(token=_hashed(token), account=account.id, csrf=self.new_token(), created_at=now, seen_at=now)
        with self.store.write() as work:
            work.people.add_session(session)
        return token

    def who(self, token: str) -> SignedIn | None:
        """Who holds this token, if their session is still open."""
        now = self.clock()
        with self.store.read() as work:
            session = work.people.session(_hashed(token))
            account = work.people.account_by_id(session.account) if session else None
        if session is None or account is None or not account.active:
            return None
        if now - session.seen_at > IDLE or now - session.created_at > ABSOLUTE:
            return None
        if now - session.seen_at > TOUCH:
            with self.store.write() as work:
                work.people.touch_session(session.token, now)
        actor = Actor(user=account.id, person=account.person, roles=account.roles, name=account.name)
        return SignedIn(actor=actor, csrf=session.csrf, must_change=account.must_change)

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self.store.write() as work:
            work.people.end_session(_hashed(token))

    def change_password(self, actor: Actor, old: str, new: str) -> bool:
        """Change one's own password; False when the old one is wrong. Raises ValueError when the new one is short."""
        _long_enough(new)
        with self.store.read() as work:
            account = work.people.account_by_id(actor.user)
        if account is None or not self.passwords.matches(account.password, old):
            return False
        with self.store.write() as work:
            work.people.set_password(account.id, self.passwords.hash(new), must_change=False)
        return True


def _hashed(token: str) -> str:
    """Only a hash is stored: who reads the database cannot sign in with it. Tokens are long, so no salt is needed."""
    return sha256(token.encode()).hexdigest()


def _long_enough(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
    return password
