"""The IMAP door when the connection breaks, the server says no, or two doors read one mailbox."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from core.domain.message import Inbound
from mailin.imap.door import ImapDoor
from mailin.inbound import MailReader
from tests.channels.letters import ENCRYPTED, KLACHTEN, letter
from tests.channels.listening import Core, Listening
from tests.channels.ways import books, long_ago, mailbox
from tests.channels.wire import Cut, Line, Wire
from tests.parts.dovecot import Dovecot

pytestmark = pytest.mark.needs("dovecot")

READER = MailReader([KLACHTEN], "gemeente.example", [])
LONG = 3600.0


class PrefixedDovecot(Dovecot):
    """A server on which every folder lies below INBOX, with "." between levels, as Courier and Cyrus have it."""

    def _configuration(self, *, listed: bool) -> str:
        usual = super()._configuration(listed=listed)
        return usual.replace("separator = /", "separator = .\n  prefix = INBOX.")


class WithoutMove(Dovecot):
    """A server without MOVE."""

    def _configuration(self, *, listed: bool) -> str:
        return super()._configuration(listed=listed) + "\nimap_capability = IMAP4rev1 IDLE UIDPLUS NAMESPACE\n"


@pytest.fixture
def address(dovecot: Dovecot) -> str:
    return dovecot.address()


@pytest.fixture
def prefixed() -> Iterator[Dovecot]:
    with PrefixedDovecot() as server:
        yield server


def door(dovecot: Dovecot, core: Core, address: str, name: str = "klachten", **changes: object) -> ImapDoor:
    return ImapDoor(name, mailbox(dovecot, address, **changes), READER, books(core.world), long_ago)


def over(wire: Wire, dovecot: Dovecot, core: Core, address: str, name: str = "klachten", **changes: object) -> ImapDoor:
    """A door that reads the mailbox over this wire, in the clear."""
    return door(dovecot, core, address, name, host="127.0.0.1", port=wire.port, tls="none", **changes)


def mail(name: str) -> bytes:
    return letter(f"<{name}@voorbeeld.example>", subject=name)


def in_folder(dovecot: Dovecot, address: str, folder: str = "Verwerkt") -> Counter[bytes]:
    """How often each message lies in a folder, by its first header that we wrote."""
    return Counter(raw[raw.index(b"Message-ID:") :].splitlines()[0] for raw in dovecot.messages(address, folder))


def says(command: bytes, answer: bytes, times: int = 1) -> Callable[[Line, bytes], bytes | None]:
    """A hook that answers this command in the server's place, the first so many times."""
    left = [times]

    def hook(_line: Line, said: bytes) -> bytes | None:
        tag, _, rest = said.partition(b" ")
        if rest.startswith(command) and left[0]:
            left[0] -= 1
            return answer.replace(b"TAG", tag)
        return None

    return hook


def breaks(
    command: bytes, broken: threading.Event, *, before: bool
) -> tuple[Callable[[Line, bytes], bytes | None], Callable[[Line, bytes], None]]:
    """Hooks that cut the first connection at this command: before the server sees it, or before it can answer."""

    def at_command(line: Line, said: Sequence[bytes]) -> None:
        if line.number == 0 and said and said[-1].partition(b" ")[2].startswith(command):
            broken.set()
            raise Cut

    def from_client(line: Line, said: bytes) -> None:
        if before:
            at_command(line, [said])

    def from_server(line: Line, _said: bytes) -> None:
        if not before:
            at_command(line, line.asked)

    return from_client, from_server


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "command", [b"LOGIN", b"SELECT", b"UID SEARCH", b"UID FETCH", b"UID STORE", b"UID MOVE", b"IDLE"]
)
def test_a_connection_cut_at_a_command_costs_nothing(
    command: bytes, before: bool, dovecot: Dovecot, address: str, core: Core
) -> None:
    broken = threading.Event()
    asks, hears = breaks(command, broken, before=before)
    dovecot.deliver(address, mail("een"))
    with Wire(dovecot.imap_port, from_client=asks, from_server=hears) as wire:
        with Listening(over(wire, dovecot, core, address, every=LONG), core):
            core.wait_taken(1)
            assert broken.wait(30)
            dovecot.deliver(address, mail("twee"))
            core.wait(lambda core: len(core.numbers) == 2)
            dovecot.wait_for(address, 2, folder="Verwerkt")
        assert len(wire.lines) == 2
    assert set(in_folder(dovecot, address).values()) == {1}
    assert dovecot.messages(address) == []


