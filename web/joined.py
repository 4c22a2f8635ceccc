"""Cases that hang together, from the page of one of them: beside each other, merged, and taken apart again."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.access import Role
from core.domain.errors import NotAllowed, NotFound
from web.forms import line
from web.visits import Visit, go


def join(visit: Visit) -> Response:
    """Put another case beside this one, or merge the two: the older goes on."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    if Role.COORDINATOR not in visit.actor.roles:
        raise NotAllowed
    other, how = line(visit.said("nummer")), visit.said("hoe")
    if how not in ("verwant", "samen"):
        raise HTTPException(400)
    number, notice = view.case.number, "linked"
    try:
        if how == "verwant":
            visit.parts.joining.link(visit.actor, view.case.id, other)
        else:
            number, notice = visit.parts.joining.merge(visit.actor, view.case.id, other), "merged"
    except NotFound:
        notice = "no-case"
    except NotAllowed:
        notice = "not-joined"
    return go(f"/zaken/{number}?melding={notice}")


def undo(visit: Visit) -> Response:
    """Let a case that went on in another one stand by itself again."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    try:
        visit.parts.joining.undo(visit.actor, view.case.id)
    except NotFound:
        return go(f"/zaken/{view.case.number}?melding=not-undone")
    return go(f"/zaken/{view.case.number}?melding=unmerged")
