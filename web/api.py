"""The JSON interface at /api/v1: a form on somebody else's website posts here. It says 201 only after the commit."""

from datetime import date, datetime
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from core.domain.message import Outcome
from core.domain.terms import deadlines
from web.mapped import FirstPost
from web.pages import Pages, pages_of
from web.posting import WAYS, Identity, Post, message
from web.problems import PROBLEM, ProblemDetails, Refused, failed, refused
from web.signatures import Poster, poster

WRONG = {
    400: "The body is no valid JSON.",
    401: "No known key, and no signature with one.",
    413: "The post is too large.",
    415: "Another content type than the three below.",
    422: "Some fields must be different, or the Idempotency-Key was used for another post.",
    503: "Not taken; keep the message and send it again.",
}


class Taken(BaseModel):
    """The word that a message is safe."""

    case_number: str | None
    outcome: str
    received_on: date
    target: date | None
    limit: date | None


async def post_message(sent_by: Annotated[Poster, Depends(poster)]) -> JSONResponse:
    """Take a filled-in form in.

    201 with the case number once it is stored. The same post under the same Idempotency-Key gets the first answer
    again, and is stored once; another post under that key is refused.
    """
    pages = pages_of(sent_by.request)
    parts = pages.parts
    external_id = f"form:{sent_by.name}:{sent_by.key or token_urlsafe(24)}"
    now = parts.clock()
    made = await message(
        pages, sent_by, Identity(external_id=external_id, door=f"form:{sent_by.name}", received_at=now)
    )
    first = await run_in_threadpool(parts.posted_before, external_id, made.content_hash) if sent_by.key else None
    if first is not None:
        return _again(pages, first, now)
    accepted = await parts.accept(made)
    if accepted.outcome == Outcome.DUPLICATE:  # the same post, sent twice at the same moment
        return _again(pages, FirstPost(same=True, case_number=accepted.case_number, received_at=now), now)
    return JSONResponse(_taken(pages, accepted.outcome, accepted.case_number, now), 201)


def _again(pages: Pages, first: FirstPost, now: datetime) -> JSONResponse:
    """The first answer once more. Raises Refused when the key was used for something else."""
    if not first.same:
        raise Refused(422, "this Idempotency-Key was used for a post with other content")
    outcome = Outcome.OPENED if first.case_number else Outcome.UNPROCESSED
    return JSONResponse(_taken(pages, outcome, first.case_number, first.received_at or now), 201)


def _taken(pages: Pages, outcome: Outcome, case_number: str | None, at: datetime) -> dict[str, object]:
    """Dates only for a case that this post opened: those of another follow from its own day."""
    parts = pages.parts
    day = parts.calendar.day_of(at)
    opened = outcome == Outcome.OPENED
    dates = deadlines(day, parts.calendar, committee=parts.municipality.committee) if opened else None
    return Taken(
        case_number=case_number,
        outcome=outcome,
        received_on=day,
        target=dates.target if dates else None,
        limit=dates.limit.day if dates else None,
    ).model_dump(mode="json")


def interface(pages: Pages) -> FastAPI:
    """The sub-application that is mounted at /api/v1; its description stands at /api/v1/openapi.json.

    Closed to scripts of other sites: no answer carries a CORS header, and OPTIONS is not allowed.
    """
    app = FastAPI(title="Gehoord", version="1", docs_url=None, redoc_url=None)
    app.state.pages = pages
    schema = Post.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = schema.pop("$defs", {})
    problem = {"content": {PROBLEM: {"schema": ProblemDetails.model_json_schema()}}}
    app.add_api_route(
        "/messages",
        post_message,
        methods=["POST"],
        status_code=201,
        response_model=Taken,
        responses={
            code: {"description": f"{HTTPStatus(code).phrase}. {why}", **problem} for code, why in WRONG.items()
        },
        openapi_extra={"requestBody": {"required": True, "content": {way: {"schema": schema} for way in WAYS}}},
    )
    for kind in (Refused, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(Exception, failed)
    described = app.openapi

    def openapi() -> dict[str, Any]:
        description = described()
        description["components"]["schemas"] |= schemas  # of files, which stand inside the shape of a post
        return description

    app.openapi = openapi  # type: ignore[method-assign]
    return app
