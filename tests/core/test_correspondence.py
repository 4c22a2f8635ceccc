"""What people write leaves as their own words, in the citizen's thread; a possible objection only when they say so."""

from dataclasses import dataclass, replace

import pytest

from core.domain.access import Actor, Role
from core.domain.errors import NotAllowed, NotFound
from core.domain.events import FilesRefused
from core.domain.labels import Kind, RespondentRole
from core.domain.message import (
    Attachment,
    Automatic,
    Contact,
    Forwarded,
    Inbound,
    Outcome,
    Outgoing,
    Refused,
    ReplyRoute,
    Route,
)
from core.domain.organisation import Office
from core.domain.tasks import TaskKind
from core.domain.triage import Decision, Suggestion
from core.service.correspondence import Words
from tests.core.world import JAN, KLACHT, World

HELLO = Words(text="Wij hebben met de balie gesproken.\n\nMogen wij u woensdag bellen?")
PHOTO = Attachment(filename="situatie schets.png", content_type="image/png", content=b"\x89PNG\r\n\x1a\n" + b"x" * 40)
LETTER = Attachment(filename="brief.pdf", content_type="application/pdf", content=b"%PDF-1.7 brief")
TOO_LARGE = Refused(filename="film van de balie.mp4", reason="too_large", size=90_000_000)
TOO_MANY = Refused(filename="foto 21.jpg", reason="too_many", size=4_000)


@dataclass
class Desk:
    """A case whose acknowledgement has left, and the coördinator."""

    world: World
    case: int
    coordinator: Actor

    def write(self, words: Words = HELLO) -> Outgoing:
        number = self.world.correspondence.write(self.coordinator, self.case, words)
        [delivery] = self.world.worker.claim_deliveries()
        assert delivery.outgoing.id == number
        return delivery.outgoing

    def names(self) -> list[str]:
        return [letter.letter for letter in self.world.letters_of(self.case)]

    def thread(self) -> tuple[str, ...]:
        return (self.world.letters_of(self.case)[0].message_id,)


@pytest.fixture
def desk(world: World) -> Desk:
    case = world.case_id(world.intake.accept(world.mail(message_id="eerste@voorbeeld.example")).case_number)
    world.deliver_all()
    return Desk(world, case, world.coordinator())


def accused(desk: Desk) -> Actor:
    """Somebody with every role whom the case is about."""
    world = desk.world
    person = world.official("B. Klaagde", Office.TEAMLEIDER, "belastingen")
    [review] = world.tasks(desk.case, kind=TaskKind.REVIEW)
    decision = replace(KLACHT, respondent_person=person, respondent_name="B. Klaagde")
    world.review.confirm(desk.coordinator, review.id, decision, version=world.stored(desk.case).version)
    return world.account("beklaagde", *Role, person=person)


# --- a message of the coördinator ---------------------------------------------------------------------------------


def test_a_message_leaves_in_the_thread_by_the_way_the_citizen_took(desk: Desk) -> None:
    sent = desk.write()
    assert (sent.letter, sent.to, sent.to_name) == (
        "bericht",
        ReplyRoute(route=Route.MAIL, address=JAN.email),
        JAN.name,
    )
    assert sent.in_reply_to == "eerste@voorbeeld.example"
    assert "eerste@voorbeeld.example" in sent.references
    assert desk.world.stored(desk.case).number in sent.subject
    assert desk.world.stored(desk.case).reply_key in sent.reply_to


def test_it_says_what_was_written_and_is_no_automatic_mail(desk: Desk) -> None:
    sent = desk.write()
    assert (sent.automatic, sent.receipt) == (False, False)
    for line in ("Wij hebben met de balie gesproken.", "Mogen wij u woensdag bellen?"):
        assert line in sent.text
        assert sent.html is not None and line in sent.html


