"""A whole correspondence through real mail servers: Postfix in front, Dovecot behind, and Gehoord between them."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from core.domain.events import LetterSent, MessageAdded
from core.domain.message import Outcome
from tests.e2e.desk import Desk, case_numbered, queue_counts
from tests.faults.service import Service
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.postfix import Postfix

FIRST_ID = "<traplift-1123@voorbeeld.example>"


@dataclass(frozen=True)
class Town:
    """A municipality with a mailbox, a relay, a form address that Postfix hands to us over LMTP, and a citizen."""

    service: Service
    dovecot: Dovecot
    postfix: Postfix
    mailbox: str
    form: str
    citizen: str

    def write(self, mail: EmailMessage, to: str) -> None:
        """The citizen sends a mail, through the public door of the mail server."""
        mail["From"] = f"Henk Bouwmeester <{self.citizen}>"
        mail["To"] = to
        self.postfix.send(to, mail.as_bytes(policy=policy.SMTP), sender=self.citizen)

    def read(self, count: int = 1) -> list[EmailMessage]:
        """What lies in the citizen's own mailbox once there is so much."""
        raw = self.dovecot.wait_for(self.citizen, count)
        return [message_from_bytes(one, _class=EmailMessage, policy=policy.default) for one in raw]


@pytest.fixture
def town(dovecot: Dovecot, postfix: Postfix) -> Iterator[Town]:
    mailbox, form = dovecot.address("klachten"), dovecot.address("formulier")
    certificate = str(dovecot.certificate)
    settings = {
        "GEHOORD_MUNICIPALITY__EMAIL": mailbox,
        "GEHOORD_SMTP__RECIPIENTS": json.dumps([mailbox, form]),
        "GEHOORD_IMAP__KLACHTEN__HOST": "localhost",
        "GEHOORD_IMAP__KLACHTEN__PORT": str(dovecot.imaps_port),
        "GEHOORD_IMAP__KLACHTEN__CERTIFICATES": certificate,
        "GEHOORD_IMAP__KLACHTEN__USER": mailbox,
        "GEHOORD_IMAP__KLACHTEN__PASSWORD": PASSWORD,
        "GEHOORD_IMAP__KLACHTEN__EVERY": "3600",  # so that only the server's announcement can explain an arrival
        "GEHOORD_RELAY__HOST": "localhost",
        "GEHOORD_RELAY__PORT": str(postfix.submission_port),
        "GEHOORD_RELAY__CERTIFICATES": certificate,
        "GEHOORD_RELAY__USER": mailbox,
        "GEHOORD_RELAY__PASSWORD": PASSWORD,
    }
    with Service(settings=settings) as service:
        postfix.route(form, service.lmtp_port)
        yield Town(service, dovecot, postfix, mailbox, form, dovecot.address("henk", "voorbeeld.example"))


def first_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "Het verslag van het huisbezoek"
    mail["Message-ID"] = FIRST_ID
    mail.set_content("In uw verslag staat dat wij zelf geen traplift willen. Dat hebben wij nooit gezegd.\n")
    return mail


def answer_to(letter: EmailMessage, text: str) -> EmailMessage:
    """What a mail program makes when somebody presses Reply."""
    mail = EmailMessage()
    mail["Subject"] = f"Re: {letter['Subject']}"
    mail["Message-ID"] = "<traplift-1124@voorbeeld.example>"
    mail["In-Reply-To"] = letter["Message-ID"]
    mail["References"] = f"{letter['References']} {letter['Message-ID']}"
    quoted = "".join(f"> {line}\n" for line in plain(letter).splitlines())
    mail.set_content(f"{text}\n\nOp 23 november 2026 schreef Gemeente Voorbeeld:\n{quoted}")
    return mail


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def outcomes(service: Service) -> list[tuple[object, object]]:
    return [(line["door"], line["outcome"]) for line in service.logged("message taken")]


