"""What can be done in a case now, and the page on which somebody does it: one for every activity of the table."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.domain.errors import Incomplete, NotAllowed, NotFound, Stale, StepNotAllowed, StepRefused
from core.domain.procedure.activity import Activity
from core.domain.procedure.fields import FieldKind
from core.domain.procedure.table import ACTIVITIES
from core.domain.procedure.taking import Offer
from core.domain.refusals import Refusal
from core.domain.workflow import Stage
from core.service.casework import Desk
from core.views import CaseView
from templates.texts import Texts, texts
from web.asking import Asking, Given
from web.happenings import happenings
from web.visits import Visit, go

_LACKING = ("act", "missing", "field", "task", "choice")
"""Where the words stand for what takes a refusal away."""
MOST_STAGES = len(Stage) // 2
"""What changes no stage and can be done at more stages than this belongs to none of them: the page folds it away."""
WAITED_FOR = frozenset({FieldKind.LETTER, FieldKind.MATTER})
"""Kinds of field with something in them only when somebody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why not, in words."""

    text: str
    article: str
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An activity as the case page shows it."""

    slug: str
    name: str
    leads: str
    """The stage that follows, empty when the case stays where it is."""
    aside: bool
    """Whether it can nearly always be done, and nobody waits for it."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """The section of the case page: what can be done now, and what cannot yet."""

    now: tuple[Choice, ...]
    always: tuple[Choice, ...]
    """What can nearly always be done."""
    later: tuple[Choice, ...]
    missing: tuple[str, ...]
    over_a_year_ago: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a first try; empty for a page that is opened."""

    given: Given | None = None
    problems: Mapping[str, str] | None = None
    refusals: tuple[Refusal, ...] = ()
    stale: bool = False


def possible(visit: Visit, view: CaseView) -> Possible | None:
    """What this person can do in a case, None when that is nothing."""
    if view.limited or view.merged_into is not None:
        return None
    desk = visit.parts.casework.desk(visit.actor, view.case.id)
    if not desk.offers:
        return None
    words = texts("procedure")
    choices = [_choice(desk, offer, words) for offer in desk.offers]
    return Possible(
        now=tuple(choice for choice in choices if not choice.reasons and not choice.aside),
        always=tuple(choice for choice in choices if not choice.reasons and choice.aside),
        later=tuple(choice for choice in choices if choice.reasons),
        missing=tuple(words(f"missing.{name}").lower() for name in desk.missing),
        over_a_year_ago=desk.over_a_year_ago,
    )


def form(visit: Visit) -> Response:
    """The page of one activity."""
    view, activity = _asked(visit)
    return _page(visit, view, activity, Tried())


def take(visit: Visit) -> Response:
    """Do it. What was typed stays on the page when it cannot be done."""
    view, activity = _asked(visit)
    version = visit.said("version")
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise HTTPException(400)
    given = {field.name: _words(visit, field.name) for field in activity.fields}
    try:
        visit.parts.casework.take(visit.actor, view.case.id, activity.slug, given, int(version))
    except Incomplete as error:
        return _page(visit, view, activity, Tried(given=given, problems=error.problems), 422)
    except StepRefused as error:
        return _page(visit, view, activity, Tried(given=given, refusals=error.refusals), 422)
    except StepNotAllowed:
        return go(f"/zaken/{view.case.number}?melding=not-now")
    except Stale:
        return _page(visit, view, activity, Tried(given=given, stale=True), 409)
    return go(f"/zaken/{view.case.number}?melding=step-done")


def _asked(visit: Visit) -> tuple[CaseView, Activity]:
    """The case and the activity of an address. Raises NotFound for what is not there, or not to be seen."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    slug = str(visit.path["slug"])
    if slug not in ACTIVITIES:
        raise NotFound
    return view, ACTIVITIES[slug]


def _words(visit: Visit, name: str) -> tuple[str, ...]:
    return tuple(one for one in visit.form.getlist(name) if isinstance(one, str))


def _page(visit: Visit, view: CaseView, activity: Activity, tried: Tried, status: int = 200) -> Response:
    desk = visit.parts.casework.desk(visit.actor, view.case.id)
    offer = next((one for one in desk.offers if one.activity.slug == activity.slug), None)
    if offer is None:
        if desk.case.stage in activity.stages:
            raise NotAllowed
        return go(f"/zaken/{view.case.number}?melding={'stale' if tried.stale else 'not-now'}")
    # Read after the desk: whatever can be chosen there is in it.
    view = visit.parts.queries.case_numbered(visit.actor, view.case.number)
    organisation = visit.parts.queries.organisation(visit.actor)
    teams = {team.slug: team.name for team in organisation.teams}
    people = {person.id: person.name for person in organisation.people}
    said = happenings(teams, people, visit.pages.day, visit.pages.moment)
    asking = Asking(desk=desk, view=view, happenings=said, today=visit.pages.today())
    refusals = tried.refusals or offer.refusals
    return visit.page(
        "activity.html",
        status,
        here="cases",
        case=desk.case,
        choice=_choice(desk, offer, said.words),
        reasons=[_reason(refusal, said.words) for refusal in refusals],
        questions=asking.questions(activity, tried.given, tried.problems),
        wrong=[one for one in (tried.problems or {}) if one in {field.name for field in activity.fields}],
        closed=bool(offer.refusals) and tried.given is None,
        stale=tried.stale,
        p=said.words,
    )


def _choice(desk: Desk, offer: Offer, words: Texts) -> Choice:
    activity, stage = offer.activity, desk.case.stage
    leads = activity.leads(stage)
    waited_for = any(desk.options.get(field.kind) for field in activity.fields if field.kind in WAITED_FOR)
    return Choice(
        slug=activity.slug,
        name=words(f"act.{activity.slug}"),
        leads=leads if leads != stage else "",
        aside=activity.step is None and len(activity.stages) > MOST_STAGES and not waited_for,
        reasons=tuple(_reason(refusal, words) for refusal in offer.refusals),
    )


def _reason(refusal: Refusal, words: Texts) -> Reason:
    lacking = tuple(_name(slug, words) for slug in refusal.missing)
    return Reason(text=words(f"refusal.{refusal.slug}"), article=refusal.article, lacking=lacking)


def _name(slug: str, words: Texts) -> str:
    """What a missing thing is called; a number, of a part of the complaint, is called by itself."""
    key = next((f"{start}.{slug}" for start in _LACKING if f"{start}.{slug}" in words), None)
    return words(key) if key is not None else slug
