"""The citizen's own form: no sign-in, no script, and all that was sent given back at the end (Awb 2:17 lid 2)."""

import re
from secrets import token_urlsafe

import structlog
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from core.domain.message import Attachment, Outcome
from core.domain.terms import deadlines, working_days_after
from web.forms import KINDS_OF_FILE, MOST_FILES, Filed, Problem, file, filed, inbound, problems, unknown_kinds
from web.pages import Pages, pages_of
from web.uploads import examined
from web.visits import limited

HONEYPOT = "website"
"""A field that people do not see; only a machine fills it in."""
ABOUT = ("medewerker", "gemeente", "bestuur", "onbekend")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
log = structlog.get_logger()


async def form_page(request: Request) -> Response:
    """The empty form, with the key by which a double click is recognised."""
    return _form(pages_of(request), Filed(), token_urlsafe(24))


async def post(request: Request) -> Response:
    """Take a complaint in; the receipt is the answer itself, so that nobody else can ever open it."""
    pages = pages_of(request)
    parts = pages.parts
    async with limited(request, 2 * parts.max_upload).form(max_files=20, max_fields=40) as form:
        told, trapped = filed({name: form.get(name) for name in form}), bool(form.get(HONEYPOT))
        files = await attachments(form, "files")
        given = str(form.get("sleutel", ""))
    key = given if _KEY.fullmatch(given) else token_urlsafe(24)
    found = list(problems(told, files, most_bytes=parts.max_upload))
    if unknown_kinds(files):
        found.append(Problem("files", "file_kind"))
    if told.email and not found and not parts.forms.answerable(told.email):
        found.append(Problem("email", "email_ours"))
    if trapped:
        found.append(Problem("story", "once_more"))
    if found:
        return _form(pages, told, key, found, had_files=bool(files), status=422)
    now = parts.clock()
    wording = pages.texts("form.consent", municipality=parts.municipality.name)
    message = inbound(told, files, external_id=f"form:{key}", door="form", received_at=now, wording=wording)
    message = examined(parts, message)
    try:
        accepted = await parts.accept(message)
    except Exception as error:  # noqa: BLE001 - whatever fails behind the form, the citizen keeps the text
        log.error("form_not_taken", error=type(error).__name__)
        return _form(pages, told, key, [Problem("story", "not_taken")], had_files=bool(files), status=503)
    day = parts.calendar.day_of(now)
    dates = deadlines(day, parts.calendar, committee=parts.municipality.committee)
    return pages.page(
        "receipt.html",
        201,
        number=accepted.case_number,
        fresh=accepted.outcome == Outcome.OPENED,
        told=told,
        files=message.attachments,
        refused=message.refused,
        received_at=now,
        call_before=working_days_after(day, parts.municipality.call_within, parts.calendar),
        dates=dates,
    )


async def attachments(form: FormData, name: str) -> list[Attachment]:
    """The files under this name; a file field left empty counts for nothing."""
    found = [one for one in form.getlist(name) if isinstance(one, UploadFile) and one.filename]
    return [file(one.filename, one.content_type, await one.read()) for one in found]


def _form(
    pages: Pages,
    told: Filed,
    key: str,
    found: list[Problem] | None = None,
    *,
    had_files: bool = False,
    status: int = 200,
) -> Response:
    return pages.page(
        "complaint.html",
        status,
        told=told,
        key=key,
        problems=found or [],
        wrong={problem.field: problem.key for problem in reversed(found or [])},
        had_files=had_files,
        about=ABOUT,
        honeypot=HONEYPOT,
        most_files=MOST_FILES,
        accepted=",".join(f".{kind}" for kind in KINDS_OF_FILE),
    )
