"""How mail leaves: over the municipality's relay."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from aiosmtplib import SMTP, SMTPAuthenticationError
from anyio import to_thread

from core.domain.errors import DeliveryError, Permanent, Temporary
from core.domain.message import Delivered, Outgoing, Route
from core.domain.municipality import Municipality
from mailin.oauth import NoToken, Tokens
from mailin.sending.answers import MAIL_LIMITS, Reason, Step, answers
from mailin.sending.compose import compose, mailable
from mailin.sending.connections import Connection, Monotonic, Pace, Sleep, Waiting
from mailin.sending.transaction import Letter, Progress, Stage, hand_over

STEP = 60.0
"""Seconds without an answer after which the relay counts as away."""
QUEUE = 100.0
"""Seconds that a letter waits for its turn at the most."""
WHOLE = 170.0
"""Seconds for one delivery once it has its turn: with the wait less than the worker's lease, so that no second worker
takes it up meanwhile."""


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
    connections: int = 2
    """Most connections at once."""
    per_minute: int = 300
    """Most messages in a minute."""
    idle: float = 30.0
    """Seconds that a connection waits for its next message."""


class RelaySender:
    """Hands mail to a relay (RFC 5321, RFC 6409).

    The envelope sender is the municipality's address, also of receipts. RFC 3834 section 3.3 would allow the null
    sender there, but then nobody would learn that a citizen's receipt bounced (Awb 2:11); loops are stopped by
    Auto-Submitted, and by never answering the null sender.
    """

    route = Route.MAIL
    limits = MAIL_LIMITS

    def __init__(
        self,
        relay: Relay,
        municipality: Municipality,
        *,
        tokens: Tokens | None = None,
        clock: Monotonic = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`tokens` gives access tokens to sign in with, in place of the password (XOAUTH2)."""
        self._relay = relay
        self._municipality = municipality
        self._tokens = tokens
        self._tls: ssl.SSLContext | None = None
        self._turns = asyncio.Semaphore(relay.connections)
        self._pace = Pace(relay.per_minute, clock, sleep)
        self._waiting = Waiting(relay.idle)

    async def greet(self) -> frozenset[str]:
        """Connect and sign in, for the administrator's check; gives what the relay offers. Raises Temporary."""
        try:
            connection = await self._connect()
        except ValueError:
            raise Temporary(Reason.NOT_COMPOSED) from None
        offered = frozenset(connection.client.esmtp_extensions)
        await connection.leave()
        return offered

    async def close(self) -> None:
        """Say goodbye on the connections that wait; more mail opens new ones."""
        await self._waiting.leave()

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Hand one message over; the queue id of the relay comes back. Raises Temporary or Permanent."""
        letter = await self._letter(outgoing)
        progress = Progress()
        async with self._turn():
            try:
                async with asyncio.timeout(WHOLE):
                    return await self._over(letter, progress)
            except TimeoutError:
                raise Temporary(f"{Reason.RELAY_AWAY} slow", handed_over=progress.in_doubt) from None

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the connections, at the pace. Raises Temporary when it takes too long."""
        held = False
        try:
            try:
                async with asyncio.timeout(QUEUE):
                    held = await self._turns.acquire()
                    await self._pace.turn()
            except TimeoutError:
                raise Temporary(f"{Reason.RELAY_BUSY} queue") from None
            yield
        finally:
            if held:
                self._turns.release()

    async def _letter(self, outgoing: Outgoing) -> Letter:
        try:
            recipient = mailable(outgoing.to.address)
        except ValueError:
            raise Permanent(Reason.NO_ADDRESS) from None
        try:
            sender = mailable(self._municipality.email)
            content = await to_thread.run_sync(compose, outgoing, self._municipality)
        except ValueError:
            raise Temporary(Reason.NOT_COMPOSED) from None
        return Letter(sender=sender, recipient=recipient, identity=outgoing.message_id, content=content)

    async def _over(self, letter: Letter, progress: Progress) -> Delivered:
        """Over a connection that waits, or else a new one; over a new one too when the waiting one turns out ended."""
        connection = await self._waiting.take()
        if connection is not None:
            try:
                return await self._over_this(connection, letter, progress)
            except Temporary:
                if connection.alive or progress.in_doubt:
                    raise
                progress.stage = Stage.ENVELOPE
        return await self._over_this(await self._connect(), letter, progress)

    async def _over_this(self, connection: Connection, letter: Letter, progress: Progress) -> Delivered:
        """Keep the connection when every command on it was answered, and end it otherwise."""
        whole = False
        connection.messages += 1
        try:
            delivered = await hand_over(connection.client, letter, progress)
            whole = True
            return delivered
        except DeliveryError as error:
            whole = progress.stage in (Stage.ENVELOPE, Stage.ANSWERED)
            if progress.in_doubt:
                raise Temporary(error.reason, handed_over=True) from None
            raise
        finally:
            # Nothing is awaited here: the relay's answer has been given, and no time-out may come between.
            if whole and connection.alive:
                self._waiting.put(connection)
            else:
                connection.abort()

    async def _connect(self) -> Connection:
        """A connection with verified TLS, signed in when there is a user. Raises Temporary."""
        relay = self._relay
        with answers(Step.CERTIFICATES):
            if relay.tls != "none" and self._tls is None:  # reading the authorities takes long: once, and in a thread
                self._tls = await to_thread.run_sync(partial(ssl.create_default_context, cafile=relay.certificates))
        # The own host name is given, because looking it up may block the event loop.
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=STEP,
            local_hostname=mailable(self._municipality.email).rpartition("@")[2],
            use_tls=relay.tls == "tls",
            start_tls=False,  # below: never left out when the relay does not offer it, never tried unasked
            tls_context=self._tls,
        )
        with answers(Step.CONNECT):
            await client.connect()
        connection = Connection(client=client, transport=client.transport)
        try:
            with answers(Step.TLS):
                if relay.tls == "starttls":
                    await client.starttls()
            with answers(Step.LOGIN):
                await self._sign_in(client)
        except BaseException:  # a cancelled task must not leave its socket behind either
            connection.abort()
            raise
        return connection

    async def _sign_in(self, client: SMTP) -> None:
        if self._tokens is not None:
            await self._sign_in_by_token(client, self._tokens)
        elif self._relay.user:
            await client.login(self._relay.user, self._relay.password)
        else:
            await client.ehlo()

    async def _sign_in_by_token(self, client: SMTP, tokens: Tokens) -> None:
        try:
            token = await to_thread.run_sync(tokens.token)
        except NoToken as error:
            reason = Reason.RELAY_REFUSES_US if error.refused else Reason.RELAY_AWAY
            raise Temporary(f"{reason} token {error.reason}") from None
        try:
            await client.auth_xoauth2(self._relay.user, token)
        except SMTPAuthenticationError as error:
            if error.code >= 500:
                tokens.refused(token)
            raise
