"""Who asks, and may they? Wraps every handler: reads the form, runs it in a thread, checks session and CSRF token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import compare_digest
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Message

from core.domain.access import Actor, Role
from core.views import SignedIn
from web.pages import Pages, pages_of
from web.parts import Parts

COOKIE = "gehoord"
SMALL = 200_000
"""Bytes that a form of the staff pages may have."""
QUEUE_ROLES = frozenset({Role.COORDINATOR, Role.SUPPORT, Role.ADMINISTRATOR})
"""Roles that can have tasks in the review queue."""
CASE_ROLES = frozenset(Role) - {Role.ADMINISTRATOR}
"""Roles that can see cases; the administrator keeps the machine running and reads none."""

Handler = Callable[[Request, FormData], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of somebody who is signed in."""

    pages: Pages
    signed: SignedIn
    token: str
    """Of the session."""
    path: Mapping[str, object]
    query: QueryParams
    form: FormData

    @property
    def parts(self) -> Parts:
        """The rest of the house."""
        return self.pages.parts

    @property
    def actor(self) -> Actor:
        """Who it is."""
        return self.signed.actor

    def number(self, name: str) -> int:
        """A number from the address. Raises 404 when it is too long to be one."""
        value = self.path[name]
        if not isinstance(value, int) or value >= 2**31:
            raise HTTPException(404)
        return value

    def said(self, name: str) -> str:
        """A field of the form, empty when it is missing or a file."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def page(
        self, template: str, status: int = 200, *, here: str = "", waiting: int | None = None, **facts: object
    ) -> HTMLResponse:
        """A staff page, with its bar; ``waiting`` when the number of open items is known already."""
        if waiting is None:
            waiting = self.parts.queries.queue_counts(self.actor).all if self.actor.roles & QUEUE_ROLES else 0
        bar = Bar(
            here=here,
            name=self.actor.name,
            queue=bool(self.actor.roles & QUEUE_ROLES),
            cases=bool(self.actor.roles & CASE_ROLES),
            waiting=waiting,
            mails=self.parts.development_mailbox is not None,
        )
        return self.pages.page(template, status, bar=bar, csrf=self.signed.csrf, actor=self.actor, **facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What the bar on top of a staff page shows."""

    here: str
    name: str
    queue: bool
    cases: bool
    waiting: int
    mails: bool


def go(path: str) -> RedirectResponse:
    """Send the browser on after a form, so that reloading never posts again."""
    return RedirectResponse(path, 303)


def home(actor: Actor) -> str:
    """The first page of somebody's work."""
    return "/beoordelen" if actor.roles & QUEUE_ROLES else "/zaken"


def threaded(handler: Handler, *, limit: Callable[[Parts], int] = lambda _: SMALL) -> Callable[[Request], object]:
    """An endpoint that reads the form and runs the handler in a thread, where it may wait for the database."""

    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(handler, request, FormData())
        async with limited(request, limit(pages_of(request).parts)).form(max_files=10, max_fields=60) as form:
            return await run_in_threadpool(handler, request, form)

    return endpoint


def staff(
    handler: Callable[[Visit], Response],
    *,
    even_with_old_password: bool = False,
    limit: Callable[[Parts], int] = lambda _: SMALL,
) -> Callable[[Request], object]:
    """An endpoint for people who are signed in."""

    def guarded(request: Request, form: FormData) -> Response:
        pages = pages_of(request)
        token = request.cookies.get(COOKIE, "")
        signed = pages.parts.accounts.who(token)
        if signed is None:
            asked = request.url.path + ("?" + request.url.query if request.url.query else "")
            return go(f"/inloggen?naar={quote(asked, safe='')}" if request.method == "GET" else "/inloggen")
        query, path = request.query_params, request.path_params
        visit = Visit(pages=pages, signed=signed, token=token, path=path, query=query, form=form)
        if request.method == "POST" and not compare_digest(visit.said("csrf").encode(), signed.csrf.encode()):
            raise HTTPException(403)
        if signed.must_change and not even_with_old_password:
            return go("/wachtwoord")
        return handler(visit)

    return threaded(guarded, limit=limit)


def limited(request: Request, most: int) -> Request:
    """The same request, which breaks off with 413 once it is larger than this many bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise HTTPException(413)
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return Request(request.scope, receive)