def test_a_connection_cut_after_any_number_of_bytes_costs_nothing(dovecot: Dovecot, core: Core) -> None:
    names = ("een", "twee", "drie")
    cuts = range(0, 9_000, 750)

    def hook(most: int) -> Callable[[Line, bytes], None]:
        def cut(line: Line, said: bytes) -> None:
            if line.number == 0 and line.heard + len(said) > most:
                raise Cut

        return cut

    addresses = {most: dovecot.address() for most in cuts}
    for most, address in addresses.items():
        for name in names:
            dovecot.deliver(address, letter(f"<{name}-{most}@voorbeeld.example>", text="Een lang verhaal. " * 60))
    with ExitStack() as running:
        for most, address in addresses.items():
            wire = running.enter_context(Wire(dovecot.imap_port, from_server=hook(most)))
            running.enter_context(Listening(over(wire, dovecot, core, address, str(most)), core))
        for address in addresses.values():
            dovecot.wait_for(address, len(names), folder="Verwerkt")
    for most, address in addresses.items():
        assert dovecot.messages(address) == []
        assert set(in_folder(dovecot, address).values()) == {1}, most
        assert len(in_folder(dovecot, address)) == len(names)
    assert len(core.numbers) == len(names) * len(cuts)


def test_between_commit_and_move_a_cut_makes_no_second_case(dovecot: Dovecot, address: str, core: Core) -> None:
    """The commit is done, the connection is gone: the door knows on its next connection, and moves only."""
    asks, hears = breaks(b"UID MOVE", threading.Event(), before=True)
    with Wire(dovecot.imap_port, from_client=asks, from_server=hears) as wire:
        dovecot.deliver(address, mail("een"))
        with Listening(over(wire, dovecot, core, address), core):
            dovecot.wait_for(address, folder="Verwerkt")
        assert not any(b"BODY.PEEK[]" in said for said in wire.lines[1].asked)
    assert len(core.taken) == 1


@pytest.mark.parametrize("answer", [b"TAG NO [OVERQUOTA] Quota exceeded\r\n", b"TAG NO [TRYCREATE] No such folder\r\n"])
def test_a_refused_move_holds_nothing_up_and_is_tried_again(
    answer: bytes, dovecot: Dovecot, address: str, core: Core
) -> None:
    with Wire(dovecot.imap_port, from_client=says(b"UID MOVE", answer, times=2)) as wire:
        dovecot.deliver(address, mail("een"))
        with Listening(over(wire, dovecot, core, address, every=LONG), core):
            core.wait_taken(1)
            dovecot.deliver(address, mail("twee"))
            dovecot.wait_for(address, 2, folder="Verwerkt")
        assert len(wire.lines) == 1  # it never hung up
    assert len(core.taken) == 2
    assert dovecot.messages(address) == []


def test_a_goodbye_at_the_move_is_survived(dovecot: Dovecot, address: str, core: Core) -> None:
    with Wire(dovecot.imap_port, from_client=says(b"UID MOVE", b"* BYE Shutting down\r\n")) as wire:
        dovecot.deliver(address, mail("een"))
        with Listening(over(wire, dovecot, core, address), core):
            dovecot.wait_for(address, folder="Verwerkt")
    assert len(core.taken) == 1


def test_a_server_that_promises_idle_and_refuses_it_is_polled(dovecot: Dovecot, address: str, core: Core) -> None:
    with Wire(dovecot.imap_port, from_client=says(b"IDLE", b"TAG BAD Not here\r\n", times=100)) as wire:
        with Listening(over(wire, dovecot, core, address, every=0.2), core):
            for number in range(2):
                dovecot.deliver(address, mail(str(number)))
                core.wait_taken(number + 1)
        assert len(wire.lines) == 1


