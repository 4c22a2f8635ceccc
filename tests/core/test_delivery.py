"""What leaves is followed until it arrived; what comes back goes again, and the second sending counts (Awb 2:11)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from core.domain.access import Actor, Role
from core.domain.case import replayed
from core.domain.errors import NotAllowed, NotFound, Permanent, Temporary
from core.domain.events import LetterDelayed, LetterFailed
from core.domain.message import Automatic, Contact, Delivered, DeliveryState, Outgoing, ReplyRoute, Route
from core.domain.organisation import Office
from core.domain.tasks import TaskKind
from core.service.correspondence import Words
from core.service.worker import LEASE, PAUSES
from core.views import LetterView
from tests.core.world import JAN, KLACHT, MUNICIPALITY, World

ELSEWHERE = ReplyRoute(route=Route.MAIL, address="jan@elders.example")
BY_POST = ReplyRoute(route=Route.PRINT, address="Jan Jansen\nDorpsstraat 1\n1234 AB Voorbeeld")


@dataclass
class Told:
    """A case whose acknowledgement is waiting, and who follows it."""

    world: World
    case: int
    coordinator: Actor

    def letters(self) -> tuple[LetterView, ...]:
        return self.world.queries.case(self.coordinator, self.case).letters

    def undelivered(self) -> int:
        [task] = self.world.tasks(self.case, kind=TaskKind.UNDELIVERED)
        return task.id

    def deliver(self) -> Outgoing:
        [delivery] = self.world.worker.claim_deliveries()
        self.world.worker.sent(delivery, Delivered(provider_id="queued as 4711"))
        return delivery.outgoing

    def bounce(self, letter: Outgoing, *, permanent: bool = True) -> int:
        signs = Automatic(bounce=True, permanent=permanent, answers=(letter.message_id,))
        mail = self.world.mail("Delivery Status Notification", sender=Contact(), automatic=signs)
        return self.world.intake.accept(mail).message

    def acknowledged_at(self) -> datetime | None:
        return self.world.stored(self.case).acknowledged_at


@pytest.fixture
def told(world: World) -> Told:
    case = world.case_id(world.intake.accept(world.mail(message_id="eerste@voorbeeld.example")).case_number)
    return Told(world, case, world.coordinator())


# --- the first sending --------------------------------------------------------------------------------------------


def test_a_letter_carries_the_key_of_its_case_in_the_address_for_answers(told: Told) -> None:
    [letter] = told.world.letters_of(told.case)
    local, domain = MUNICIPALITY.email.split("@")
    assert letter.reply_to == f"{local}+{told.world.stored(told.case).reply_key}@{domain}"


def test_without_plus_addresses_answers_go_to_the_municipality_itself(world: World) -> None:
    posting = replace(world.posting, plus_addresses=False)
    placing = replace(world.intake.placing, answering=replace(world.answering, posting=posting))
    intake = replace(world.intake, placing=placing)
    case = world.case_id(intake.accept(world.mail()).case_number)
    [letter] = world.letters_of(case)
    assert letter.reply_to in ("", MUNICIPALITY.email)
    assert world.stored(case).reply_key in letter.message_id


def test_no_two_cases_share_a_key_and_no_two_letters_an_identity(world: World) -> None:
    cases = [world.case_id(world.intake.accept(world.mail(f"Verhaal {n}.")).case_number) for n in range(3)]
    assert len({world.stored(case).reply_key for case in cases}) == 3
    assert all(len(world.stored(case).reply_key) >= 16 for case in cases)
    assert len({world.letters_of(case)[0].message_id for case in cases}) == 3


def test_accepted_is_sent_and_dated(told: Told) -> None:
    told.world.later(seconds=4)
    told.deliver()
    [letter] = told.letters()
    assert (letter.state, letter.sent_at, letter.attempts) == (DeliveryState.SENT, told.world.now, 1)
    assert told.acknowledged_at() == told.world.now


def test_put_off_is_tried_again_with_growing_pauses_over_two_days(told: Told) -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(days=1, hours=12) <= sum(PAUSES, timedelta()) <= timedelta(days=2, hours=12)
    identities = set()
    for pause in PAUSES:
        [delivery] = told.world.worker.claim_deliveries()
        identities.add(delivery.outgoing.message_id)
        told.world.worker.failed(delivery, Temporary("451 4.7.1 greylisted"))
        assert told.letters()[0].state == DeliveryState.QUEUED
        assert told.acknowledged_at() is None
        told.world.now += pause
    assert len(identities) == 1
    told.deliver()
    assert told.letters()[0].state == DeliveryState.SENT
    assert not told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)


def test_refused_for_good_is_a_task_at_once(told: Told) -> None:
    [delivery] = told.world.worker.claim_deliveries()
    told.world.worker.failed(delivery, Permanent("550 5.1.1"))
    assert told.letters()[0].state == DeliveryState.FAILED
    assert told.undelivered()
    assert told.acknowledged_at() is None
    told.world.later(days=3)
    assert told.world.worker.claim_deliveries() == []


def test_a_repeat_after_a_kill_is_the_same_to_the_byte(told: Told) -> None:
    [first] = told.world.worker.claim_deliveries()
    told.world.now += LEASE + timedelta(seconds=1)
    [again] = told.world.worker.claim_deliveries()
    assert again.outgoing == first.outgoing


def test_what_a_person_wrote_is_never_repeated_by_the_machine_after_a_kill(told: Told) -> None:
    told.deliver()
    number = told.world.correspondence.write(told.coordinator, told.case, Words(text="Wij bellen u."))
    [delivery] = told.world.worker.claim_deliveries()
    assert delivery.outgoing.id == number
    told.world.now += LEASE + timedelta(seconds=1)
    assert told.world.worker.claim_deliveries() == []
    assert told.letters()[-1].state == DeliveryState.UNKNOWN
    [task] = told.world.tasks(told.case, kind=TaskKind.DELIVERY_UNKNOWN)
    assert task.outgoing == number


# --- coming back later --------------------------------------------------------------------------------------------


def test_what_bounces_later_was_not_received(told: Told) -> None:
    letter = told.deliver()
    told.world.later(hours=3)
    told.bounce(letter)
    assert told.letters()[0].state == DeliveryState.FAILED
    assert told.acknowledged_at() is None
    [task] = told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)
    assert task.outgoing == letter.id
    assert [event.letter for event in told.world.happened(told.case) if isinstance(event, LetterFailed)] == [
        "ontvangst"
    ]


def test_a_bounce_that_comes_twice_is_one_task(told: Told) -> None:
    letter = told.deliver()
    told.bounce(letter)
    told.bounce(letter)
    assert told.undelivered()


def test_a_bounce_is_kept_and_never_answered(told: Told) -> None:
    letter = told.deliver()
    message = told.bounce(letter)
    assert told.world.queries.message(told.coordinator, message).automatic
    assert told.world.worker.claim_deliveries() == []


def test_a_bounce_that_names_no_letter_of_ours_changes_nothing(told: Told) -> None:
    letter = told.deliver()
    told.bounce(replace(letter, message_id="van-een-ander@elders.example"))
    assert told.letters()[0].state == DeliveryState.SENT
    assert told.acknowledged_at() is not None
    assert not told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)


def test_a_delay_is_shown_and_is_no_failure(told: Told) -> None:
    letter = told.deliver()
    told.bounce(letter, permanent=False)
    assert told.letters()[0].state == DeliveryState.SENT
    assert told.acknowledged_at() is not None
    assert LetterDelayed(outgoing=letter.id, letter="ontvangst") in told.world.happened(told.case)
    assert not told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)


def test_a_delay_and_then_a_failure_is_a_failure(told: Told) -> None:
    letter = told.deliver()
    told.bounce(letter, permanent=False)
    told.bounce(letter)
    assert told.letters()[0].state == DeliveryState.FAILED
    assert told.undelivered()


def test_an_absence_notice_is_no_failure(told: Told) -> None:
    letter = told.deliver()
    away = Automatic(auto_submitted=True, answers=(letter.message_id,))
    told.world.intake.accept(told.world.mail("Ik ben met vakantie.", automatic=away))
    assert told.letters()[0].state == DeliveryState.SENT
    assert not told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)


# --- the second sending -------------------------------------------------------------------------------------------


def test_the_date_is_that_of_the_second_sending(told: Told) -> None:
    first = told.deliver()
    told.world.later(days=1)
    told.bounce(first)
    task = told.undelivered()
    number = told.world.correspondence.again(told.coordinator, task, ELSEWHERE)
    assert told.acknowledged_at() is None
    told.world.later(minutes=5)
    second = told.deliver()
    assert second.id == number
    assert told.acknowledged_at() == told.world.now
    assert not told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)


def test_the_second_sending_is_the_same_letter_under_its_own_identity(told: Told) -> None:
    first = told.deliver()
    told.bounce(first)
    told.world.correspondence.again(told.coordinator, told.undelivered(), ELSEWHERE)
    second = told.deliver()
    assert second.to == ELSEWHERE
    assert second.message_id != first.message_id
    assert (second.letter, second.subject, second.text, second.html) == (
        first.letter,
        first.subject,
        first.text,
        first.html,
    )
    assert second.reply_to == first.reply_to
    views = told.letters()
    assert (views[0].again_as, views[1].again_for) == (second.id, first.id)


def test_the_second_sending_can_go_to_the_same_address(told: Told) -> None:
    first = told.deliver()
    told.bounce(first)
    told.world.correspondence.again(told.coordinator, told.undelivered(), first.to)
    second = told.deliver()
    assert (second.to, second.message_id != first.message_id) == (first.to, True)


def test_the_second_sending_can_go_by_post_and_counts_when_it_is_posted(told: Told) -> None:
    first = told.deliver()
    told.bounce(first)
    told.world.correspondence.again(told.coordinator, told.undelivered(), BY_POST)
    assert told.world.worker.claim_deliveries() == []
    [post] = told.world.tasks(told.case, kind=TaskKind.POST_LETTER)
    told.world.later(days=1)
    told.world.review.finish(told.coordinator, post.id)
    assert told.acknowledged_at() == told.world.now
    assert told.letters()[-1].state == DeliveryState.SENT


def test_the_second_sending_can_fail_too(told: Told) -> None:
    first = told.deliver()
    told.bounce(first)
    told.world.correspondence.again(told.coordinator, told.undelivered(), ELSEWHERE)
    second = told.deliver()
    told.bounce(second)
    assert told.acknowledged_at() is None
    [task] = told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)
    assert task.outgoing == second.id


def test_a_late_bounce_of_the_first_takes_nothing_from_the_second(told: Told) -> None:
    first = told.deliver()
    told.bounce(first)
    told.world.correspondence.again(told.coordinator, told.undelivered(), ELSEWHERE)
    told.deliver()
    sent_at = told.acknowledged_at()
    told.world.later(hours=1)
    told.bounce(first)
    assert told.acknowledged_at() == sent_at
    assert not told.world.tasks(told.case, kind=TaskKind.UNDELIVERED)


def test_what_may_have_arrived_can_be_sent_again_by_a_person(told: Told) -> None:
    told.deliver()
    told.world.correspondence.write(told.coordinator, told.case, Words(text="Wij bellen u."))
    [delivery] = told.world.worker.claim_deliveries()
    told.world.worker.failed(delivery, Temporary("timeout", handed_over=True))
    [task] = told.world.tasks(told.case, kind=TaskKind.DELIVERY_UNKNOWN)
    told.world.correspondence.again(told.coordinator, task.id, ELSEWHERE)
    assert told.deliver().text == delivery.outgoing.text
    assert not told.world.tasks(told.case, kind=TaskKind.DELIVERY_UNKNOWN)


def test_an_answer_from_the_second_address_finds_the_case(told: Told) -> None:
    """A person said that Jan can be reached there."""
    told.bounce(told.deliver())
    told.world.correspondence.again(told.coordinator, told.undelivered(), ELSEWHERE)
    second = told.deliver()
    sender = replace(JAN, email=ELSEWHERE.address)
    answer = told.world.mail("Dank u.", sender=sender, references=(second.message_id,))
    assert told.world.intake.accept(answer).case_number == told.world.stored(told.case).number


def test_a_second_click_sends_nothing_more(told: Told) -> None:
    told.bounce(told.deliver())
    task = told.undelivered()
    told.world.correspondence.again(told.coordinator, task, ELSEWHERE)
    with pytest.raises(NotFound):
        told.world.correspondence.again(told.coordinator, task, ELSEWHERE)
    assert len(told.letters()) == 2


@pytest.mark.parametrize(
    "nowhere",
    [
        ReplyRoute(route=Route.MAIL, address=""),
        ReplyRoute(route=Route.PRINT, address=" "),
    ],
)
def test_nowhere_is_no_way_to_send_it_again(told: Told, nowhere: ReplyRoute) -> None:
    told.bounce(told.deliver())
    with pytest.raises(ValueError, match=r"."):
        told.world.correspondence.again(told.coordinator, told.undelivered(), nowhere)
    assert told.undelivered()


def test_another_task_is_no_letter_to_send_again(told: Told) -> None:
    [review] = told.world.tasks(told.case, kind=TaskKind.REVIEW)
    with pytest.raises((NotFound, NotAllowed)):
        told.world.correspondence.again(told.coordinator, review.id, ELSEWHERE)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.JURIST, Role.AUDITOR, Role.ADMINISTRATOR])
def test_not_everybody_sends_letters_again(told: Told, role: Role) -> None:
    told.bounce(told.deliver())
    with pytest.raises((NotFound, NotAllowed)):
        told.world.correspondence.again(told.world.account("ander", role), told.undelivered(), ELSEWHERE)
    assert len(told.letters()) == 1


def test_the_person_complained_about_sends_nothing_again(told: Told) -> None:
    world = told.world
    told.bounce(told.deliver())
    person = world.official("B. Klaagde", Office.TEAMLEIDER, "belastingen")
    [review] = world.tasks(told.case, kind=TaskKind.REVIEW)
    decision = replace(KLACHT, respondent_person=person, respondent_name="B. Klaagde")
    world.review.confirm(told.coordinator, review.id, decision, version=world.stored(told.case).version)
    accused = world.account("beklaagde", *Role, person=person)
    with pytest.raises(NotFound):
        world.correspondence.again(accused, told.undelivered(), ELSEWHERE)


def test_the_case_replays_with_all_of_it(told: Told) -> None:
    told.bounce(told.deliver())
    told.world.correspondence.again(told.coordinator, told.undelivered(), ELSEWHERE)
    told.world.later(hours=1)
    told.deliver()
    with told.world.store.read() as work:
        stored, history = work.cases.get(told.case), work.cases.history(told.case)
    made = replayed(told.case, stored.number, history, reply_key=stored.reply_key)
    assert replace(made, version=stored.version) == stored
