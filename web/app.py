"""The web application: parts in, Starlette out."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from core.domain.errors import HeldBack, NotAllowed, NotFound
from web.assets import Assets
from web.pages import Pages, pages_of
from web.parts import Parts
from web.routes import routes
from web.security import Brake, Hardened, harden

WORDED = frozenset({400, 403, 404, 405, 413, 500})
"""Statuses that have a text of their own."""


def application(parts: Parts) -> Starlette:
    """The whole site; it keeps nothing but the brake on signing in."""
    assets = Assets()
    pages = Pages(parts, assets)
    app = Starlette(
        routes=routes(pages, assets),
        middleware=[Middleware(Hardened, secure=parts.secure_cookies)],
        exception_handlers={
            NotFound: _not_found, NotAllowed: _not_allowed, HeldBack: _held_back, HTTPException: _http,
            Exception: _broken,
        },
    )  # fmt: skip
    app.state.pages = pages
    app.state.brake = Brake(clock=parts.clock)
    return app


def _page(request: Request, status: int) -> Response:
    return pages_of(request).page("error.html", status, code=status if status in WORDED else 400)


async def _not_found(request: Request, _: Exception) -> Response:
    """The same page for what is missing and for what somebody may not know of."""
    return _page(request, 404)


async def _not_allowed(request: Request, _: Exception) -> Response:
    return _page(request, 403)


async def _held_back(request: Request, _: Exception) -> Response:
    """A file that may hold malware, whoever asks."""
    return pages_of(request).page("error.html", 403, code="held")


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError("registered for HTTPException only")
    response = _page(request, error.status_code)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _broken(request: Request, _: Exception) -> Response:
    """The server's fault; this answer is made outside the middleware, so it hardens itself."""
    response = _page(request, 500)
    harden(response.headers, secure=pages_of(request).parts.secure_cookies)
    return response
