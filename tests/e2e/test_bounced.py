"""A letter that Postfix took and could not deliver: its notice comes back, and a person finds another way."""

from core.domain.access import Role
from core.domain.events import LetterFailed, LetterSent
from core.domain.tasks import TaskKind
from tests.e2e.desk import case_numbered, queue_counts
from tests.e2e.town import AUTOMATIC, OPENED, Town, first_mail, further_mail, letters, tasks
from tests.faults.mailboxes import understood
from tests.faults.mta import mail
from tests.faults.relay import Relay, through
from tests.faults.service import MUNICIPALITY, Service
from tests.parts.postfix import BOUNCE, GONE


def test_what_comes_back_and_what_is_refused_counts_as_not_sent(town: Town) -> None:
    unknown, gone = f"{BOUNCE}@voorbeeld.example", f"{GONE}@voorbeeld.example"
    town.write(first_mail(), town.mailbox, unknown)
    town.write(further_mail(1, "Klacht", "Niemand belt terug.\n"), town.mailbox, gone)
    town.service.until(lambda: len(tasks(town.service, TaskKind.UNDELIVERED)) == 2, "two letters that did not arrive")
    raw = town.dovecot.wait_for(town.mailbox, 3, folder="Verwerkt")
    town.service.until_delivered()
    (notice,) = (mail for mail in understood(raw) if mail["Return-Path"] == "<>")
    assert notice.get_content_type() == "multipart/report"
    assert sorted(town.outcomes()) == [AUTOMATIC, OPENED, OPENED]
    assert letters(town.service, unknown) == letters(town.service, gone) == [("ontvangst", "failed")]
    assert town.service.count("outgoing") == town.service.count("case") == 2
    assert tasks(town.service, TaskKind.UNDELIVERED) == [(Role.COORDINATOR, "ontvangst")] * 2
    assert queue_counts(town.service).undelivered == 2

    number = next(line["number"] for line in town.service.logged("message taken") if line["outcome"] == AUTOMATIC[1])
    view = case_numbered(town.service, str(number))
    assert next((message.sender.email, message.automatic) for message in view.messages) == (unknown, False)
    assert [message.automatic for message in view.messages] == [False, True]
    assert view.case.acknowledged_at is None
    told = [type(entry.event) for entry in view.history if isinstance(entry.event, LetterSent | LetterFailed)]
    assert told == [LetterSent, LetterFailed]


def test_a_notice_that_overtakes_our_own_record_still_counts() -> None:
    """The relay has passed the letter on, it was refused, and the notice is here before the relay's 250 is."""
    with Relay() as relay, Service(settings=through(relay)) as service:
        relay.before_answer = lambda: service.send(notice_about(relay.received[0]), sender="<>")
        service.send(mail(1, "terug").as_bytes())
        service.until(lambda: bool(service.logged("delivered")), "the relay's answer")
        service.until_delivered()
        service.terminate()
        assert service.ended() == 0
        assert letters(service) == [("ontvangst", "failed")]
        assert tasks(service, TaskKind.UNDELIVERED) == [(Role.COORDINATOR, "ontvangst")]
        [line] = [line for line in service.logged("message taken") if line["outcome"] == AUTOMATIC[1]]
        assert case_numbered(service, str(line["number"])).case.acknowledged_at is None


def notice_about(letter: bytes) -> bytes:
    """What a mail server says of a letter that it could not deliver (RFC 3464)."""
    head = letter.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    return f"""From: MAILER-DAEMON@relay.example
To: {MUNICIPALITY}
Subject: Undelivered Mail Returned to Sender
Message-ID: <terug@relay.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="grens"

--grens
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example. User unknown.

--grens
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; burger1@voorbeeld.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--grens
Content-Type: text/rfc822-headers

{head}

--grens--
""".replace("\n", "\r\n").encode()
