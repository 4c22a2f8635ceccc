"""What did not arrive is sent again: to a better address, by post, or into the same chat (Awb 2:11)."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.consent import CHAT_ROUTES
from core.domain.errors import NotAllowed, NotFound
from core.domain.message import ReplyRoute, Route
from web.chosen import RESENDING
from web.entries import Entry, address_problems
from web.forms import Problem, clean, line
from web.onward import next_task, queue_address
from web.review import open_item, page
from web.visits import Visit, go

LONGEST_POST = 320
"""Characters of a postal address."""


def again(visit: Visit) -> Response:
    """Send it the way that the person chose."""
    task = visit.number("task")
    item, following = open_item(visit, task), next_task(visit, task)
    if item is None or item.kind not in RESENDING:
        return go(queue_address(visit, melding="gone"))
    entry = Entry(fields={"email": line(visit.said("email")), "post": clean(visit.said("post")).strip()})
    route = visit.said("via")
    if route not in ("mail", "print", "chat"):
        raise HTTPException(400)
    problem = _problem(visit, entry, route)
    if problem is not None:
        return page(visit, task, status=422, entry=Entry(fields=entry.fields, problems=(problem,)))
    try:
        visit.parts.correspondence.again(visit.actor, task, _to(visit, task, entry, route))
    except NotFound:
        return go(queue_address(visit, melding="gone"))
    return go(queue_address(visit, taak=following, melding="sent-again"))


def _problem(visit: Visit, entry: Entry, route: str) -> Problem | None:
    if route == "mail":
        return next(address_problems("email", entry.fields["email"], visit.parts.forms), None)
    if route == "print" and not entry.fields["post"]:
        return Problem("post", "post_missing")
    return Problem("post", "too_long") if len(entry.fields["post"]) > LONGEST_POST else None


def _to(visit: Visit, task: int, entry: Entry, route: str) -> ReplyRoute:
    if route == "mail":
        return ReplyRoute(route=Route.MAIL, address=entry.fields["email"])
    if route == "print":
        return ReplyRoute(route=Route.PRINT, address=entry.fields["post"])
    former = _former(visit, task)
    if former.route not in CHAT_ROUTES:
        raise NotAllowed
    return former


def _former(visit: Visit, task: int) -> ReplyRoute:
    """Where the letter went that did not arrive. Raises NotFound."""
    item = open_item(visit, task)
    if item is None or item.case is None:
        raise NotFound
    case = visit.parts.queries.case(visit.actor, item.case)
    outgoing = next((one.outgoing for one in case.tasks if one.id == task), None)
    letter = next((one for one in case.letters if one.id == outgoing), None)
    if letter is None:
        raise NotFound
    return letter.to
