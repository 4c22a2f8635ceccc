"""How mail leaves: over the municipality's relay, or into a Maildir where there is none."""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
)
from anyio import to_thread

from core.domain.errors import Permanent, Temporary
from core.domain.message import Delivered, Limits, Outgoing, Route
from core.domain.municipality import Municipality
from mailin.compose import compose, mailable

__all__ = ["MaildirSender", "Relay", "RelaySender", "compose"]

STEP = 60.0
"""Seconds without an answer after which the relay counts as away."""
WHOLE = 240.0
"""Seconds for one delivery in all: less than the worker's lease, so that no second worker takes it up meanwhile."""
GOODBYE = 5.0
"""Seconds for an orderly end of the connection."""
MAIL_LIMITS = Limits(html=True)

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_OURS_TO_MEND = frozenset({530, 534, 535, 538})
"""Answers that say something about our sign-in at the relay, never about the citizen's address (RFC 4954)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The relay through which mail leaves."""

    host: str
    port: int = 587
    tls: Literal["tls", "starttls", "none"] = "starttls"
    certificates: Path | None = None
    """File with the authorities to trust; None for the system's."""
    user: str = ""
    password: str = field(default="", repr=False)


class RelaySender:
    """Hands mail to a relay (RFC 5321, RFC 6409).

    The envelope sender is the municipality's address, also of receipts. RFC 3834 section 3.3 would allow the null
    sender there, but then nobody would learn that a citizen's receipt bounced (Awb 2:11); loops are stopped by
    Auto-Submitted, and by never answering the null sender.
    """

    route = Route.MAIL
    limits = MAIL_LIMITS

    def __init__(self, relay: Relay, municipality: Municipality) -> None:
        self._relay = relay
        self._municipality = municipality
        self._tls: ssl.SSLContext | None = None

    async def greet(self) -> None:
        """Connect and sign in, for the administrator's check. Raises Temporary."""
        async with self._connected():
            pass

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Hand one message over; the queue id of the relay comes back. Raises Temporary or Permanent."""
        try:
            content = compose(outgoing, self._municipality)
            recipient = mailable(outgoing.to.address)
        except ValueError:
            raise Permanent("not a mail address") from None
        progress = _Progress()
        try:
            async with asyncio.timeout(WHOLE), self._connected() as client:
                return await self._hand_over(client, recipient, content, progress)
        except TimeoutError:
            raise Temporary("the relay is too slow", handed_over=progress.handed_over) from None

    async def _hand_over(self, client: SMTP, recipient: str, content: bytes, progress: "_Progress") -> Delivered:
        with _answers("mail"):
            utf8 = not recipient.isascii()
            if utf8 and not client.supports_extension("smtputf8"):
                raise Permanent("the relay cannot write to this address (no SMTPUTF8)")
            await client.mail(self._municipality.email, options=["SMTPUTF8"] if utf8 else [], encoding="utf-8")
        with _answers("rcpt", final=True):
            await client.rcpt(recipient, encoding="utf-8")
        with _answers("data", final=True):
            answer = await client.execute_command(b"DATA")
            if answer.code != 354:
                raise SMTPResponseException(answer.code, answer.message)
        if client.protocol is None:
            raise Temporary("the relay hung up")
        with _answers("message", final=True, progress=progress):
            progress.handed_over = True
            client.protocol.write(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            answer = await client.protocol.read_response(timeout=STEP)
            if answer.code != 250:
                progress.handed_over = False
                raise SMTPResponseException(answer.code, answer.message)
        return Delivered(provider_id=answer.message[:200])

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        """A connection with verified TLS, signed in when there is a user. Raises Temporary."""
        relay = self._relay
        with _answers("certificates"):
            if relay.tls != "none" and self._tls is None:  # reading the authorities takes long: once, and in a thread
                self._tls = await to_thread.run_sync(partial(ssl.create_default_context, cafile=relay.certificates))
        # The own host name is given, because looking it up may block the event loop.
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=STEP,
            local_hostname=self._municipality.email.rpartition("@")[2],
            use_tls=relay.tls == "tls",
            start_tls=False,  # below: never left out when the relay does not offer it, never tried unasked
            tls_context=self._tls,
        )
        with _answers("connect"):
            await client.connect()
        transport = client.transport
        try:
            with _answers("tls"):
                if relay.tls == "starttls":
                    await client.starttls()
            with _answers("login"):
                if relay.user:
                    await client.login(relay.user, relay.password)
                await client.ehlo()
            yield client
            # The relay's answer to the message has been given: what goes wrong with the goodbye changes nothing.
            with contextlib.suppress(SMTPException, OSError):
                await client.quit(timeout=GOODBYE)
        finally:
            client.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
            await asyncio.sleep(0)  # the loop closes the socket in its next round


class MaildirSender:
    """Keeps mail in a Maildir, for development: exactly once, because the file's name follows from the Message-ID."""

    route = Route.MAIL
    limits = MAIL_LIMITS

    def __init__(self, folder: Path, municipality: Municipality) -> None:
        self._folder = folder
        self._municipality = municipality

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Write one message durably; a repeat changes nothing. Raises Temporary or Permanent."""
        try:
            content = compose(outgoing, self._municipality)
        except ValueError:
            raise Permanent("not a mail address") from None
        digest = hashlib.sha256(outgoing.message_id.encode()).hexdigest()[:32]
        name = f"{int(outgoing.created_at.timestamp())}.{digest}.gehoord"
        try:
            await to_thread.run_sync(self._write, name, content)
        except OSError as error:
            raise Temporary(f"maildir {type(error).__name__}") from None
        return Delivered(provider_id=name)

    def _write(self, name: str, content: bytes) -> None:
        """Write beside, then link into place: a kill leaves the whole message or none, and no link replaces one."""
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        if any((self._folder / "cur").glob(f"{name}*")):  # a mail program has seen it and moved it there
            return
        draft = self._folder / "tmp" / f"{name}.{secrets.token_hex(4)}"
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                (self._folder / "new" / name).hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
        directory = os.open(self._folder / "new", os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@dataclass(slots=True)
class _Progress:
    """How far a delivery came."""

    handed_over: bool = False


@contextlib.contextmanager
def _answers(step: str, *, final: bool = False, progress: _Progress | None = None) -> Iterator[None]:
    """Turn what went wrong in one step into Temporary or Permanent.

    5xx is permanent where it is about this message or its recipient (``final``), and temporary where it is about our
    sign-in, our address or our right to relay (X.7.X of RFC 3463 for a recipient): an administrator mends that, and no
    letter should be lost over it. The reason names step, code and status; the relay's own words may hold the address.
    """
    try:
        yield
    except SMTPResponseException as error:
        status = _STATUS.search(error.message)
        reason = f"{step} {error.code}" + (f" {status.group(1)}" if status else "")
        denied = step == "rcpt" and status is not None and status.group(1).startswith("5.7.")
        ours = denied or error.code in _OURS_TO_MEND or isinstance(error, SMTPAuthenticationError)
        if final and error.code >= 500 and not ours:
            raise Permanent(reason) from None
        raise Temporary(reason) from None
    except (SMTPException, OSError) as error:
        handed_over = progress is not None and progress.handed_over
        raise Temporary(f"{step} {type(error).__name__}", handed_over=handed_over) from None
