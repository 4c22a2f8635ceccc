"""The IMAP door against a real Dovecot, also while it is away, old-fashioned or shared."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from app.bridge import Bridge
from core.domain.message import Accepted, Inbound, Outcome
from mailin.imap.door import ImapDoor
from mailin.imap.session import Session
from mailin.inbound import MailReader
from tests.channels.letters import ENCRYPTED, KLACHTEN, letter
from tests.channels.listening import Core, Listening
from tests.channels.ways import books, long_ago, mailbox
from tests.parts.dovecot import Dovecot

pytestmark = pytest.mark.needs("dovecot")

READER = MailReader([KLACHTEN], "gemeente.example", [])
LONG = 3600.0
"""Seconds between looks, so that only IDLE can explain an arrival."""


class OldDovecot(Dovecot):
    """A server without MOVE and IDLE, as old ones are."""

    capabilities = "IMAP4rev1 LITERAL+ UIDPLUS"

    def _configuration(self, *, listed: bool) -> str:
        return super()._configuration(listed=listed) + f"\nimap_capability = {self.capabilities}\n"


class OldestDovecot(OldDovecot):
    """A server that cannot even remove single messages."""

    capabilities = "IMAP4rev1"


@pytest.fixture
def address(dovecot: Dovecot) -> str:
    return dovecot.address()


@pytest.fixture
def own() -> Iterator[Dovecot]:
    """A server of the test's own, to be stopped and killed."""
    with Dovecot() as server:
        yield server


def door(dovecot: Dovecot, core: Core, address: str, **changes: object) -> ImapDoor:
    return ImapDoor("klachten", mailbox(dovecot, address, **changes), READER, books(core.world), long_ago)


def test_taken_messages_are_read_and_moved_and_unread_ones_kept_apart(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    dovecot.deliver(address, ENCRYPTED)
    dovecot.deliver(address, letter())
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, folder="Verwerkt")
        dovecot.wait_for(address, folder="Niet verwerkt")
    for folder in ("Verwerkt", "Niet verwerkt"):
        with dovecot.login(address, folder) as client:
            assert len(client.search("SEEN")) == 1
    assert dovecot.messages(address) == []
    assert {(one.problem, accepted.outcome) for one, accepted in core.taken} == {
        ("encrypted", Outcome.UNPROCESSED),
        (None, Outcome.OPENED),
    }


def test_the_folder_is_untouched_until_the_commit(dovecot: Dovecot, address: str, core: Core) -> None:
    seen: list[tuple[bytes, ...]] = []

    def look(_inbound: Inbound) -> None:
        with dovecot.login(address) as client:
            seen.extend(flags for flags in client.get_flags(client.search()).values())

    core.looked_at = look
    dovecot.deliver(address, letter())
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, folder="Verwerkt")
    assert [rb"\Seen" in flags for flags in seen] == [False]


def test_a_chunk_is_one_commit(dovecot: Dovecot, address: str, core: Core) -> None:
    chunks: list[int] = []

    def accept_all(inbounds: Sequence[Inbound]) -> list[Accepted]:
        chunks.append(len(inbounds))
        return core.world.intake.accept_all(inbounds)

    for number in range(7):
        dovecot.deliver(address, letter(f"<{number}@voorbeeld.example>", subject=f"Klacht {number}"))

    class Bridged(ImapDoor):
        async def listen(self, accept, ready):
            import asyncio

            bridge = Bridge(accept_all=accept_all, after=lambda: None)
            running = asyncio.create_task(bridge.run())
            try:
                await super().listen(bridge.accept, ready)
            finally:
                running.cancel()

    with Listening(Bridged("klachten", mailbox(dovecot, address), READER, books(core.world), long_ago), core):
        dovecot.wait_for(address, 7, folder="Verwerkt")
    assert chunks == [7]


def test_the_time_of_receipt_is_that_of_the_mailbox_in_utc(dovecot: Dovecot, address: str, core: Core) -> None:
    received = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    with dovecot.login(address) as client:
        client.append("INBOX", letter(), msg_time=received)
    with Listening(door(dovecot, core, address), core):
        core.wait_taken(1)
    [(inbound, _)] = core.taken
    assert inbound.received_at == received
    assert inbound.received_at.tzinfo == UTC


def test_new_mail_is_announced_by_the_server(
    dovecot: Dovecot, address: str, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, listening = list[bool](), threading.Event()

    def hear(session: Session, seconds: float) -> bool:
        if heard:  # the second wait of a round: IDLE has well begun
            listening.set()
        heard.append(original(session, seconds))
        return heard[-1]

    original = Session.heard
    monkeypatch.setattr(Session, "heard", hear)
    with Listening(door(dovecot, core, address, every=LONG), core):
        assert listening.wait(30)
        dovecot.deliver(address, letter())
        core.wait_taken(1)
    assert True in heard


def test_mail_that_arrives_at_any_moment_is_found(dovecot: Dovecot, address: str, core: Core) -> None:
    with Listening(door(dovecot, core, address, every=LONG), core):
        for number in range(3):
            dovecot.deliver(address, letter(f"<{number}@voorbeeld.example>", subject=f"Klacht {number}"))
            core.wait_taken(number + 1)


@pytest.mark.parametrize("server", [OldDovecot, OldestDovecot])
def test_an_old_server_is_polled_and_copied(server: type[Dovecot], core: Core) -> None:
    with server() as old:
        address = old.address()
        old.deliver(address, letter())
        with Listening(door(old, core, address, every=0.1), core):
            core.wait_taken(1)
            old.deliver(address, letter("<twee@voorbeeld.example>", subject="Nog iets"))
            core.wait_taken(2)
        assert len(old.messages(address, "Verwerkt")) == 2
        with old.login(address) as client:
            assert client.search("UNDELETED") == []
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED, Outcome.OPENED]


