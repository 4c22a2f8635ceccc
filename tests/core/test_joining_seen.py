"""Who may join cases, and who reads what of them afterwards: never the person that either is about."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from core.domain.access import Actor, Role
from core.domain.errors import CoreError, NotAllowed, NotFound
from core.domain.organisation import Office
from core.domain.tasks import TaskKind
from tests.core.test_joining import SECRET, Pair, pair
from tests.core.world import KLACHT, World


@pytest.fixture
def duplicate(world: World) -> Pair:
    return pair(world, TaskKind.DUPLICATE)


# --- who may ------------------------------------------------------------------------------------------------------


def changes(two: Pair, actor: Actor) -> dict[str, Callable[[], object]]:
    """Every way in which this service changes something."""
    joining = two.world.joining
    return {
        "decide yes": lambda: joining.decide(actor, two.proposal, together=True),
        "decide no": lambda: joining.decide(actor, two.proposal, together=False),
        "merge": lambda: joining.merge(actor, two.newer, two.number(two.older)),
        "merge the other way round": lambda: joining.merge(actor, two.older, two.number(two.newer)),
        "link": lambda: joining.link(actor, two.newer, two.number(two.older)),
        "link the other way round": lambda: joining.link(actor, two.older, two.number(two.newer)),
    }


def refused(two: Pair, actor: Actor, by: tuple[type[CoreError], ...]) -> None:
    before = (two.world.happened(two.older), two.world.happened(two.newer), two.open_tasks())
    for name, change in changes(two, actor).items():
        with pytest.raises(by):
            pytest.fail(f"{name} answered {change()!r}")
    assert (two.world.happened(two.older), two.world.happened(two.newer), two.open_tasks()) == before


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_the_coordinator_joins_cases(duplicate: Pair, role: Role) -> None:
    refused(duplicate, duplicate.world.account("ander", role), (NotFound, NotAllowed))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_the_coordinator_takes_it_back(duplicate: Pair, role: Role) -> None:
    world = duplicate.world
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    with pytest.raises((NotFound, NotAllowed)):
        world.joining.undo(world.account("ander", role), duplicate.newer)
    assert world.stored(duplicate.newer).merged_into == duplicate.older


def about(two: Pair, case: int) -> Actor:
    """Make somebody with every role the one whom this case is about."""
    world = two.world
    person = world.official("B. Klaagde", Office.TEAMLEIDER, "belastingen")
    [review] = world.tasks(case, kind=TaskKind.REVIEW)
    decision = replace(KLACHT, respondent_person=person, respondent_name="B. Klaagde")
    world.review.confirm(two.coordinator, review.id, decision, version=world.stored(case).version)
    return world.account("beklaagde", *Role, person=person)


@pytest.mark.parametrize("side", ["older", "newer"])
def test_the_person_complained_about_in_either_case_joins_nothing(duplicate: Pair, side: str) -> None:
    case = {"older": duplicate.older, "newer": duplicate.newer}[side]
    refused(duplicate, about(duplicate, case), (NotFound,))


@pytest.mark.parametrize("side", ["older", "newer"])
def test_the_person_complained_about_in_either_case_takes_no_merge_back(duplicate: Pair, side: str) -> None:
    world = duplicate.world
    case = {"older": duplicate.older, "newer": duplicate.newer}[side]
    actor = about(duplicate, case)
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    with pytest.raises(NotFound):
        world.joining.undo(actor, duplicate.newer)


# --- who sees what ------------------------------------------------------------------------------------------------


def everything_seen(two: Pair, actor: Actor) -> str:
    """All that the read side tells this actor about both cases, written out."""
    queries, told = two.world.queries, []
    reads: list[Callable[[], object]] = [partial(queries.cases, actor), partial(queries.queue, actor)]
    reads += [partial(queries.case, actor, case) for case in (two.older, two.newer)]
    for number in range(1, 4):
        reads += [partial(read, actor, number) for read in (queries.message, queries.original, queries.attachment)]
    for read in reads:
        try:
            told.append(repr(read()))
        except NotFound:
            continue
    return "\n".join(told)


def test_the_coordinator_reads_the_messages_of_both_in_the_older_case(duplicate: Pair) -> None:
    world = duplicate.world
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    messages = world.queries.case(duplicate.coordinator, duplicate.older).messages
    assert [SECRET in message.text for message in messages] == [False, True]
    assert [message.received_at for message in messages] == sorted(message.received_at for message in messages)


def test_who_the_newer_case_is_about_does_not_read_it_through_the_older(duplicate: Pair) -> None:
    world = duplicate.world
    actor = about(duplicate, duplicate.newer)
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    seen = everything_seen(duplicate, actor)
    assert SECRET not in seen and "bewijs.pdf" not in seen
    assert duplicate.number(duplicate.newer) not in seen


def test_who_the_older_case_is_about_does_not_read_it_through_the_newer(duplicate: Pair) -> None:
    """Both are one complaint now: what the newer case tells is told about the same person (Awb 9:7)."""
    world = duplicate.world
    actor = about(duplicate, duplicate.older)
    world.joining.merge(duplicate.coordinator, duplicate.newer, duplicate.number(duplicate.older))
    seen = everything_seen(duplicate, actor)
    assert SECRET not in seen and "bewijs.pdf" not in seen
    assert duplicate.number(duplicate.older) not in seen


def test_a_case_beside_one_that_may_not_be_seen_does_not_name_it(world: World) -> None:
    two = pair(world, TaskKind.LINK)
    world.joining.link(two.coordinator, two.newer, two.number(two.older))
    seen = everything_seen(two, about(two, two.newer))
    assert two.number(two.newer) not in seen and SECRET not in seen


def handled(two: Pair) -> Actor:
    """The older case has a handler who has not declared yet, and the newer one goes on in it."""
    world = two.world
    leader = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    [review] = world.tasks(two.older, kind=TaskKind.REVIEW)
    confirmed = world.review.confirm(two.coordinator, review.id, KLACHT, version=world.stored(two.older).version)
    world.review.assign(two.coordinator, two.older, leader, version=confirmed.version)
    world.joining.merge(two.coordinator, two.newer, two.number(two.older))
    return world.account("leider", Role.HANDLER, person=leader)


def test_a_handler_who_has_not_declared_reads_no_message_of_an_absorbed_case(duplicate: Pair) -> None:
    assert SECRET not in everything_seen(duplicate, handled(duplicate))


def test_a_handler_who_declared_reads_the_messages_of_an_absorbed_case(duplicate: Pair) -> None:
    handler = handled(duplicate)
    duplicate.world.review.declare(handler, duplicate.older, involved=False)
    messages = duplicate.world.queries.case(handler, duplicate.older).messages
    assert any(SECRET in message.text for message in messages)
