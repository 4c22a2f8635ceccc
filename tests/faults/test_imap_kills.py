"""Kills, cuts and a mailbox that is another one, while it is read: everything is taken once and nothing is lost."""

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from core.domain.message import Outcome
from core.domain.tasks import TaskKind
from tests.channels.wire import Cut, Line, Wire
from tests.faults.looks import all_is_well, taken_once
from tests.faults.mailboxes import DOOR, held, named, reading
from tests.faults.mta import mail
from tests.faults.service import Service
from tests.parts.dovecot import Dovecot

KILLS = int(os.environ.get("GEHOORD_KILLS", "3"))  # noqa: TID251 - how long a test runs is no setting of the product
"""Kills in the series; `GEHOORD_KILLS=200 pytest tests/faults/test_imap_kills.py` for a night."""
MAILS_EACH = 12
MOMENTS = (b"UID SEARCH", b"BODY.PEEK[]", b"UID STORE", b"UID MOVE", b"IDLE", b"DONE")
"""The commands soon after which the service is killed. The commit falls between BODY.PEEK[] and STORE."""

pytestmark = pytest.mark.needs("dovecot")


class Trap:
    """Does something once, at one command of the service to its mailbox or soon after it."""

    def __init__(self) -> None:
        self._set: tuple[bytes, Callable[[], None], float | None] | None = None
        self.sprung = threading.Event()

    def set(self, command: bytes, spring: Callable[[], None], *, delay: float | None = None) -> None:
        """Do this before the server sees the command, or so many seconds later."""
        self.sprung.clear()
        self._set = command, spring, delay

    def from_client(self, line: Line, said: bytes) -> None:
        """The hook for the wire."""
        if self._set is None or self._set[0] not in said:
            return
        _, spring, delay = self._set
        self._set = None
        if delay is not None:
            threading.Timer(delay, self._spring, [spring]).start()
            return
        self._spring(spring)
        raise Cut

    def _spring(self, spring: Callable[[], None]) -> None:
        spring()
        self.sprung.set()

    def wait(self) -> None:
        """Return once it was done."""
        assert self.sprung.wait(30), "the service never came to that command"


