"""A kill between the relay's 250 and our record repeats an acknowledgement, never under another Message-ID."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes

import pytest

from tests.faults.mta import Mta, mail
from tests.faults.relay import Relay, through
from tests.faults.service import Service


@contextmanager
def writing_lock(service: Service) -> Iterator[Callable[[], None]]:
    """Hold the only writer of SQLite from the moment that the given function is called."""
    held = sqlite3.connect(service.folder / "gehoord.db", isolation_level=None, check_same_thread=False)
    try:
        yield lambda: void(held.execute("BEGIN IMMEDIATE"))
    finally:
        held.close()


def void(_: object) -> None:
    """Make a callback of an expression."""


def states(service: Service) -> dict[str, int]:
    return {state: service.count("outgoing", state=state) for state in ("queued", "sending", "sent", "unknown")}


@pytest.mark.parametrize("answered", [True, False], ids=["after the 250", "before the 250"])
def test_an_acknowledgement_is_repeated_byte_for_byte(*, answered: bool) -> None:
    with Relay() as relay, Service(settings=through(relay)) as service:
        with writing_lock(service) as lock:
            if answered:
                relay.before_answer, relay.after_answer = lock, service.murder
            else:
                relay.before_answer = service.murder
            mta = Mta(service, deque([mail(1, "relay")]))
            mta.send_all(connections=1)
            relay.wait_for(1)
            service.until_gone()
        assert states(service) == {"queued": 0, "sending": 1, "sent": 0, "unknown": 0}
        service.start()
        relay.wait_for(2)
        service.until_delivered()
        first, second = relay.received
        assert first == second
        assert message_from_bytes(first)["In-Reply-To"] == "<1.relay@voorbeeld.example>"
        assert states(service) == {"queued": 0, "sending": 0, "sent": 1, "unknown": 0}
        [number] = service.journal("letter_sent")
        assert number == 1


def test_a_relay_that_is_away_costs_no_letter_and_no_intake() -> None:
    nobody = Relay()
    with Service(settings=through(nobody)) as service:
        service.send(mail(1, "weg").as_bytes())
        service.until(lambda: bool(service.logged("not delivered")), "a failed delivery")
        service.send(mail(2, "weg").as_bytes())
        service.until(lambda: len(service.logged("not delivered")) == 2, "another failed delivery")
        assert service.count("case") == 2
        assert service.count("outgoing", state="queued") == 2
        assert service.count("job", kind="deliver") == 2
