"""What the SMTP door takes of one client: over it the answer is 4xx, so that nothing is lost; and PROXY headers."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from ipaddress import IPv6Address, ip_network

import pytest

from mailin.inbound import MailReader
from mailin.smtp.access import ANONYMOUS, Access, address_of, household
from mailin.smtp.doors import LmtpDoor, SmtpDoor
from mailin.smtp.limits import MOST_KEYS, Guests, Limits, Minute
from tests.channels.letters import CITIZEN, KLACHTEN, letter
from tests.channels.line import Line
from tests.channels.listening import Core, Listening
from tests.channels.ways import LARGEST

READER = MailReader([KLACHTEN], "gemeente.example", [])
STRANGERS = Access(unlimited_from=())
BEHIND_PROXY = Access(unlimited_from=(), proxies=(ip_network("127.0.0.1"),))
ENVELOPE = (f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>")


class Watch:
    """A clock that stands still until it is put forward."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


Open = Callable[..., AbstractContextManager[SmtpDoor | LmtpDoor]]


@pytest.fixture
def opened(core: Core, watch: Watch) -> Open:
    @contextmanager
    def open_(
        access: Access = STRANGERS, kind: type[SmtpDoor] | type[LmtpDoor] = SmtpDoor, **limits: float
    ) -> Iterator[SmtpDoor | LmtpDoor]:
        door = kind(
            *("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock),
            access=access, limits=Limits(**limits), monotonic=watch,  # type: ignore[arg-type]  # the tests' own names
        )  # fmt: skip
        with Listening(door, core):
            yield door

    return open_


def from_address(source: str) -> bytes:
    """A PROXY header, version 1, for a client at this address."""
    return f"PROXY TCP{6 if ':' in source else 4} {source} {source} 1024 25\r\n".encode()


def test_so_many_connections_and_no_more(opened: Open) -> None:
    with opened(connections=2) as door, Line(door.port) as one, Line(door.port):
        third = Line(door.port)
        assert third.answer().startswith("421 4.3.2")
        assert third.is_over()
        third.close()
        one.ask("QUIT")
        assert one.is_over()
        with Line(door.port) as another:
            assert another.ask("EHLO x").startswith("250 ")


def test_who_is_sent_away_is_not_obeyed(opened: Open, core: Core) -> None:
    hasty = "\r\n".join(["EHLO x", *ENVELOPE, "DATA", ""]).encode() + letter() + b".\r\n"
    with opened(connections=1) as door:
        with Line(door.port):
            line = Line(door.port, hasty)
            assert line.answer().startswith("421 ")
            assert line.is_over()
            line.close()
        with opened(BEHIND_PROXY, errors=1) as behind, Line(behind.port, from_address("192.0.2.1")) as line:
            line.send(b"FOO\r\nFOO\r\n" + hasty)
            assert [line.answer()[:3], line.answer()[:3]] == ["500", "421"]
            assert line.is_over()
    assert core.called == []


def test_so_many_connections_of_one_client(opened: Open) -> None:
    with opened(BEHIND_PROXY, connections_per_address=1) as door, ExitStack() as stack:
        stack.enter_context(Line(door.port, from_address("192.0.2.1")))
        stack.enter_context(Line(door.port, from_address("192.0.2.2")))
        stack.enter_context(Line(door.port, from_address("2001:db8::1")))
        for again in ("192.0.2.1", "2001:db8::ffff", "::ffff:192.0.2.1"):
            line = Line(door.port, from_address(again))
            assert line.answer().startswith("421 4.3.2"), again
            line.close()


def test_known_clients_have_no_limits(opened: Open, core: Core) -> None:
    mine = Access(unlimited_from=(), allowed_from=(ip_network("127.0.0.1"),))
    small = {"connections_per_address": 1, "messages_per_connection": 1, "messages_per_minute": 1}
    for access in (mine, Access()):
        with opened(access, **small, sender_per_minute=1) as door, Line(door.port), Line(door.port) as line:
            line.ask("EHLO x")
            for number in range(3):
                line.ask(*ENVELOPE, "DATA")
                line.send(letter(f"<{number}@voorbeeld.example>") + b".\r\n")
                assert line.answer().startswith("250 ")
    assert len(core.taken) == 6


def test_after_the_last_message_the_connection_ends_and_nothing_is_lost(opened: Open, core: Core) -> None:
    envelope = "\r\n".join([*ENVELOPE, "DATA", ""]).encode()
    with opened(messages_per_connection=1) as door, Line(door.port) as line:
        line.ask("EHLO x")
        line.send(envelope + letter() + b".\r\n" + envelope + letter("<twee@voorbeeld.example>") + b".\r\n")
        assert [line.answer()[:3] for _ in range(5)] == ["250", "250", "354", "250", "421"]
        assert line.is_over()
    assert len(core.taken) == 1


def test_messages_of_one_address_in_a_minute(opened: Open, watch: Watch) -> None:
    with opened(BEHIND_PROXY, messages_per_minute=2) as door:
        with Line(door.port, from_address("192.0.2.1")) as line:
            line.ask("EHLO x")
            assert line.ask(ENVELOPE[0], "RSET").startswith("250 ")
            watch.now += 30
            assert line.ask(ENVELOPE[0], "RSET").startswith("250 ")
            assert line.ask("MAIL FROM:<>").startswith("451 4.7.1")
            assert line.ask(ENVELOPE[1]).startswith("503 ")
        with Line(door.port, from_address("192.0.2.1")) as line:  # a new connection is the same client
            assert line.ask("EHLO x", ENVELOPE[0]).startswith("451 4.7.1")
            watch.now += 29.9
            assert line.ask(ENVELOPE[0]).startswith("451 4.7.1")
            watch.now += 0.2
            assert line.ask(ENVELOPE[0]).startswith("250 ")
            assert line.ask("RSET", ENVELOPE[0]).startswith("451 ")  # the minute slides
        with Line(door.port, from_address("192.0.2.2")) as line:
            assert line.ask("EHLO x", ENVELOPE[0]).startswith("250 ")


def test_messages_of_one_sender_in_a_minute_wherever_they_come_from(opened: Open, watch: Watch) -> None:
    def answer(address: str, sender: str) -> str:
        with Line(door.port, from_address(address)) as line:
            return line.ask("EHLO x", f"MAIL FROM:<{sender}>")[:9]

    with opened(BEHIND_PROXY, sender_per_minute=1) as door:
        assert answer("192.0.2.1", CITIZEN) == "250 2.1.0"
        assert answer("192.0.2.2", CITIZEN.upper()) == "451 4.7.1"
        assert answer("192.0.2.2", "ander@voorbeeld.example") == "250 2.1.0"
        assert answer("192.0.2.3", "") == answer("192.0.2.4", "") == "250 2.1.0"
        watch.now += 60
        assert answer("192.0.2.2", CITIZEN) == "250 2.1.0"


def test_recipients_of_one_message(opened: Open, core: Core) -> None:
    with opened(recipients=2) as door, Line(door.port) as line:
        line.ask("EHLO x", ENVELOPE[0])
        codes = [line.ask(f"RCPT TO:<klachten+{number}@gemeente.example>")[:9] for number in range(3)]
        assert codes == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


@pytest.mark.parametrize("wrong", ["FOO", "RCPT TO:<x>", "MAIL FROM:<x> Y=Z", ""])
def test_too_many_errors(wrong: str, opened: Open) -> None:
    with opened(errors=3) as door, Line(door.port) as line:
        line.ask("EHLO x")
        assert [line.ask(wrong)[:1] for _ in range(4)] == ["5", "5", "5", "4"]
        assert line.is_over()


def test_wild_guesses_end_with_a_421(opened: Open) -> None:
    with opened() as door, Line(door.port) as line:
        answers = [line.ask("GET / HTTP/1.1")[:9] for _ in range(5)]
        assert answers[-1] == "421 4.7.0"
        assert line.is_over()


def test_a_message_makes_up_for_errors(opened: Open, core: Core) -> None:
    with opened(errors=2) as door, Line(door.port) as line:
        line.ask("EHLO x")
        for number in range(3):
            line.ask("RCPT TO:<x>", "RCPT TO:<x>", *ENVELOPE, "DATA")
            line.send(letter(f"<{number}@voorbeeld.example>") + b".\r\n")
            assert line.answer().startswith("250 ")


@pytest.mark.parametrize("idle", ["NOOP", "RSET", "HELP", "VRFY x", "EHLO x"])
def test_talk_without_a_message_ends(idle: str, opened: Open) -> None:
    with opened(idle_commands=10) as door, Line(door.port) as line:
        assert [line.ask(idle)[0] for _ in range(10)] == ["2"] * 10
        assert line.ask(idle).startswith("421 4.7.0")
        assert line.is_over()


def test_silence_ends(opened: Open) -> None:
    with opened(idle_seconds=0.05) as door, Line(door.port) as line:
        assert line.answer().startswith("421 4.4.2")
        assert line.is_over()


def test_a_message_that_trickles_ends(opened: Open, watch: Watch, core: Core) -> None:
    with opened(transaction_seconds=60) as door, Line(door.port) as line:
        line.ask("EHLO x", *ENVELOPE, "DATA")
        watch.now += 61
        line.send(b"S")
        assert line.answer().startswith("421 4.4.2")
        assert line.is_over()
    assert core.called == []


def test_an_envelope_that_trickles_ends(opened: Open, watch: Watch) -> None:
    with opened(STRANGERS, kind=LmtpDoor, transaction_seconds=60) as door, Line(door.port) as line:
        line.ask("LHLO x", *ENVELOPE)
        watch.now += 61
        assert line.ask(ENVELOPE[1]).startswith("421 4.4.2")


def version_2(family: int, body: bytes, command: int = 1) -> bytes:
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x20 | command, family, len(body)) + body


