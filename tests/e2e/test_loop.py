"""Two machines that answer each other: it ends after the cap, everything is kept, and a person is told."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from core.domain.access import Role
from core.domain.tasks import TaskKind
from tests.e2e.replier import MOST, Manner, Replier
from tests.e2e.town import (
    APPENDED,
    AUTOMATIC,
    OPENED,
    Town,
    answer_to,
    case_of,
    further_mail,
    letters,
    municipality,
    tasks,
)
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix

CAP = 3
THANKS = "Dank u wel voor uw bericht. Wij nemen het in behandeling.\n"


def as_a_new_mail(letter: EmailMessage, number: int) -> EmailMessage:
    """Nothing ties it to what it answers, and no two are alike."""
    return further_mail(
        number, f"Uw bericht is ontvangen, kenmerk {number * 7919}", f"{THANKS}Kenmerk: {number * 7919}\n"
    )


def in_the_thread(letter: EmailMessage, number: int) -> EmailMessage:
    """As a mail program does it, quotes and all."""
    return answer_to(letter, THANKS, number)


def on_the_subject(letter: EmailMessage, number: int) -> EmailMessage:
    """Without references; the subject holds the number of the case."""
    return further_mail(number, f"Antwoord: {letter['Subject']}", THANKS)


def on_vacation(letter: EmailMessage, number: int) -> EmailMessage:
    """What a well-behaved responder sends (RFC 3834 section 3)."""
    mail = further_mail(number, f"Automatisch antwoord: {letter['Subject']}", "Ik ben er tot 1 december niet.\n")
    mail["In-Reply-To"] = letter["Message-ID"]
    mail["References"] = letter["Message-ID"]
    mail["Auto-Submitted"] = "auto-replied"
    return mail


def out_of_the_thread(letter: EmailMessage, number: int) -> EmailMessage:
    """A responder that says what it is, and not to what it answers."""
    mail = further_mail(number, "Ik ben er niet", "Ik ben er tot 1 december niet.\n")
    mail["Auto-Submitted"] = "auto-replied"
    return mail


def complaint(machine: Replier) -> None:
    """Begin: the first mail of a machine, which opens a case."""
    machine.say(further_mail(0, "Wachttijd aan de balie", "Ik stond een uur te wachten.\n"))
    machine.until_silent()


@pytest.fixture(scope="module")
def town(dovecot: Dovecot, postfix: Postfix) -> Iterator[Town]:
    """A town for all machines of this module: it writes by itself once in a case, and seldom to one address."""
    caps = {"GEHOORD_ANSWERS__MOST_PER_ADDRESS": str(CAP), "GEHOORD_ANSWERS__MOST_PER_CASE": "1"}
    with municipality(dovecot, postfix, caps) as town:
        yield town


def test_a_machine_that_shows_no_sign_is_braked_by_counting(town: Town) -> None:
    service = town.service
    cases, reviews = service.count("case"), len(tasks(service, TaskKind.REVIEW))
    with Replier(town, as_a_new_mail) as machine:
        complaint(machine)
        assert len(machine.letters) == CAP < MOST
        assert letters(service, machine.address) == [("ontvangst", "sent")] * CAP
        assert town.outcomes()[-CAP - 1 :] == [OPENED] * (CAP + 1)
        assert service.count("case") == cases + CAP + 1
        assert (Role.ADMINISTRATOR, "address") in tasks(service, TaskKind.LOOP)
        assert tasks(service, TaskKind.ACKNOWLEDGE) == [(Role.COORDINATOR, "address")]
        assert len(tasks(service, TaskKind.REVIEW)) == reviews + CAP + 1
    # Who is braked is one address: another citizen is answered as before.
    town.write(further_mail(99, "Geen antwoord", "Niemand belt mij terug.\n"), town.mailbox)
    assert case_of(town.read()[0])


@pytest.mark.parametrize("manner", [in_the_thread, on_the_subject])
def test_a_machine_that_stays_in_the_case_is_braked_by_the_case(manner: Manner, town: Town) -> None:
    told, read = tasks(town.service, TaskKind.LOOP), len(tasks(town.service, TaskKind.FOLLOW_UP))
    with Replier(town, manner) as machine:
        complaint(machine)
        assert letters(town.service, machine.address) == [("ontvangst", "sent")]
        assert town.outcomes()[-2:] == [OPENED, APPENDED]
        assert len(tasks(town.service, TaskKind.FOLLOW_UP)) == read + 1
        held = (Role.ADMINISTRATOR, f"case:{case_of(machine.letters[0])}")
        assert tasks(town.service, TaskKind.LOOP) == [*told, held]


@pytest.mark.parametrize("manner", [on_vacation, out_of_the_thread])
def test_a_responder_that_says_what_it_is_gets_no_letter_at_all(manner: Manner, town: Town) -> None:
    braked = [tasks(town.service, kind) for kind in (TaskKind.LOOP, TaskKind.ACKNOWLEDGE)]
    with Replier(town, manner) as machine:
        complaint(machine)
        assert letters(town.service, machine.address) == [("ontvangst", "sent")]
        assert town.outcomes()[-2:] == [OPENED, AUTOMATIC]
        assert [tasks(town.service, kind) for kind in (TaskKind.LOOP, TaskKind.ACKNOWLEDGE)] == braked


def test_what_machines_wrote_is_all_put_away(town: Town) -> None:
    """What was not answered was taken all the same: nothing stays behind in the mailbox."""
    with Replier(town, on_vacation) as machine:
        complaint(machine)
    town.dovecot.wait_for(town.mailbox, town.service.count("message"), folder="Verwerkt")
    assert town.dovecot.messages(town.mailbox) == []
