"""The review queue: what came in, what is proposed, and what a person makes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.access import Role
from core.domain.errors import NotAllowed, NotFound, Stale, StepNotAllowed
from core.domain.labels import Kind, RespondentRole
from core.domain.tasks import TaskKind
from core.views import CaseView, QueueItem
from web.alerts import alert
from web.chosen import chosen, preview
from web.entries import Entry
from web.notices import FAILURES, NOTICES
from web.onward import TABS, next_task, queue_address, tab
from web.opinion import Choice
from web.visits import Visit, go

PAGE = 100
"""Items in the list at once."""


def queue(visit: Visit) -> Response:
    """The review queue, with one item open."""
    asked = visit.query.get("taak", "")
    return page(visit, int(asked) if asked.isdigit() and len(asked) < 10 else None)


def page(
    visit: Visit,
    task: int | None,
    *,
    status: int = 200,
    choice: Choice | None = None,
    notice: str | None = None,
    entry: Entry | None = None,
) -> Response:
    """The queue with this item open, and with what was filled in."""
    slug = tab(visit.query.get("tab") or visit.said("tab"))
    items, counts = visit.parts.queries.queue_with_counts(visit.actor, TABS[slug])
    at = next((place for place, item in enumerate(items) if item.task == task), None)
    notice = notice or visit.query.get("melding", "")
    if task is not None and at is None and not notice:
        notice = "gone"
    place = at or 0
    organisation = visit.parts.queries.organisation(visit.actor)
    first = place - place % PAGE
    return visit.page(
        "review.html",
        status,
        here="queue",
        waiting=counts.all,
        tab=slug,
        counts=dict(zip(TABS, (counts.all, counts.doubt, counts.replies, counts.undelivered, counts.unprocessed),
                        strict=True)),
        items=items[first : first + PAGE],
        total=len(items),
        earlier=items[first - 1].task if first else None,
        later=items[first + PAGE].task if first + PAGE < len(items) else None,
        before=items[place - 1].task if place else None,
        after=items[place + 1].task if place + 1 < len(items) else None,
        explicit=at is not None,
        chosen=chosen(visit, items[place], organisation, choice, entry) if items else None,
        teams={team.slug: team.name for team in organisation.teams},
        people=organisation.people,
        kinds=tuple(Kind),
        roles=tuple(RespondentRole),
        notice=notice if notice in NOTICES else "",
        failed=notice in FAILURES,
        done=_just_done(visit),
        joined=_just_joined(visit),
        alert=alert,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The case that was just recorded, for the strip below the page."""

    number: str
    kind: Kind


def _just_done(visit: Visit) -> Done | None:
    """Read back from the case itself, so that an address that somebody made up says nothing."""
    number = visit.query.get("klaar", "")
    if not number:
        return None
    try:
        view = visit.parts.queries.case_numbered(visit.actor, number)
    except NotFound:
        return None
    return Done(number=view.case.number, kind=view.case.decision.kinds[0]) if view.case.decision else None


def _just_joined(visit: Visit) -> CaseView | None:
    """The case that was just put into another one, read back for the same reason."""
    number = visit.query.get("samen", "")
    try:
        view = visit.parts.queries.case_numbered(visit.actor, number) if number else None
    except NotFound:
        return None
    return view if view is not None and view.merged_into else None


def handler_fragment(visit: Visit) -> Response:
    """Who would handle the case with these fields, for the script to put in place while they change."""
    item = open_item(visit, visit.number("task"))
    if item is None or item.case is None:
        raise NotFound
    choice = _choice(visit, visit.query.get)
    return visit.pages.page("part/handler.html", preview=preview(visit, item, choice), team=choice.team)


