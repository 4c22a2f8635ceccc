"""A mail in at one end, the acknowledgement out at the other, through the real core."""

import asyncio
import smtplib
from pathlib import Path

import pytest

from core.domain.message import DeliveryState, Outcome
from core.ports import Sender
from mailin.imap.door import ImapDoor
from mailin.inbound import MailReader
from mailin.sending.maildir import MaildirSender
from mailin.sending.relay import Relay, RelaySender
from mailin.smtp.doors import SmtpDoor
from mailin.understanding.mail import Mail
from mailin.understanding.mime import parse
from tests.channels.letters import CITIZEN, KLACHTEN, letter
from tests.channels.listening import PATIENCE, Core, Listening
from tests.channels.ways import LARGEST, books, long_ago, mailbox
from tests.core.world import MUNICIPALITY, World
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.postfix import BOUNCE, Postfix

READER = MailReader([KLACHTEN], "gemeente.example", ["formulier@website.example"])


def send(core: Core, *messages: bytes, sender: str = CITIZEN) -> None:
    door = SmtpDoor("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock)
    with Listening(door, core), smtplib.SMTP("127.0.0.1", door.port, "voorbeeld.example", timeout=PATIENCE) as client:
        for message in messages:
            client.sendmail(sender, [KLACHTEN], message)


def deliver_all(world: World, sender: Sender) -> None:
    """What the worker's loop does."""
    while deliveries := world.worker.claim_deliveries():
        for delivery in deliveries:
            world.worker.sent(delivery, asyncio.run(sender.deliver(delivery.outgoing)))


def postvak(world: World) -> list[Mail]:
    """What the Maildir holds once everything due is delivered."""
    folder = world.folder / "postvak"
    deliver_all(world, MaildirSender(folder, MUNICIPALITY))
    return [parse(file.read_bytes()) for file in sorted(folder.glob("new/*"))]


def test_the_acknowledgement_is_in_the_citizens_thread(core: Core) -> None:
    send(core, letter("<vraag@voorbeeld.example>", References="<eerder@voorbeeld.example>"))
    [receipt] = postvak(core.world)
    assert receipt.to == (CITIZEN,)
    assert receipt.in_reply_to == ("vraag@voorbeeld.example",)
    assert receipt.references == ("eerder@voorbeeld.example", "vraag@voorbeeld.example")
    assert receipt.from_addr == KLACHTEN
    assert receipt.auto_submitted
    assert "2026-0001" in receipt.subject
    assert "2026-0001" in receipt.text


def test_the_answer_to_the_acknowledgement_joins_the_case_and_is_not_acknowledged_again(core: Core) -> None:
    send(core, letter())
    [receipt] = postvak(core.world)
    send(core, letter("<antwoord@voorbeeld.example>", text="Nog iets.", In_Reply_To=f"<{receipt.message_id}>"))
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED, Outcome.APPENDED]
    assert core.numbers == {"2026-0001"}
    assert sorted(mail.subject for mail in postvak(core.world)) == [
        "Wij hebben uw aanvulling ontvangen (2026-0001)",
        "Wij hebben uw bericht ontvangen (2026-0001)",
    ]


def test_a_receipt_that_comes_back_and_an_automatic_answer_to_it_are_kept_in_the_case_and_not_answered(
    core: Core,
) -> None:
    send(core, letter())
    [receipt] = postvak(core.world)
    [file] = (core.world.folder / "postvak" / "new").iterdir()
    away = letter("<afwezig@voorbeeld.example>", subject="Automatisch antwoord: Ontvangst",
                  Auto_Submitted="auto-replied", In_Reply_To=f"<{receipt.message_id}>")  # fmt: skip
    send(core, file.read_bytes(), away)
    assert [accepted.outcome for _, accepted in core.taken[1:]] == [Outcome.AUTOMATIC, Outcome.AUTOMATIC]
    assert core.numbers == {"2026-0001"}
    assert len(postvak(core.world)) == 1


def test_a_form_is_acknowledged_to_the_citizen_in_it(core: Core) -> None:
    text = "Naam: Jan Jansen\nE-mail: jan@voorbeeld.example\nKlacht: Niet teruggebeld.\n"
    send(core, letter(sender="formulier@website.example", text=text), sender="formulier@website.example")
    [receipt] = postvak(core.world)
    assert receipt.to == ("jan@voorbeeld.example",)
    assert "Jan Jansen" in receipt.text


def test_a_killed_worker_repeats_the_receipt_and_the_maildir_holds_it_once(core: Core, tmp_path: Path) -> None:
    send(core, letter())
    world, sender = core.world, MaildirSender(tmp_path / "postvak", MUNICIPALITY)
    [delivery] = world.worker.claim_deliveries()
    asyncio.run(sender.deliver(delivery.outgoing))
    world.worker.recover()  # killed before it could record that the message was sent
    assert len(postvak(world)) == 1
    with world.store.read() as work:
        assert work.outbox.state(delivery.outgoing.id) == DeliveryState.SENT


@pytest.mark.needs("postfix", "dovecot")
def test_the_round_trip_over_real_mail_servers(core: Core, dovecot: Dovecot, postfix: Postfix) -> None:
    citizen, klachten = dovecot.address("jan", "voorbeeld.example"), dovecot.address()
    relay = Relay(
        host="localhost",
        port=postfix.submission_port,
        certificates=dovecot.certificate,
        user=MUNICIPALITY.email,
        password=PASSWORD,
    )
    with Listening(ImapDoor("klachten", mailbox(dovecot, klachten), READER, books(core.world), long_ago), core):
        postfix.send(klachten, letter("<vraag@voorbeeld.example>", to=klachten, sender=citizen), sender=citizen)
        core.wait_taken(1)
        deliver_all(core.world, RelaySender(relay, MUNICIPALITY))
        [raw] = dovecot.wait_for(citizen)
        receipt = parse(raw)
        assert receipt.in_reply_to == ("vraag@voorbeeld.example",)
        answer = letter(
            "<antwoord@voorbeeld.example>",
            to=klachten,
            sender=citizen,
            text="Nog iets.",
            In_Reply_To=f"<{receipt.message_id}>",
        )
        postfix.send(klachten, answer, sender=citizen)
        core.wait_taken(2)
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED, Outcome.APPENDED]


@pytest.mark.needs("postfix", "dovecot")
def test_a_receipt_that_bounces_is_known_to_have_failed(core: Core, dovecot: Dovecot, postfix: Postfix) -> None:
    send(core, letter(sender=f"{BOUNCE}@voorbeeld.example"))
    [delivery] = core.world.worker.claim_deliveries()
    relay = RelaySender(Relay(host="127.0.0.1", port=postfix.port, tls="none"), MUNICIPALITY)
    core.world.worker.sent(delivery, asyncio.run(relay.deliver(delivery.outgoing)))
    with Listening(ImapDoor("klachten", mailbox(dovecot, KLACHTEN), READER, books(core.world), long_ago), core):
        core.wait(lambda core: any(inbound.automatic.bounce for inbound, _ in core.taken))
    [(bounce, accepted)] = [one for one in core.taken if one[0].automatic.bounce]
    assert bounce.automatic.permanent
    assert accepted.case_number == "2026-0001"
    with core.world.store.read() as work:
        assert work.outbox.state(delivery.outgoing.id) == DeliveryState.FAILED
