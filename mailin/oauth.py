"""Access tokens for mail servers that take no password: OAuth 2.0 (RFC 6749), as SASL XOAUTH2 sends them.

One source serves the mailbox that is read and the relay that mail leaves through; Authlib speaks to the token server.
"""

import contextlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog

TIMEOUT = 20.0
"""Seconds without an answer after which the token server counts as away."""
MARGIN = 120.0
"""Seconds before its end at which a token is no longer handed out: a login and a slow server fit in."""
UNSAID = 300.0
"""Seconds that a token is trusted when its server does not say how long it lives (RFC 6749 section 5.1)."""

_CODE = re.compile(r"[a-z_]{1,40}")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Where tokens come from, and as whom we ask: client credentials, or a refresh token when there is one."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    refresh_token: str = field(default="", repr=False)
    refresh_token_file: Path | None = None
    """Where a refresh token is kept that its server replaces at each use (RFC 6749 section 6); wins once it exists."""


class NoToken(Exception):
    """No token could be had; the text says why in a word, and never holds what was sent or answered."""

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused
        """Whether the token server said no, so that a person must mend the settings; else it was away."""


class Tokens(Protocol):
    """What hands out access tokens."""

    def token(self) -> str:
        """A token that is good for a login now. Blocks while one is fetched. Raises NoToken."""

    def refused(self, token: str) -> None:
        """The mail server did not take this token: the next one is fetched anew."""


class TokenSource:
    """Hands out one access token until shortly before its end, then fetches the next. Threads may share it."""

    def __init__(self, oauth: OAuth, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._oauth = oauth
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0
        self._refresh_token = oauth.refresh_token

    def token(self) -> str:
        """A token that is good for a login now. Blocks while one is fetched. Raises NoToken."""
        with self._lock:
            if not self._token or self._elapsed() >= self._good_until:
                self._fetch()
            return self._token

    def refused(self, token: str) -> None:
        """The mail server did not take this token: the next one is fetched anew."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def _fetch(self) -> None:
        asked = self._elapsed()
        answer = self._first_answer()
        token, lives, renewed = (answer.get(name) for name in ("access_token", "expires_in", "refresh_token"))
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise NoToken("no_token_in_answer", refused=True)
        seconds = float(lives) if isinstance(lives, (int, str)) and str(lives).isdecimal() else UNSAID
        # A token that lives shorter than the margin is still good for half of its life.
        self._good_until = asked + max(seconds - MARGIN, seconds / 2)
        self._token = token
        if isinstance(renewed, str) and renewed and renewed != self._refresh_token:
            self._keep(renewed)

    def _first_answer(self) -> Mapping[str, object]:
        """What the newest refresh token gives, or else an older one: a person may have set a new one meanwhile."""
        known = dict.fromkeys((self._kept(), self._refresh_token, self._oauth.refresh_token))
        candidates = [one for one in known if one] or [""]
        for one in candidates[:-1]:
            try:
                return _answer(self._oauth, one)
            except NoToken as error:
                if not error.refused:
                    raise
        return _answer(self._oauth, candidates[-1])

    def _kept(self) -> str:
        file = self._oauth.refresh_token_file
        return file.read_text().strip() if file is not None and file.exists() else ""

    def _keep(self, refresh_token: str) -> None:
        """Remember the new refresh token, which may have made the former one worthless."""
        self._refresh_token = refresh_token
        file = self._oauth.refresh_token_file
        if file is None:
            return
        try:
            _replace(file, refresh_token)
        except OSError as error:
            # The token at hand is good; only the next start of the program would miss the new one.
            log.error("refresh token not kept", error=type(error).__name__)


def _answer(oauth: OAuth, refresh_token: str) -> Mapping[str, object]:
    """What the token server says (RFC 6749 section 5.1), asked by refresh token or by our own right."""
    # Here, because together they cost a third of a second and most municipalities use a password.
    import httpx2
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.httpx_client import OAuth2Client

    method = "client_secret_post" if oauth.client_secret else "none"
    try:
        with OAuth2Client(
            oauth.client_id, oauth.client_secret, token_endpoint_auth_method=method, scope=oauth.scope, timeout=TIMEOUT
        ) as client:
            if refresh_token:
                return dict(client.refresh_token(oauth.token_url, refresh_token=refresh_token))
            return dict(client.fetch_token(oauth.token_url, grant_type="client_credentials"))
    except AuthlibBaseError as error:
        # Only the code of RFC 6749 section 5.2: a description may repeat what was sent.
        code = error.error if isinstance(error.error, str) and _CODE.fullmatch(error.error) else "refused"
        raise NoToken(code, refused=True) from None
    except httpx2.HTTPStatusError as error:
        raise NoToken(f"http_{error.response.status_code}", refused=False) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError) as error:
        raise NoToken(type(error).__name__, refused=False) from None


def xoauth2(user: str, token: str) -> str:
    """The initial response of SASL XOAUTH2, not yet in base64, as Google and Microsoft define it."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _replace(file: Path, content: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(number, "w") as written:
            written.write(content)
            written.flush()
            os.fsync(number)
        Path(name).replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
