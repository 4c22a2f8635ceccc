"""For the machines that watch: does it live, is it ready, and the figures."""

from ipaddress import ip_address

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from web.pages import pages_of

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


async def alive(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


def ready(request: Request, _: FormData) -> Response:
    """Whether every part works that people need."""
    states = dict(pages_of(request).parts.is_ready())
    return JSONResponse(states, 200 if all(states.values()) else 503)


def metrics(request: Request, _: FormData) -> Response:
    """Figures for Prometheus; to this machine only, and never through a proxy that speaks for somebody else."""
    if not _from_here(request):
        raise HTTPException(404)
    body, content_type = pages_of(request).parts.metrics()
    return Response(body, headers={"Content-Type": content_type})


def _from_here(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
