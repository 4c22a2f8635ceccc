"""Two instances share one database and one mailbox, and one after the other is killed while mail keeps coming."""

import json
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from core.store import schema
from tests.faults.mailboxes import held, named, reading, sending, understood
from tests.faults.mta import Mta, mail
from tests.faults.service import MUNICIPALITY, Service, together
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix

BY_IMAP, BY_SMTP, FOLLOWED = 30, 15, 12
"""Mails into the mailbox, mails to the port of each instance, and cases to which answers come in from both sides."""


@dataclass(frozen=True)
class Pair:
    """Two whole instances, one that serves the pages, and the mailbox of all citizens."""

    one: Service
    other: Service
    dovecot: Dovecot
    mailbox: str
    citizens: str

    @property
    def instances(self) -> tuple[Service, Service]:
        return self.one, self.other

    def written_by(self, number: int) -> EmailMessage:
        """A mail of a citizen with an address of their own; answers to all of them lie in one mailbox."""
        written = mail(number, "samen")
        written.replace_header("From", f"Burger {number} <{self.citizens.replace('@', f'+{number}@')}>")
        written.replace_header("To", self.mailbox)
        return written

    def answer_to(self, letter: EmailMessage, number: int) -> EmailMessage:
        """A further mail of the citizen who got this letter."""
        answer = mail(number, "antwoord")
        del answer["From"]
        answer["From"] = str(letter["To"])
        answer["In-Reply-To"] = str(letter["Message-ID"])
        return answer

    def deliver(self, mails: Sequence[EmailMessage]) -> threading.Thread:
        """Put mails in the mailbox one after the other, from now on."""

        def work() -> None:
            for one in mails:
                self.dovecot.deliver(self.mailbox, one.as_bytes())

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def received(self) -> list[EmailMessage]:
        """Every letter in the citizens' mailbox, repeated ones as often as they came."""
        return understood(self.dovecot.messages(self.citizens))


