"""Writing to the complainant: written, read as it will leave, and only then sent."""

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import Response

from core.domain.access import Role
from core.domain.errors import NotAllowed
from core.domain.message import Attachment, ReplyRoute, Route
from core.letters import Letter
from core.service.correspondence import OBJECTION_LETTER, Words
from core.views import CaseView
from web.forms import MOST_FILES, Problem, clean, file, file_problems
from web.visits import Visit, go

LONGEST_TEXT = 20_000
"""Characters of a message."""
WITH_FILES = frozenset({Route.MAIL})
"""Routes that carry files; what goes by post is printed, and a chat takes words only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message while it is written."""

    text: str = ""
    letter: Letter | None = None
    """As it would leave, once the person asked to see it."""
    problem: Problem | None = None


def may_write(visit: Visit, view: CaseView) -> bool:
    """Whether this person writes to the complainant: the coördinator does, in a case that stands by itself."""
    return Role.COORDINATOR in visit.actor.roles and not view.limited and view.merged_into is None


def form(visit: Visit) -> Response:
    """An empty sheet."""
    return _page(visit, _case(visit), Draft())


def write(visit: Visit) -> Response:
    """Show the message as it would leave, go back to writing, or send it."""
    view = _case(visit)
    text = clean(visit.said("text")).strip()
    step = visit.said("stap")
    if step == "schrijven":
        return _page(visit, view, Draft(text=text))
    problem = Problem("text", "text_missing") if not text else None
    if len(text) > LONGEST_TEXT:
        problem = Problem("text", "text_long")
    if problem is not None:
        return _page(visit, view, Draft(text=text, problem=problem), 422)
    if step != "versturen":
        return _page(visit, view, _previewed(visit, view, text))
    files, wrong = _files(visit, view)
    if wrong is not None:
        return _page(visit, view, _previewed(visit, view, text, wrong), 422)
    try:
        visit.parts.correspondence.write(visit.actor, view.case.id, Words(text=text, files=files))
    except ValueError:
        return go(f"/zaken/{view.case.number}?melding=no-way")
    return go(f"/zaken/{view.case.number}?melding=written")


def objection(visit: Visit) -> Response:
    """The notice that a message may be an objection, as it would leave."""
    view = _case(visit)
    return visit.page(
        "objection.html",
        here="cases",
        case=view.case,
        letter=visit.parts.correspondence.preview_objection_notice(visit.actor, view.case.id),
        to=_way(visit, view),
        sent=_sent_notice(view),
    )


def release_objection(visit: Visit) -> Response:
    """Send that notice; once is enough."""
    view = _case(visit)
    if _sent_notice(view):
        return go(f"/zaken/{view.case.number}?melding=notice-sent")
    try:
        visit.parts.correspondence.release_objection_notice(visit.actor, view.case.id)
    except ValueError:
        return go(f"/zaken/{view.case.number}?melding=no-way")
    return go(f"/zaken/{view.case.number}?melding=notice-sent")


def _case(visit: Visit) -> CaseView:
    """The case that is written about. Raises NotFound, NotAllowed."""
    view = visit.parts.queries.case_numbered(visit.actor, str(visit.path["number"]))
    if not may_write(visit, view):
        raise NotAllowed
    return view


def _way(visit: Visit, view: CaseView) -> ReplyRoute | None:
    return visit.parts.correspondence.way(visit.actor, view.case.id)


def _previewed(visit: Visit, view: CaseView, text: str, problem: Problem | None = None) -> Draft:
    letter = visit.parts.correspondence.preview(visit.actor, view.case.id, Words(text=text))
    return Draft(text=text, letter=letter, problem=problem)


def _page(visit: Visit, view: CaseView, draft: Draft, status: int = 200) -> Response:
    to = _way(visit, view)
    return visit.page(
        "message.html",
        status,
        here="cases",
        case=view.case,
        draft=draft,
        to=to,
        takes_files=to is not None and to.route in WITH_FILES,
        most_files=MOST_FILES,
    )


def _files(visit: Visit, view: CaseView) -> tuple[tuple[Attachment, ...], Problem | None]:
    """The files that go with it, as what they are, or what is wrong with them."""
    posted = [one for one in visit.form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    to = _way(visit, view)
    if posted and (to is None or to.route not in WITH_FILES):
        return (), Problem("files", "files_not_this_way")
    files = [file(one.filename, one.content_type, one.file.read()) for one in posted]
    wrong = file_problems(files, most_bytes=visit.parts.max_upload)
    taken, refused = visit.parts.examine(tuple(files))
    return taken, wrong[0] if wrong else Problem("files", "files_large") if refused else None


def _sent_notice(view: CaseView) -> bool:
    return any(letter.letter == OBJECTION_LETTER for letter in view.letters)
