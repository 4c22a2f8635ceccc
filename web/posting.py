"""From a post to a message: by the form mapping of its key, or in the interface's own shape."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from core.domain.message import Attachment, Inbound, Route
from web.forms import Filed, Problem, file, file_problems, filed, inbound, mapped, problems
from web.mapped import Understood
from web.pages import Pages
from web.problems import Fault, Refused
from web.signatures import Poster
from web.uploads import examined

JSON = "application/json"
WAYS = (JSON, "application/x-www-form-urlencoded", "multipart/form-data")
MOST_FIELDS = 500
MOST_UPLOADS = 20
"""Files in one post that are received at all; how many are taken is the form's rule."""


class File(BaseModel):
    """A file in a JSON post."""

    filename: str
    content_type: str = "application/octet-stream"
    content: str = Field(description="the bytes, in base64")


class Post(BaseModel):
    """What a citizen filled in. Only ``story`` must be there; fields with other names are kept under their name.

    This is the shape for a key without a form mapping of its own; with one, the shape is that of the form.
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a post is known by."""

    external_id: str
    door: str
    received_at: datetime


async def message(pages: Pages, poster: Poster, identity: Identity) -> Inbound:
    """The message in this post. Raises Refused."""
    kind = poster.request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind == JSON:
        return examined(pages.parts, _of_json(pages, poster, identity, await poster.request.body()))
    if kind not in WAYS:
        raise Refused(415, f"send {', '.join(WAYS[:-1])} or {WAYS[-1]}")
    async with poster.request.form(max_files=MOST_UPLOADS, max_fields=MOST_FIELDS) as form:
        values = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        made = _of_form(pages, poster, identity, values, await _uploads(form))
    return examined(pages.parts, made)


def _of_json(pages: Pages, poster: Poster, identity: Identity, body: bytes) -> Inbound:
    forms = pages.parts.forms
    if forms.is_mapped(poster.name):
        understood = forms.posted(poster.name, _form_named(body), body, 2 * pages.parts.max_upload)
        if understood is None:
            raise Refused(400, "the body is no JSON object or list")
        return _mapped(pages, understood, (), identity)
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
    extra = {name: _text(value) for name, value in (post.model_extra or {}).items()}
    return _native(pages, filed(post.model_dump()), files, post.consent_wording, extra, identity)


def _of_form(
    pages: Pages, poster: Poster, identity: Identity, values: Sequence[tuple[str, str]], files: Sequence[Attachment]
) -> Inbound:
    named = dict(values)
    understood = pages.parts.forms.posted(poster.name, named.get("form", ""), values, 0)
    if understood is not None:
        return _mapped(pages, understood, files, identity)
    others = {name for name, _ in values if name not in Post.model_fields}
    extra = {other: ", ".join(value for name, value in values if name == other and value) for other in others}
    return _native(pages, filed(named), files, named.get("consent_wording", ""), extra, identity)


def _native(
    pages: Pages,
    told: Filed,
    files: Sequence[Attachment],
    wording: str,
    extra: Mapping[str, str],
    identity: Identity,
) -> Inbound:
    parts = pages.parts
    _refuse(pages, problems(told, files, most_bytes=parts.max_upload))
    made = inbound(
        told,
        files,
        external_id=identity.external_id,
        door=identity.door,
        received_at=identity.received_at,
        wording=wording or pages.texts("form.consent", municipality=parts.municipality.name),
        extra=extra,
    )
    to = made.reply
    looped = to is not None and to.route == Route.MAIL and not parts.forms.answerable(to.address)
    return replace(made, reply=None) if looped else made


def _mapped(pages: Pages, understood: Understood, files: Sequence[Attachment], identity: Identity) -> Inbound:
    every = (*files, *understood.form.files)
    _refuse(pages, file_problems(every, most_bytes=pages.parts.max_upload))
    return mapped(
        understood,
        every,
        external_id=identity.external_id,
        door=identity.door,
        received_at=identity.received_at,
    )


def _refuse(pages: Pages, found: Sequence[Problem]) -> None:
    if found:
        faults = tuple(
            Fault(field=one.field, code=one.key, message=pages.texts(f"form.problem.{one.key}")) for one in found
        )
        raise Refused(422, "some fields must be different", faults)


async def _uploads(form: FormData) -> list[Attachment]:
    """Every file of the post, under whichever name; a file field left empty counts for nothing."""
    found = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    return [file(one.filename, one.content_type, await one.read()) for one in found]


def _form_named(body: bytes) -> str:
    """What a JSON object says that it is, under ``form``."""
    try:
        told: object = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    name = told.get("form") if isinstance(told, dict) else None
    return name if isinstance(name, str) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