@pytest.fixture
def pair(postgres_url: str, dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> Iterator[Pair]:
    mailbox, citizens = dovecot.address("klachten"), dovecot.address("burgers", "voorbeeld.example")
    settings = {
        "GEHOORD_ANSWERS__MOST_PER_ADDRESS": "1000",  # these citizens share one mailbox but for what follows a plus
        "GEHOORD_MUNICIPALITY__EMAIL": mailbox,
        "GEHOORD_SMTP__RECIPIENTS": json.dumps([mailbox, MUNICIPALITY]),
        **reading(dovecot, mailbox),
        **sending(postfix, mailbox),
    }
    with ExitStack() as stack:
        one, other, web = services = [
            Service(folder=tmp_path, database=postgres_url, only=only, settings=settings)
            for only in ("mail,worker", "mail,worker", "web")
        ]
        for service in services:
            stack.callback(service.close)
        together(services)
        for service in (one, other):
            service.until(partial(_reads, service), "a mailbox that is read")
        assert web.get("/readyz")[0] == 200
        yield Pair(one, other, dovecot, mailbox, citizens)


def _reads(service: Service) -> bool:
    return bool(service.logged("mailbox connected"))


def all_come(pair: Pair, in_mailbox: Sequence[EmailMessage], queues: Sequence[Mta], victim: Service) -> None:
    """Mail comes in by every door; an instance dies in the middle, and is started again while mail keeps coming."""
    before = len(victim.logged("message taken"))
    delivering = pair.deliver(in_mailbox)
    sending = [threading.Thread(target=queue.send_all) for queue in queues]
    for thread in sending:
        thread.start()
    victim.until(lambda: len(victim.logged("message taken")) >= before + 5, "five more messages")
    victim.murder()
    victim.start()
    for thread in (delivering, *sending):
        thread.join()
    for queue in queues:
        while queue.queue:
            queue.send_all()


def leases_end(pair: Pair) -> None:
    """What the dead had leased comes back as it would minutes later: the living finish first, in order."""
    for service in pair.instances:
        service.terminate()
    assert [service.ended() for service in pair.instances] == [0, 0]
    with pair.one.store() as store, store.write() as work:
        work.jobs.release()
    together(pair.instances)
    pair.one.until_delivered()


@pytest.mark.timeout(240)
def test_two_instances_take_and_answer_everything_once_while_each_is_killed(pair: Pair) -> None:
    first = [pair.written_by(number) for number in range(1, BY_IMAP + 2 * BY_SMTP + 1)]
    in_mailbox, rest = first[:BY_IMAP], first[BY_IMAP:]
    # Some come by two doors at the same time.
    queues = [
        Mta(pair.one, deque([*rest[:BY_SMTP], *in_mailbox[:5]])),
        Mta(pair.other, deque([*in_mailbox[-5:], *rest[BY_SMTP:]])),
    ]
    all_come(pair, in_mailbox, queues, pair.one)

    letters = understood(pair.dovecot.wait_for(pair.citizens, FOLLOWED))[:FOLLOWED]
    answers = [pair.answer_to(letter, number) for number, letter in enumerate(letters * 3)]
    queues = [Mta(service, deque(answers[FOLLOWED + n :: 2])) for n, service in enumerate(pair.instances)]
    all_come(pair, answers[:FOLLOWED], queues, pair.other)
    leases_end(pair)

    by_imap = [*in_mailbox, *answers[:FOLLOWED]]
    pair.dovecot.wait_for(pair.mailbox, len(by_imap), folder="Verwerkt")
    assert held(pair.dovecot, pair.mailbox, "INBOX") == {}
    assert held(pair.dovecot, pair.mailbox) == {named(one): 1 for one in by_imap}
    everything_once(pair, first, answers)


def everything_once(pair: Pair, first: Sequence[EmailMessage], answers: Sequence[EmailMessage]) -> None:
    """Each first mail has one case with one acknowledgement, each answer lies in the case that it answers."""
    message, case, outgoing = schema.message, schema.case, schema.outgoing
    with pair.one.engine() as engine, engine.connect() as connection:
        rows = connection.execute(select(message.c.external_id, message.c.case)).all()
        numbers = connection.execute(select(case.c.number)).scalars().all()
        written = connection.execute(select(outgoing)).all()
    assert Counter(row.external_id for row in rows) == Counter(map(named, (*first, *answers)))
    case_by_mail = {row.external_id: row.case for row in rows}
    assert Counter(case_by_mail[named(one)] for one in first) == Counter(set(case_by_mail.values()))
    assert len(numbers) == len(set(numbers)) == len(first)
    case_by_letter = {row.message_id: row.case for row in written}
    for answer in answers:
        assert case_by_mail[named(answer)] == case_by_letter[str(answer["In-Reply-To"]).strip("<>")]

    receipts = [row for row in written if row.letter == "ontvangst"]
    additions = [row for row in written if row.letter == "aanvulling_ontvangen"]
    assert len(receipts) + len(additions) == len(written)
    assert Counter(row.case for row in receipts) == Counter(set(case_by_mail.values()))
    assert Counter(row.case for row in additions) == Counter({case_by_mail[named(one)] for one in answers})
    assert {row.state for row in receipts} == {"sent"}
    assert {row.state for row in additions} <= {"sent", "unknown"}  # what a kill cut off is for a person to decide
    sent_for = {(row.message_id, row.in_reply_to) for row in written if row.state == "sent"}
    got = Counter((named(one), str(one["In-Reply-To"]).strip("<>")) for one in pair.received())
    assert sent_for <= got.keys() <= {(row.message_id, row.in_reply_to) for row in written}
    assert {got[row.message_id, row.in_reply_to] for row in additions if row.state == "sent"} <= {1}
    assert pair.one.count("task", kind="door_difference") == pair.one.count("task", kind="unprocessed") == 0