def test_a_message_that_the_server_will_not_give_does_not_stop_the_others(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    """One message breaks the connection whenever it is fetched: with others, and alone."""

    def poison(_line: Line, said: bytes) -> None:
        if b"BODY.PEEK[]" in said and b" 1" in said.partition(b"FETCH")[2].partition(b"(")[0].replace(b",", b" "):
            raise Cut

    for number in range(3):
        dovecot.deliver(address, mail(str(number)))
    with Wire(dovecot.imap_port, from_client=poison) as wire, Listening(over(wire, dovecot, core, address), core):
        dovecot.wait_for(address, 2, folder="Verwerkt")
        dovecot.deliver(address, mail("later"))
        dovecot.wait_for(address, 3, folder="Verwerkt")
    assert len(dovecot.messages(address)) == 1


def test_beside_a_message_that_the_core_never_takes_new_mail_is_still_announced(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    def refuse(inbound: Inbound) -> None:
        if inbound.external_id.startswith("gif"):
            raise RuntimeError("poison")

    core.looked_at = refuse
    dovecot.deliver(address, mail("gif"))
    with Listening(door(dovecot, core, address, every=LONG), core):
        core.wait(lambda core: len(core.called) == 3)  # tried again, and again
        for number in range(3):
            dovecot.deliver(address, mail(str(number)))
            core.wait_taken(number + 1)
        core.looked_at = lambda _inbound: None
        core.wait_taken(4)
        dovecot.wait_for(address, 4, folder="Verwerkt")


def test_folders_that_are_missing_are_made_also_while_the_door_listens(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    with dovecot.login(address) as client:
        client.delete_folder("Verwerkt")
    with Listening(door(dovecot, core, address), core):
        dovecot.deliver(address, mail("een"))
        core.wait_taken(1)
        dovecot.wait_for(address, folder="Verwerkt")
        with dovecot.login(address) as client:
            client.delete_folder("Verwerkt")
            client.delete_folder("Niet verwerkt")
        dovecot.deliver(address, mail("twee"))
        dovecot.deliver(address, ENCRYPTED)
        core.wait_taken(3)
        wait_folder(dovecot, address, "Niet verwerkt")
        wait_folder(dovecot, address, "Verwerkt")
    assert dovecot.messages(address) == []


def wait_folder(dovecot: Dovecot, address: str, folder: str) -> None:
    """Return once the folder exists and holds a message."""
    with dovecot.login(address) as client:
        while not client.folder_exists(folder):
            client.noop()
    dovecot.wait_for(address, folder=folder)


@pytest.mark.parametrize("folder", ["Verwerkt", "INBOX.Verwerkt"])
def test_below_a_prefix_the_folders_are_found(folder: str, prefixed: Dovecot, core: Core) -> None:
    address = prefixed.address()
    prefixed.deliver(address, mail("een"))
    prefixed.deliver(address, ENCRYPTED)
    with Listening(door(prefixed, core, address, done=folder, unreadable="Klachten/Niet gelezen"), core):
        prefixed.wait_for(address, folder="INBOX.Verwerkt")
        wait_folder(prefixed, address, "INBOX.Klachten.Niet gelezen")
    with prefixed.login(address) as client:
        assert {name for _, _, name in client.list_folders()} >= {"INBOX.Verwerkt", "INBOX.Klachten.Niet gelezen"}


def test_folders_with_any_name_are_made_and_read(dovecot: Dovecot, address: str, core: Core) -> None:
    folder, done = "Klachten & idee\u00ebn", "Gedaan/\u2713 2026 \u201eklaar\u201d ~ & co"
    with dovecot.login(address) as client:
        client.create_folder(folder)
        client.append(folder, mail("een"))
    with Listening(door(dovecot, core, address, folder=folder, done=done), core):
        dovecot.wait_for(address, folder=done)
    assert dovecot.messages(address, folder) == []


def test_a_folder_of_that_name_that_only_holds_others_becomes_a_real_one(
    dovecot: Dovecot, address: str, core: Core
) -> None:
    with dovecot.login(address) as client:
        client.create_folder("Archief/2025")
    dovecot.deliver(address, mail("een"))
    with Listening(door(dovecot, core, address, done="Archief"), core):
        dovecot.wait_for(address, folder="Archief")


@pytest.mark.parametrize("server", [Dovecot, WithoutMove])
def test_two_doors_on_one_mailbox_miss_nothing_and_leave_one_copy_of_each(server: type[Dovecot], core: Core) -> None:
    number = 40
    with server() as dovecot:
        address = dovecot.address()
        for one in range(number // 2):
            dovecot.deliver(address, mail(str(one)))
        with Listening(door(dovecot, core, address), core), Listening(door(dovecot, core, address), core):
            for one in range(number // 2, number):
                dovecot.deliver(address, mail(str(one)))
            core.wait(lambda core: len(core.numbers) == number)
            dovecot.wait_for(address, number, folder="Verwerkt")
        with dovecot.login(address) as client:
            assert client.search("UNDELETED") == []
        assert set(in_folder(dovecot, address).values()) == {1}
    assert len(core.numbers) == number


def test_two_doors_that_hold_the_same_message_leave_one_copy(core: Core) -> None:
    """Both have fetched it before either has moved it: the tightest case, on a server that copies."""
    together = threading.Barrier(2)
    met = threading.Event()

    def meet(_inbound: Inbound) -> None:
        if not met.is_set():
            together.wait(30)
            met.set()

    core.looked_at = meet
    with WithoutMove() as dovecot:
        address = dovecot.address()
        dovecot.deliver(address, mail("een"))
        with Listening(door(dovecot, core, address), core), Listening(door(dovecot, core, address), core):
            core.wait_taken(2)
            dovecot.deliver(address, mail("twee"))
            core.wait(lambda core: len(core.numbers) == 2)
            dovecot.wait_for(address, 2, folder="Verwerkt")
        with dovecot.login(address) as client:
            assert client.search("UNDELETED") == []
        assert set(in_folder(dovecot, address).values()) == {1}


def test_a_frozen_server_is_given_up_and_found_again(
    core: Core, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mailin.imap.session.TIMEOUT", 1.0)
    with Dovecot() as own:
        address = own.address()
        core.looked_at = lambda _inbound: own.freeze()
        own.deliver(address, mail("een"))
        with Listening(door(own, core, address), core):
            said = ""
            while "mailbox away" not in said:
                said += capfd.readouterr().out
            own.thaw()
            own.wait_for(address, folder="Verwerkt")
    assert len(core.numbers) == 1
