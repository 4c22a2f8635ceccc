"""Reports of delivery: asked for when the relay offers them (RFC 3461), and matched by what they name (RFC 3464)."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.message import Outgoing
from mailin.inbound import MailReader
from mailin.sending.relay import Relay, RelaySender
from mailin.understanding.mime import parse
from mailin.understanding.xtext import from_xtext, xtext
from tests.channels.relay import ScriptedRelay
from tests.channels.test_compose import RECEIPT
from tests.core.world import MUNICIPALITY
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.postfix import BOUNCE, LATER, Postfix

OURS = RECEIPT.message_id
READER = MailReader(["klachten@gemeente.example"], "gemeente.example", [])


def envelope(extensions: str, outgoing: Outgoing = RECEIPT) -> list[str]:
    """The commands of the envelope that a relay with these extensions gets."""

    async def one(port: int) -> None:
        await RelaySender(Relay(host="127.0.0.1", port=port, tls="none"), MUNICIPALITY).deliver(outgoing)

    with ScriptedRelay({"EHLO": f"250-relay.example\n{extensions}\n250 8BITMIME"}) as relay:
        asyncio.run(one(relay.port))
        return relay.given("MAIL") + relay.given("RCPT")


def to(address: str) -> Outgoing:
    return replace(RECEIPT, to=replace(RECEIPT.to, address=address))


def test_reports_are_asked_for_when_they_are_offered() -> None:
    mail, rcpt = envelope("250-DSN", to("jan+klacht@voorbeeld.example"))
    assert mail == f"MAIL FROM:<klachten@gemeente.example> RET=HDRS ENVID={OURS}"
    assert rcpt == (
        "RCPT TO:<jan+klacht@voorbeeld.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;jan+2Bklacht@voorbeeld.example"
    )
    assert envelope("250-PIPELINING") == [
        "MAIL FROM:<klachten@gemeente.example>", "RCPT TO:<jan@voorbeeld.example>",
    ]  # fmt: skip


def test_an_identity_that_is_too_long_for_an_envelope_is_left_out() -> None:
    mail, _ = envelope("250-DSN", replace(RECEIPT, message_id="x" * 90 + "@gemeente.example"))
    assert mail == "MAIL FROM:<klachten@gemeente.example> RET=HDRS"


def test_the_size_is_told_before_the_message() -> None:
    mail, _ = envelope("250-SIZE 10000")
    assert re.fullmatch(r"MAIL FROM:<klachten@gemeente\.example> SIZE=\d{3,4}", mail)


@given(st.text(st.characters(max_codepoint=126, min_codepoint=33)))
def test_xtext_is_read_back(value: str) -> None:
    written = xtext(value)
    assert "=" not in written
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", written)
    assert from_xtext(written) == value


def test_a_plus_address_that_was_decoded_already_is_left_alone() -> None:
    assert from_xtext("jan+20jaar@voorbeeld.example") == "jan+20jaar@voorbeeld.example"


def test_a_real_relay_takes_the_letter_and_its_report_names_it_twice(postfix: Postfix, dovecot: Dovecot) -> None:
    relay = Relay(
        host="localhost",
        port=postfix.submission_port,
        certificates=dovecot.certificate,
        user=MUNICIPALITY.email,
        password=PASSWORD,
    )
    ours = dovecot.address("klachten")
    municipality = replace(MUNICIPALITY, email=ours)
    asyncio.run(RelaySender(relay, municipality).deliver(to(f"{BOUNCE}@voorbeeld.example")))
    [raw] = dovecot.wait_for(ours)
    envelope_id = f"Original-Envelope-Id: {OURS}\r\n".encode()
    returned_id = f"Message-ID: <{OURS}>\r\n".encode()
    assert envelope_id in raw
    assert returned_id in raw
    for without in (b"", envelope_id, returned_id):
        mail = parse(raw.replace(without, b""))
        assert mail.bounce
        assert mail.given_up
        assert (mail.bounced_ids, mail.final_status) == ((OURS,), "5.1.1")
        assert mail.failed_recipients == (f"{BOUNCE}@voorbeeld.example",)
    assert parse(raw.replace(envelope_id, b"").replace(returned_id, b"")).bounced_ids == ()


class Impatient(Postfix):
    """A Postfix that tells of a delay after a second, and gives up after eight."""

    def _configure(self) -> None:
        super()._configure()
        with (self.configuration / "main.cf").open("a") as main:
            main.write("delay_warning_time = 1s\nmaximal_queue_lifetime = 8s\nbounce_queue_lifetime = 8s\n")


@pytest.mark.needs("postfix")
def test_a_real_relay_tells_of_a_delay_and_then_gives_up(dovecot: Dovecot) -> None:
    ours = dovecot.address("klachten")
    with Impatient(dovecot) as postfix:
        sender = RelaySender(Relay(host="127.0.0.1", port=postfix.port, tls="none"), replace(MUNICIPALITY, email=ours))
        asyncio.run(sender.deliver(to(f"{LATER}@voorbeeld.example")))
        reports = [parse(raw) for raw in dovecot.wait_for(ours, 2)]
    assert [mail.bounced_ids for mail in reports] == [(OURS,)] * 2
    assert [mail.final_status for mail in reports] == ["4.4.1", "4.4.1"]
    assert sorted(mail.given_up for mail in reports) == [False, True]
    assert all(mail.bounce for mail in reports)


def report(message: str, recipient: str) -> bytes:
    """A report without the returned message, as the DSN of a relay that returns nothing."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@relay.example\r\nTo: klachten@gemeente.example\r\n"
        "Subject: Delivery Status Notification\r\nMIME-Version: 1.0\r\nMessage-ID: <bericht@relay.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="grens"\r\n\r\n'
        "--grens\r\nContent-Type: text/plain\r\n\r\nUw bericht is niet bezorgd.\r\n"
        f"--grens\r\nContent-Type: message/delivery-status\r\n\r\n{message}\r\n\r\n{recipient}\r\n"
        "--grens--\r\n"
    ).encode()


