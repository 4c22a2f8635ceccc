"""The list of cases, the page of one case, and the files and letters in it."""

from dataclasses import dataclass
from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.access import Role
from core.domain.case import Case
from core.domain.errors import NotFound, Stale
from core.domain.people import Party, PartyRole
from core.domain.workflow import Stage
from core.service.correspondence import OBJECTION_LETTER
from core.views import CaseView
from web import activities
from web.correspondence import may_write
from web.happenings import happenings
from web.history import History
from web.notices import FAILURES, NOTICES
from web.visits import Visit, go

STEPS: tuple[tuple[str, frozenset[Stage]], ...] = (
    ("received", frozenset({Stage.RECEIVED})),
    ("confirmed", frozenset({Stage.COMPLETING})),
    ("interview", frozenset({Stage.INTERVIEW})),
    ("informal", frozenset({Stage.INFORMAL})),
    ("formal", frozenset({Stage.FORMAL})),
    ("findings", frozenset({Stage.DRAFTING, Stage.FOUND})),
    ("closed", frozenset({Stage.AFTERCARE, Stage.CLOSED})),
)
"""The seven steps of the line on the case page, and the stages in which a case stands there."""
PAGE = 100
"""Cases in the list at once."""
TRACK = 320
"""Width of the term's line, in units of its drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The term as a line: how far we are, where the target lies, how many days are left."""

    left: int
    """Days until the last day; below zero when it has passed."""
    now: int
    target: int


def cases(visit: Visit) -> Response:
    """Every case that this person may see."""
    teams = {team.slug: team.name for team in visit.parts.queries.organisation(visit.actor).teams}
    rows = visit.parts.queries.cases(visit.actor)
    asked = visit.query.get("pagina", "1")
    last = max(1, -(-len(rows) // PAGE))
    page = min(max(int(asked), 1), last) if asked.isdigit() and len(asked) < 6 else 1
    notice = visit.query.get("melding", "")
    return visit.page(
        "cases.html",
        here="cases",
        rows=rows[(page - 1) * PAGE : page * PAGE],
        newer=page - 1,
        older=page + 1 if page < last else 0,
        teams=teams,
        notice=notice if notice in NOTICES else "",
    )


def case(visit: Visit) -> Response:
    """One case; names and dates only for a handler who still has to say whether they were involved (Awb 9:7)."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    organisation = visit.parts.queries.organisation(visit.actor)
    teams = {team.slug: team.name for team in organisation.teams}
    people = {person.id: person.name for person in organisation.people}
    history = History(
        view=view, texts=visit.pages.texts, teams=teams, people=people, day=visit.pages.day,
        happenings=happenings(teams, people, visit.pages.day, visit.pages.moment),
    )  # fmt: skip
    notice = visit.query.get("melding", "")
    return visit.page(
        "case.html",
        here="cases",
        view=view,
        case=view.case,
        complainant=_party(view, PartyRole.COMPLAINANT),
        respondent=_party(view, PartyRole.RESPONDENT),
        teams=teams,
        people=organisation.people,
        proposed=people.get(view.case.proposed or 0, ""),
        steps=_steps(view.case.stage),
        term=_term(view.case, visit.pages.today()),
        lines=history.lines(),
        now=activities.possible(visit, view),
        open_tasks=[task for task in view.tasks if task.done_at is None],
        may_assign=Role.COORDINATOR in visit.actor.roles and not view.limited,
        may_write=may_write(visit, view),
        objection_sent=any(letter.letter == OBJECTION_LETTER for letter in view.letters),
        asks_involvement=_asks_involvement(visit, view),
        notice=notice if notice in NOTICES else "",
        failed=notice in FAILURES,
        confirmed_at=next((line.at for line in history.lines() if line.key == "event.confirmed"), None),
    )


def declare(visit: Visit) -> Response:
    """The handler says whether they were involved in the conduct."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    said = visit.said("betrokken")
    if said not in ("ja", "nee"):
        raise HTTPException(400)
    try:
        visit.parts.review.declare(visit.actor, view.case.id, involved=said == "ja")
    except Stale:
        return go(f"/zaken/{view.case.number}?melding=stale")
    return go("/zaken?melding=involved" if said == "ja" else f"/zaken/{view.case.number}")


def letter(visit: Visit) -> Response:
    """One letter as it leaves, ready to print."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    wanted = visit.number("letter")
    found = next((one for one in view.letters if one.id == wanted), None)
    if found is None:
        raise NotFound
    return visit.page("letter.html", here="cases", letter=found, case=view.case, view=view)


def _party(view: CaseView, role: PartyRole) -> Party | None:
    return next((party for party in view.parties if party.role == role), None)


def _asks_involvement(visit: Visit, view: CaseView) -> bool:
    mine = visit.actor.person is not None and visit.actor.person == view.case.handler
    return mine and view.case.handler_cleared is None


def _steps(stage: Stage) -> list[tuple[str, str]]:
    """Each step with ``done``, ``here`` or ``ahead``; beside the main line nothing is here any more."""
    at = next((place for place, (_, stages) in enumerate(STEPS) if stage in stages), 1)
    beside = stage in (Stage.REFERRED, Stage.NOT_HANDLED, Stage.WITHDRAWN)
    return [
        (name, "done" if place < at or (beside and place == at) else "here" if place == at else "ahead")
        for place, (name, _) in enumerate(STEPS)
    ]


def _term(found: Case, today: date) -> Term | None:
    if found.deadlines is None:
        return None
    limit = found.deadlines.limit.day
    whole = max(1, (limit - found.received_on).days)

    def place(day: date) -> int:
        return round(TRACK * min(1.0, max(0.0, (day - found.received_on).days / whole)))

    return Term(left=(limit - today).days, now=place(today), target=place(found.deadlines.target))
