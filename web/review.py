"""The review queue: what came in, what is proposed, and what a person makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.access import Role
from core.domain.errors import NotAllowed, NotFound, Stale, StepNotAllowed
from core.domain.labels import Kind, RespondentRole
from core.domain.organisation import Organisation
from core.domain.tasks import Task, TaskKind
from core.service.queries import Tab
from core.views import CaseView, LetterView, MessageView, Preview, QueueItem
from web.opinion import Choice, Opinion, Piece, opinion, pieces, proposed
from web.visits import Visit, go

TABS = {
    "": Tab.ALL,
    "twijfel": Tab.DOUBT,
    "antwoorden": Tab.REPLIES,
    "niet-bezorgd": Tab.UNDELIVERED,
    "niet-verwerkt": Tab.UNPROCESSED,
}
PAGE = 100
"""Items in the list at once."""
NOTICES = frozenset({"gone", "stale", "undone", "too-late", "finished", "still-unreadable", "reread", "assigned",
                     "involved", "no-choice", "no-person", "not-allowed"})  # fmt: skip
ASSIGNING = frozenset({TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The item in the middle with all that belongs to it."""

    item: QueueItem
    task: Task | None = None
    case: CaseView | None = None
    message: MessageView | None = None
    letter: LetterView | None = None
    opinion: Opinion
    choice: Choice
    preview: Preview | None = None
    text: tuple[Piece, ...] = ()
    quoted: str = ""
    """What was folded away: the rest of the message, or all of it where the new words stand between the old."""

    @property
    def asks_for_handler(self) -> bool:
        """Whether a person is to be chosen."""
        return self.item.kind in ASSIGNING


def queue(visit: Visit) -> Response:
    """The review queue, with one item open."""
    asked = visit.query.get("taak", "")
    return _page(visit, int(asked) if asked.isdigit() and len(asked) < 10 else None)


def _page(
    visit: Visit, task: int | None, *, status: int = 200, choice: Choice | None = None, notice: str | None = None
) -> Response:
    slug = _tab(visit.query.get("tab") or visit.said("tab"))
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
        chosen=_chosen(visit, items[place], organisation, choice) if items else None,
        teams={team.slug: team.name for team in organisation.teams},
        people=organisation.people,
        kinds=tuple(Kind),
        roles=tuple(RespondentRole),
        notice=notice if notice in NOTICES else "",
        done=_just_done(visit),
    )  # fmt: skip


def _chosen(visit: Visit, item: QueueItem, organisation: Organisation, choice: Choice | None) -> Chosen:
    queries = visit.parts.queries
    case = queries.case(visit.actor, item.case) if item.case is not None else None
    message = queries.message(visit.actor, item.message) if item.message is not None else None
    if message is None and case is not None and case.messages:
        message = case.messages[0]
    task = next((one for one in case.tasks if one.id == item.task), None) if case is not None else None
    letters = case.letters if case is not None and task is not None else ()
    suggestion = message.suggestion if message is not None else None
    shown = opinion(suggestion)
    fields = choice or proposed(suggestion, (team.slug for team in organisation.teams))
    new = (message.reply_text or message.text) if message is not None else ""
    return Chosen(
        item=item,
        task=task,
        case=case,
        message=message,
        letter=next((one for one in letters if task is not None and one.id == task.outgoing), None),
        opinion=shown,
        choice=fields,
        preview=_preview(visit, item, fields),
        text=pieces(new, suggestion.why if suggestion is not None and item.kind == TaskKind.REVIEW else ()),
        quoted=_folded(message.text, new) if message is not None else "",
    )


def _preview(visit: Visit, item: QueueItem, choice: Choice) -> Preview | None:
    if item.kind != TaskKind.REVIEW or item.case is None:
        return None
    return visit.parts.review.preview(visit.actor, item.case, choice.decision(choice.kind or Kind.KLACHT))


def _folded(whole: str, new: str) -> str:
    if whole.strip() == new.strip():
        return ""
    return whole[len(new) :].strip("\n") if whole.startswith(new) else whole


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


