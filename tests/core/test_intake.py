"""A message is taken in once, whole, with its case and its acknowledgement, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.domain.access import Role
from core.domain.case import replayed
from core.domain.errors import NotFound, Unstorable
from core.domain.message import Automatic, Contact, Delivered, DeliveryState, Inbound, Outcome, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.ports import Original
from core.store.messages import SqlMessages
from core.store.uow import SqlStore, SqlWork
from tests.core.world import JAN, World


def test_a_first_message_opens_a_case_and_queues_the_acknowledgement(world: World) -> None:
    accepted = world.intake.accept(world.mail(message_id="one@voorbeeld.example"))
    assert accepted.outcome == Outcome.OPENED
    assert accepted.case_number == "2026-0001"
    [delivery] = world.worker.claim_deliveries()
    letter = delivery.outgoing
    assert letter.letter == "ontvangst"
    assert letter.to == ReplyRoute(route=Route.MAIL, address=JAN.email)
    assert letter.in_reply_to == "one@voorbeeld.example"
    assert "2026-0001" in letter.subject
    for promised in ("2026-0001", "23 november 2026", "21 december 2026", "4 januari 2027", "14 0591"):
        assert promised in letter.text
        assert letter.html is not None and promised in letter.html


def test_the_case_has_its_dates_and_a_review_task(world: World) -> None:
    accepted = world.intake.accept(world.mail())
    case = world.case_id(accepted.case_number)
    with world.store.read() as work:
        found = work.cases.get(case)
    assert found.received_on == date(2026, 11, 23)
    assert found.deadlines is not None
    assert (found.deadlines.target, found.deadlines.limit.day) == (date(2026, 12, 21), date(2027, 1, 4))
    [task] = world.tasks(case)
    assert (task.kind, task.role, task.due) == (TaskKind.REVIEW, Role.COORDINATOR, date(2026, 11, 24))


def test_the_day_of_receipt_is_the_local_one(world: World) -> None:
    world.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    accepted = world.intake.accept(world.mail())
    assert accepted.case_number == "2027-0001"


def test_the_same_message_twice_makes_one_case(world: World) -> None:
    mail = world.mail(message_id="same@voorbeeld.example")
    first, second = world.intake.accept(mail), world.intake.accept(mail)
    assert second.outcome == Outcome.DUPLICATE
    assert (second.message, second.case_number) == (first.message, first.case_number)
    assert len(world.deliver_all()) == 1


def test_the_same_message_twice_in_one_chunk_makes_one_case(world: World) -> None:
    mail = world.mail()
    outcomes = [accepted.outcome for accepted in world.intake.accept_all([mail, mail])]
    assert outcomes == [Outcome.OPENED, Outcome.DUPLICATE]


def test_a_reused_message_id_with_other_content_is_a_new_message(world: World) -> None:
    world.intake.accept(world.mail("eerste", message_id="same@voorbeeld.example"))
    second = world.intake.accept(world.mail("tweede", message_id="same@voorbeeld.example"))
    assert second.outcome == Outcome.OPENED


def test_an_answer_to_our_letter_joins_the_case_without_a_second_receipt(world: World) -> None:
    first = world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    reply = world.intake.accept(world.mail("Nog iets.", references=(delivery.outgoing.message_id,)))
    assert (reply.outcome, reply.case_number) == (Outcome.APPENDED, first.case_number)
    kinds = [task.kind for task in world.tasks(world.case_id(first.case_number))]
    assert kinds == [TaskKind.REVIEW, TaskKind.FOLLOW_UP]
    world.worker.sent(delivery, Delivered())
    [answer] = world.worker.claim_deliveries()
    assert answer.outgoing.letter == "aanvulling_ontvangen"


def test_a_further_mail_in_the_citizens_own_thread_joins_the_case(world: World) -> None:
    first = world.intake.accept(world.mail(message_id="eerste@voorbeeld.example"))
    further = world.intake.accept(world.mail("Nog iets.", references=("eerste@voorbeeld.example",)))
    assert (further.outcome, further.case_number) == (Outcome.APPENDED, first.case_number)
    stranger = Contact(name="Piet", email="piet@elders.example")
    other = world.intake.accept(world.mail("Ik ook", sender=stranger, references=("eerste@voorbeeld.example",)))
    assert other.outcome == Outcome.OPENED


def test_a_strangers_answer_never_lands_in_the_case(world: World) -> None:
    first = world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    stranger = Contact(name="Piet", email="piet@elders.example")
    reply = world.intake.accept(world.mail("Ik ook!", sender=stranger, references=(delivery.outgoing.message_id,)))
    assert reply.outcome == Outcome.OPENED
    assert reply.case_number != first.case_number
    kinds = [task.kind for task in world.tasks(world.case_id(reply.case_number))]
    assert TaskKind.MATCH in kinds
    [receipt] = world.worker.claim_deliveries()
    assert str(first.case_number) not in receipt.outgoing.text


def test_an_automatic_message_is_kept_and_never_answered(world: World) -> None:
    accepted = world.intake.accept(world.mail(automatic=Automatic(auto_submitted=True)))
    assert (accepted.outcome, accepted.case_number) == (Outcome.AUTOMATIC, None)
    assert world.worker.claim_deliveries() == []
    [item] = world.queries.queue(world.coordinator())
    assert item.kind == TaskKind.AUTOMATIC


def test_a_bounce_makes_the_letter_undelivered(world: World) -> None:
    first = world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    world.worker.sent(delivery, Delivered())
    bounce = Automatic(bounce=True, permanent=True, answers=(delivery.outgoing.message_id,))
    world.intake.accept(world.mail("unknown user", sender=Contact(), automatic=bounce))
    case = world.case_id(first.case_number)
    assert world.tasks(case, kind=TaskKind.UNDELIVERED)
    with world.store.read() as work:
        assert work.outbox.state(delivery.outgoing.id) == DeliveryState.FAILED


def test_what_cannot_be_understood_is_kept_and_can_be_tried_again(world: World) -> None:
    accepted = world.intake.accept(world.mail(problem="unreadable", sender=Contact(), answerable=False))
    assert accepted.outcome == Outcome.UNPROCESSED
    coordinator = world.coordinator()
    [item] = world.queries.queue(coordinator)
    world.reread = world.mail("Nu wel te lezen.")
    number = world.rereading.try_again(coordinator, item.task)
    assert number == "2026-0001"
    [review] = world.queries.queue(coordinator)
    assert (review.kind, review.number) == (TaskKind.REVIEW, number)
    assert len(world.deliver_all()) == 1


def test_what_still_cannot_be_understood_stays_in_the_queue(world: World) -> None:
    kept = world.mail(problem="unreadable", answerable=False)
    world.intake.accept(kept)
    coordinator = world.coordinator()
    [item] = world.queries.queue(coordinator)
    world.reread = kept
    assert world.rereading.try_again(coordinator, item.task) is None
    assert world.queries.queue(coordinator) == [item]


def test_a_second_reading_keeps_nobody_from_writing(world: World) -> None:
    world.intake.accept(world.mail(problem="unreadable", answerable=False))
    coordinator = world.coordinator()
    [item] = world.queries.queue(coordinator)
    writing: list[bool] = []
    during: list[list[bool]] = []

    class Watched(SqlStore):
        @contextmanager
        def write(self) -> Iterator[SqlWork]:
            writing.append(True)
            with super().write() as work:
                yield work
            writing.pop()

    def slowly(_original: Original, _raw: bytes) -> Inbound:
        during.append(list(writing))
        return world.mail("Nu wel te lezen.")

    rereading = replace(world.rereading, store=Watched(world.engine), read=slowly)
    assert rereading.try_again(coordinator, item.task) == "2026-0001"
    assert during == [[]]


def test_a_person_can_open_a_case_for_what_stays_unreadable(world: World) -> None:
    world.intake.accept(world.mail(problem="encrypted", answerable=False))
    coordinator = world.coordinator()
    [item] = world.queries.queue(coordinator)
    world.later(days=1)
    number = world.rereading.open_by_hand(coordinator, item.task)
    view = world.queries.case(coordinator, world.case_id(number))
    assert view.case.received_on == date(2026, 11, 23)
    assert {task.kind for task in view.tasks} == {TaskKind.REVIEW, TaskKind.ACKNOWLEDGE}
    with pytest.raises(NotFound):
        world.rereading.open_by_hand(coordinator, item.task)


def test_what_the_database_cannot_hold_is_kept_as_its_original(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = world.mail("slecht")
    add = SqlMessages.add

    def refuse(self: object, inbound: object, *rest: object) -> int:
        if getattr(inbound, "text", ""):
            raise UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates not allowed")
        return add(self, inbound, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlMessages, "add", refuse)
    bad, good = world.intake.accept_all([mail, world.mail("", subject="goed")])
    assert (bad.outcome, good.outcome) == (Outcome.UNPROCESSED, Outcome.OPENED)
    with world.store.read() as work:
        assert world.blobs.get(work.messages.original(bad.message).raw) == b"slecht"


def test_a_value_that_cannot_be_stored_fails_alone(world: World) -> None:
    with world.store.write() as work, pytest.raises(Unstorable), work.savepoint():
        raise UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates not allowed")


def test_nothing_of_a_failed_chunk_remains(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.worker), "claim_deliveries", lambda *_: [])
    second = replace(world.mail("tweede"), received_at=datetime(2026, 1, 1, tzinfo=UTC))

    def explode(*_: object, **__: object) -> object:
        raise OSError("disk full")

    monkeypatch.setattr(type(world.letters), "write", explode)
    with pytest.raises(OSError, match="disk full"):
        world.intake.accept_all([world.mail("eerste"), second])
    assert world.queries.cases(world.coordinator()) == []


def test_without_a_way_back_a_person_confirms_receipt(world: World) -> None:
    accepted = world.intake.accept(world.mail(sender=Contact(), answerable=False))
    case = world.case_id(accepted.case_number)
    assert world.tasks(case, kind=TaskKind.ACKNOWLEDGE)
    with world.store.read() as work:
        assert work.cases.get(case).anonymous


def test_a_letter_on_paper_is_a_task_and_counts_as_sent_when_posted(world: World) -> None:
    form = replace(world.mail(), reply=ReplyRoute(route=Route.PRINT, address="Dorpsstraat 1, Voorbeeld"))
    accepted = world.intake.accept(form)
    case = world.case_id(accepted.case_number)
    [task] = world.tasks(case, kind=TaskKind.POST_LETTER)
    assert world.worker.claim_deliveries() == []
    coordinator = world.coordinator()
    world.review.finish(coordinator, task.id)
    view = world.queries.case(coordinator, case)
    assert view.case.acknowledged_at == world.now
    assert view.letters[0].state == DeliveryState.SENT


def test_the_case_is_what_its_events_make_it(world: World) -> None:
    accepted = world.intake.accept(world.mail())
    world.deliver_all()
    case = world.case_id(accepted.case_number)
    with world.store.read() as work:
        stored, history = work.cases.get(case), work.cases.history(case)
    assert replace(replayed(case, stored.number, history, reply_key=stored.reply_key), version=stored.version) == stored
