"""The daily count: what a door was promised, and what a mailbox holds, against the books."""

import pytest

from app.reconciling import Tallies
from core.domain.access import Role
from core.domain.message import Accepted, Outcome
from core.domain.tasks import TaskKind
from tests.app.conftest import SetUp
from tests.faults.mailboxes import reading
from tests.faults.mta import mail
from tests.parts.dovecot import Dovecot


@pytest.fixture
def counted(gehoord: SetUp, dovecot: Dovecot) -> tuple[SetUp, Dovecot, str]:
    """A service that reads a mailbox and has taken two messages from it."""
    address = dovecot.address("klachten")
    gehoord.settings |= reading(dovecot, address)
    gehoord.run("init")
    gehoord.start()
    for number in (1, 2):
        dovecot.deliver(address, mail(number, "nieuw").as_bytes())
    dovecot.wait_for(address, 2, folder="Verwerkt")
    gehoord.stop()
    return gehoord, dovecot, address


def differences(gehoord: SetUp) -> list[str]:
    with gehoord.store() as store, store.read() as work:
        return list(work.tasks.open_notes(Role.ADMINISTRATOR, TaskKind.DOOR_DIFFERENCE))


@pytest.mark.needs("dovecot")
def test_what_was_taken_is_in_the_books(counted: tuple[SetUp, Dovecot, str]) -> None:
    gehoord, _, _ = counted
    gehoord.start()
    gehoord.until(lambda: len(gehoord.logged("mailbox counted")) == 2, "the mailbox was counted again")
    assert differences(gehoord) == []


@pytest.mark.needs("dovecot")
def test_a_message_that_is_put_away_and_not_in_the_books_is_an_alert(counted: tuple[SetUp, Dovecot, str]) -> None:
    gehoord, dovecot, address = counted
    with dovecot.login(address) as client:
        client.append("Verwerkt", mail(3, "nooit gezien").as_bytes())
    gehoord.start()
    gehoord.until(lambda: len(gehoord.logged("mailbox counted")) == 2, "the mailbox was counted again")
    [note] = differences(gehoord)
    assert note.startswith("imap:klachten:1:")


def test_what_a_door_was_promised_is_counted_once_and_repeats_are_not() -> None:
    tallies = Tallies()
    for message, outcome in ((1, Outcome.OPENED), (2, Outcome.APPENDED), (1, Outcome.DUPLICATE)):
        tallies.promised("smtp", Accepted(outcome=outcome, message=message))
    assert tallies.taken() == {"smtp": {1, 2}}
    assert tallies.taken() == {}