def test_starttls(dovecot: Dovecot, address: str, core: Core) -> None:
    dovecot.deliver(address, letter())
    with Listening(door(dovecot, core, address, tls="starttls", port=dovecot.imap_port), core):
        core.wait_taken(1)


@pytest.mark.parametrize("wrong", [{"certificates": None}, {"password": "fout"}])
def test_what_cannot_be_trusted_or_entered_is_not_read(
    wrong: dict[str, object], dovecot: Dovecot, address: str, core: Core, capfd: pytest.CaptureFixture[str]
) -> None:
    dovecot.deliver(address, letter())
    listening = Listening(door(dovecot, core, address, **wrong), core)
    listening.start()
    said = ""
    while "mailbox away" not in said:  # the door says so when the first try has failed
        said += capfd.readouterr().out
    assert not listening.is_ready
    listening.stop()
    assert core.called == []
    assert len(dovecot.messages(address)) == 1


def test_a_killed_server_is_found_again_and_nothing_is_missed(own: Dovecot, core: Core) -> None:
    address = own.address()
    own.deliver(address, letter())
    with Listening(door(own, core, address, every=LONG), core):
        core.wait_taken(1)
        own.kill()
        own.start()
        own.deliver(address, letter("<twee@voorbeeld.example>", subject="Nog iets"))
        core.wait(lambda core: len(core.numbers) == 2)
        own.wait_for(address, 2, folder="Verwerkt")
    assert len(core.numbers) == 2


def test_a_server_killed_before_the_message_was_moved_gives_it_again_and_it_makes_one_case(
    own: Dovecot, core: Core
) -> None:
    address = own.address()
    own.deliver(address, letter())
    killed = threading.Event()

    def kill(_inbound: Inbound) -> None:
        if not killed.is_set():
            own.kill()
            own.start()
            killed.set()

    core.looked_at = kill
    with Listening(door(own, core, address), core):
        assert killed.wait(30)
        own.wait_for(address, folder="Verwerkt")
    assert own.messages(address) == []
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED]  # the door knew that it was taken


def test_a_door_that_died_before_the_message_was_moved_recognises_it_and_puts_it_away(own: Dovecot, core: Core) -> None:
    address = own.address()
    own.deliver(address, letter())
    core.looked_at = lambda _inbound: own.kill()
    with Listening(door(own, core, address), core):
        core.wait_taken(1)
    core.looked_at = lambda _inbound: None
    own.start()
    with Listening(door(own, core, address), core):
        own.wait_for(address, folder="Verwerkt")
    assert own.messages(address) == []
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED, Outcome.DUPLICATE]


def test_a_thrown_out_client_comes_back(dovecot: Dovecot, address: str, core: Core) -> None:
    with Listening(door(dovecot, core, address, every=LONG), core):
        dovecot.deliver(address, letter())
        core.wait_taken(1)
        dovecot.kick(address)
        dovecot.deliver(address, letter("<twee@voorbeeld.example>", subject="Nog iets"))
        core.wait(lambda core: len(core.numbers) == 2)


def test_two_instances_on_one_mailbox_make_each_case_once(dovecot: Dovecot, address: str, core: Core) -> None:
    with Listening(door(dovecot, core, address), core), Listening(door(dovecot, core, address), core):
        for number in range(12):
            dovecot.deliver(address, letter(f"<{number}@voorbeeld.example>", subject=f"Klacht {number}"))
        dovecot.wait_for(address, 12, folder="Verwerkt")
    assert dovecot.messages(address) == []
    assert len(core.numbers) == 12


def test_one_message_that_cannot_be_taken_does_not_stop_the_others(dovecot: Dovecot, address: str, core: Core) -> None:
    def refuse(inbound: Inbound) -> None:
        if inbound.external_id == "0@voorbeeld.example":
            raise RuntimeError("poison")

    core.looked_at = refuse
    for number in range(3):
        dovecot.deliver(address, letter(f"<{number}@voorbeeld.example>", subject=f"Klacht {number}"))
    with Listening(door(dovecot, core, address), core):
        dovecot.wait_for(address, 2, folder="Verwerkt")
    assert len(dovecot.messages(address)) == 1


def test_a_message_that_somebody_removed_meanwhile_is_no_fault(dovecot: Dovecot, address: str, core: Core) -> None:
    def remove(_inbound: Inbound) -> None:
        with dovecot.login(address) as client:
            client.delete_messages(client.search())
            client.expunge()

    core.looked_at = remove
    dovecot.deliver(address, letter())
    with Listening(door(dovecot, core, address, every=LONG), core):
        core.wait_taken(1)
        core.looked_at = lambda _inbound: None
        dovecot.deliver(address, letter("<twee@voorbeeld.example>", subject="Nog iets"))
        core.wait_taken(2)
    assert len(core.numbers) == 2


def test_the_password_is_not_shown(dovecot: Dovecot, address: str) -> None:
    assert "geheim" not in repr(mailbox(dovecot, address))
