"""Connections that outlive a message: fewer of them, never one message less or twice, and never faster than agreed."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import DeliveryError, Permanent, Temporary
from core.domain.message import Attachment, Delivered, Outgoing
from core.domain.municipality import Municipality
from mailin.oauth import NoToken
from mailin.sending.connections import Pace
from mailin.sending.relay import Relay, RelaySender
from tests.channels.relay import HANG_UP, SILENCE, ScriptedRelay
from tests.channels.test_compose import RECEIPT
from tests.core.world import MUNICIPALITY
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.postfix import GONE, Postfix

Scenario = Callable[[RelaySender], Awaitable[None]]
OK = "250 2.0.0 Ok"
LARGE = Attachment(filename="a.bin", content_type="application/octet-stream", content=bytes(8_000_000))


def letter(number: int = 1) -> Outgoing:
    return replace(RECEIPT, message_id=f"2026-{number:04}.token@gemeente.example")


def scripted(relay: ScriptedRelay, connections: int = 2) -> Relay:
    return Relay(host="127.0.0.1", port=relay.port, tls="none", connections=connections)


def play(relay: Relay, scenario: Scenario, municipality: Municipality = MUNICIPALITY) -> None:
    asyncio.run(_play(RelaySender(relay, municipality), scenario))


async def _play(sender: RelaySender, scenario: Scenario) -> None:
    await scenario(sender)
    await sender.close()


def numbers(relay: ScriptedRelay) -> list[int]:
    """Which letters the relay was given, each as often as it was."""
    return [int(message.split(b"Message-ID: <2026-")[1][:4]) for message in relay.messages]


def test_letters_share_a_connection() -> None:
    async def three(sender: RelaySender) -> None:
        for number in (1, 2, 3):
            await sender.deliver(letter(number))

    with ScriptedRelay({}) as relay:
        play(scripted(relay), three)
        relay.wait_all_ended()
    assert relay.connections == 1
    assert numbers(relay) == [1, 2, 3]
    assert [line.split(" ")[0] for line in relay.commands] == [
        "EHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT",
    ]  # fmt: skip


def test_no_more_connections_than_agreed() -> None:
    async def many(sender: RelaySender) -> None:
        await asyncio.gather(*(sender.deliver(letter(number)) for number in range(8)))

    with ScriptedRelay({}) as relay:
        play(scripted(relay, connections=2), many)
    assert relay.connections == 2
    assert sorted(numbers(relay)) == list(range(8))


def test_a_relay_that_was_started_again_meanwhile_costs_nothing() -> None:
    with ScriptedRelay({}) as relay:

        async def meanwhile(sender: RelaySender) -> None:
            await sender.deliver(letter(1))
            await asyncio.to_thread(relay.end_all)
            await sender.deliver(letter(2))

        play(scripted(relay), meanwhile)
    assert numbers(relay) == [1, 2]
    assert relay.connections == 2


@pytest.mark.parametrize("verb", ["RSET", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("ending", [HANG_UP, "421 4.4.2 too long ago"], ids=["hangs up", "421"])
def test_a_kept_connection_that_ends_before_the_message_is_replaced(verb: str, ending: str) -> None:
    async def two(sender: RelaySender) -> None:
        await sender.deliver(letter(1))
        await sender.deliver(letter(2))

    fine = "354 go on" if verb == "DATA" else OK
    with ScriptedRelay({verb: [ending] if verb == "RSET" else [fine, ending, fine]}) as relay:
        play(scripted(relay), two)
    assert numbers(relay) == [1, 2]
    assert relay.connections == 2


def test_a_new_connection_that_ends_is_left_to_the_next_try() -> None:
    async def one(sender: RelaySender) -> None:
        with pytest.raises(Temporary) as caught:
            await sender.deliver(letter())
        assert caught.value.reason == "relay_away rcpt SMTPServerDisconnected"

    with ScriptedRelay({"RCPT": HANG_UP}) as relay:
        play(scripted(relay), one)
    assert relay.connections == 1


def test_a_kept_connection_that_ends_after_the_message_leaves_doubt_and_no_second_copy() -> None:
    async def two(sender: RelaySender) -> None:
        await sender.deliver(letter(1))
        with pytest.raises(Temporary) as caught:
            await sender.deliver(letter(2))
        assert caught.value.handed_over
        await sender.deliver(letter(3))

    with ScriptedRelay({".": [OK, HANG_UP, OK]}) as relay:
        play(scripted(relay), two)
    assert numbers(relay) == [1, 2, 3]


def test_a_connection_that_ends_halfway_through_a_message_handed_nothing_over() -> None:
    large = replace(letter(2), attachments=(LARGE,))

    async def alone(sender: RelaySender) -> None:
        with pytest.raises(Temporary) as caught:
            await sender.deliver(large)
        assert not caught.value.handed_over

    async def after_another(sender: RelaySender) -> None:
        await sender.deliver(letter(1))
        await sender.deliver(large)

    with ScriptedRelay({"content": HANG_UP}) as relay:
        play(scripted(relay), alone)
    assert relay.messages == []
    with ScriptedRelay({"content": ["on", HANG_UP, "on"]}) as relay:
        play(scripted(relay), after_another)
    assert numbers(relay) == [1, 2]


def test_a_refusal_is_about_one_letter_and_not_about_the_connection() -> None:
    async def two(sender: RelaySender) -> None:
        with pytest.raises(Permanent):
            await sender.deliver(letter(1))
        with pytest.raises(Permanent):
            await sender.deliver(letter(2))
        await sender.deliver(letter(3))

    with ScriptedRelay({"RCPT": ["550 5.1.1 unknown", OK], ".": ["554 5.7.1 spam", OK]}) as relay:
        play(scripted(relay), two)
    assert relay.connections == 1
    assert numbers(relay) == [2, 3]


def test_a_connection_that_waited_too_long_is_ended_in_order() -> None:
    with ScriptedRelay({}) as relay:

        async def and_wait(sender: RelaySender) -> None:
            await sender.deliver(letter())
            await asyncio.to_thread(relay.wait_all_ended)

        play(replace(scripted(relay), idle=0.01), and_wait)
        assert relay.commands[-1] == "QUIT"


def test_a_connection_carries_so_many_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailin.sending.connections.MESSAGES", 2)

    async def five(sender: RelaySender) -> None:
        for number in range(5):
            await sender.deliver(letter(number))

    with ScriptedRelay({}) as relay:
        play(scripted(relay), five)
        relay.wait_all_ended()
    assert numbers(relay) == [0, 1, 2, 3, 4]
    assert relay.connections == 3
    assert len(relay.given("QUIT")) == 3


def test_a_letter_that_gets_no_turn_was_not_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailin.sending.relay.QUEUE", 0.2)
    monkeypatch.setattr("mailin.sending.relay.STEP", 0.6)

    async def two(sender: RelaySender) -> None:
        first, second = await asyncio.gather(
            sender.deliver(letter(1)), sender.deliver(letter(2)), return_exceptions=True
        )
        assert isinstance(first, Temporary)
        assert isinstance(second, Temporary)
        assert sorted([first.reason, second.reason]) == ["relay_away rcpt SMTPReadTimeoutError", "relay_busy queue"]
        assert not (first.handed_over or second.handed_over)

    with ScriptedRelay({"RCPT": SILENCE}) as relay:
        play(scripted(relay, connections=1), two)


@given(per_minute=st.integers(1, 6), pauses=st.lists(st.floats(0, 40), min_size=1, max_size=40))
def test_no_minute_holds_more_than_agreed_and_nobody_waits_for_nothing(per_minute: int, pauses: list[float]) -> None:
    clock = Elapsed()
    pace = Pace(per_minute, clock, clock.sleep)
    sent: list[float] = []

    async def all_of_them() -> None:
        for pause in pauses:
            clock.now += pause
            asked = clock.now
            await pace.turn()
            within = [moment for moment in sent if moment > asked - 60]
            assert clock.now == asked or len(within) >= per_minute
            sent.append(clock.now)

    asyncio.run(all_of_them())
    for later, earlier in zip(sent[per_minute:], sent, strict=False):
        assert later - earlier >= 60 - 1e-6


@dataclass
class Elapsed:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_letters_leave_at_the_pace_that_the_relay_allows() -> None:
    clock = Elapsed()

    async def all_of_them(relay: Relay) -> None:
        sender = RelaySender(relay, MUNICIPALITY, clock=clock, sleep=clock.sleep)
        for number in range(21):
            await sender.deliver(letter(number))

    with ScriptedRelay({}) as relay:
        asyncio.run(all_of_them(replace(scripted(relay), per_minute=10)))
    assert clock.slept == [60.0, 60.0]
    assert len(relay.messages) == 21


@dataclass
class Given:
    """Tokens that were given beforehand."""

    tokens: list[str | NoToken]
    worthless: list[str] = field(default_factory=list)

    def token(self) -> str:
        token = self.tokens.pop(0)
        if isinstance(token, NoToken):
            raise token
        return token

    def refused(self, token: str) -> None:
        self.worthless.append(token)


def by_token(script: dict[str, str | Sequence[str]], tokens: Given) -> tuple[ScriptedRelay, Delivered | DeliveryError]:
    async def one(port: int) -> Delivered:
        relay = Relay(host="127.0.0.1", port=port, tls="none", user="wij@gemeente.example")
        return await RelaySender(relay, MUNICIPALITY, tokens=tokens).deliver(letter())

    with ScriptedRelay({"EHLO": "250-relay.example\n250 AUTH XOAUTH2", **script}) as relay:
        try:
            return relay, asyncio.run(one(relay.port))
        except DeliveryError as error:
            return relay, error


def test_signing_in_with_a_token() -> None:
    relay, result = by_token({"AUTH": "235 2.7.0 welcome"}, Given(["abc"]))
    assert isinstance(result, Delivered)
    [command] = relay.given("AUTH")
    said = base64.b64decode(command.removeprefix("AUTH XOAUTH2 "))
    assert said == b"user=wij@gemeente.example\x01auth=Bearer abc\x01\x01"


def test_a_token_that_the_relay_does_not_take_is_not_used_again() -> None:
    tokens = Given(["abc"])
    relay, result = by_token({"AUTH": "535 5.7.3 no"}, tokens)
    assert isinstance(result, Temporary)
    assert result.reason == "relay_refuses_us login 535 5.7.3"
    assert tokens.worthless == ["abc"]
    assert relay.given("MAIL") == []


@pytest.mark.parametrize(("refused", "word"), [(True, "relay_refuses_us"), (False, "relay_away")])
def test_without_a_token_the_letter_waits(*, refused: bool, word: str) -> None:
    _, result = by_token({}, Given([NoToken("invalid_grant", refused=refused)]))
    assert isinstance(result, Temporary)
    assert result.reason == f"{word} token invalid_grant"


def test_a_real_relay_takes_many_over_one_connection_and_the_rest_after_its_restart(
    postfix: Postfix, dovecot: Dovecot
) -> None:
    address = dovecot.address("jan", "voorbeeld.example")
    relay = Relay(
        host="localhost",
        port=postfix.submission_port,
        certificates=dovecot.certificate,
        user=MUNICIPALITY.email,
        password=PASSWORD,
    )

    def to(address: str, number: int) -> Outgoing:
        return replace(letter(number), to=replace(RECEIPT.to, address=address))

    async def before_and_after(sender: RelaySender) -> None:
        for number in (1, 2):
            await sender.deliver(to(address, number))
        with pytest.raises(Permanent):
            await sender.deliver(to(f"{GONE}@voorbeeld.example", 9))
        await sender.deliver(to(address, 3))
        await asyncio.to_thread(postfix.restart)
        await sender.deliver(to(address, 4))

    play(relay, before_and_after)
    arrived = dovecot.wait_for(address, 4)
    assert sorted(raw.split(b"Message-ID: <2026-")[1][:4] for raw in arrived) == [b"0001", b"0002", b"0003", b"0004"]
