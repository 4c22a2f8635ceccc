"""Old mail is imported for people to read: the machine writes nobody, and what is known is not taken twice."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.domain.message import Automatic, Contact, Forwarded, Inbound, Outcome, Refused, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.store.schema import metadata
from tests.core.world import World

STORY = "Op dinsdag stond ik een uur aan de balie en niemand hielp mij, en daarna werd ik ook nog uitgelachen."
LONG_AGO = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
"""1 January 2026, local time."""


def old(mail: Inbound, received_at: datetime = LONG_AGO) -> Inbound:
    return replace(mail, imported=True, received_at=received_at)


def rows(world: World) -> int:
    """Everything that is written down: cases, messages, tasks, letters, events."""
    with world.engine.connect() as connection:
        return sum(len(connection.execute(table.select()).all()) for table in metadata.sorted_tables)


def test_an_imported_message_opens_a_case_to_review_and_writes_nobody(world: World) -> None:
    accepted = world.intake.accept(old(world.mail(STORY)))
    assert accepted.outcome == Outcome.OPENED
    case = world.case_id(accepted.case_number)
    assert [task.kind for task in world.tasks(case)] == [TaskKind.REVIEW]
    assert world.letters_of(case) == []
    assert world.worker.claim_deliveries() == []


def test_its_dates_and_number_are_those_of_its_own_receipt(world: World) -> None:
    accepted = world.intake.accept(old(world.mail(STORY)))
    assert accepted.case_number == "2026-0001"
    case = world.stored(world.case_id(accepted.case_number))
    assert case.received_on == date(2026, 1, 1)
    assert case.deadlines is not None and case.deadlines.target == date(2026, 1, 29)
    earlier = world.intake.accept(old(world.mail("Nog ouder."), datetime(2024, 5, 6, 9, 0, tzinfo=UTC)))
    assert earlier.case_number == "2024-0001"


def test_the_classifier_reads_it_like_any_other(world: World) -> None:
    accepted = world.intake.accept(old(world.mail(STORY)))
    assert world.worker.classify() == 1
    view = world.queries.message(world.coordinator(), accepted.message)
    assert view.suggestion is not None


@pytest.mark.parametrize(
    "change",
    [
        {"refused": (Refused(filename="film.mp4", reason="too_large", size=90_000_000),)},
        {"fields": {"consent": "Ja, u mag mij per e-mail antwoorden."}},
        {"reply": ReplyRoute(route=Route.PRINT, address="Dorpsstraat 1, Voorbeeld")},
        {"reply": None},
        {"forwarded": Forwarded(contact=Contact(email="mia@voorbeeld.example"), received_at=None)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nothing_about_it_makes_a_letter(world: World, change: dict[str, object]) -> None:
    accepted = world.intake.accept(replace(old(world.mail(STORY)), **change))  # type: ignore[arg-type]
    case = world.case_id(accepted.case_number)
    assert world.letters_of(case) == []
    assert not world.tasks(case, kind=TaskKind.POST_LETTER)


def test_an_imported_addition_lands_in_its_case_and_is_not_confirmed(world: World) -> None:
    first = world.intake.accept(old(world.mail(STORY, message_id="een@voorbeeld.example")))
    further = world.intake.accept(old(world.mail("Nog iets.", references=("een@voorbeeld.example",))))
    assert (further.outcome, further.case_number) == (Outcome.APPENDED, first.case_number)
    assert world.worker.claim_deliveries() == []


def test_what_came_in_before_is_recognised(world: World) -> None:
    mail = world.mail(STORY)
    live = world.intake.accept(mail)
    world.deliver_all()
    again = world.intake.accept(old(mail))
    assert again == replace(live, outcome=Outcome.DUPLICATE)
    assert len(world.queries.cases(world.coordinator())) == 1


def test_importing_twice_takes_everything_once(world: World) -> None:
    mails = [old(world.mail(f"Verhaal {number}.")) for number in range(5)]
    first = world.intake.accept_all(mails)
    second = world.intake.accept_all(mails)
    assert {accepted.outcome for accepted in first} == {Outcome.OPENED}
    assert {accepted.outcome for accepted in second} == {Outcome.DUPLICATE}
    assert [a.case_number for a in first] == [a.case_number for a in second]


def test_a_message_that_was_imported_and_then_comes_in_live_is_not_acknowledged(world: World) -> None:
    """The same id and content: it is the same message, which was answered, or not, before our time."""
    mail = world.mail(STORY)
    world.intake.accept(old(mail))
    assert world.intake.accept(mail).outcome == Outcome.DUPLICATE
    assert world.worker.claim_deliveries() == []


def test_a_live_answer_in_an_imported_case_is_confirmed(world: World) -> None:
    first = world.intake.accept(old(world.mail(STORY, message_id="een@voorbeeld.example")))
    world.intake.accept(world.mail("Ik wacht nog steeds.", references=("een@voorbeeld.example",)))
    letters = world.letters_of(world.case_id(first.case_number))
    assert [letter.letter for letter in letters] == ["aanvulling_ontvangen"]


def test_imported_mail_uses_up_no_brake(world: World) -> None:
    world.intake.accept_all([old(world.mail(f"Verhaal {number}.")) for number in range(20)])
    case = world.case_id(world.intake.accept(world.mail("Vandaag gebeurd.")).case_number)
    assert [letter.letter for letter in world.letters_of(case)] == ["ontvangst"]
    assert world.alerts(TaskKind.LOOP) == []


def test_automatic_and_unreadable_old_mail_is_kept(world: World) -> None:
    away = world.intake.accept(old(world.mail(automatic=Automatic(auto_submitted=True))))
    broken = world.intake.accept(old(world.mail("?", problem="unreadable", sender=Contact(), answerable=False)))
    assert (away.outcome, broken.outcome) == (Outcome.AUTOMATIC, Outcome.UNPROCESSED)
    kinds = {item.kind for item in world.queries.queue(world.coordinator())}
    assert kinds == {TaskKind.AUTOMATIC, TaskKind.UNPROCESSED}


# --- the dry run --------------------------------------------------------------------------------------------------


def kinds_of_mail(world: World) -> dict[Outcome, Inbound]:
    """A message for every outcome, beside a case that stands already."""
    known = world.mail(STORY, message_id="een@voorbeeld.example")
    world.intake.accept(known)
    return {
        Outcome.OPENED: world.mail("Iets nieuws."),
        Outcome.DUPLICATE: known,
        Outcome.APPENDED: world.mail("Nog iets.", references=("een@voorbeeld.example",)),
        Outcome.AUTOMATIC: world.mail("Afwezig.", automatic=Automatic(auto_submitted=True)),
        Outcome.UNPROCESSED: world.mail("?", problem="unreadable", sender=Contact(), answerable=False),
    }


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_dry_run_foresees_what_would_happen(world: World, outcome: Outcome) -> None:
    mail = kinds_of_mail(world)[outcome]
    foreseen = world.intake.foresee(old(mail, world.now))
    assert foreseen == outcome
    assert world.intake.accept(old(mail, world.now)).outcome == foreseen


def test_a_dry_run_stores_nothing(world: World) -> None:
    mails = kinds_of_mail(world)
    before, blobs = rows(world), world.blobs.digests()
    for mail in mails.values():
        world.intake.foresee(old(mail))
        world.intake.foresee(mail)
    assert (rows(world), world.blobs.digests()) == (before, blobs)


def test_a_dry_run_uses_up_no_case_number(world: World) -> None:
    world.intake.foresee(old(world.mail(STORY)))
    assert world.intake.accept(world.mail(STORY)).case_number == "2026-0001"


def test_old_mail_that_is_read_at_the_second_attempt_writes_nobody_either(world: World) -> None:
    world.intake.accept(old(world.mail("?", problem="unreadable", answerable=False)))
    coordinator = world.coordinator()
    [item] = world.queries.queue(coordinator)
    world.reread = world.mail(STORY)
    number = world.rereading.try_again(coordinator, item.task)
    assert world.letters_of(world.case_id(number)) == []