V4 = socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 1024, 25)
V6 = IPv6Address("2001:db8::7").packed * 2 + struct.pack("!HH", 1024, 25)
TLV = b"\x04\x00\x01\x00"


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        (b"PROXY TCP4 192.0.2.7 192.0.2.1 1024 25\r\n", True),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 1024 25\r\n", True),
        (b"PROXY TCP4 198.51.100.7 192.0.2.1 1024 25\r\n", False),
        (b"PROXY UNKNOWN\r\n", False),  # the proxy itself, which may not hand in
        (version_2(0x11, V4), True),
        (version_2(0x11, V4 + TLV), True),
        (version_2(0x21, V6), True),
        (version_2(0x31, b"x" * 216), False),
        (version_2(0x11, V4, command=0), False),  # LOCAL: addresses are not to be used
        (version_2(0x00, b"", command=0), False),
    ],
)
def test_behind_a_proxy_the_client_counts(header: bytes, allowed: bool, opened: Open) -> None:
    access = replace(BEHIND_PROXY, allowed_from=(ip_network("192.0.2.7"), ip_network("2001:db8::/64")))
    with opened(access) as door, Line(door.port, header) as line:
        assert line.ask("EHLO x", ENVELOPE[0])[:9] == ("250 2.1.0" if allowed else "550 5.7.1")


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO x\r\n",
        b"PROXY\r\n",
        b"PROXY TCP4 192.0.2.7\r\n",
        b"PROXY TCP4 x y 1 2\r\n",
        b"PROXY TCP4 192.0.2.7 192.0.2.1 1024 99999\r\n",
        b"PROXY TCP4 " + b"1" * 100_000 + b"\r\n",
        version_2(0x11, V4[:5]),
        b"\r\n\r\n\0\r\nQUIT\n\x31\x11\x00\x00",
    ],
)
def test_a_proxy_that_does_not_say_for_whom_gets_no_answer(header: bytes, opened: Open) -> None:
    with opened(BEHIND_PROXY) as door:
        line = Line(door.port, header)
        assert line.is_over()
        line.close()


