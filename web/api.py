"""The JSON interface at /api/v1: a form on somebody else's website posts here. It says 201 only after the commit."""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import date
from hmac import compare_digest
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from core.domain.message import Accepted, Attachment, Outcome
from core.domain.terms import deadlines
from web.complaint import attachments
from web.forms import Filed, file, filed, inbound, problems
from web.pages import Pages, pages_of
from web.visits import limited

PROBLEM = "application/problem+json"


class File(BaseModel):
    """A file in a JSON post."""

    filename: str
    content_type: str = "application/octet-stream"
    content: str = Field(description="the bytes, in base64")


class Post(BaseModel):
    """What a citizen filled in. Only ``story`` must be there; other fields may be sent and stay in the original."""

    model_config = ConfigDict(extra="allow")

    story: str = Field(min_length=1, description="what happened, in the citizen's own words")
    about_whom: str = ""
    when: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address_street: str = ""
    address_postcode: str = ""
    address_city: str = ""
    reply_by_email: bool = Field(default=False, description="whether the citizen agreed to answers by e-mail (Awb 2:8)")
    consent_wording: str = Field(default="", description="the question that the citizen agreed to")
    attachments: list[File] = []


class Taken(BaseModel):
    """The word that a message is safe."""

    case_number: str | None
    outcome: str
    received_on: date
    target: date | None
    limit: date | None


class Fault(BaseModel):
    """What is wrong with one field; ``message`` is Dutch and may be shown to the citizen."""

    field: str
    code: str
    message: str = ""


class Refused(Exception):
    """A post that cannot be taken, with the reason in the form of RFC 9457."""

    def __init__(self, status: int, detail: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = faults


bearer, header = HTTPBearer(auto_error=False), APIKeyHeader(name="X-Api-Key", auto_error=False)


def forwarder(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    key: Annotated[str | None, Depends(header)],
) -> str:
    """The name of the form forwarder whose key this is. Raises Refused."""
    given = credentials.credentials if credentials is not None else key or ""
    keys = pages_of(request).parts.form_keys
    found = [name for known, name in keys.items() if compare_digest(known.encode(), given.encode())]
    if not found:
        raise Refused(401, "send a known key as 'Authorization: Bearer ...' or 'X-Api-Key: ...'")
    return found[0]


async def post_message(
    request: Request,
    sender: Annotated[str, Depends(forwarder)],
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> JSONResponse:
    """Take a filled-in form in.

    201 with the case number once it is stored; 200 when the same post came before under the same Idempotency-Key.
    """
    pages = pages_of(request)
    parts = pages.parts
    told, files, wording = await _read(request, pages)
    found = problems(told, files, most_bytes=parts.max_upload)
    if found:
        faults = tuple(
            Fault(field=one.field, code=one.key, message=pages.texts(f"form.problem.{one.key}")) for one in found
        )
        raise Refused(422, "some fields must be different", faults)
    now = parts.clock()
    key = idempotency_key or token_urlsafe(24)
    message = inbound(
        told, files, external_id=f"form:{sender}:{key}", door=f"form:{sender}", received_at=now, wording=wording
    )
    accepted = await parts.accept(message)
    taken = _taken(pages, accepted, parts.calendar.day_of(now))
    repeat = accepted.outcome == Outcome.DUPLICATE
    return JSONResponse(taken.model_dump(mode="json"), 200 if repeat else 201)


def _taken(pages: Pages, accepted: Accepted, day: date) -> Taken:
    """Dates only for a case that was opened now: those of an older one follow from its own day."""
    parts = pages.parts
    opened = accepted.outcome == Outcome.OPENED
    dates = deadlines(day, parts.calendar, committee=parts.municipality.committee) if opened else None
    return Taken(
        case_number=accepted.case_number,
        outcome=accepted.outcome,
        received_on=day,
        target=dates.target if dates else None,
        limit=dates.limit.day if dates else None,
    )


async def _read(request: Request, pages: Pages) -> tuple[Filed, list[Attachment], str]:
    """The post, in whichever of the three ways it was written. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    within = limited(request, 2 * pages.parts.max_upload)
    standard = pages.texts("form.consent", municipality=pages.parts.municipality.name)
    if kind == "application/json":
        return _from_json(await within.body(), standard)
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with within.form(max_files=20, max_fields=100) as form:
            values: Mapping[str, object] = {name: form.get(name) for name in form}
            files = await attachments(form, "attachments")
        return filed(values), files, str(values.get("consent_wording") or "") or standard
    raise Refused(415, "send application/json, application/x-www-form-urlencoded or multipart/form-data")


def _from_json(body: bytes, standard: str) -> tuple[Filed, list[Attachment], str]:
    try:
        whole = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")  # halves of characters
        post = Post.model_validate_json(whole)
        files = [
            file(one.filename, one.content_type, b64decode(one.content, validate=True)) for one in post.attachments
        ]
    except ValidationError as error:
        faults = tuple(Fault(field=".".join(map(str, one["loc"])), code=one["type"]) for one in error.errors())
        raise Refused(422, "some fields must be different", faults) from None
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no valid JSON, or a file no valid base64") from None
    return filed(post.model_dump()), files, post.consent_wording or standard


def _problem(status: int, detail: str, faults: tuple[Fault, ...] = ()) -> JSONResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(
        body | {"errors": [fault.model_dump() for fault in faults]}, status, headers, media_type=PROBLEM
    )  # fmt: skip


async def _refused(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, Refused):
        return _problem(error.status, error.detail, error.faults)
    status = error.status_code if isinstance(error, HTTPException) else 422
    return _problem(status, HTTPStatus(status).description or HTTPStatus(status).phrase)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    return _problem(503, f"not taken ({type(error).__name__}); keep the message and send it again")


def interface(pages: Pages) -> FastAPI:
    """The sub-application that is mounted at /api/v1; its description stands at /api/v1/openapi.json."""
    app = FastAPI(title="Gehoord", version="1", docs_url=None, redoc_url=None)
    app.state.pages = pages
    schema = Post.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    ways = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    app.add_api_route(
        "/messages",
        post_message,
        methods=["POST"],
        status_code=201,
        response_model=Taken,
        responses={
            200: {"model": Taken, "description": "The same post came before."},
            **{code: {"description": HTTPStatus(code).phrase} for code in (400, 401, 413, 415, 422, 503)},
        },
        openapi_extra={"requestBody": {"required": True, "content": {way: {"schema": schema} for way in ways}}},
    )
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(Exception, _failed)
    return app
