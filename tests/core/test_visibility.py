"""Every read goes through ``visible``: a new query without it fails here before a citizen or an official is hurt."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from core.domain.access import Actor, Role
from core.domain.errors import NotFound
from core.domain.message import Attachment, Automatic
from core.domain.organisation import Office
from core.domain.tasks import TaskKind
from core.service.queries import Queries, Tab
from core.service.review import Review
from tests.core.world import KLACHT, World

SECRET = "geheim-verhaal-van-een-burger"


class Situation:
    """A case about somebody who also works with the system, and every way in which something of it can be asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leader = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
        self.respondent = world.official("B. Klaagde", Office.TEAMLEIDER, "belastingen")
        mail = world.mail(SECRET, subject=SECRET)
        attached = replace(mail, attachments=(attachment(),))
        accepted = world.intake.accept(attached)
        world.intake.accept(world.mail(SECRET, subject=SECRET, automatic=Automatic(auto_submitted=True)))
        self.case = world.case_id(accepted.case_number)
        self.message = accepted.message
        self.coordinator = world.coordinator()
        task = world.tasks(self.case, kind=TaskKind.REVIEW)[0].id
        decision = replace(KLACHT, respondent_person=self.respondent, respondent_name="B. Klaagde")
        confirmed = world.review.confirm(self.coordinator, task, decision, version=0)
        world.review.assign(self.coordinator, self.case, self.leader, version=confirmed.version)

    def reads(self, actor: Actor) -> Iterator[tuple[str, Callable[[], object]]]:
        """One call of every public method of the read side. A method that is not named here fails the test below."""
        queries = self.world.queries
        yield from ((f"queue {tab}", lambda tab=tab: queries.queue(actor, tab)) for tab in Tab)
        yield "queue_with_counts", lambda: queries.queue_with_counts(actor, Tab.ALL)
        yield "queue_counts", lambda: queries.queue_counts(actor)
        yield "message", lambda: queries.message(actor, self.message)
        yield "case", lambda: queries.case(actor, self.case)
        yield "case_numbered", lambda: queries.case_numbered(actor, "2026-0001")
        yield "cases", lambda: queries.cases(actor)
        yield "attachment", lambda: queries.attachment(actor, 1)
        yield "original", lambda: queries.original(actor, self.message)
        yield "organisation", lambda: queries.organisation(actor)

    def seen_by(self, actor: Actor) -> dict[str, str]:
        """What each read gives this actor, written out; nothing where it is refused."""
        seen = {}
        for name, read in self.reads(actor):
            try:
                seen[name] = repr(read())
            except NotFound:
                continue
        return seen


def attachment() -> Attachment:
    return Attachment(filename="bewijs.pdf", content_type="application/pdf", content=SECRET.encode())


@pytest.fixture
def situation(sqlite_world: World) -> Situation:
    return Situation(sqlite_world)


def test_every_public_read_is_tried(situation: Situation) -> None:
    public = {name for name, _ in inspect.getmembers(Queries, inspect.isfunction) if not name.startswith("_")}
    tried = {name.split()[0] for name, _ in situation.reads(situation.coordinator)}
    assert tried == public


def test_every_public_read_asks_who_is_asking() -> None:
    for name, method in inspect.getmembers(Queries, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(method).parameters["actor"].annotation is Actor, name


def test_the_coordinator_sees_the_story(situation: Situation) -> None:
    seen = situation.seen_by(situation.coordinator)
    assert SECRET in seen["message"] and SECRET in seen["case"] and SECRET in seen["attachment"]


@pytest.mark.parametrize("role", list(Role))
def test_the_person_complained_about_learns_nothing_in_any_role(situation: Situation, role: Role) -> None:
    actor = situation.world.account("beklaagde", role, person=situation.respondent)
    seen = situation.seen_by(actor)
    assert set(seen) <= {*(f"queue {tab}" for tab in Tab), "queue_with_counts", "queue_counts", "cases", "organisation"}
    assert seen["cases"] == "[]"
    assert "2026-0001" not in "".join(seen.values())


def test_the_person_complained_about_is_not_even_counted(situation: Situation) -> None:
    # Message without a case: only coordinator and support may see those, and it is not about this case.
    actor = situation.world.account("beklaagde", Role.COORDINATOR, person=situation.respondent)
    counted = situation.world.queries.queue_counts(actor)
    assert counted.all == 1 and counted.unprocessed == 1


def test_a_handler_sees_names_and_dates_until_they_declared(situation: Situation) -> None:
    handler = situation.world.account("leider", Role.HANDLER, person=situation.leader)
    seen = situation.seen_by(handler)
    assert SECRET not in "".join(seen.values())
    assert "2026-0001" in seen["case"] and "Jan Jansen" in seen["case"]
    assert "jan@voorbeeld.example" not in seen["case"]
    assert "openbare-ruimte" not in seen["cases"]
    situation.world.review.declare(handler, situation.case, involved=False)
    assert SECRET in situation.seen_by(handler)["case"]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.HANDLER])
def test_those_without_a_part_in_the_case_see_nothing_of_it(situation: Situation, role: Role) -> None:
    actor = situation.world.account("ander", role)
    assert SECRET not in "".join(situation.seen_by(actor).values())
    assert "2026-0001" not in "".join(situation.seen_by(actor).values())


def test_the_person_complained_about_can_ask_and_change_nothing_either(situation: Situation) -> None:
    """The other services read cases too: ``preview`` shows names, and every answer to a change would be a read."""
    world, case = situation.world, situation.case
    task = world.tasks(case)[0].id
    actor = world.account("beklaagde", Role.COORDINATOR, Role.SUPPORT, Role.HANDLER, person=situation.respondent)
    review = world.review
    calls: dict[str, Callable[[], object]] = {
        "preview": lambda: review.preview(actor, case, KLACHT),
        "confirm": lambda: review.confirm(actor, task, KLACHT, version=0),
        "undo": lambda: review.undo(actor, case),
        "assign": lambda: review.assign(actor, case, situation.leader, version=0),
        "declare": lambda: review.declare(actor, case, involved=False),
        "finish": lambda: review.finish(actor, task),
    }
    assert set(calls) == {
        name for name, _ in inspect.getmembers(Review, inspect.isfunction) if not name.startswith("_")
    }
    for name, call in calls.items():
        with pytest.raises(NotFound):
            pytest.fail(f"{name} answered {call()!r}")


def test_refused_and_missing_cannot_be_told_apart(situation: Situation) -> None:
    actor = situation.world.account("ander", Role.HANDLER)
    for number in (situation.case, 99999):
        with pytest.raises(NotFound) as refusal:
            situation.world.queries.case(actor, number)
        assert str(refusal.value) == ""