def test_what_an_official_types_is_never_markup(desk: Desk) -> None:
    sent = desk.write(Words(text="<b onload=alert(1)>Hallo</b> {{ 7 * 7 }}"))
    assert "<b onload=alert(1)>Hallo</b> {{ 7 * 7 }}" in sent.text
    assert sent.html is not None and "<b onload" not in sent.html


def test_what_leaves_is_what_was_previewed(desk: Desk) -> None:
    seen = desk.world.correspondence.preview(desk.coordinator, desk.case, HELLO)
    assert desk.names() == ["ontvangst"]
    sent = desk.write()
    assert (sent.subject, sent.text, sent.html) == (seen.subject, seen.text, seen.html)


def test_it_answers_the_last_message_of_the_citizen(desk: Desk) -> None:
    world = desk.world
    world.later(days=1)
    world.intake.accept(world.mail("Nog iets.", message_id="tweede@voorbeeld.example", references=desk.thread()))
    world.deliver_all()
    world.later(days=1)
    away = Automatic(auto_submitted=True)
    world.intake.accept(
        world.mail("Afwezig.", message_id="ooo@voorbeeld.example", references=desk.thread(), automatic=away)
    )
    assert desk.write().in_reply_to == "tweede@voorbeeld.example"


def test_it_goes_to_the_address_from_which_the_citizen_last_wrote(desk: Desk) -> None:
    """A person said that the citizen also writes from there."""
    world = desk.world
    work = replace(JAN, email="jan@werk.example")
    other = world.case_id(world.intake.accept(world.mail("Ik ook.", sender=work, references=desk.thread())).case_number)
    [match] = world.tasks(other, kind=TaskKind.MATCH)
    world.joining.decide(desk.coordinator, match.id, together=True)
    world.later(days=1)
    last = world.mail("Schrijf mij liever hier.", sender=work, references=desk.thread())
    assert world.intake.accept(last).outcome == Outcome.APPENDED
    world.deliver_all()
    sent = desk.write()
    assert (sent.to, sent.in_reply_to) == (ReplyRoute(route=Route.MAIL, address=work.email), last.external_id)


def test_a_stranger_whose_message_waits_for_a_decision_is_not_written_to(desk: Desk) -> None:
    world = desk.world
    stranger = Contact(name="Piet Pieters", email="piet@elders.example")
    world.later(days=1)
    world.intake.accept(world.mail("Ik ook.", sender=stranger, references=desk.thread()))
    world.deliver_all()
    assert desk.write().to == ReplyRoute(route=Route.MAIL, address=JAN.email)


def test_files_go_along_with_name_type_and_content(desk: Desk) -> None:
    sent = desk.write(Words(text="Zie de bijlagen.", files=(PHOTO, LETTER)))
    assert [(file.filename, file.content_type, file.content) for file in sent.attachments] == [
        (PHOTO.filename, PHOTO.content_type, PHOTO.content),
        (LETTER.filename, LETTER.content_type, LETTER.content),
    ]
    view = desk.world.queries.case(desk.coordinator, desk.case)
    assert view.letters[-1].files == (PHOTO.filename, LETTER.filename)


def test_files_go_along_a_second_time_too(desk: Desk) -> None:
    world = desk.world
    first = desk.write(Words(text="Zie de bijlage.", files=(LETTER,)))
    bounce = Automatic(bounce=True, permanent=True, answers=(first.message_id,))
    world.intake.accept(world.mail("unknown user", sender=Contact(), automatic=bounce))
    [task] = world.tasks(desk.case, kind=TaskKind.UNDELIVERED)
    number = world.correspondence.again(
        desk.coordinator, task.id, ReplyRoute(route=Route.MAIL, address="jan@elders.example")
    )
    [delivery] = world.worker.claim_deliveries()
    assert delivery.outgoing.id == number
    assert [file.content for file in delivery.outgoing.attachments] == [LETTER.content]


def test_the_sweeper_knows_the_files_that_leave(desk: Desk) -> None:
    sent = desk.write(Words(text="Zie de bijlage.", files=(LETTER,)))
    with desk.world.store.read() as work:
        [(_, _, digest)] = work.outbox.enclosed(sent.id)
        assert digest in work.messages.digests()


