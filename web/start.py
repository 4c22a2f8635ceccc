"""The front door: people at work go to their work, everybody else chooses."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from web.pages import pages_of
from web.visits import COOKIE, go, home


def start(request: Request, _: FormData) -> Response:
    """A page with two ways on, or straight to work for who is signed in."""
    pages = pages_of(request)
    signed = pages.parts.accounts.who(request.cookies.get(COOKIE, ""))
    return go(home(signed.actor)) if signed is not None else pages.page("start.html")
