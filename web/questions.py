"""Tasks that ask a question: whether two cases belong together, and who complains."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.errors import NotAllowed, NotFound
from core.domain.tasks import TaskKind
from core.views import QueueItem
from web.entries import CLAIM_FIELDS, Entry, Limits, claimed, posted_entry
from web.onward import next_task, queue_address
from web.review import open_item, page
from web.visits import Visit, go


def decide(visit: Visit) -> Response:
    """Say whether two cases belong together, and go on to the next."""
    task, said = visit.number("task"), visit.said("antwoord")
    if said not in ("ja", "nee"):
        raise HTTPException(400)
    item, following = open_item(visit, task), next_task(visit, task)
    if item is None:
        return go(queue_address(visit, melding="gone"))
    try:
        goes_on_in = visit.parts.joining.decide(visit.actor, task, together=said == "ja")
    except NotFound:
        return go(queue_address(visit, melding="gone"))
    except NotAllowed:
        return go(queue_address(visit, taak=task, melding="not-joined"))
    if said == "nee":
        return go(queue_address(visit, taak=following, melding="apart"))
    if goes_on_in is None:
        return go(queue_address(visit, taak=following, melding="linked"))
    following = following if following is not None and open_item(visit, following) else None  # merged away with it
    # The older case goes on: the other of the two is the one that can be taken out of it again.
    newer = item.note if goes_on_in == item.number else item.number
    return go(queue_address(visit, taak=following, samen=newer))


def complainant(visit: Visit) -> Response:
    """Say who complains and since when: the acknowledgement leaves then."""
    task = visit.number("task")
    item, following = open_item(visit, task), next_task(visit, task)
    if item is None or item.case is None or item.message is None or item.kind != TaskKind.COMPLAINANT:
        return go(queue_address(visit, melding="gone"))
    entry = posted_entry({name: visit.said(name) for name in CLAIM_FIELDS}, CLAIM_FIELDS)
    claim, problems = claimed(entry, _limits(visit, item))
    if claim is None:
        return page(visit, task, status=422, entry=Entry(fields=entry.fields, problems=problems))
    try:
        visit.parts.complainants.confirm(visit.actor, task, claim)
    except NotFound:
        return go(queue_address(visit, melding="gone"))
    return go(queue_address(visit, taak=following, melding="complainant"))


def _limits(visit: Visit, item: QueueItem) -> Limits:
    """What the claim is held against. Raises NotFound."""
    if item.case is None or item.message is None:
        raise NotFound
    parts = visit.parts
    return Limits(
        calendar=parts.calendar,
        proposed=parts.queries.case(visit.actor, item.case).case.received_at,
        latest=parts.queries.message(visit.actor, item.message).received_at,
        forms=parts.forms,
    )
