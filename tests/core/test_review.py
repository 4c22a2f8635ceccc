"""A person confirms or corrects; the handler is proposed; nothing is overwritten unseen; undo restores."""

from dataclasses import replace
from datetime import date

import pytest

from core.domain.access import Role
from core.domain.case import replayed
from core.domain.errors import NotAllowed, NotFound, Stale
from core.domain.labels import Kind, RespondentRole
from core.domain.organisation import Absence, Office
from core.domain.routing import Outcome
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage
from tests.core.world import KLACHT, World


def received(world: World) -> tuple[int, int]:
    """A case in review: its number in the database and that of its task."""
    case = world.case_id(world.intake.accept(world.mail()).case_number)
    return case, world.tasks(case, kind=TaskKind.REVIEW)[0].id


def test_confirming_records_the_decision_and_proposes_the_handler(world: World) -> None:
    teamleider = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    coordinator, (case, task) = world.coordinator(), received(world)
    assert world.review.preview(coordinator, case, KLACHT).names == {teamleider: "T. Leider"}
    world.review.confirm(coordinator, task, KLACHT, version=0)
    view = world.queries.case(coordinator, case)
    assert (view.case.stage, view.case.decision) == (Stage.COMPLETING, KLACHT)
    assert (view.case.proposed, view.case.handler, view.candidates) == (teamleider, None, {teamleider: "T. Leider"})
    assert [party.respondent_role for party in view.parties][-1] == RespondentRole.MEDEWERKER
    assert [t.kind for t in view.tasks if t.done_at is None] == [TaskKind.INTERVIEW]
    assert [item.kind for item in world.queries.queue(coordinator)] == [TaskKind.INTERVIEW]


def test_an_absent_teamleider_leaves_a_choice_among_others(world: World) -> None:
    away = world.official("A. Wezig", Office.TEAMLEIDER, "openbare-ruimte")
    other = world.official("A. Nder", Office.TEAMLEIDER, "belastingen")
    with world.store.write() as work:
        work.people.add_absence(Absence(person=away, first=date(2026, 11, 1), last=date(2026, 12, 1)))
    coordinator, (case, task) = world.coordinator(), received(world)
    world.review.confirm(coordinator, task, KLACHT, version=0)
    view = world.queries.case(coordinator, case)
    assert (view.handler, view.candidates) == (None, {other: "A. Nder"})
    assert TaskKind.CHOOSE_HANDLER in [t.kind for t in view.tasks]
    world.review.assign(coordinator, case, other, version=view.case.version)
    assert world.queries.case(coordinator, case).handler == "A. Nder"
    assert not world.tasks(case, kind=TaskKind.CHOOSE_HANDLER)


def test_a_raadslid_has_no_rule_so_a_person_decides(world: World) -> None:
    coordinator, (case, task) = world.coordinator(), received(world)
    world.review.confirm(coordinator, task, replace(KLACHT, respondent_role=RespondentRole.RAADSLID), version=0)
    assert world.queries.case(coordinator, case).case.routing_outcome == Outcome.HANDLER_CONFLICT
    assert world.tasks(case, kind=TaskKind.HANDLER_CONFLICT)


def test_the_person_complained_about_is_never_proposed_or_assigned(world: World) -> None:
    leader = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    coordinator, (case, task) = world.coordinator(), received(world)
    decision = replace(KLACHT, respondent_person=leader, respondent_name="T. Leider")
    changed = world.review.confirm(coordinator, task, decision, version=0)
    assert (changed.proposed, changed.handler) == (None, None)
    with pytest.raises(NotAllowed):
        world.review.assign(coordinator, case, leader, version=changed.version)


def test_a_bezwaar_is_handed_over_the_same_day_and_keeps_its_number(world: World) -> None:
    coordinator, (case, task) = world.coordinator(), received(world)
    both = replace(KLACHT, kinds=(Kind.BEZWAAR, Kind.KLACHT))
    changed = world.review.confirm(coordinator, task, both, version=0)
    assert changed.number == "2026-0001"
    [hand_over] = world.tasks(case, kind=TaskKind.HAND_OVER)
    assert (hand_over.due, hand_over.note) == (date(2026, 11, 23), "bezwaar")
    assert world.tasks(case, kind=TaskKind.INTERVIEW)


