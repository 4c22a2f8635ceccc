"""The first start: settings file, database, the default organisation, and the first account."""

import secrets
import tomllib
from importlib.resources import files
from pathlib import Path

from app.wiring import House
from core.domain.access import Role
from core.domain.organisation import Appointment, Office, Person, Team
from core.ports import Work
from core.store.migrate import alone, upgrade

FIRST_LOGIN = "eerste-inlog.txt"
"""In the data folder, readable by its owner only: the first account's password until somebody changes it."""


def write_settings(file: Path) -> bool:
    """Write the commented example settings; False when the file exists and is left alone."""
    if file.exists():
        return False
    file.write_bytes((files("app") / "gehoord.example.toml").read_bytes())
    return True


def prepare(house: House) -> None:
    """Bring the database up to date and fill an empty one with the default organisation and a first account."""
    house.settings.storage.folder.mkdir(parents=True, exist_ok=True)
    with alone(house.engine):
        upgrade(house.engine)
        with house.store.write() as work:
            if not work.people.organisation().teams:
                _seed(work)
            empty = not work.people.accounts()
        if empty:
            _add_first_account(house)


def _add_first_account(house: House) -> None:
    """The note comes before the account: a kill in between must not leave an account whose password nobody has."""
    password = secrets.token_urlsafe(12)
    note = house.settings.storage.folder / FIRST_LOGIN
    note.touch(mode=0o600)
    note.write_text(f"coordinator\n{password}\n", encoding="utf-8")
    # The first one is alone for now, and must hear what the machine runs into as well.
    roles = frozenset({Role.COORDINATOR, Role.SUPPORT, Role.ADMINISTRATOR})
    house.accounts.add("coordinator", "Klachtencoördinator", password, roles)


def first_login(house: House) -> tuple[str, str] | None:
    """Login and password of the first account, as long as nobody has changed that password."""
    note = house.settings.storage.folder / FIRST_LOGIN
    if not note.exists():
        return None
    login, password = note.read_text(encoding="utf-8").split()
    with house.store.read() as work:
        account = work.people.account(login)
    if account is None or not account.must_change:
        note.unlink()
        return None
    return login, password


def _seed(work: Work) -> None:
    """Fill the organisation from the shipped file; afterwards it is changed in the database only (decisions 17)."""
    with (files("app") / "organisation.toml").open("rb") as stream:
        organisation = tomllib.load(stream)
    for slug, name in organisation["teams"].items():
        work.people.add_team(Team(slug=slug, name=name))
    for official in organisation["officials"]:
        person = work.people.add_person(Person(id=0, name=official["name"], team=official.get("team")))
        for team in official.get("for_teams", [None]):
            work.people.appoint(Appointment(office=Office(official["office"]), person=person, team=team))
