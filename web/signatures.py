"""Who posts to the JSON interface: somebody who sends a known key, or who signs with one and never sends it."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from web.pages import pages_of
from web.problems import Refused
from web.visits import limited

TOLERANCE = 300
"""Seconds that the time in a signature may differ from ours, either way."""
MOST_SIGNATURES = 5
"""Signatures in one header; a second is there while a key is being replaced."""

_TIME = re.compile(r"\d{1,12}")
_HEX = re.compile(r"[0-9a-f]{64}")
_UNKNOWN = "this request cannot be authenticated"

bearer = HTTPBearer(auto_error=False, description="an API key of a form forwarder")
api_key = APIKeyHeader(name="X-Api-Key", auto_error=False, description="the same key, in a header of its own")
signature = APIKeyHeader(
    name="X-Gehoord-Signature",
    auto_error=False,
    scheme_name="Signature",
    description="t=SECONDS,v1=HEX: the HMAC-SHA256 with the API key over time, newline, Idempotency-Key (empty when"
    " there is none), newline, body. The time is in seconds since 1970, and at most five minutes off.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A form forwarder that is known."""

    name: str
    request: Request
    """Its request, which breaks off when it grows too large."""
    key: str
    """What makes this post itself and no other: its idempotency key, or its signature; empty for neither."""


async def poster(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    given: Annotated[str | None, Depends(api_key)],
    signed: Annotated[str | None, Depends(signature)],
    idempotency_key: Annotated[
        str | None, Header(max_length=200, description="the same for every attempt to send the same post")
    ] = None,
) -> Poster:
    """The form forwarder that sent this. Raises Refused, always with the same words."""
    parts = pages_of(request).parts
    within = limited(request, 2 * parts.max_upload)
    key = (idempotency_key or "").strip()
    if signed is None:
        name = _holder(parts.form_keys, credentials.credentials if credentials is not None else given or "")
        return Poster(name=name, request=within, key=_unquoted(key))
    time, signatures = _signatures(signed, parts.clock())
    payload = b"\n".join((time.encode(), (idempotency_key or "").encode(), await within.body()))
    name = _signer(parts.form_keys, payload, signatures)
    # A replay of a signed post has the same signature, and is then the same post.
    return Poster(name=name, request=within, key=_unquoted(key) or f"signature-{signatures[0]}")


def _holder(keys: Mapping[str, str], given: str) -> str:
    found = [name for known, name in keys.items() if hmac.compare_digest(known.encode(), given.encode())]
    if not found or not given:
        raise Refused(401, _UNKNOWN)
    return found[0]


def _signatures(header: str, now: datetime) -> tuple[str, list[str]]:
    """Time and signatures of a header that is worth reading the body for. Raises Refused."""
    items = [item.strip().partition("=") for item in header[:1000].split(",")]
    times = [value for name, _, value in items if name == "t" and _TIME.fullmatch(value)]
    signatures = [value for name, _, value in items if name == "v1" and _HEX.fullmatch(value)]
    on_time = len(times) == 1 and abs(now.timestamp() - int(times[0])) <= TOLERANCE
    if not on_time or not 0 < len(signatures) <= MOST_SIGNATURES:
        raise Refused(401, _UNKNOWN)
    return times[0], signatures


def _signer(keys: Mapping[str, str], payload: bytes, signatures: list[str]) -> str:
    found = [
        name
        for known, name in keys.items()
        for one in signatures
        if hmac.compare_digest(hmac.new(known.encode(), payload, "sha256").hexdigest(), one)
    ]
    if not found:
        raise Refused(401, _UNKNOWN)
    return found[0]


def _unquoted(key: str) -> str:
    """The key itself: the header is a quoted string by its draft standard, and seldom in practice."""
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