def test_of_two_people_the_second_is_told(world: World) -> None:
    coordinator, (_, task) = world.coordinator(), received(world)
    other = world.account("ander", Role.COORDINATOR)
    world.review.confirm(coordinator, task, KLACHT, version=0)
    with pytest.raises(NotFound):
        world.review.confirm(other, task, KLACHT, version=0)


def test_a_decision_on_an_old_version_is_refused(world: World) -> None:
    coordinator, (case, task) = world.coordinator(), received(world)
    world.review.confirm(coordinator, task, KLACHT, version=0)
    world.review.undo(coordinator, case)
    with pytest.raises(Stale):
        world.review.confirm(coordinator, task, KLACHT, version=0)


def test_undo_brings_everything_back(world: World) -> None:
    world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    coordinator, (case, task) = world.coordinator(), received(world)
    world.review.confirm(coordinator, task, KLACHT, version=0)
    undone = world.review.undo(coordinator, case)
    assert (undone.stage, undone.decision, undone.proposed) == (Stage.RECEIVED, None, None)
    [item] = world.queries.queue(coordinator)
    assert (item.task, item.kind) == (task, TaskKind.REVIEW)
    assert [party.role.value for party in world.queries.case(coordinator, case).parties] == ["complainant"]
    with pytest.raises(Exception, match="not possible"):
        world.review.undo(coordinator, case)


def test_the_history_rebuilds_the_case_after_all_of_this(world: World) -> None:
    leader = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    handler = world.account("leider", Role.HANDLER, person=leader)
    coordinator, (case, task) = world.coordinator(), received(world)
    world.review.confirm(coordinator, task, KLACHT, version=0)
    world.review.undo(coordinator, case)
    changed = world.review.confirm(coordinator, task, KLACHT, version=2)
    world.review.assign(coordinator, case, leader, version=changed.version)
    world.review.declare(handler, case, involved=True)
    with world.store.read() as work:
        stored, history = work.cases.get(case), work.cases.history(case)
    assert stored.involved == {leader}
    made = replayed(case, changed.number, history, reply_key=stored.reply_key)
    assert replace(made, version=stored.version) == stored


def test_only_the_coordinator_confirms(world: World) -> None:
    _, task = received(world)
    for role in (Role.SUPPORT, Role.JURIST, Role.AUDITOR, Role.ADMINISTRATOR, Role.HANDLER):
        actor = world.account(role.value, role)
        with pytest.raises((NotAllowed, NotFound)):
            world.review.confirm(actor, task, KLACHT, version=0)


def test_an_involved_handler_loses_the_case_and_the_table_is_asked_again(world: World) -> None:
    leader = world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    other = world.official("A. Nder", Office.TEAMLEIDER, "belastingen")
    handler = world.account("leider", Role.HANDLER, person=leader)
    coordinator, (case, task) = world.coordinator(), received(world)
    confirmed = world.review.confirm(coordinator, task, KLACHT, version=0)
    world.review.assign(coordinator, case, leader, version=confirmed.version)
    changed = world.review.declare(handler, case, involved=True)
    assert changed.handler_cleared is False
    assert world.tasks(case, kind=TaskKind.CHOOSE_HANDLER)
    assert list(world.queries.case(coordinator, case).candidates) == [other]
    with pytest.raises(NotFound):
        world.queries.case(handler, case)


def test_nobody_declares_for_another(world: World) -> None:
    world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    coordinator, (case, task) = world.coordinator(), received(world)
    world.review.confirm(coordinator, task, KLACHT, version=0)
    stranger = world.account("vreemd", Role.HANDLER, person=None)
    with pytest.raises(NotFound):
        world.review.declare(stranger, case, involved=False)


def test_a_review_is_not_ticked_off(world: World) -> None:
    coordinator, (_, task) = world.coordinator(), received(world)
    with pytest.raises(NotAllowed):
        world.review.finish(coordinator, task)


def test_a_follow_up_is_ticked_off_once(world: World) -> None:
    coordinator, (case, _) = world.coordinator(), received(world)
    [delivery] = world.worker.claim_deliveries()
    world.intake.accept(world.mail("Nog iets", references=(delivery.outgoing.message_id,)))
    [task] = world.tasks(case, kind=TaskKind.FOLLOW_UP)
    world.review.finish(coordinator, task.id)
    with pytest.raises(NotFound):
        world.review.finish(coordinator, task.id)