@dataclass(frozen=True)
class Reading:
    """A service that reads a mailbox over a wire."""

    service: Service
    dovecot: Dovecot
    mailbox: str
    trap: Trap
    wire: Wire

    def deliver(self, first: int, last: int, series: str = "imap") -> None:
        """Put mails of a numbered series in the mailbox."""
        for number in range(first, last + 1):
            self.dovecot.deliver(self.mailbox, mail(number, series).as_bytes())

    def all_once(self, count: int) -> None:
        """The whole series lies in the folder of taken messages, and each has one case and one acknowledgement."""
        mails = [mail(number, "imap") for number in range(1, count + 1)]
        self.dovecot.wait_for(self.mailbox, count, folder="Verwerkt")
        assert held(self.dovecot, self.mailbox) == {named(one): 1 for one in mails}
        assert held(self.dovecot, self.mailbox, "INBOX") == {}
        self.service.until_delivered()
        all_is_well(self.service, mails)


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """A server that this test may kill."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def read_over_a_wire(request: pytest.FixtureRequest) -> Iterator[Reading]:
    dovecot: Dovecot = request.getfixturevalue(getattr(request, "param", "dovecot"))
    mailbox, trap = dovecot.address("klachten"), Trap()
    with ExitStack() as stack:
        wire = stack.enter_context(Wire(dovecot.imap_port, from_client=trap.from_client))
        service = stack.enter_context(Service(settings=reading(dovecot, mailbox, port=wire.port)))
        yield Reading(service, dovecot, mailbox, trap, wire)


@pytest.mark.timeout(60 + 20 * KILLS)
def test_nothing_is_lost_or_doubled_by_a_kill_while_mail_is_fetched(read_over_a_wire: Reading) -> None:
    here = read_over_a_wire
    chance = random.Random(KILLS)
    for kill in range(KILLS):
        moment = MOMENTS[kill % len(MOMENTS)] if len(MOMENTS) < KILLS else MOMENTS[1 + kill % 3]
        here.trap.set(moment, here.service.murder, delay=chance.uniform(0, 0.06))
        here.deliver(kill * MAILS_EACH + 1, (kill + 1) * MAILS_EACH)
        here.trap.wait()
        assert not here.service.running
        taken_once(here.service, held(here.dovecot, here.mailbox))  # what was put away was committed before
        here.service.start()
    here.all_once(KILLS * MAILS_EACH)


def test_between_the_commit_and_the_move_nothing_is_taken_a_second_time(read_over_a_wire: Reading) -> None:
    here = read_over_a_wire
    service = here.service
    here.trap.set(b"UID MOVE", lambda: None)  # the connection is cut, and the process lives on
    here.deliver(1, 1)
    here.trap.wait()
    here.dovecot.wait_for(here.mailbox, folder="Verwerkt")
    assert len(service.logged("message taken")) == 1  # it remembers
    here.trap.set(b"UID MOVE", service.murder)
    here.deliver(2, 2)
    here.trap.wait()
    assert service.count("message") == service.count("outgoing") == 2
    assert held(here.dovecot, here.mailbox, "INBOX") == {"2.imap@voorbeeld.example": 1}
    service.start()
    here.deliver(3, 3)
    here.all_once(3)
    outcomes = [str(line["outcome"]) for line in service.logged("message taken")]
    assert sorted(outcomes) == [Outcome.DUPLICATE, *[Outcome.OPENED] * 3]


@pytest.mark.parametrize("read_over_a_wire", ["own_dovecot"], indirect=True)
def test_a_mail_server_that_dies_in_the_middle_is_found_again(read_over_a_wire: Reading) -> None:
    here = read_over_a_wire
    for part, command in enumerate((b"BODY.PEEK[]", b"UID MOVE")):
        delivered = threading.Event()

        def die(delivered: threading.Event = delivered) -> None:
            assert delivered.wait(30)
            here.dovecot.kill()

        here.trap.set(command, die)
        here.deliver(20 * part + 1, 20 * part + 10)
        delivered.set()
        here.trap.wait()
        here.dovecot.start()
        here.deliver(20 * part + 11, 20 * part + 20)
    here.all_once(40)
    assert here.service.running


def test_a_mailbox_that_was_put_back_from_a_backup_brings_nothing_twice(dovecot: Dovecot) -> None:
    """The folder is made anew, with other numbers: what was taken is known, what is new counts, the old stays."""
    mailbox = dovecot.address("klachten")
    with dovecot.login(mailbox) as client:
        client.create_folder("Klachten")
        client.append("Klachten", mail(99, "oud").as_bytes(), msg_time=datetime(2021, 3, 1, tzinfo=UTC))
        before = client.folder_status("Klachten", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    with Service(settings=reading(dovecot, mailbox, folder="Klachten")) as service:
        service.until(lambda: service.count("task", kind=TaskKind.OLD_MAIL) == 1, "the old mail")
        with dovecot.login(mailbox) as client:
            for number in (1, 2):
                client.append("Klachten", mail(number, "imap").as_bytes())
        dovecot.wait_for(mailbox, 2, folder="Verwerkt")
        with dovecot.login(mailbox) as client:
            client.delete_folder("Klachten")
            client.create_folder("Klachten")
            client.append("Klachten", mail(99, "oud").as_bytes(), msg_time=datetime(2021, 3, 1, tzinfo=UTC))
            for number in (1, 2, 3):
                client.append("Klachten", mail(number, "imap").as_bytes())
            assert client.folder_status("Klachten", ["UIDVALIDITY"])[b"UIDVALIDITY"] != before
        dovecot.wait_for(mailbox, 5, folder="Verwerkt")
        assert held(dovecot, mailbox, "Klachten") == {"99.oud@voorbeeld.example": 1}
        assert held(dovecot, mailbox)["3.imap@voorbeeld.example"] == 1
        service.until_delivered()
        all_is_well(service, [mail(number, "imap") for number in (1, 2, 3)])
        assert [line["outcome"] for line in service.logged("message taken")].count(Outcome.DUPLICATE) == 2
        assert service.count("task", kind=TaskKind.OLD_MAIL, note=f"{DOOR}:1") == 1
