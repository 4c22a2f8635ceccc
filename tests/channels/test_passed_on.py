"""A colleague forwards a citizen's mail: nobody is written to before the coordinator says who complains."""

import smtplib
from datetime import UTC, date, datetime

import pytest

from core.domain.tasks import TaskKind
from core.service.complainants import Claim
from mailin.inbound import MailReader
from mailin.smtp.doors import SmtpDoor
from tests.channels.letters import KLACHTEN, letter
from tests.channels.listening import PATIENCE, Core, Listening
from tests.channels.ways import LARGEST
from tests.core.world import World

READER = MailReader([KLACHTEN], "gemeente.example", [], staff_domains=["gemeente.example"])
COLLEAGUE = "Receptie Zuid <receptie@gemeente.example>"
CITIZEN = "gerda.smit@voorbeeld.example"
FRIDAY = datetime(2026, 11, 20, 20, 14, tzinfo=UTC)
STORY = "Ik ben op het gemeentehuis door de portier uitgescholden."
FORWARD = f"""Kunnen jullie dit oppakken?

Van: G. Smit <{CITIZEN}>
Verzonden: vrijdag 20 november 2026 21:14
Aan: Receptie Zuid <receptie@gemeente.example>
Onderwerp: klacht

{STORY}
"""


def send(core: Core, message: bytes) -> None:
    door = SmtpDoor("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock)
    with Listening(door, core), smtplib.SMTP("127.0.0.1", door.port, "gemeente.example", timeout=PATIENCE) as client:
        client.sendmail("receptie@gemeente.example", [KLACHTEN], message)


@pytest.fixture
def case(core: Core) -> int:
    send(core, letter("<fw@gemeente.example>", sender=COLLEAGUE, subject="FW: klacht", text=FORWARD))
    [(_, accepted)] = core.taken
    return core.world.case_id(accepted.case_number)


def test_a_forward_waits_for_a_person_and_its_term_has_begun(world: World, case: int) -> None:
    assert world.letters_of(case) == []
    assert [task.kind for task in world.tasks(case, kind=TaskKind.COMPLAINANT)] == [TaskKind.COMPLAINANT]
    assert world.stored(case).received_at == FRIDAY
    assert world.stored(case).received_on == date(2026, 11, 20)


def test_the_classifier_reads_the_citizens_words(core: Core, case: int) -> None:
    [(inbound, _)] = core.taken
    assert STORY in inbound.reply_text
    assert "Kunnen jullie dit oppakken?" in inbound.reply_text


def test_once_confirmed_the_citizen_hears_that_it_came_in_on_the_day_it_did(core: Core, case: int) -> None:
    world = core.world
    [task] = world.tasks(case, kind=TaskKind.COMPLAINANT)
    [(inbound, _)] = core.taken
    assert inbound.forwarded is not None
    assert inbound.forwarded.received_at is not None
    claim = Claim(contact=inbound.forwarded.contact, received_at=inbound.forwarded.received_at)
    world.complainants.confirm(world.coordinator(), task.id, claim)
    [receipt] = world.letters_of(case)
    assert receipt.to.address == CITIZEN
    assert receipt.to_name == "G. Smit"
    assert "20 november 2026" in receipt.text
    assert "Kunnen jullie dit oppakken?" not in receipt.text
    assert "receptie" not in f"{receipt.text}{receipt.in_reply_to}{receipt.references}".casefold()


def test_files_over_a_limit_are_not_told_to_the_colleague(core: Core) -> None:
    mail = letter("<fw@gemeente.example>", sender=COLLEAGUE, subject="FW: klacht", text=FORWARD)
    files = b"".join(
        b"--g\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=%d.txt\r\n\r\nx\r\n" % number
        for number in range(60)
    )
    head, _, text = mail.partition(b"\r\n\r\n")
    head = head.replace(b'Content-Type: text/plain; charset="utf-8"', b'Content-Type: multipart/mixed; boundary="g"')
    send(core, head + b"\r\n\r\n--g\r\nContent-Type: text/plain\r\n\r\n" + text + files + b"--g--\r\n")
    [(inbound, accepted)] = core.taken
    assert inbound.refused
    assert inbound.forwarded is not None
    assert core.world.letters_of(core.world.case_id(accepted.case_number)) == []


def test_a_colleague_who_complains_is_answered_like_anybody(core: Core) -> None:
    send(core, letter("<eigen@gemeente.example>", sender=COLLEAGUE))
    [(_, accepted)] = core.taken
    case = core.world.case_id(accepted.case_number)
    assert [one.to.address for one in core.world.letters_of(case)] == ["receptie@gemeente.example"]
    assert core.world.tasks(case, kind=TaskKind.COMPLAINANT) == []
