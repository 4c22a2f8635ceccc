"""What a mailbox itself holds: for the reconciliation, for the check, and for importing old mail on purpose."""

from datetime import UTC, datetime, timedelta

import pytest

from core.ports import Mark
from mailin.imap.counting import source_of
from mailin.imap.door import ImapDoor
from mailin.imap.session import FAULTS, Mailbox, trouble
from mailin.imap.tally import OldMail, Waiting, look, tally
from mailin.inbound import MailReader
from tests.channels.letters import ENCRYPTED, KLACHTEN, letter
from tests.channels.listening import Core, Listening
from tests.channels.ways import books, mailbox
from tests.parts.dovecot import Dovecot

pytestmark = pytest.mark.needs("dovecot")

READER = MailReader([KLACHTEN], "gemeente.example", [])
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(days=1), START + timedelta(hours=1)


@pytest.fixture
def address(dovecot: Dovecot) -> str:
    return dovecot.address()


@pytest.fixture
def box(dovecot: Dovecot, address: str) -> Mailbox:
    return mailbox(dovecot, address)


def door(box: Mailbox, core: Core) -> ImapDoor:
    return ImapDoor("klachten", box, READER, books(core.world), lambda: START)


def put(dovecot: Dovecot, address: str, raw: bytes, arrived: datetime, folder: str = "INBOX") -> None:
    with dovecot.login(address) as client:
        client.append(folder, raw, msg_time=arrived)


def mail(name: str | None, **changes: str) -> bytes:
    return letter(f"<{name}@voorbeeld.example>" if name else None, subject=name or "zonder", **changes)


def mark(core: Core) -> Mark | None:
    return books(core.world).load("imap:klachten")


def test_everything_that_was_taken_is_held_under_the_identity_that_the_core_stored(
    dovecot: Dovecot, address: str, box: Mailbox, core: Core
) -> None:
    put(dovecot, address, mail("oud"), BEFORE)
    with Listening(door(box, core), core):
        for raw in (mail("een"), mail(None), ENCRYPTED, mail("x" * 400), b"\xff no mail at all"):
            put(dovecot, address, raw, AFTER)
        core.wait_taken(5)
        dovecot.wait_for(address, 1, folder="Niet verwerkt")
        dovecot.wait_for(address, 4, folder="Verwerkt")
    put(dovecot, address, mail("wacht"), AFTER)
    held = list(tally(box, mark(core), READER, BEFORE - timedelta(days=1)))
    assert {one.external_id for one in held if not one.waiting} == {inbound.external_id for inbound, _ in core.taken}
    assert [one.external_id for one in held if one.waiting] == ["wacht@voorbeeld.example"]
    assert {one.received_at for one in held} == {AFTER}
    assert {one.folder for one in held} == {"INBOX", "Verwerkt", "Niet verwerkt"}
    assert books(core.world).missing("imap:klachten", [one.external_id for one in held if not one.waiting], START) == 0


def test_only_what_arrived_since_then_is_counted(dovecot: Dovecot, address: str, box: Mailbox, core: Core) -> None:
    put(dovecot, address, mail("gisteren"), START - timedelta(minutes=1), folder="Verwerkt")
    put(dovecot, address, mail("vandaag"), START, folder="Verwerkt")
    assert [one.external_id for one in tally(box, None, READER, START)] == ["vandaag@voorbeeld.example"]


def test_a_message_that_never_reached_the_core_is_found(
    dovecot: Dovecot, address: str, box: Mailbox, core: Core
) -> None:
    with Listening(door(box, core), core):
        put(dovecot, address, mail("een"), AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    put(dovecot, address, mail("door een ander verplaatst"), AFTER, folder="Verwerkt")
    held = [one.external_id for one in tally(box, mark(core), READER, START) if not one.waiting]
    assert books(core.world).missing("imap:klachten", held, START) == 1


def test_counting_the_mailbox_changes_nothing_in_it(dovecot: Dovecot, address: str, box: Mailbox) -> None:
    put(dovecot, address, mail("een"), AFTER)
    put(dovecot, address, mail(None), AFTER, folder="Verwerkt")
    assert list(tally(box, None, READER, START))
    for folder in ("INBOX", "Verwerkt"):
        with dovecot.login(address, folder) as client:
            assert client.search("UNSEEN") == client.search()


def test_the_check_counts_what_waits_and_what_is_old(dovecot: Dovecot, address: str, box: Mailbox, core: Core) -> None:
    put(dovecot, address, mail("oud"), BEFORE)
    assert look(box, None) == Waiting(counting=0, old=1)  # before the first start
    with Listening(door(box, core), core):
        put(dovecot, address, mail("een"), AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    put(dovecot, address, mail("twee"), AFTER)
    assert look(box, mark(core)) == Waiting(counting=1, old=1)
    assert look(mailbox(dovecot, address, old_mail="take"), mark(core)) == Waiting(counting=2, old=0)
    with dovecot.login(address) as client:
        assert client.folder_exists("Niet verwerkt")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"password": "fout"}, "login"),
        ({"certificates": None}, "certificate"),
        ({"folder": "Bestaat niet"}, "folder"),
        ({"port": 1}, "connection"),
    ],
)
def test_what_is_wrong_with_a_mailbox_has_a_word(
    changes: dict[str, object], word: str, dovecot: Dovecot, address: str
) -> None:
    with pytest.raises(FAULTS) as raised:
        look(mailbox(dovecot, address, **changes), None)
    assert trouble(raised.value) == word


def test_old_mail_is_given_in_order_and_put_away_and_new_mail_is_not_touched(
    dovecot: Dovecot, address: str, box: Mailbox, core: Core
) -> None:
    for number in range(3):
        put(dovecot, address, mail(f"oud-{number}"), BEFORE)
    with Listening(door(box, core), core):
        put(dovecot, address, mail("eerste"), AFTER)
        dovecot.wait_for(address, folder="Verwerkt")
    put(dovecot, address, mail("nieuw"), AFTER)
    with OldMail(box, mark(core)) as old:
        assert len(old.uids) == 3
        put(dovecot, address, mail("tijdens"), AFTER)
        messages = [one for chunk in old.messages() for one in chunk]
        assert [one.raw for one in messages] == [mail(f"oud-{number}") for number in range(3)]
        assert {one.received_at for one in messages} == {BEFORE}
        old.put_away([one.uid for one in messages[:2]])
        old.put_away([messages[2].uid], unreadable=True)
    assert len(dovecot.messages(address)) == 2
    assert len(dovecot.messages(address, "Verwerkt")) == 3
    assert len(dovecot.messages(address, "Niet verwerkt")) == 1


def test_before_the_first_start_all_of_it_is_old(dovecot: Dovecot, address: str, box: Mailbox) -> None:
    put(dovecot, address, mail("een"), AFTER)
    with OldMail(box, None) as old:
        assert len(old.uids) == 1


def test_in_a_replaced_mailbox_the_time_of_arrival_decides(dovecot: Dovecot, address: str, box: Mailbox) -> None:
    put(dovecot, address, mail("oud"), BEFORE)
    put(dovecot, address, mail("nieuw"), AFTER)
    former = Mark(source=source_of(box), uidvalidity=7, uidnext=900, since=START, settled=True)
    with OldMail(box, former) as old:
        [[message]] = list(old.messages())
    assert message.raw == mail("oud")
    assert look(box, former) == Waiting(counting=1, old=1)
