"""Handing out letters as PDF: to those who see the case, and to nobody else."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.adapters.pdf import TypstPdf
from core.domain.access import Actor, Role
from core.domain.errors import NotFound
from core.domain.message import Attachment, Contact, Outgoing, ReplyRoute, Route
from core.domain.organisation import Office
from core.domain.tasks import TaskKind
from core.service.correspondence import Words
from core.service.printing import Printing
from tests.core.world import CALENDAR, KLACHT, MONDAY, MUNICIPALITY, World

MAKER = TypstPdf()


def printing(world: World) -> Printing:
    return Printing(store=world.store, calendar=CALENDAR, municipality=MUNICIPALITY, maker=MAKER)


def by_post(world: World) -> tuple[Actor, int, int]:
    """A coördinator, a case of somebody without a mail address, and the number of a letter to them."""
    sender = Contact(name="Jan Jansen", address="Dorpsstraat 1\n1234 AB Voorbeeld")
    coordinator = world.coordinator()
    accepted = world.intake.accept(replace(world.mail(), sender=sender, reply=None))
    case = world.case_id(accepted.case_number)
    file = Attachment(filename="foto.jpg", content_type="image/jpeg", content=b"x")
    words = Words(text="Wij *bellen* u.\n\n#read(1)", files=(file,))
    return coordinator, case, world.correspondence.write(coordinator, case, words)


def test_a_letter_by_post_is_ready_to_put_in_an_envelope(world: World) -> None:
    coordinator, _, letter = by_post(world)
    download = printing(world).pdf(coordinator, letter)
    assert (download.filename, download.content_type) == ("2026-0001-bericht.pdf", "application/pdf")
    reader = PdfReader(BytesIO(download.content))
    text = reader.pages[0].extract_text()
    for must in ("Jan Jansen\nDorpsstraat 1\n1234 AB Voorbeeld", "Datum: 23 november 2026", "Ons nummer: 2026-0001",
                 "Bijlagen: foto.jpg", "Wij *bellen* u.", "#read(1)", "Coordinator"):  # fmt: skip
        assert must in text, must


def test_it_is_the_same_file_whenever_it_is_asked(world: World) -> None:
    coordinator, _, letter = by_post(world)
    first = printing(world).pdf(coordinator, letter)
    world.later(days=400)
    assert printing(world).pdf(coordinator, letter) == first


def test_the_day_is_the_local_one(world: World) -> None:
    """law.md T-8."""
    world.now = MONDAY.replace(hour=23, minute=30)
    coordinator, _, letter = by_post(world)
    text = PdfReader(BytesIO(printing(world).pdf(coordinator, letter).content)).pages[0].extract_text()
    assert "Datum: 24 november 2026" in text


def test_what_left_by_mail_says_where_it_went(world: World) -> None:
    coordinator = world.coordinator()
    case = world.case_id(world.intake.accept(world.mail()).case_number)
    receipt = world.letters_of(case)[0]
    text = PdfReader(BytesIO(printing(world).pdf(coordinator, receipt.id).content)).pages[0].extract_text()
    assert "Jan Jansen\njan@voorbeeld.example" in text
    assert "Wij hebben uw bericht ontvangen" in text


def test_only_who_sees_the_whole_case_gets_it(world: World) -> None:
    coordinator, case, letter = by_post(world)
    leader = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    respondent = world.official("B. Klaagde", Office.TEAMLEIDER, "belastingen")
    task = world.tasks(case, kind=TaskKind.REVIEW)[0].id
    decision = replace(KLACHT, respondent_person=respondent, respondent_name="B. Klaagde")
    confirmed = world.review.confirm(coordinator, task, decision, version=world.stored(case).version)
    world.review.assign(coordinator, case, leader, version=confirmed.version)
    handler = world.account("leider", Role.HANDLER, person=leader)
    others = [world.account("beklaagde", *Role, person=respondent), world.account("beheer", Role.ADMINISTRATOR)]
    for actor in (handler, *others):
        with pytest.raises(NotFound):
            printing(world).pdf(actor, letter)
    world.review.declare(handler, case, involved=False)
    assert printing(world).pdf(handler, letter).content
    for actor in others:
        with pytest.raises(NotFound):
            printing(world).pdf(actor, letter)


def test_a_letter_outside_every_case_is_for_those_who_see_such_messages(world: World) -> None:
    loose = Outgoing(
        case=None, letter="bericht", to=ReplyRoute(route=Route.TELEGRAM, address="12345"), to_name="Jan", subject="Dag",
        text="Een.\n\nTwee.", message_id="1@gemeente.example", created_at=MONDAY + timedelta(days=1),
    )  # fmt: skip
    with world.store.write() as work:
        number = work.outbox.add(loose)
    with pytest.raises(NotFound):
        printing(world).pdf(world.account("jurist", Role.JURIST), number)
    download = printing(world).pdf(world.coordinator(), number)
    text = PdfReader(BytesIO(download.content)).pages[0].extract_text()
    assert "Een.\nTwee." in text
    assert "12345" not in text


def test_a_letter_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        printing(world).pdf(world.coordinator(), 99)
