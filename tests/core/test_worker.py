"""The outbox is emptied at least once and never silently: tried again, given up loudly, recovered after a kill."""

from dataclasses import replace
from datetime import timedelta

from core.domain.access import Role
from core.domain.errors import Permanent, Temporary
from core.domain.message import Delivered, DeliveryState, Outgoing, ReplyRoute, Route
from core.domain.reactions import JobKind
from core.domain.tasks import TaskKind
from core.service.worker import LEASE, PAUSES
from tests.core.world import World


def formal_letter(world: World) -> int:
    """A letter that is no acknowledgement, waiting in the outbox of a case."""
    case = world.case_id(world.intake.accept(world.mail()).case_number)
    world.deliver_all()
    letter = Outgoing(
        case=case,
        letter="bevindingen",
        to=ReplyRoute(route=Route.MAIL, address="jan@voorbeeld.example"),
        subject="Wat wij vonden",
        text="...",
        message_id="letter@gemeente.example",
        created_at=world.now,
    )
    with world.store.write() as work:
        number = work.outbox.add(letter)
        work.jobs.add(JobKind.DELIVER, number, world.now)
    return number


def state(world: World, number: int) -> DeliveryState:
    with world.store.read() as work:
        return work.outbox.state(number)


def test_delivered_acknowledgements_are_noted_in_the_case(world: World) -> None:
    accepted = world.intake.accept(world.mail())
    world.later(seconds=3)
    [number] = world.deliver_all()
    view = world.queries.case(world.coordinator(), world.case_id(accepted.case_number))
    assert view.case.acknowledged_at == world.now
    assert [(letter.id, letter.state, letter.sent_at) for letter in view.letters] == [
        (number, DeliveryState.SENT, world.now)
    ]


def test_a_leased_delivery_is_not_given_to_a_second_worker(world: World) -> None:
    world.intake.accept(world.mail())
    assert len(world.worker.claim_deliveries()) == 1
    assert world.worker.claim_deliveries() == []


def test_a_receipt_of_a_killed_worker_goes_again_with_the_same_message_id(world: World) -> None:
    world.intake.accept(world.mail())
    [first] = world.worker.claim_deliveries()
    world.now += LEASE + timedelta(seconds=1)
    [again] = world.worker.claim_deliveries()
    assert again.outgoing == first.outgoing


def test_a_restart_of_the_embedded_installation_does_not_wait_for_the_lease(world: World) -> None:
    world.intake.accept(world.mail())
    world.worker.claim_deliveries()
    world.worker.recover()
    assert len(world.worker.claim_deliveries()) == 1


def test_a_formal_letter_of_a_killed_worker_is_never_resent_but_shown(world: World) -> None:
    number = formal_letter(world)
    assert [delivery.outgoing.id for delivery in world.worker.claim_deliveries()] == [number]
    world.now += LEASE + timedelta(seconds=1)
    assert world.worker.claim_deliveries() == []
    assert state(world, number) == DeliveryState.UNKNOWN
    kinds = [item.kind for item in world.queries.queue(world.coordinator())]
    assert TaskKind.DELIVERY_UNKNOWN in kinds


def test_a_temporary_failure_is_tried_again_with_growing_pauses_over_two_days(world: World) -> None:
    world.intake.accept(world.mail())
    began = world.now
    for pause in PAUSES:
        [delivery] = world.worker.claim_deliveries()
        world.worker.failed(delivery, Temporary("451"))
        world.now += pause - timedelta(seconds=1)
        assert world.worker.claim_deliveries() == []
        world.now += timedelta(seconds=1)
    assert timedelta(days=1, hours=12) <= world.now - began <= timedelta(days=2, hours=12)
    [last] = world.worker.claim_deliveries()
    world.worker.failed(last, Temporary("451"))
    assert state(world, last.outgoing.id) == DeliveryState.FAILED
    assert TaskKind.UNDELIVERED in [item.kind for item in world.queries.queue(world.coordinator())]


def test_the_other_sides_wish_to_wait_is_honoured(world: World) -> None:
    world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    world.worker.failed(delivery, Temporary("429", retry_after=7))
    world.later(seconds=6)
    assert world.worker.claim_deliveries() == []
    world.later(seconds=1)
    assert len(world.worker.claim_deliveries()) == 1


def test_a_permanent_failure_becomes_a_task_at_once(world: World) -> None:
    accepted = world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    world.worker.failed(delivery, Permanent("550 5.1.1"))
    [task] = world.tasks(world.case_id(accepted.case_number), kind=TaskKind.UNDELIVERED)
    assert task.outgoing == delivery.outgoing.id
    assert world.deliver_all() == []


def test_a_formal_letter_whose_answer_went_missing_is_not_sent_twice(world: World) -> None:
    number = formal_letter(world)
    [delivery] = world.worker.claim_deliveries()
    world.worker.failed(delivery, Temporary("timeout", handed_over=True))
    assert state(world, number) == DeliveryState.UNKNOWN


def test_a_receipt_whose_answer_went_missing_goes_again(world: World) -> None:
    world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    world.worker.failed(delivery, Temporary("timeout", handed_over=True))
    world.later(minutes=1)
    assert len(world.worker.claim_deliveries()) == 1


def test_suggestions_are_recorded_with_the_message_and_in_the_history(world: World) -> None:
    accepted = world.intake.accept(world.mail())
    assert world.worker.classify() == 1
    view = world.queries.case(world.coordinator(), world.case_id(accepted.case_number))
    assert view.messages[0].suggestion == world.classifier.says
    assert [type(entry.event).__name__ for entry in view.history][-1] == "Suggested"
    assert world.worker.classify() == 0


def test_a_broken_classifier_stops_nothing_and_the_administrator_is_told_once(world: World) -> None:
    world.classifier.broken = True
    for _ in range(2):
        world.intake.accept(world.mail())
    for _ in range(4):
        world.worker.classify()
        world.later(hours=1)
    assert len(world.deliver_all()) == 2
    administrator = world.account("beheer", Role.ADMINISTRATOR)
    assert [item.kind for item in world.queries.queue(administrator)] == [TaskKind.CLASSIFIER_AWAY]
    assert all(item.suggestion is None for item in world.queries.queue(world.coordinator()))


def test_without_a_sender_answering_nothing_is_lost(world: World) -> None:
    world.intake.accept(world.mail())
    [delivery] = world.worker.claim_deliveries()
    world.worker.sent(delivery, Delivered())
    world.worker.sent(delivery, Delivered())  # a second report, from a worker that came back from the dead
    assert state(world, delivery.outgoing.id) == DeliveryState.SENT


def test_an_installation_without_a_classifier_leaves_no_work_and_no_alarm(world: World) -> None:
    world.intake.accept(world.mail())
    worker = replace(world.worker, classifier=None)
    assert worker.classify() == 0
    with world.store.read() as work:
        assert work.jobs.claim([JobKind.CLASSIFY], world.now, world.now, 10) == []
    assert world.queries.queue(world.account("beheer", Role.ADMINISTRATOR)) == []
