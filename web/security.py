"""Headers on every answer, the brake on signing in, and where one may be sent after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""A header that a page sets itself stays as it is."""
HSTS = "max-age=31536000; includeSubDomains"


def harden(headers: MutableHeaders, *, secure: bool) -> None:
    """Add what every answer carries."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if secure:
        headers.setdefault("Strict-Transport-Security", HSTS)


class Hardened:
    """ASGI middleware that hardens every answer."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers added."""

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                harden(MutableHeaders(scope=message), secure=self._secure)
            await send(message)

        await self._app(scope, receive, hardened if scope["type"] == "http" else send)


def local_path(wanted: str, otherwise: str) -> str:
    """A path on this site to go to, or ``otherwise`` when it could lead anywhere else."""
    parsed = urlsplit(wanted) if wanted.isprintable() else None
    if parsed is None or parsed.scheme or parsed.netloc or "\\" in wanted:
        return otherwise
    return wanted if wanted.startswith("/") and not wanted.startswith("//") else otherwise


@dataclass(slots=True)
class Brake:
    """Slows down guessing: after a few wrong passwords from one address for one login it must wait ever longer.

    Kept in memory: a restart forgets it, and with several instances each counts for itself.
    """

    clock: Callable[[], datetime]
    free: int = 5
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    most: int = 10_000
    _failures: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)

    def waiting(self, address: str, login: str) -> bool:
        """Whether this combination must wait before it may try again."""
        count, last = self._failures.get((address, login.casefold()), (0, self.clock()))
        if count < self.free:
            return False
        pause = min(self.first * (1 << min(count - self.free, 10)), self.longest)
        return self.clock() < last + pause

    def failed(self, address: str, login: str) -> None:
        """Count a wrong password."""
        key = (address, login.casefold())
        count, _ = self._failures.pop(key, (0, None))
        if len(self._failures) >= self.most:
            self._failures.pop(next(iter(self._failures)))
        self._failures[key] = (count + 1, self.clock())

    def passed(self, address: str, login: str) -> None:
        """Forget what went wrong before."""
        self._failures.pop((address, login.casefold()), None)
