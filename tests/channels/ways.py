"""The mail doors from outside: how a message is handed in, and how its sender learns what became of it."""

import smtplib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime

from core.ports import Door
from core.service.doors import Doors
from mailin.imap.door import ImapDoor
from mailin.imap.session import Mailbox
from mailin.inbound import MailReader
from mailin.smtp.doors import LmtpDoor, SmtpDoor
from tests.channels.letters import CITIZEN, KLACHTEN
from tests.channels.listening import PATIENCE, Core, Listening
from tests.core.world import CALENDAR, World
from tests.parts.dovecot import PASSWORD, Dovecot

LARGEST = 200_000


class Way(ABC):
    """One door with its clients."""

    def __init__(self, core: Core, reader: MailReader) -> None:
        self.core = core
        self.reader = reader
        self.door = self.make()

    @abstractmethod
    def make(self) -> Door:
        """A door as the house makes it; again for a restart."""

    @abstractmethod
    def hand_in(self, raw: bytes) -> None:
        """Give a message to the door, or to the mailbox it reads."""

    @abstractmethod
    def wait_told(self, messages: int) -> None:
        """Return once the sender knows that so many messages were taken."""

    @abstractmethod
    def told(self) -> int:
        """How many messages the sender now thinks were taken."""

    @abstractmethod
    def wait_refused(self) -> None:
        """Return once the sender knows that a message was not taken, and still has it."""

    @abstractmethod
    def try_again(self) -> None:
        """What the sender does with what was not taken."""

    def listening(self) -> Listening:
        return Listening(self.door, self.core)

    def restart(self) -> None:
        """A new process: a door that remembers nothing."""
        self.door = self.make()


class SmtpWay(Way):
    """A mail server hands messages in, each in a thread of its own, and notes the answer."""

    client: type[smtplib.SMTP] = smtplib.SMTP
    kind: type[SmtpDoor] | type[LmtpDoor] = SmtpDoor

    def __init__(self, core: Core, reader: MailReader) -> None:
        self._port = 0
        self._sending: list[threading.Thread] = []
        self._refused: list[bytes] = []
        self._codes: set[int] = set()
        self._taken = 0
        super().__init__(core, reader)

    def make(self) -> Door:
        return self.kind("127.0.0.1", self._port, [KLACHTEN], LARGEST, self.reader, self.core.world.clock)

    def hand_in(self, raw: bytes) -> None:
        thread = threading.Thread(target=self._send, args=[raw])
        self._sending.append(thread)
        thread.start()

    def _send(self, raw: bytes) -> None:
        assert isinstance(self.door, (SmtpDoor, LmtpDoor))
        try:
            with self.client("127.0.0.1", self.door.port, "voorbeeld.example", timeout=PATIENCE) as client:
                client.sendmail(CITIZEN, [KLACHTEN], raw)
        except smtplib.SMTPDataError as error:
            self._codes.add(error.smtp_code)
            self._refused.append(raw)
        except OSError:
            self._refused.append(raw)
        else:
            self._taken += 1

    def _join(self) -> None:
        for thread in self._sending:
            thread.join(PATIENCE)

    def wait_told(self, messages: int) -> None:
        self._join()
        assert self._taken == messages

    def told(self) -> int:
        return self._taken

    def wait_refused(self) -> None:
        self._join()
        assert len(self._refused) == 1
        assert self._codes == {451}

    def try_again(self) -> None:
        self._join()
        again, self._refused = self._refused, []
        for raw in again:
            self.hand_in(raw)

    def restart(self) -> None:
        assert isinstance(self.door, (SmtpDoor, LmtpDoor))
        self._port = self.door.port
        super().restart()


class LmtpWay(SmtpWay):
    """A mail server on the same machine hands messages in."""

    client = smtplib.LMTP
    kind = LmtpDoor


class ImapWay(Way):
    """A mailbox: what is still in its folder was not taken."""

    def __init__(self, core: Core, reader: MailReader, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self.address = dovecot.address()
        super().__init__(core, reader)

    def make(self) -> Door:
        box = mailbox(self.dovecot, self.address)
        return ImapDoor("klachten", box, self.reader, books(self.core.world), long_ago)

    def hand_in(self, raw: bytes) -> None:
        self.dovecot.deliver(self.address, raw)

    def wait_told(self, messages: int) -> None:
        self.dovecot.wait_for(self.address, messages, folder="Verwerkt")
        assert self.dovecot.messages(self.address) == []

    def told(self) -> int:
        return len(self.dovecot.messages(self.address, "Verwerkt"))

    def wait_refused(self) -> None:
        self.core.wait(lambda core: core.failures == 0)
        assert len(self.dovecot.messages(self.address)) == 1

    def try_again(self) -> None:
        """The door itself looks again."""


def long_ago() -> datetime:
    """The clock of a door that started before any of the mail in a test arrived."""
    return datetime(2000, 1, 1, tzinfo=UTC)


def books(world: World) -> Doors:
    """What the core remembers of doors."""
    return Doors(store=world.store, clock=world.clock, calendar=CALENDAR)


def mailbox(dovecot: Dovecot, address: str, **changes: object) -> Mailbox:
    """The settings for one mailbox of a real Dovecot."""
    given: dict[str, object] = {
        "host": "localhost",
        "port": dovecot.imaps_port,
        "certificates": dovecot.certificate,
        "user": address,
        "password": PASSWORD,
    }
    return Mailbox(**{**given, **changes})  # type: ignore[arg-type]  # the tests' own names


def way_over(name: str, core: Core, reader: MailReader, dovecot: Dovecot | None) -> Way:
    """The way with this name."""
    if dovecot is not None:
        return ImapWay(core, reader, dovecot)
    makers: dict[str, Callable[[Core, MailReader], Way]] = {"smtp": SmtpWay, "lmtp": LmtpWay}
    return makers[name](core, reader)