def handler_fragment(visit: Visit) -> Response:
    """Who would handle the case with these fields, for the script to put in place while they change."""
    item = _item(visit)
    if item is None or item.case is None:
        raise NotFound
    choice = _choice(visit, visit.query.get)
    return visit.pages.page("part/handler.html", preview=_preview(visit, item, choice), team=choice.team)


def confirm(visit: Visit) -> Response:
    """Record what a message is and go on to the next; without a kind nothing happens but a notice."""
    number = visit.number("task")
    choice = _choice(visit, visit.form.get)
    asked = visit.said("besluit")
    if asked == "bekijken":
        return _page(visit, number, choice=choice)
    kind = Kind.BEZWAAR if asked == "bezwaar" else choice.kind
    if kind is None:
        return _page(visit, number, status=422, choice=choice, notice="no-choice")
    version = visit.said("version")
    following = _next(visit, number)
    try:
        decision = choice.decision(kind)
        case = visit.parts.review.confirm(visit.actor, number, decision, int(version) if version.isdigit() else -1)
    except Stale:
        return go(_address(visit, taak=number, melding="stale"))
    except (NotFound, StepNotAllowed):
        return go(_address(visit, melding="gone"))
    return go(_address(visit, taak=following, klaar=case.number))


def finish(visit: Visit) -> Response:
    """Tick a task off and go on to the next."""
    number = visit.number("task")
    following = _next(visit, number)
    try:
        visit.parts.review.finish(visit.actor, number)
    except NotFound:
        return go(_address(visit, melding="gone"))
    return go(_address(visit, taak=following, melding="finished"))


def try_again(visit: Visit) -> Response:
    """Read a message once more that could not be read, or that seemed to come from a machine."""
    number = visit.number("task")
    following = _next(visit, number)
    try:
        case = visit.parts.rereading.try_again(visit.actor, number)
    except NotFound:
        return go(_address(visit, melding="gone"))
    if case is None:
        return go(_address(visit, taak=number, melding="still-unreadable"))
    return go(_address(visit, taak=following, melding="reread"))


def open_by_hand(visit: Visit) -> Response:
    """Make a case of a message that stays unreadable: a person reads its original."""
    number = visit.number("task")
    following = _next(visit, number)
    try:
        visit.parts.rereading.open_by_hand(visit.actor, number)
    except NotFound:
        return go(_address(visit, melding="gone"))
    return go(_address(visit, taak=following, melding="reread"))


def undo(visit: Visit) -> Response:
    """Take a confirmation back; its message is open again."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    try:
        visit.parts.review.undo(visit.actor, view.case.id)
    except (StepNotAllowed, NotFound):
        return go(_address(visit, melding="too-late"))
    tasks = visit.parts.queries.case(visit.actor, view.case.id).tasks
    reopened = next((one.id for one in tasks if one.kind == TaskKind.REVIEW and one.done_at is None), None)
    return go(_address(visit, taak=reopened, melding="undone"))


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
    return go(_address(visit, taak=visit.said("taak") if notice != "assigned" else None, melding=notice))


def _item(visit: Visit) -> QueueItem | None:
    items = visit.parts.queries.queue(visit.actor)
    return next((item for item in items if item.task == visit.number("task")), None)


def _next(visit: Visit, task: int) -> int | None:
    """The item after this one in the list that the person was looking at, or the one before the last."""
    numbers = [item.task for item in visit.parts.queries.queue(visit.actor, TABS[_tab(visit.said("tab"))])]
    if task not in numbers:
        return None
    place = numbers.index(task)
    rest: Sequence[int] = numbers[place + 1 :] or numbers[:place][-1:]
    return rest[0] if rest else None


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


def _tab(slug: str) -> str:
    return slug if slug in TABS else ""


def _address(visit: Visit, **query: object) -> str:
    kept = {"tab": _tab(visit.said("tab")), **query}
    filled = {name: value for name, value in kept.items() if value not in (None, "")}
    return "/beoordelen" + ("?" + urlencode(filled) if filled else "")