# How servers write the identity that we gave with MAIL (RFC 3464 section 2.2.1 wants it decoded).
DIALECTS = {
    "postfix": f"Reporting-MTA: dns; relay.example\r\nOriginal-Envelope-Id: {OURS}\r\nX-Postfix-Queue-ID: 4F1A",
    "exchange": f"Original-Envelope-ID: {OURS}\r\nReporting-MTA: dns;mail.gemeente.example",
    "sendmail": f"Original-Envelope-Id: {OURS}\r\nReporting-MTA: dns; relay.example\r\nArrival-Date: Mon, 23 Nov 2026",
    "not decoded": f"Original-Envelope-Id: {xtext(OURS)}\r\nReporting-MTA: dns; relay.example",
    "in brackets": f"Original-Envelope-Id: <{OURS}>\r\nReporting-MTA: dns; relay.example",
    "folded": f"Original-Envelope-Id:\r\n {OURS}\r\nReporting-MTA: dns; relay.example",
}


@pytest.mark.parametrize("message", DIALECTS.values(), ids=DIALECTS)
def test_the_envelope_alone_tells_which_letter_it_is(message: str) -> None:
    raw = report(message, "Final-Recipient: rfc822; jan@voorbeeld.example\r\nAction: failed\r\nStatus: 5.1.1")
    assert parse(raw).bounced_ids == (OURS,)
    inbound = READER.read(raw, door="test", received_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert inbound.automatic.bounce
    assert inbound.automatic.permanent
    assert inbound.automatic.answers == (OURS,)


def test_an_envelope_identity_with_signs_that_xtext_changes_comes_back() -> None:
    odd = "2026-0001.a+b=c@gemeente.example"
    for written in (odd, xtext(odd)):
        raw = report(f"Original-Envelope-Id: {written}", "Final-Recipient: rfc822; a@b.example\r\nAction: failed")
        assert parse(raw).bounced_ids == (odd,)


def test_an_envelope_identity_of_another_form_is_none_of_ours() -> None:
    raw = report("Original-Envelope-Id: QQ1234567890", "Final-Recipient: rfc822; a@b.example\r\nAction: failed")
    assert parse(raw).bounced_ids == ()


@pytest.mark.parametrize("written", ["jan+klacht@voorbeeld.example", "jan+2Bklacht@voorbeeld.example"])
def test_the_recipient_is_the_one_that_we_wrote_to(written: str) -> None:
    raw = report(
        "Reporting-MTA: dns; relay.example",
        f"Original-Recipient: rfc822;{written}\r\nFinal-Recipient: rfc822; elders@voorbeeld.example\r\n"
        "Action: failed\r\nStatus: 5.1.1",
    )
    assert parse(raw).failed_recipients == ("jan+klacht@voorbeeld.example",)


@pytest.mark.parametrize(
    ("recipient", "given_up"),
    [
        ("Action: delayed\r\nStatus: 4.4.1\r\nWill-Retry-Until: Sat, 28 Nov 2026 09:12:00 +0100", False),
        ("Action: failed\r\nStatus: 4.4.1", True),  # Postfix, after five days
        ("Action: failed\r\nStatus: 4.4.7", True),  # Exchange, "message expired"
        ("Action: failed\r\nStatus: 5.1.1", True),
        ("Action: failed\r\nStatus: 4.2.2", True),
        ("Status: 5.1.1", True),
        ("Status: 4.2.2", False),
    ],
)
def test_a_delay_is_not_a_failure_and_an_end_is_one_whatever_its_status(recipient: str, *, given_up: bool) -> None:
    raw = report(DIALECTS["postfix"], f"Final-Recipient: rfc822; jan@voorbeeld.example\r\n{recipient}")
    mail = parse(raw)
    assert mail.bounce
    assert mail.given_up == given_up
    inbound = READER.read(raw, door="test", received_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert (inbound.automatic.bounce, inbound.automatic.permanent) == (True, given_up)
