"""Which messages of a mailbox count: on the first start, after a restart, and when the mailbox was replaced."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.tasks import TaskKind
from core.ports import Mark
from core.service.following import ALERTED
from mailin.imap.door import ImapDoor
from mailin.inbound import MailReader
from tests.channels.letters import KLACHTEN, letter
from tests.channels.listening import Core, Listening
from tests.channels.ways import books, mailbox
from tests.channels.wire import Wire
from tests.parts.dovecot import Dovecot
from tests.parts.server import give_to_nobody

pytestmark = pytest.mark.needs("dovecot")

READER = MailReader([KLACHTEN], "gemeente.example", [])
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(seconds=1), START + timedelta(seconds=1)
LONG_BEFORE = datetime(2019, 5, 4, 8, 0, tzinfo=UTC)
FOLDER = "Klachten"


@pytest.fixture
def address(dovecot: Dovecot) -> str:
    address = dovecot.address()
    with dovecot.login(address) as client:
        client.create_folder(FOLDER)
    return address


@pytest.fixture
def own() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


def door(dovecot: Dovecot, core: Core, address: str, **changes: object) -> ImapDoor:
    changes = {"folder": FOLDER, **changes}
    return ImapDoor("klachten", mailbox(dovecot, address, **changes), READER, books(core.world), lambda: START)


def put(dovecot: Dovecot, address: str, name: str, arrived: datetime, folder: str = FOLDER) -> None:
    """A message that arrived at this moment, as the mailbox says."""
    with dovecot.login(address) as client:
        client.append(folder, mail(name), msg_time=arrived)


def mail(name: str) -> bytes:
    return letter(f"<{name}@voorbeeld.example>", subject=name)


def replaced(dovecot: Dovecot, address: str, *names: tuple[str, datetime]) -> None:
    """Somebody restored the folder: its messages have other numbers, which mean something else."""
    with dovecot.login(address) as client:
        before = client.folder_status(FOLDER, ["UIDVALIDITY"])[b"UIDVALIDITY"]
        now = before
        while now == before:  # Dovecot makes the number from the second
            client.delete_folder(FOLDER)
            client.create_folder(FOLDER)
            now = client.folder_status(FOLDER, ["UIDVALIDITY"])[b"UIDVALIDITY"]
    for name, arrived in names:
        put(dovecot, address, name, arrived)


def taken(core: Core) -> list[str]:
    return [inbound.external_id.partition("@")[0] for inbound, _ in core.taken]


def left(core: Core) -> list[str]:
    """What the task about old mail says."""
    with core.world.store.read() as work:
        return list(work.tasks.open_notes(ALERTED, TaskKind.OLD_MAIL))


def mark(core: Core) -> Mark:
    found = books(core.world).load("imap:klachten")
    assert found is not None
    return found


def remaining(dovecot: Dovecot, address: str) -> int:
    return len(dovecot.messages(address, FOLDER))


def test_old_mail_is_left_and_counted_and_only_new_mail_is_taken(dovecot: Dovecot, address: str, core: Core) -> None:
    for number in range(3):
        put(dovecot, address, f"oud-{number}", BEFORE)
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "nieuw", AFTER)
        core.wait_taken(1)
        dovecot.wait_for(address, folder="Verwerkt")
    assert taken(core) == ["nieuw"]
    assert left(core) == ["imap:klachten:3"]
    with dovecot.login(address, FOLDER) as client:
        assert len(client.search("UNSEEN")) == 3


def test_an_old_mail_that_a_colleague_drags_in_today_counts(dovecot: Dovecot, address: str, core: Core) -> None:
    put(dovecot, address, "oud", BEFORE)
    put(dovecot, address, "gesleept", LONG_BEFORE, folder="Verwerkt")
    with Listening(door(dovecot, core, address), core):
        with dovecot.login(address, "Verwerkt") as client:
            client.move(client.search(), FOLDER)
        core.wait_taken(1)
    assert taken(core) == ["gesleept"]


def test_mail_that_arrives_while_the_first_start_is_under_way_counts(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    put(dovecot, address, "ervoor", BEFORE)
    put(dovecot, address, "tijdens", START)
    put(dovecot, address, "erna", AFTER)
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, 2, folder="Verwerkt")
    assert sorted(taken(core)) == ["erna", "tijdens"]
    assert left(core) == ["imap:klachten:1"]


def test_the_first_start_is_the_first_try_even_when_the_mailbox_was_away(
    dovecot: Dovecot, address: str, core: Core, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = Listening(door(dovecot, core, address, password="fout"), core)
    wrong.start()
    said = ""
    while "mailbox away" not in said:
        said += capfd.readouterr().out
    wrong.stop()
    put(dovecot, address, "ertussen", AFTER)
    box = mailbox(dovecot, address, folder=FOLDER)
    later = ImapDoor("klachten", box, READER, books(core.world), lambda: START.replace(year=2027))
    with Listening(later, core):
        core.wait_taken(1)
    assert taken(core) == ["ertussen"]


def test_a_restart_takes_what_came_meanwhile_whatever_its_date(dovecot: Dovecot, address: str, core: Core) -> None:
    put(dovecot, address, "oud", BEFORE)
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "een", AFTER)
        core.wait_taken(1)
        dovecot.wait_for(address, folder="Verwerkt")
    put(dovecot, address, "gesleept", LONG_BEFORE)
    with Listening(door(dovecot, core, address), core):
        core.wait_taken(2)
    assert taken(core) == ["een", "gesleept"]
    assert left(core) == ["imap:klachten:1"]


def test_a_replaced_mailbox_gives_what_arrived_since_the_first_start_and_known_mail_makes_no_case(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "bekend", AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    replaced(dovecot, address, ("oud", BEFORE), ("bekend", AFTER), ("gemist", AFTER))
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, 3, folder="Verwerkt")
        put(dovecot, address, "gesleept", LONG_BEFORE)
        dovecot.wait_for(address, 4, folder="Verwerkt")
    assert sorted(taken(core)) == ["bekend", "bekend", "gemist", "gesleept"]
    assert len(core.numbers) == 3
    assert remaining(dovecot, address) == 1
    assert left(core) == ["imap:klachten:1"]


def test_a_mailbox_replaced_while_the_door_listens_is_noticed(dovecot: Dovecot, address: str, core: Core) -> None:
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "een", AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
        replaced(dovecot, address, ("oud", BEFORE), ("twee", AFTER))
        dovecot.kick(address)
        core.wait_taken(2)
    assert taken(core) == ["een", "twee"]


def test_a_replaced_mailbox_is_settled_only_once_all_of_it_was_taken(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "een", AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    assert mark(core).settled
    replaced(dovecot, address, ("twee", AFTER))
    core.failures = 1
    with Listening(door(dovecot, core, address), core):
        core.wait(lambda core: core.failures == 0)
    noted = mark(core)
    assert not noted.settled
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, 2, folder="Verwerkt")
        put(dovecot, address, "drie", AFTER)
        dovecot.wait_for(address, 3, folder="Verwerkt")
    assert mark(core).settled
    assert mark(core).uidvalidity == noted.uidvalidity
    assert mark(core).since == START


def test_old_mail_can_be_taken_on_purpose_also_later(dovecot: Dovecot, address: str, core: Core) -> None:
    put(dovecot, address, "oud", BEFORE)
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "nieuw", AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    assert left(core) == ["imap:klachten:1"]
    with Listening(door(dovecot, core, address, old_mail="take"), core):
        dovecot.wait_for(address, 2, folder="Verwerkt")
    assert taken(core) == ["nieuw", "oud"]
    assert left(core) == []
    put(dovecot, address, "erbij", LONG_BEFORE)
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, 3, folder="Verwerkt")


def test_another_mailbox_under_the_same_name_begins_anew(dovecot: Dovecot, address: str, core: Core) -> None:
    with Listening(door(dovecot, core, address), core):
        put(dovecot, address, "een", AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    other = dovecot.address()
    put(dovecot, other, "van een ander", AFTER, folder="INBOX")
    next_year = START.replace(year=2027)
    box = mailbox(dovecot, other)
    with Listening(ImapDoor("klachten", box, READER, books(core.world), lambda: next_year), core):
        put(dovecot, other, "twee", next_year, folder="INBOX")
        core.wait_taken(2)
    assert taken(core) == ["een", "twee"]
    assert mark(core).since == next_year


def test_several_mailboxes_are_read_each_with_its_own_beginning(dovecot: Dovecot, address: str, core: Core) -> None:
    other = dovecot.address()
    put(dovecot, other, "oud", AFTER, folder="INBOX")
    second = ImapDoor("tweede", mailbox(dovecot, other), READER, books(core.world), lambda: START + timedelta(days=1))
    put(dovecot, address, "een", AFTER)
    with Listening(door(dovecot, core, address), core), Listening(second, core):
        put(dovecot, other, "twee", START + timedelta(days=2), folder="INBOX")
        core.wait_taken(2)
    assert sorted(taken(core)) == ["een", "twee"]
    assert left(core) == ["imap:tweede:1"]


def test_nothing_is_taken_while_the_core_cannot_note_the_start(
    dovecot: Dovecot, address: str, core: Core, capfd: pytest.CaptureFixture[str]
) -> None:
    real = books(core.world)

    class Away:
        away = True

        def load(self, door: str) -> Mark | None:
            return real.load(door)

        def save(self, door: str, mark: Mark) -> None:
            if self.away:
                raise RuntimeError("the database is away")
            real.save(door, mark)

        def left(self, door: str, number: int) -> None:
            real.left(door, number)

    put(dovecot, address, "een", AFTER)
    away = Away()
    listening = Listening(
        ImapDoor("klachten", mailbox(dovecot, address, folder=FOLDER), READER, away, lambda: START), core
    )
    listening.start()
    said = ""
    while "core away" not in said:
        said += capfd.readouterr().out
    assert not listening.is_ready
    assert core.called == []
    away.away = False
    core.wait_taken(1)
    listening.stop()


def test_much_old_mail_costs_little(own: Dovecot, core: Core) -> None:
    many = 3000
    address = own.address()
    own.deliver(address, mail("eerste"))
    fill(own, address, many)
    heard: list[int] = []
    with Wire(own.imap_port) as wire:
        changes = {"folder": "INBOX", "tls": "none", "port": wire.port, "host": "127.0.0.1"}
        box = mailbox(own, address, **changes)
        later = START.replace(year=2040)  # all of it arrived before the start
        with Listening(ImapDoor("klachten", box, READER, books(core.world), lambda: later), core):
            own.deliver(address, mail("nieuw"))
            core.wait_taken(1)
            own.wait_for(address, folder="Verwerkt")
        heard = [line.heard for line in wire.lines]
    assert taken(core) == ["nieuw"]
    assert left(core) == [f"imap:klachten:{many + 1}"]
    # Their numbers are counted once; nothing else is asked about them, and no later look sees them.
    assert sum(heard) < many * 7 + 5000


def fill(server: Dovecot, address: str, number: int) -> None:
    """Old mail, put straight into the mailbox's own files."""
    local, _, domain = address.partition("@")
    folder = server.directory / "mail" / domain / local / "Maildir" / "cur"
    for one in range(number):
        (folder / f"{1500000000 + one}.M{one}P1.oud:2,").write_bytes(mail(f"oud-{one}"))
    give_to_nobody(folder)
