"""The senders: what a relay took, refused or left in doubt; a Maildir that holds each message exactly once."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import DeliveryError, Permanent, Temporary
from core.domain.message import Delivered, Outgoing
from mailin.sending.compose import compose
from mailin.sending.maildir import MaildirSender
from mailin.sending.relay import Relay, RelaySender
from tests.channels.relay import HANG_UP, SILENCE, ScriptedRelay
from tests.channels.test_compose import RECEIPT
from tests.core.world import MUNICIPALITY
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.postfix import GONE, SLOW, TEMPFAIL, Postfix
from tests.parts.server import free_port

LETTER = replace(RECEIPT, receipt=False)


def deliver(relay: Relay, outgoing: Outgoing = RECEIPT) -> Delivered:
    return asyncio.run(RelaySender(relay, MUNICIPALITY).deliver(outgoing))


def failure(relay: Relay, outgoing: Outgoing = RECEIPT) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        deliver(relay, outgoing)
    assert "jan@" not in caught.value.reason
    return caught.value


def to(address: str) -> Outgoing:
    return replace(RECEIPT, to=replace(RECEIPT.to, address=address))


@pytest.fixture
def submission(postfix: Postfix) -> Relay:
    """The way a municipality is let in: STARTTLS and a password."""
    return Relay(
        host="localhost",
        port=postfix.submission_port,
        certificates=postfix.dovecot.certificate,
        user=MUNICIPALITY.email,
        password=PASSWORD,
    )


def test_through_a_real_relay_into_a_real_mailbox(submission: Relay, dovecot: Dovecot) -> None:
    address = dovecot.address("jan", "voorbeeld.example")
    delivered = deliver(submission, to(address))
    assert "queued as" in delivered.provider_id
    [raw] = dovecot.wait_for(address)
    assert raw.startswith(b"Return-Path: <klachten@gemeente.example>\r\n")
    assert raw.endswith(compose(to(address), MUNICIPALITY))


def test_the_same_message_twice_is_the_same_bytes(submission: Relay, dovecot: Dovecot) -> None:
    address = dovecot.address("jan", "voorbeeld.example")
    for _ in range(2):
        deliver(submission, to(address))
    first, second = dovecot.wait_for(address, 2)
    ours = compose(to(address), MUNICIPALITY)
    assert first.endswith(ours)
    assert second.endswith(ours)


def test_a_relay_that_wants_no_password(postfix: Postfix, dovecot: Dovecot) -> None:
    address = dovecot.address("jan", "voorbeeld.example")
    deliver(Relay(host="127.0.0.1", port=postfix.port, tls="none"), to(address))
    assert len(dovecot.wait_for(address)) == 1


def test_tls_from_the_first_byte(dovecot: Dovecot) -> None:
    with ScriptedRelay({}, certificate=dovecot.certificate) as relay:
        deliver(Relay(host="localhost", port=relay.port, tls="tls", certificates=dovecot.certificate))
        assert relay.messages


def test_what_a_real_relay_refuses(submission: Relay) -> None:
    later = failure(submission, to(f"{TEMPFAIL}@voorbeeld.example"))
    assert isinstance(later, Temporary)
    assert (later.reason, later.handed_over) == ("recipient_deferred rcpt 451 4.3.0", False)
    never = failure(submission, to(f"{GONE}@voorbeeld.example"))
    assert isinstance(never, Permanent)
    assert never.reason == "recipient_unknown rcpt 550 5.1.1"


def test_a_relay_that_thinks_too_long(submission: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailin.sending.relay.STEP", 0.5)
    slow = failure(submission, to(f"{SLOW}@voorbeeld.example"))
    assert isinstance(slow, Temporary)
    assert not slow.handed_over


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "fout"}, "relay_refuses_us login 535 5.7.8"),
        ({"certificates": None}, "certificate tls SSLCertVerificationError"),
        ({"certificates": Path("nergens.pem")}, "certificate certificates FileNotFoundError"),
        ({"user": ""}, "relay_refuses_us rcpt 554 5.7.1"),
    ],
    ids=["password", "certificate", "no authorities", "no user"],
)
def test_what_an_administrator_must_mend_is_tried_again(
    change: dict[str, str | Path | None], reason: str, submission: Relay
) -> None:
    error = failure(replace(submission, **change))  # type: ignore[arg-type]  # fields by name
    assert isinstance(error, Temporary)
    assert error.reason == reason
    assert not error.handed_over


def test_a_relay_that_is_away() -> None:
    error = failure(Relay(host="127.0.0.1", port=free_port(), tls="none"))
    assert isinstance(error, Temporary)
    assert not error.handed_over


@pytest.mark.parametrize(
    ("script", "kind", "handed_over"),
    [
        ({"hello": "421 4.3.2 busy"}, Temporary, False),
        ({"hello": HANG_UP}, Temporary, False),
        ({"MAIL": "550 5.7.1 jan@voorbeeld.example is not your sender"}, Temporary, False),
        ({"MAIL": HANG_UP}, Temporary, False),
        ({"RCPT": "452 4.2.2 jan@voorbeeld.example is full"}, Temporary, False),
        ({"RCPT": "550 5.1.1 jan@voorbeeld.example is unknown"}, Permanent, False),
        ({"RCPT": "530 5.7.0 sign in first"}, Temporary, False),
        ({"RCPT": "555 5.5.4 what is ORCPT"}, Temporary, False),
        ({"RCPT": "550 5.1.8 klachten@gemeente.example has no such domain"}, Temporary, False),
        ({"RCPT": HANG_UP}, Temporary, False),
        ({"DATA": "451 4.3.0 not now"}, Temporary, False),
        ({"DATA": "554 5.5.1 no"}, Permanent, False),
        ({"DATA": HANG_UP}, Temporary, False),
        ({".": "451 4.3.0 not now"}, Temporary, False),
        ({".": "554 5.7.1 looks like spam"}, Permanent, False),
        ({".": HANG_UP}, Temporary, True),
        ({".": SILENCE}, Temporary, True),
        ({".": "ja hoor"}, Temporary, True),
        ({".": "999 ?"}, Temporary, True),
        ({".": "550 5.7.60 not allowed to send as klachten@gemeente.example"}, Temporary, False),
    ],
)
def test_each_answer_means_one_thing(
    script: dict[str, str], kind: type[DeliveryError], *, handed_over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailin.sending.relay.STEP", 0.5 if SILENCE in script.values() else 20.0)
    with ScriptedRelay(script) as relay:
        error = failure(Relay(host="127.0.0.1", port=relay.port, tls="none"))
    assert type(error) is kind
    assert getattr(error, "handed_over", False) == handed_over
    assert len(relay.messages) == ("." in script)


def test_a_delivery_ends_before_another_worker_may_take_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailin.sending.relay.WHOLE", 0.5)
    with ScriptedRelay({".": SILENCE}) as relay:
        error = failure(Relay(host="127.0.0.1", port=relay.port, tls="none"))
    assert isinstance(error, Temporary)
    assert error.handed_over


def test_a_goodbye_that_fails_changes_nothing() -> None:
    with ScriptedRelay({"QUIT": HANG_UP}) as relay:
        assert deliver(Relay(host="127.0.0.1", port=relay.port, tls="none")).provider_id == "2.0.0 Ok: queued as 4F1A"


def test_bounces_of_receipts_come_to_us() -> None:
    with ScriptedRelay({}) as relay:
        deliver(Relay(host="127.0.0.1", port=relay.port, tls="none"))
    assert "MAIL FROM:<klachten@gemeente.example>" in relay.commands


def test_dots_at_the_start_of_a_line_arrive() -> None:
    with ScriptedRelay({}) as relay:
        deliver(Relay(host="127.0.0.1", port=relay.port, tls="none"))
    [received] = relay.messages
    assert received.replace(b"\r\n..", b"\r\n.") == compose(RECEIPT, MUNICIPALITY)
    assert b"\r\n..Wij hebben" in received


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"RCPT": "550 no such user"}, "recipient_unknown rcpt 550"),
        ({"RCPT": "553 5.1.3 odd address"}, "recipient_unknown rcpt 553 5.1.3"),
        ({"RCPT": "552 5.2.2 mailbox full"}, "recipient_full rcpt 552 5.2.2"),
        ({"RCPT": "550 5.2.1 mailbox disabled"}, "recipient_refuses rcpt 550 5.2.1"),
        ({"RCPT": "452 4.2.2 mailbox full"}, "recipient_full rcpt 452 4.2.2"),
        ({".": "550 5.1.1 no such user"}, "recipient_unknown message 550 5.1.1"),
        ({".": "554 5.7.1 looks like spam"}, "content_refused message 554 5.7.1"),
        ({".": "552 5.3.4 too big"}, "too_large message 552 5.3.4"),
        ({"MAIL": "552 5.3.4 too big"}, "too_large mail 552 5.3.4"),
        ({"MAIL": "452 4.3.1 no room"}, "relay_busy mail 452 4.3.1"),
        ({"MAIL": "530 5.7.0 sign in first"}, "relay_refuses_us mail 530 5.7.0"),
        ({"hello": "554 go away"}, "relay_refuses_us connect 554"),
    ],
)
def test_the_reason_is_a_word_and_what_the_relay_said_in_numbers(script: dict[str, str], reason: str) -> None:
    with ScriptedRelay(script) as relay:
        assert failure(Relay(host="127.0.0.1", port=relay.port, tls="none")).reason == reason


def test_a_relay_without_the_tls_or_the_sign_in_that_we_ask_for_gets_no_password() -> None:
    for tls in ("starttls", "none"):
        with ScriptedRelay({}) as relay:
            login = Relay(host="127.0.0.1", port=relay.port, tls=tls, user="wij", password="geheim")
            error = failure(login)
        assert isinstance(error, Temporary)
        assert error.reason.startswith("relay_refuses_us")
        assert relay.given("AUTH") == relay.given("MAIL") == []


def test_an_address_that_the_relay_cannot_write_is_for_a_person() -> None:
    with ScriptedRelay({}) as relay:
        error = failure(Relay(host="127.0.0.1", port=relay.port, tls="none"), to("bjørn@voorbeeld.example"))
    assert isinstance(error, Permanent)
    assert error.reason == "address_not_supported"


@pytest.mark.parametrize("address", ["", "<>", "geen adres", "jan@", "@voorbeeld.example", "jan@" + "a." * 140 + "nl"])
def test_an_address_that_is_none_is_for_a_person(address: str, tmp_path: Path) -> None:
    error = failure(Relay(host="127.0.0.1", port=1, tls="none"), to(address))
    assert isinstance(error, Permanent)
    assert error.reason == "no_address"
    with pytest.raises(Permanent):
        asyncio.run(MaildirSender(tmp_path, MUNICIPALITY).deliver(to(address)))


def test_an_address_of_our_own_that_is_none_loses_no_letter() -> None:
    ours = replace(MUNICIPALITY, email="klachten")
    with pytest.raises(Temporary, match="not_composed"):
        asyncio.run(RelaySender(Relay(host="127.0.0.1", port=1, tls="none"), ours).deliver(RECEIPT))
    with pytest.raises(Temporary, match="not_composed"):
        asyncio.run(RelaySender(Relay(host="127.0.0.1", port=1, tls="none"), ours).greet())


def test_greeting_the_relay(submission: Relay) -> None:
    assert "dsn" in asyncio.run(RelaySender(submission, MUNICIPALITY).greet())
    with pytest.raises(Temporary):
        asyncio.run(RelaySender(replace(submission, password="fout"), MUNICIPALITY).greet())


def test_the_password_is_not_shown(submission: Relay) -> None:
    assert PASSWORD not in repr(submission)


@pytest.fixture
def maildir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postvak"
    assert list((tmp_path / "postvak" / "tmp").iterdir()) == []


def keep(maildir: Path, outgoing: Outgoing = RECEIPT) -> Delivered:
    return asyncio.run(MaildirSender(maildir, MUNICIPALITY).deliver(outgoing))


def test_a_maildir_holds_each_message_once(maildir: Path) -> None:
    keep(maildir)
    keep(maildir)
    keep(maildir, replace(RECEIPT, message_id="2026-0002.token2@gemeente.example"))
    contents = [file.read_bytes() for file in (maildir / "new").iterdir()]
    assert len(contents) == 2
    assert compose(RECEIPT, MUNICIPALITY) in contents


def test_a_message_that_was_read_is_not_delivered_again(maildir: Path) -> None:
    name = keep(maildir).provider_id
    (maildir / "new" / name).rename(maildir / "cur" / f"{name}:2,S")
    keep(maildir)
    assert list((maildir / "new").iterdir()) == []


def test_two_workers_at_once_deliver_once(maildir: Path) -> None:
    barrier = threading.Barrier(8)

    def both() -> None:
        barrier.wait()
        keep(maildir)

    threads = [threading.Thread(target=both) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((maildir / "new").iterdir())) == 1


def test_a_full_disk_is_tried_again(maildir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mailin.sending.maildir.os.fsync", full)
    with pytest.raises(Temporary):
        keep(maildir)
    assert list((maildir / "new").iterdir()) == []