def kept_at_postfix(town: Town) -> list[object]:
    """In which of its queues Postfix has mail for the form's address."""
    return [one["queue_name"] for one in town.postfix.queue() if town.form in json.dumps(one["recipients"])]


def until(holds: Callable[[], bool]) -> None:
    """Return once something holds that Postfix brings about; fail when it does not in 30 s."""
    for _ in range(300):
        if holds():
            return
        threading.Event().wait(0.1)
    raise AssertionError("not seen in Postfix's queue")


def test_a_citizen_writes_hears_back_and_answers_in_the_thread(town: Town, page: Page) -> None:
    town.write(first_mail(), town.mailbox)
    (letter,) = town.read()
    assert letter["From"].addresses[0].addr_spec == town.mailbox
    assert letter["In-Reply-To"] == letter["References"] == FIRST_ID
    assert letter["Return-Path"] == f"<{town.mailbox}>"
    number = str(letter["Subject"]).split("(")[1].rstrip(")")

    town.dovecot.wait_for(town.mailbox, folder="Verwerkt")
    assert town.dovecot.messages(town.mailbox) == []
    with town.dovecot.login(town.mailbox, "Verwerkt") as client:
        assert len(client.search("SEEN")) == 1

    answer = "Nog iets: de consulent zei ook dat zij geen romans ging herschrijven."
    town.write(answer_to(letter, answer), town.mailbox)
    town.dovecot.wait_for(town.mailbox, 2, folder="Verwerkt")
    assert outcomes(town.service) == [
        ("imap:klachten", Outcome.OPENED),
        ("imap:klachten", Outcome.APPENDED),
    ]
    view = case_numbered(town.service, number)
    assert [message.reply_text.strip() for message in view.messages][1] == answer
    assert sum(isinstance(entry.event, MessageAdded) for entry in view.history) == 1
    assert sum(isinstance(entry.event, LetterSent) for entry in view.history) == 1
    assert town.service.count("case") == town.service.count("outgoing") == 1
    assert queue_counts(town.service).replies == 1

    desk = Desk(town.service, page)
    desk.sign_in_first_time()
    desk.page.get_by_role("link", name="Antwoorden 1").click()
    row = desk.page.get_by_role("region", name="Lijst met berichten").get_by_role("listitem")
    expect(row).to_contain_text("Henk Bouwmeester")
    expect(row).to_contain_text(f"Hoort bij {number}")
    expect(desk.page.get_by_role("article")).to_contain_text(answer)


@pytest.mark.needs("swaks")
def test_postfix_hands_mail_for_one_address_to_us_over_lmtp(town: Town) -> None:
    command = [
        *("swaks", "--server", "127.0.0.1", "--port", str(town.postfix.port), "--helo", "voorbeeld.example"),
        *("--from", town.citizen, "--to", town.form, "--header", "Subject: Traplift", "--body", "Wij willen hem wel."),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    (letter,) = town.read()
    assert "Wij willen hem wel." in plain(letter)
    assert outcomes(town.service) == [("lmtp", Outcome.OPENED)]
    until(lambda: kept_at_postfix(town) == [])


def test_what_comes_while_we_are_away_is_kept_by_the_mail_servers_and_taken_once(town: Town) -> None:
    town.service.stop()
    by_lmtp = first_mail()
    by_lmtp.replace_header("Message-ID", "<per-lmtp@voorbeeld.example>")
    town.write(first_mail(), town.mailbox)
    town.write(by_lmtp, town.form)
    town.dovecot.wait_for(town.mailbox)
    until(lambda: kept_at_postfix(town) == ["deferred"])
    assert town.service.count("message") == 0
    town.service.start()
    town.postfix.flush()
    letters = town.read(2)
    assert {str(letter["In-Reply-To"]) for letter in letters} == {FIRST_ID, "<per-lmtp@voorbeeld.example>"}
    assert sorted(outcomes(town.service)) == [("imap:klachten", Outcome.OPENED), ("lmtp", Outcome.OPENED)]
    assert town.service.count("case") == 2
    until(lambda: kept_at_postfix(town) == [])