def test_a_message_without_words_is_refused(desk: Desk) -> None:
    for empty in ("", "  \n\t"):
        with pytest.raises(ValueError, match=r"."):
            desk.world.correspondence.write(desk.coordinator, desk.case, Words(text=empty, files=(LETTER,)))
    assert desk.names() == ["ontvangst"]


def test_without_a_way_back_nothing_can_be_written(world: World) -> None:
    case = world.case_id(world.intake.accept(world.mail(sender=Contact(), answerable=False)).case_number)
    coordinator = world.coordinator()
    with pytest.raises(ValueError, match=r"."):
        world.correspondence.write(coordinator, case, HELLO)
    assert world.letters_of(case) == []


def test_who_complained_on_paper_is_written_to_on_paper(world: World) -> None:
    paper = ReplyRoute(route=Route.PRINT, address="Jan Jansen\nDorpsstraat 1, Voorbeeld")
    mail = replace(world.mail(sender=Contact(name="Jan Jansen", address="Dorpsstraat 1, Voorbeeld")), reply=paper)
    case = world.case_id(world.intake.accept(mail).case_number)
    number = world.correspondence.write(world.coordinator(), case, HELLO)
    assert [task.outgoing for task in world.tasks(case, kind=TaskKind.POST_LETTER)][-1] == number
    assert world.worker.claim_deliveries() == []


def test_a_citizen_who_was_not_confirmed_yet_is_not_written_to(world: World) -> None:
    """A colleague passed the message on: a person says first who complains."""
    citizen = Contact(name="Mia de Vries", email="mia@voorbeeld.example")
    colleague = Contact(name="Karel Collega", email="k.collega@gemeente.example")
    mail = replace(world.mail(sender=colleague), forwarded=Forwarded(contact=citizen, received_at=None))
    case = world.case_id(world.intake.accept(mail).case_number)
    with pytest.raises((ValueError, NotAllowed), match=r".*"):
        world.correspondence.write(world.coordinator(), case, HELLO)
    assert world.letters_of(case) == []


@pytest.mark.parametrize("role", [Role.HANDLER, Role.AUDITOR, Role.ADMINISTRATOR, Role.JURIST])
def test_others_do_not_write_for_the_coordinator(desk: Desk, role: Role) -> None:
    other = desk.world.account("ander", role)
    for call in (desk.world.correspondence.write, desk.world.correspondence.preview):
        with pytest.raises((NotFound, NotAllowed)):
            call(other, desk.case, HELLO)
    with pytest.raises((NotFound, NotAllowed)):
        desk.world.correspondence.release_objection_notice(other, desk.case)
    assert desk.names() == ["ontvangst"]


def test_the_person_complained_about_writes_and_releases_nothing(desk: Desk) -> None:
    actor = accused(desk)
    for call in (desk.world.correspondence.write, desk.world.correspondence.preview):
        with pytest.raises(NotFound):
            call(actor, desk.case, HELLO)
    with pytest.raises(NotFound):
        desk.world.correspondence.release_objection_notice(actor, desk.case)


# --- "dit is mogelijk een bezwaar" --------------------------------------------------------------------------------

OBJECTION = Decision(kinds=(Kind.BEZWAAR,), team=None, respondent_role=RespondentRole.ONBEKEND)


def test_the_machine_never_calls_a_message_an_objection(world: World) -> None:
    world.classifier.says = Suggestion(
        kinds={Kind.BEZWAAR: 0.99}, teams={}, respondent_role=RespondentRole.ONBEKEND, model="twin"
    )
    case = world.case_id(world.intake.accept(world.mail("Ik maak bezwaar tegen het besluit.")).case_number)
    world.worker.classify()
    coordinator = world.coordinator()
    [review] = world.tasks(case, kind=TaskKind.REVIEW)
    world.review.confirm(coordinator, review.id, OBJECTION, version=world.stored(case).version)
    assert [letter.letter for letter in world.letters_of(case)] == ["ontvangst"]


