"""Where the queue goes after a decision: its tabs, the item that follows, and the address that shows it."""

from collections.abc import Sequence
from urllib.parse import urlencode

from core.service.queries import Tab
from web.visits import Visit

TABS = {
    "": Tab.ALL,
    "twijfel": Tab.DOUBT,
    "antwoorden": Tab.REPLIES,
    "niet-bezorgd": Tab.UNDELIVERED,
    "niet-verwerkt": Tab.UNPROCESSED,
}


def tab(slug: str) -> str:
    """This tab, or the first one when there is no such tab."""
    return slug if slug in TABS else ""


def next_task(visit: Visit, task: int) -> int | None:
    """The item after this one in the list that the person was looking at, or the one before the last."""
    numbers = [item.task for item in visit.parts.queries.queue(visit.actor, TABS[tab(visit.said("tab"))])]
    if task not in numbers:
        return None
    place = numbers.index(task)
    rest: Sequence[int] = numbers[place + 1 :] or numbers[:place][-1:]
    return rest[0] if rest else None


def queue_address(visit: Visit, **query: object) -> str:
    """The queue in the tab that the person was looking at."""
    kept = {"tab": tab(visit.said("tab")), **query}
    filled = {name: value for name, value in kept.items() if value not in (None, "")}
    return "/beoordelen" + ("?" + urlencode(filled) if filled else "")