def confirm(visit: Visit) -> Response:
    """Record what a message is and go on to the next; without a kind nothing happens but a notice."""
    number = visit.number("task")
    choice = _choice(visit, visit.form.get)
    asked = visit.said("besluit")
    if asked == "bekijken":
        return page(visit, number, choice=choice)
    kind = Kind.BEZWAAR if asked == "bezwaar" else choice.kind
    if kind is None:
        return page(visit, number, status=422, choice=choice, notice="no-choice")
    version = visit.said("version")
    following = next_task(visit, number)
    try:
        decision = choice.decision(kind)
        case = visit.parts.review.confirm(visit.actor, number, decision, int(version) if version.isdigit() else -1)
    except Stale:
        return go(queue_address(visit, taak=number, melding="stale"))
    except (NotFound, StepNotAllowed):
        return go(queue_address(visit, melding="gone"))
    return go(queue_address(visit, taak=following, klaar=case.number))


def finish(visit: Visit) -> Response:
    """Tick a task off and go on to the next."""
    number = visit.number("task")
    following = next_task(visit, number)
    try:
        visit.parts.review.finish(visit.actor, number)
    except NotFound:
        return go(queue_address(visit, melding="gone"))
    return go(queue_address(visit, taak=following, melding="finished"))


def try_again(visit: Visit) -> Response:
    """Read a message once more that could not be read, or that seemed to come from a machine."""
    number = visit.number("task")
    following = next_task(visit, number)
    try:
        case = visit.parts.rereading.try_again(visit.actor, number)
    except NotFound:
        return go(queue_address(visit, melding="gone"))
    if case is None:
        return go(queue_address(visit, taak=number, melding="still-unreadable"))
    return go(queue_address(visit, taak=following, melding="reread"))


def open_by_hand(visit: Visit) -> Response:
    """Make a case of a message that stays unreadable: a person reads its original."""
    number = visit.number("task")
    following = next_task(visit, number)
    try:
        visit.parts.rereading.open_by_hand(visit.actor, number)
    except NotFound:
        return go(queue_address(visit, melding="gone"))
    return go(queue_address(visit, taak=following, melding="reread"))


def undo(visit: Visit) -> Response:
    """Take a confirmation back; its message is open again."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    try:
        visit.parts.review.undo(visit.actor, view.case.id)
    except (StepNotAllowed, NotFound):
        return go(queue_address(visit, melding="too-late"))
    tasks = visit.parts.queries.case(visit.actor, view.case.id).tasks
    reopened = next((one.id for one in tasks if one.kind == TaskKind.REVIEW and one.done_at is None), None)
    return go(queue_address(visit, taak=reopened, melding="undone"))


def assign(visit: Visit) -> Response:
    """Decide who handles a case."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    if Role.COORDINATOR not in visit.actor.roles:
        raise NotAllowed
    person, version = visit.said("person"), visit.said("version")
    back = visit.said("terug") == "zaak"
    try:
        visit.parts.review.assign(
            visit.actor, view.case.id, int(person) if person.isdigit() else 0, int(version) if version.isdigit() else -1
        )
        notice = "assigned"
    except Stale:
        notice = "stale"
    except NotAllowed:
        notice = "not-allowed"
    except NotFound:
        notice = "no-person"
    if back:
        return go(f"/zaken/{view.case.number}?melding={notice}")
    return go(queue_address(visit, taak=visit.said("taak") if notice != "assigned" else None, melding=notice))


def open_item(visit: Visit, task: int) -> QueueItem | None:
    """The open task with this number, if it is one of the actor's."""
    return next((item for item in visit.parts.queries.queue(visit.actor) if item.task == task), None)


def _choice(visit: Visit, field: Callable[[str], object]) -> Choice:
    """The fields of the decision. Raises 400 for a value that was never on offer."""
    organisation = visit.parts.queries.organisation(visit.actor)
    kind, also, team, role, name, person = (
        str(field(key) or "").strip() for key in ("kind", "also", "team", "role", "name", "person")
    )
    try:
        choice = Choice(
            kind=Kind(kind) if kind else None,
            also=Kind(also) if also else None,
            team=team or None,
            role=RespondentRole(role) if role else RespondentRole.ONBEKEND,
            name=" ".join(name.split())[:200],
            person=int(person) if person else None,
        )
    except ValueError as error:
        raise HTTPException(400) from error
    known = choice.person is None or organisation.person(choice.person) is not None
    if not known or (choice.team is not None and organisation.team(choice.team) is None):
        raise HTTPException(400)
    return choice