def test_a_person_releases_it_and_it_leaves_in_the_thread(desk: Desk) -> None:
    number = desk.world.correspondence.release_objection_notice(desk.coordinator, desk.case)
    [delivery] = desk.world.worker.claim_deliveries()
    sent = delivery.outgoing
    assert (sent.id, sent.letter, sent.automatic) == (number, "mogelijk_bezwaar", False)
    assert sent.in_reply_to == "eerste@voorbeeld.example"
    assert "bezwaar" in sent.text.casefold()
    assert desk.world.stored(desk.case).number in sent.subject


def test_without_a_way_back_it_cannot_be_released(world: World) -> None:
    case = world.case_id(world.intake.accept(world.mail(sender=Contact(), answerable=False)).case_number)
    with pytest.raises(ValueError, match=r"."):
        world.correspondence.release_objection_notice(world.coordinator(), case)


def test_it_leaves_once(desk: Desk) -> None:
    desk.world.correspondence.release_objection_notice(desk.coordinator, desk.case)
    with pytest.raises((ValueError, NotAllowed), match=r".*"):
        desk.world.correspondence.release_objection_notice(desk.coordinator, desk.case)
    assert desk.names() == ["ontvangst", "mogelijk_bezwaar"]


# --- files that were not taken ------------------------------------------------------------------------------------


def refusing(mail: Inbound, *files: Refused) -> Inbound:
    return replace(mail, refused=files)


def test_who_sent_too_much_is_told_what_and_the_rest_is_taken(world: World) -> None:
    mail = replace(refusing(world.mail(), TOO_LARGE, TOO_MANY), attachments=(LETTER,))
    case = world.case_id(world.intake.accept(mail).case_number)
    first, second = world.letters_of(case)
    assert (first.letter, second.letter) == ("ontvangst", "weigering_bericht")
    for name in (TOO_LARGE.filename, TOO_MANY.filename):
        assert name in second.text and second.html is not None and name in second.html
    assert second.in_reply_to == mail.external_id
    assert FilesRefused(message=1, files=(TOO_LARGE, TOO_MANY)) in world.happened(case)
    [message] = world.queries.case(world.coordinator(), case).messages
    assert [file.filename for file in message.attachments] == [LETTER.filename]
    assert message.refused == (TOO_LARGE, TOO_MANY)


def test_it_is_told_once_for_each_message(desk: Desk) -> None:
    world = desk.world
    first = refusing(world.mail("Met film.", references=desk.thread()), TOO_LARGE)
    for mail in (first, first, refusing(world.mail("Met foto.", references=desk.thread()), TOO_MANY)):
        world.intake.accept(mail)
    assert desk.names().count("weigering_bericht") == 2


def test_the_name_of_a_refused_file_is_never_markup(world: World) -> None:
    evil = replace(TOO_LARGE, filename='<img src=x onerror="alert(1)">.mp4')
    case = world.case_id(world.intake.accept(refusing(world.mail(), evil)).case_number)
    letter = world.letters_of(case)[-1]
    assert letter.letter == "weigering_bericht"
    assert letter.html is not None and "<img src=x" not in letter.html


def test_without_a_way_back_nobody_is_told_by_the_machine(world: World) -> None:
    mail = refusing(world.mail(sender=Contact(), answerable=False), TOO_LARGE)
    case = world.case_id(world.intake.accept(mail).case_number)
    assert world.letters_of(case) == []
    assert world.worker.claim_deliveries() == []
    assert world.tasks(case, kind=TaskKind.ACKNOWLEDGE)


def test_an_automatic_message_is_told_nothing_of_its_files(world: World) -> None:
    world.intake.accept(refusing(world.mail(automatic=Automatic(auto_submitted=True)), TOO_LARGE))
    assert world.worker.claim_deliveries() == []
