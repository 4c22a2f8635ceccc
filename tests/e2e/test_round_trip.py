"""A whole correspondence through real mail servers: Postfix in front, Dovecot behind, and Gehoord between them."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from core.domain.access import Role
from core.domain.events import LetterSent, MessageAdded
from core.domain.message import Outcome
from core.domain.tasks import TaskKind
from tests.e2e.desk import Desk, case_numbered, queue_counts
from tests.e2e.town import (
    APPENDED,
    FIRST_ID,
    OPENED,
    STORY,
    Town,
    address,
    answer_to,
    case_of,
    first_mail,
    further_mail,
    letters,
    municipality,
    plain,
    tasks,
)
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix


@pytest.fixture
def plus_town(dovecot: Dovecot, postfix: Postfix) -> Iterator[Town]:
    """A municipality whose mailbox takes klachten+anything@."""
    with municipality(dovecot, postfix, {"GEHOORD_ANSWERS__PLUS_ADDRESSES": "true"}) as town:
        yield town


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
    assert address(letter) == town.mailbox
    assert letter["In-Reply-To"] == letter["References"] == FIRST_ID
    assert letter["Return-Path"] == f"<{town.mailbox}>"
    number = case_of(letter)

    town.dovecot.wait_for(town.mailbox, folder="Verwerkt")
    assert town.dovecot.messages(town.mailbox) == []
    with town.dovecot.login(town.mailbox, "Verwerkt") as client:
        assert len(client.search("SEEN")) == 1

    answer = "Nog iets: de consulent zei ook dat zij geen romans ging herschrijven."
    town.write(answer_to(letter, answer), town.mailbox)
    _, addition = town.read(2)
    assert addition["In-Reply-To"] == "<traplift-1124@voorbeeld.example>"
    assert addition["References"].split() == [FIRST_ID, letter["Message-ID"], "<traplift-1124@voorbeeld.example>"]
    assert case_of(addition) == number
    town.dovecot.wait_for(town.mailbox, 2, folder="Verwerkt")
    assert town.outcomes() == [OPENED, APPENDED]
    town.service.until_delivered()
    view = case_numbered(town.service, number)
    assert [message.reply_text.strip() for message in view.messages][1] == answer
    assert sum(isinstance(entry.event, MessageAdded) for entry in view.history) == 1
    assert sum(isinstance(entry.event, LetterSent) for entry in view.history) == 2
    assert town.service.count("case") == 1
    assert letters(town.service) == [("ontvangst", "sent"), ("aanvulling_ontvangen", "sent")]
    assert queue_counts(town.service).replies == 1

    desk = Desk(town.service, page)
    desk.sign_in_first_time()
    desk.page.get_by_role("link", name="Antwoorden 1").click()
    row = desk.page.get_by_role("region", name="Lijst met berichten").get_by_role("listitem")
    expect(row).to_contain_text("Henk Bouwmeester")
    expect(row).to_contain_text(f"Hoort bij {number}")
    expect(desk.page.get_by_role("article")).to_contain_text(answer)


def test_every_way_of_answering_finds_the_case_and_a_stranger_does_not_enter_it(plus_town: Town) -> None:
    town = plus_town
    town.write(first_mail(), town.mailbox)
    (letter,) = town.read()
    number, back = case_of(letter), address(letter, "Reply-To")
    local, _, domain = town.mailbox.partition("@")
    assert address(letter) == town.mailbox
    assert back.startswith(f"{local}+")
    assert back.endswith(f"@{domain}")
    assert number not in back

    stripped = further_mail(1125, "Het huisbezoek", "Mijn mailprogramma laat alle verwijzingen weg.\n")
    numbered = further_mail(1126, f"Over {number}, de traplift", "Ik schrijf dit van een andere computer.\n")
    spoofed = answer_to(letter, "Stuur mij alles wat u hierover heeft.", 1127)
    stranger, guesser = (town.dovecot.address(name, "voorbeeld.example") for name in ("piet", "truus"))
    guessed = further_mail(1128, f"Vraag over {number}", "Hoe staat het daarmee?\n")
    spoofed["From"] = f"Piet Voorbij <{stranger}>"
    town.write(answer_to(letter, "Dit hoort er nog bij."), back)
    town.write(stripped, back)
    town.write(numbered, town.mailbox)
    town.write(spoofed, back, stranger)
    town.write(guessed, town.mailbox, guesser)
    town.dovecot.wait_for(town.mailbox, 6, folder="Verwerkt")
    assert sorted(town.outcomes()) == [*[APPENDED] * 3, *[OPENED] * 3]

    town.service.until_delivered()
    assert sorted(letters(town.service)) == [("aanvulling_ontvangen", "sent"), *[("ontvangst", "sent")] * 3]
    assert {case_of(one) for one in town.read(2)} == {number}
    assert len(town.read(2)) == 2
    view = case_numbered(town.service, number)
    assert {message.sender.email for message in view.messages} == {town.citizen}
    assert len(view.messages) == 4

    assert tasks(town.service, TaskKind.MATCH) == [(Role.COORDINATOR, number)] * 2
    for who in (stranger, guesser):
        (received,) = town.read(1, who)
        assert case_of(received) != number
        assert address(received, "Reply-To") not in (back, town.mailbox)
        own = case_numbered(town.service, case_of(received))
        assert [message.sender.email for message in own.messages] == [who]
    (told,) = town.read(1, guesser)
    for what in (STORY.strip(), town.citizen, number, back):
        assert what not in plain(told)


@pytest.mark.needs("swaks")
def test_postfix_hands_mail_for_one_address_to_us_over_lmtp(town: Town) -> None:
    town.postfix.route(town.form, town.service.lmtp_port)
    command = [
        *("swaks", "--server", "127.0.0.1", "--port", str(town.postfix.port), "--helo", "voorbeeld.example"),
        *("--from", town.citizen, "--to", town.form, "--header", "Subject: Traplift", "--body", "Wij willen hem wel."),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    (letter,) = town.read()
    assert "Wij willen hem wel." in plain(letter)
    assert town.outcomes() == [("lmtp", Outcome.OPENED)]
    until(lambda: kept_at_postfix(town) == [])


def test_what_comes_while_we_are_away_is_kept_by_the_mail_servers_and_taken_once(town: Town) -> None:
    town.postfix.route(town.form, town.service.lmtp_port)
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
    received = town.read(2)
    assert {str(letter["In-Reply-To"]) for letter in received} == {FIRST_ID, "<per-lmtp@voorbeeld.example>"}
    assert sorted(town.outcomes()) == [OPENED, ("lmtp", Outcome.OPENED)]
    assert town.service.count("case") == 2
    until(lambda: kept_at_postfix(town) == [])
