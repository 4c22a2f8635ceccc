"""SIGTERM: what was being sent is taken or refused whole, within the time that a service manager gives."""

import smtplib
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.looks import all_is_well
from tests.faults.mta import mail
from tests.faults.relay import Relay, through
from tests.faults.service import MUNICIPALITY, Service

IN_TIME = 15.0
"""Seconds within which a stop must be over."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


def half_sent(client: smtplib.SMTP, content: bytes) -> None:
    client.ehlo()
    client.mail("burger@voorbeeld.example")
    client.rcpt(MUNICIPALITY)
    assert client.docmd("DATA")[0] == 354
    client.send(content[: len(content) // 2])


def told_to_stop(service: Service) -> None:
    """Returns once the service has begun to stop: it takes leave of a connection that does nothing."""
    with service.smtp() as idle:
        idle.ehlo()
        service.terminate()
        assert idle.getreply()[0] == 421
        idle.close()


def test_a_message_in_transfer_is_taken_whole(service: Service) -> None:
    message = mail(1, "stop")
    content = message.as_bytes().replace(b"\n", b"\r\n")
    with service.smtp() as client:
        half_sent(client, content)
        told_to_stop(service)
        client.send(content[len(content) // 2 :] + b"\r\n.\r\n")
        assert client.getreply()[0] == 250
        client.close()
    assert service.ended(IN_TIME) == 0
    assert service.count("message", external_id="1.stop@voorbeeld.example") == 1
    service.start()
    service.until_delivered()
    all_is_well(service, [message])


def test_a_sender_that_never_finishes_does_not_hold_up_the_stop(service: Service) -> None:
    begun = time.monotonic()
    with service.smtp() as client:
        half_sent(client, mail(1, "stop").as_bytes())
        service.terminate()
        assert service.ended(IN_TIME) == 0
        client.close()
    assert time.monotonic() - begun < IN_TIME + 1
    assert service.count("message") == 0


def test_nobody_is_let_in_any_more(service: Service) -> None:
    with service.smtp() as client:
        half_sent(client, mail(1, "stop").as_bytes())
        told_to_stop(service)
        with pytest.raises(ConnectionRefusedError):
            service.smtp()
        client.close()
    assert service.ended(IN_TIME) == 0


def test_a_relay_that_hangs_does_not_hold_up_the_stop() -> None:
    """A delivery that the stop cuts off is repeated at the next start, under the same Message-ID."""
    answer = threading.Event()
    relay = Relay(before_answer=lambda: void(answer.wait(60)))
    with relay, Service(settings=through(relay)) as service:
        service.send(mail(1, "stop").as_bytes())
        relay.wait_for(1)
        service.terminate()
        assert service.ended(IN_TIME) == 0
        answer.set()
        assert service.count("outgoing", state="sending") == 1
        service.start()
        relay.wait_for(2)
        service.until_delivered()
        assert relay.received[0] == relay.received[1]
        assert len(service.journal("letter_sent")) == 1


def void(_: object) -> None:
    """Make a callback of an expression."""
