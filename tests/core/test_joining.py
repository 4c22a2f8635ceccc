"""Two cases become one, stand beside each other, or stay apart: a person says so, and can take it back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from core.domain.access import Actor
from core.domain.case import replayed
from core.domain.errors import NotAllowed, NotFound
from core.domain.events import Absorbed, Linked, MergedInto, MergeUndone, Released
from core.domain.message import Attachment, Contact, Outcome
from core.domain.tasks import Task, TaskKind
from tests.core.world import JAN, KLACHT, World

STORY = "Op dinsdag stond ik een uur aan de balie en niemand hielp mij, en daarna werd ik ook nog uitgelachen."
OTHER_STORY = "De vuilnisauto rijdt elke donderdag over de stoep langs de school en dat is gevaarlijk."
SECRET = "een-geheim-over-de-ambtenaar"
PIET = Contact(name="Piet Pieters", email="piet@elders.example")


@dataclass
class Pair:
    """An older case, a newer one three days later, and the proposal about them."""

    world: World
    older: int
    newer: int
    coordinator: Actor
    proposal: int

    def number(self, case: int) -> str:
        return self.world.stored(case).number

    def open_tasks(self) -> list[Task]:
        return sorted(
            (task for case in (self.older, self.newer) for task in self.world.tasks(case)), key=lambda task: task.id
        )


def pair(world: World, kind: TaskKind) -> Pair:
    older = world.case_id(world.intake.accept(world.mail(STORY)).case_number)
    world.deliver_all()
    world.later(days=3)
    secret = Attachment(filename="bewijs.pdf", content_type="application/pdf", content=SECRET.encode())
    second = {
        TaskKind.DUPLICATE: world.mail(f"{STORY} {SECRET}"),
        TaskKind.LINK: world.mail(f"{OTHER_STORY} {SECRET}"),
        TaskKind.MATCH: world.mail(
            f"Ik weet hier meer van: {SECRET}.", sender=PIET, references=(world.letters_of(older)[0].message_id,)
        ),
    }[kind]
    newer = world.case_id(world.intake.accept(replace(second, attachments=(secret,))).case_number)
    world.deliver_all()
    [proposal] = world.tasks(newer, kind=kind)
    return Pair(world, older, newer, world.coordinator(), proposal.id)


@pytest.fixture
def duplicate(world: World) -> Pair:
    return pair(world, TaskKind.DUPLICATE)


def replays(world: World, case: int) -> bool:
    stored = world.stored(case)
    with world.store.read() as work:
        history = work.cases.history(case)
    made = replayed(case, stored.number, history, reply_key=stored.reply_key)
    return replace(made, version=stored.version) == stored


MERGING = [TaskKind.DUPLICATE, TaskKind.MATCH]

# --- yes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MERGING)
def test_yes_lets_the_newer_case_go_on_in_the_older(world: World, kind: TaskKind) -> None:
    two = pair(world, kind)
    before = world.stored(two.older)
    assert world.joining.decide(two.coordinator, two.proposal, together=True) == two.number(two.older)
    assert world.stored(two.newer).merged_into == two.older
    after = world.stored(two.older)
    assert (after.deadlines, after.received_on, after.stage) == (before.deadlines, before.received_on, before.stage)
    assert after.merged_into is None
    older = world.queries.case(two.coordinator, two.older)
    assert any(SECRET in message.text for message in older.messages)
    assert [number for _, number in older.absorbed] == [two.number(two.newer)]
    assert world.queries.case(two.coordinator, two.newer).merged_into == two.number(two.older)


@pytest.mark.parametrize("kind", MERGING)
def test_yes_leaves_nothing_to_review_in_the_newer_case(world: World, kind: TaskKind) -> None:
    two = pair(world, kind)
    world.joining.decide(two.coordinator, two.proposal, together=True)
    assert not [task for task in world.tasks(two.newer) if task.kind in (TaskKind.REVIEW, kind)]
    assert world.tasks(two.older, kind=TaskKind.REVIEW)


@pytest.mark.parametrize("kind", MERGING)
def test_both_journals_tell_it_and_both_cases_replay(world: World, kind: TaskKind) -> None:
    two = pair(world, kind)
    world.joining.decide(two.coordinator, two.proposal, together=True)
    assert MergedInto(case=two.older, number=two.number(two.older)) in world.happened(two.newer)
    assert Absorbed(case=two.newer, number=two.number(two.newer)) in world.happened(two.older)
    assert replays(world, two.older) and replays(world, two.newer)


def test_yes_to_a_link_puts_both_beside_each_other_and_merges_nothing(world: World) -> None:
    two = pair(world, TaskKind.LINK)
    assert world.joining.decide(two.coordinator, two.proposal, together=True) is None
    assert world.stored(two.newer).merged_into is None
    assert world.queries.case(two.coordinator, two.newer).linked == ((two.older, two.number(two.older)),)
    assert world.queries.case(two.coordinator, two.older).linked == ((two.newer, two.number(two.newer)),)
    assert Linked(case=two.older, number=two.number(two.older)) in world.happened(two.newer)
    assert not world.tasks(two.newer, kind=TaskKind.LINK) and world.tasks(two.newer, kind=TaskKind.REVIEW)
    assert replays(world, two.older) and replays(world, two.newer)


def test_merging_writes_nobody_a_letter(duplicate: Pair) -> None:
    world = duplicate.world
    world.joining.decide(duplicate.coordinator, duplicate.proposal, together=True)
    assert world.worker.claim_deliveries() == []


def test_who_was_said_to_belong_to_the_case_is_known_from_then_on(world: World) -> None:
    two = pair(world, TaskKind.MATCH)
    world.joining.decide(two.coordinator, two.proposal, together=True)
    further = world.mail("Nog iets.", sender=PIET, references=(world.letters_of(two.older)[0].message_id,))
    accepted = world.intake.accept(further)
    assert (accepted.outcome, accepted.case_number) == (Outcome.APPENDED, two.number(two.older))


def test_the_older_one_stays_whichever_is_named_first(world: World) -> None:
    two = pair(world, TaskKind.LINK)
    assert world.joining.merge(two.coordinator, two.older, two.number(two.newer)) == two.number(two.older)
    assert world.stored(two.newer).merged_into == two.older
    assert world.stored(two.older).merged_into is None


# --- no -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*MERGING, TaskKind.LINK])
def test_no_leaves_both_cases_as_they_are(world: World, kind: TaskKind) -> None:
    two = pair(world, kind)
    before = (world.stored(two.older), world.stored(two.newer))
    assert world.joining.decide(two.coordinator, two.proposal, together=False) is None
    after = (world.stored(two.older), world.stored(two.newer))
    assert [replace(case, version=0) for case in after] == [replace(case, version=0) for case in before]
    assert two.proposal not in [task.id for task in two.open_tasks()]
    assert world.tasks(two.newer, kind=TaskKind.REVIEW)
    view = world.queries.case(two.coordinator, two.older)
    assert (view.linked, view.absorbed) == ((), ())
    assert SECRET not in repr(view)


def test_no_does_not_make_the_stranger_a_party(world: World) -> None:
    two = pair(world, TaskKind.MATCH)
    world.joining.decide(two.coordinator, two.proposal, together=False)
    further = world.mail("Nog iets.", sender=PIET, references=(world.letters_of(two.older)[0].message_id,))
    assert world.intake.accept(further).outcome == Outcome.OPENED


# --- undo ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MERGING)
def test_undo_restores_both_cases_with_their_work(world: World, kind: TaskKind) -> None:
    two = pair(world, kind)
    before = [(task.case, task.kind) for task in two.open_tasks() if task.id != two.proposal]
    cases = [replace(world.stored(case), version=0) for case in (two.older, two.newer)]
    world.joining.decide(two.coordinator, two.proposal, together=True)
    world.joining.undo(two.coordinator, two.newer)
    assert [replace(world.stored(case), version=0) for case in (two.older, two.newer)] == cases
    restored = [(task.case, task.kind) for task in two.open_tasks() if task.kind != kind]
    assert sorted(restored) == sorted(before)
    assert MergeUndone(case=two.older, number=two.number(two.older)) in world.happened(two.newer)
    assert Released(case=two.newer, number=two.number(two.newer)) in world.happened(two.older)
    assert replays(world, two.older) and replays(world, two.newer)
    assert SECRET not in repr(world.queries.case(two.coordinator, two.older).messages)
    assert world.queries.case(two.coordinator, two.older).absorbed == ()


@pytest.mark.parametrize("kind", MERGING)
def test_the_question_stands_open_again_after_undo(world: World, kind: TaskKind) -> None:
    two = pair(world, kind)
    world.joining.decide(two.coordinator, two.proposal, together=True)
    world.joining.undo(two.coordinator, two.newer)
    assert len(world.tasks(two.newer, kind=kind)) == 1


def test_a_stranger_is_a_stranger_again_after_undo(world: World) -> None:
    two = pair(world, TaskKind.MATCH)
    world.joining.decide(two.coordinator, two.proposal, together=True)
    world.joining.undo(two.coordinator, two.newer)
    further = world.mail("Nog iets.", sender=PIET, references=(world.letters_of(two.older)[0].message_id,))
    assert world.intake.accept(further).outcome == Outcome.OPENED


def test_after_undo_an_answer_lands_in_the_newer_case_again(duplicate: Pair) -> None:
    world = duplicate.world
    world.joining.decide(duplicate.coordinator, duplicate.proposal, together=True)
    world.joining.undo(duplicate.coordinator, duplicate.newer)
    answer = world.mail("Nog iets.", references=(world.letters_of(duplicate.newer)[0].message_id,))
    assert world.intake.accept(answer).case_number == duplicate.number(duplicate.newer)


def test_the_restored_review_can_be_done(duplicate: Pair) -> None:
    world = duplicate.world
    world.joining.decide(duplicate.coordinator, duplicate.proposal, together=True)
    world.joining.undo(duplicate.coordinator, duplicate.newer)
    [review] = world.tasks(duplicate.newer, kind=TaskKind.REVIEW)
    world.review.confirm(duplicate.coordinator, review.id, KLACHT, version=world.stored(duplicate.newer).version)
    assert world.stored(duplicate.newer).decision == KLACHT


def test_it_can_be_merged_again_after_undo(duplicate: Pair) -> None:
    world = duplicate.world
    for _ in range(2):
        world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
        assert world.stored(duplicate.newer).merged_into == duplicate.older
        world.joining.undo(duplicate.coordinator, duplicate.newer)
    assert len(world.tasks(duplicate.newer, kind=TaskKind.REVIEW)) == 1
    assert replays(world, duplicate.newer)


# --- twice, itself, nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [True, False])
@pytest.mark.parametrize("kind", [*MERGING, TaskKind.LINK])
def test_a_second_click_changes_nothing(world: World, kind: TaskKind, second: bool) -> None:
    two = pair(world, kind)
    world.joining.decide(two.coordinator, two.proposal, together=True)
    before = (world.happened(two.older), world.happened(two.newer), two.open_tasks())
    with pytest.raises(NotFound):
        world.joining.decide(two.coordinator, two.proposal, together=second)
    assert (world.happened(two.older), world.happened(two.newer), two.open_tasks()) == before


IMPOSSIBLE: dict[str, Callable[[Pair], object]] = {
    "itself": lambda two: two.world.joining.merge(two.coordinator, two.older, two.number(two.older)),
    "beside itself": lambda two: two.world.joining.link(two.coordinator, two.older, two.number(two.older)),
    "no such number": lambda two: two.world.joining.merge(two.coordinator, two.older, "2026-9999"),
    "no such case": lambda two: two.world.joining.merge(two.coordinator, 99999, two.number(two.older)),
    "beside nothing": lambda two: two.world.joining.link(two.coordinator, two.older, "2026-9999"),
    "undo what was never merged": lambda two: two.world.joining.undo(two.coordinator, two.newer),
    "another task": lambda two: two.world.joining.decide(
        two.coordinator, two.world.tasks(two.newer, kind=TaskKind.REVIEW)[0].id, together=True
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_refused(duplicate: Pair, name: str) -> None:
    world = duplicate.world
    before = (world.happened(duplicate.older), world.happened(duplicate.newer), duplicate.open_tasks())
    with pytest.raises((NotFound, NotAllowed)):
        IMPOSSIBLE[name](duplicate)
    assert (world.happened(duplicate.older), world.happened(duplicate.newer), duplicate.open_tasks()) == before


def test_a_merged_case_is_not_merged_twice(duplicate: Pair) -> None:
    world = duplicate.world
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    before = (world.happened(duplicate.older), world.happened(duplicate.newer))
    with pytest.raises((NotFound, NotAllowed)):
        world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    with pytest.raises((NotFound, NotAllowed)):
        world.joining.merge(duplicate.coordinator, duplicate.older, duplicate.number(duplicate.newer))
    assert (world.happened(duplicate.older), world.happened(duplicate.newer)) == before


def test_undoing_twice_is_refused(duplicate: Pair) -> None:
    world = duplicate.world
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    world.joining.undo(duplicate.coordinator, duplicate.newer)
    before = world.happened(duplicate.newer)
    with pytest.raises((NotFound, NotAllowed)):
        world.joining.undo(duplicate.coordinator, duplicate.newer)
    assert world.happened(duplicate.newer) == before


def test_linking_twice_changes_nothing(world: World) -> None:
    two = pair(world, TaskKind.LINK)
    for _ in range(2):
        world.joining.link(two.coordinator, two.newer, two.number(two.older))
    assert world.queries.case(two.coordinator, two.older).linked == ((two.newer, two.number(two.newer)),)


def three(two: Pair) -> int:
    """A third case, which goes on in the newer one, which goes on in the older one."""
    world = two.world
    newest = world.case_id(world.intake.accept(world.mail("Nog een derde verhaal over hetzelfde.")).case_number)
    world.joining.merge(two.coordinator, newest, two.number(two.newer))
    world.joining.merge(two.coordinator, two.newer, two.number(two.older))
    return newest


def test_of_three_cases_the_messages_are_read_in_the_oldest(duplicate: Pair) -> None:
    three(duplicate)
    messages = duplicate.world.queries.case(duplicate.coordinator, duplicate.older).messages
    assert "Nog een derde verhaal over hetzelfde." in [message.text for message in messages]
    assert len(messages) == 3


def test_of_three_cases_an_answer_to_the_newest_lands_in_the_oldest(duplicate: Pair) -> None:
    world, newest = duplicate.world, three(duplicate)
    answer = world.mail("Nog iets.", sender=JAN, references=(world.letters_of(newest)[0].message_id,))
    assert world.intake.accept(answer).case_number == duplicate.number(duplicate.older)


def test_who_names_a_case_that_went_on_elsewhere_is_refused_or_led_there(duplicate: Pair) -> None:
    world, coordinator = duplicate.world, duplicate.coordinator
    world.joining.merge(coordinator, duplicate.newer, duplicate.number(duplicate.older))
    newest = world.case_id(world.intake.accept(world.mail("Nog een derde verhaal over hetzelfde.")).case_number)
    try:
        led = world.joining.merge(coordinator, newest, duplicate.number(duplicate.newer))
    except (NotFound, NotAllowed):
        led = ""
    assert (led, world.stored(newest).merged_into) in (("", None), (duplicate.number(duplicate.older), duplicate.older))