def test_nobody_else_says_who_he_is(opened: Open) -> None:
    access = Access(allowed_from=(ip_network("192.0.2.7"),), proxies=(ip_network("198.51.100.0/24"),))
    with opened(access) as door, Line(door.port) as line:
        assert line.ask("PROXY TCP4 192.0.2.7 192.0.2.1 1024 25").startswith("500 ")
        assert line.ask("EHLO x", ENVELOPE[0]).startswith("550 5.7.1")


def test_the_last_minute_is_kept_of_so_many_and_no_more(watch: Watch) -> None:
    minute = Minute(1, watch)
    for number in range(MOST_KEYS + 100):
        minute.note(number)
    assert len(minute) == MOST_KEYS
    assert not minute.full(0)
    assert minute.full(MOST_KEYS + 99)


def test_who_left_is_not_remembered(watch: Watch) -> None:
    guests = Guests(Limits(), watch)
    guests.connected["192.0.2.1"] += 2
    guests.leaves("192.0.2.1")
    assert guests.connected == {"192.0.2.1": 1}
    guests.leaves("192.0.2.1")
    assert guests.connected == {}


def test_an_address_that_is_none_is_nobody() -> None:
    assert address_of(None) == address_of("niets") == ANONYMOUS
    assert household(address_of("2001:db8::1")) == household(address_of("2001:db8::2")) == "2001:db8::/64"
