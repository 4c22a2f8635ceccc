"""One request of the bot: how it is read from HTTP, what it asked, and how it was answered."""

import json
import re
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.fakes.telegram.description import Entry, JsonObject, NotAsDescribedError, Upload

_ATTACHED = "attach://"
_INTEGER = re.compile(r"-?\d{1,19}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass
class Received:
    """A request as the bot sent it (`parameters` decoded, `uploads` apart) and how it ended.

    `injected`: it failed because a test wanted it to; `undescribed`: the description of the Bot API does not allow it.
    """

    number: int
    method: str
    parameters: dict[str, object] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    status: int | None = None
    error: str | None = None
    took_effect: bool = False
    injected: bool = False
    undescribed: bool = False

    def text(self, name: str) -> str:
        """A text parameter; empty when it was left out."""
        value = self.parameters.get(name, "")
        return value if isinstance(value, str) else str(value)

    def number_of(self, name: str, default: int = 0) -> int:
        """A whole-number parameter."""
        value = self.parameters.get(name, default)
        return value if isinstance(value, int) else default

    def flag(self, name: str) -> bool:
        """A yes-or-no parameter; no when it was left out."""
        return self.parameters.get(name) is True

    def object_of(self, name: str) -> JsonObject | None:
        """A structured parameter, or None when it was left out."""
        value = self.parameters.get(name)
        return value if isinstance(value, dict) else None

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self.parameters.get(name)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def objects(self, name: str) -> list[JsonObject]:
        """A list of structured values."""
        value = self.parameters.get(name)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


async def raw_parameters(request: Request) -> dict[str, object]:
    """What a request carries in its query and its body: texts, JSON values and uploads, not yet decoded."""
    raw: dict[str, object] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").split(";")[0].strip()
    if content_type == "application/json":
        body = _json(await request.body(), "request body")
        if not isinstance(body, dict):
            raise NotAsDescribedError("request body", "is not a JSON object")
        raw.update(body)
    elif content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            for name, part in form.multi_items():
                raw[name] = await _upload(part) if isinstance(part, UploadFile) else part
    return raw


async def _upload(part: UploadFile) -> Upload:
    return Upload(part.filename or "", part.content_type or "application/octet-stream", await part.read())


def decode(entry: Entry, raw: dict[str, object], received: Received) -> None:
    """Decode what arrived by the described types into `received`; the types themselves are checked afterwards."""
    received.uploads.update({name: part for name, part in raw.items() if isinstance(part, Upload)})
    texts = [str(value) for value in raw.values() if not isinstance(value, Upload)]
    claimed = {name for name in received.uploads if any(f"{_ATTACHED}{name}" in text for text in texts)}
    for name, value in raw.items():
        if name in claimed:
            continue
        described = entry.fields.get(name)
        types = described.types if described else ("String",)
        received.parameters[name] = _decoded(value, types, name, received.uploads)


def _decoded(value: object, types: tuple[str, ...], where: str, uploads: dict[str, Upload]) -> object:
    if not isinstance(value, str):
        return value
    if "InputFile" in types and value.startswith(_ATTACHED):
        if value.removeprefix(_ATTACHED) not in uploads:
            raise NotAsDescribedError(where, "names an attachment that was not sent")
        return uploads[value.removeprefix(_ATTACHED)]
    if "Integer" in types and _INTEGER.fullmatch(value):
        return int(value)
    if "Boolean" in types:
        return _BOOLEANS.get(value.lower(), value)
    if "String" in types or "InputFile" in types:
        return value
    return value if "Integer" in types else _json(value.encode(), where)


def _json(source: bytes, where: str) -> object:
    try:
        value: object = json.loads(source)
    except ValueError as error:
        raise NotAsDescribedError(where, "is not JSON") from error
    return value
