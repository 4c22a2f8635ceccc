"""The SMTP and LMTP doors: a message is answered with 250 only after the core has committed it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import Envelope, Session, TLSSetupException
from anyio import to_thread

from core.ports import Accept, Clock
from mailin.inbound import MailReading
from mailin.smtp.access import Access
from mailin.smtp.conversation import TOO_MANY, TOO_SLOW, Conversation, LmtpConversation, Porch
from mailin.smtp.limits import Guests, Limits
from mailin.understanding.addresses import mailbox_of

PATIENCE = 10.0
"""Seconds that a stop waits for transfers that are under way."""

TRY_AGAIN = "451 4.3.0 The message could not be taken now, please try again later"
UNKNOWN = "550 5.1.1 No such recipient here"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)  # without slots: aiosmtpd looks at every member, which fails there on Python 3.11.2 (gh-102069)
class _Handler:
    """What to do with clients, recipients and messages."""

    door: "_MailDoor"
    accept: Accept

    async def handle_PROXY(  # noqa: N802 - the library finds hooks by this name
        self, server: Conversation, _session: Session, _envelope: Envelope, told: ProxyData
    ) -> bool:
        """Go on with the client that the proxy speaks for."""
        return await server.proxied(told)

    async def handle_EHLO(  # noqa: N802
        self, server: Conversation, session: Session, _envelope: Envelope, name: str, offered: list[str]
    ) -> list[str]:
        """Say what we can."""
        session.host_name = name
        return await server.extensions(offered)

    async def handle_MAIL(  # noqa: N802
        self, server: Conversation, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a message, unless client or sender had their share."""
        if not server.begins(address):
            return TOO_MANY
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Conversation, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take only what is for us, plus-addresses included: this is no relay, for nobody."""
        if server.too_slow:
            return TOO_SLOW
        if not self.door.receives(address):
            return UNKNOWN
        if len(envelope.rcpt_tos) >= self.door.limits.recipients:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Conversation, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """One message for all its recipients; understood in a thread, so that a hostile one delays nobody else."""
        received_at = self.door.clock()
        raw = envelope.content
        if not isinstance(raw, bytes):
            raise TypeError("messages are read as bytes")
        read = partial(
            self.door.reader.read, raw, door=self.door.name, received_at=received_at, envelope_from=envelope.mail_from
        )
        await self.accept(await to_thread.run_sync(read))
        return "250 2.0.0 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever failed, nothing is committed that the sender may forget: let it try again."""
        if isinstance(error, TLSSetupException):
            log.info("TLS handshake failed", door=self.door.name)
            return TRY_AGAIN
        log.warning("message refused for now", door=self.door.name, error=type(error).__name__)
        return TRY_AGAIN


class _MailDoor:
    """A listening port; ``port`` is the bound one after ``ready`` was called."""

    name = ""
    conversation: type[Conversation]

    def __init__(
        self,
        host: str,
        port: int,
        recipients: Sequence[str],
        max_size: int,
        reader: MailReading,
        clock: Clock,
        *,
        access: Access | None = None,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.host = host
        self.port = port
        self.reader = reader
        self.clock = clock
        self.access = access or Access()
        self.limits = limits or Limits()
        self._monotonic = monotonic
        self._recipients = frozenset(mailbox_of(address) for address in recipients)
        self._max_size = max_size
        self._hostname = next(iter(recipients), "localhost").rpartition("@")[2]

    def receives(self, address: str) -> bool:
        """Whether mail for this address, or for a plus-address of it, is ours."""
        return mailbox_of(address) in self._recipients

    async def listen(self, accept: Accept, ready: Callable[[], None]) -> None:
        """Receive until cancelled; then let transfers that are under way finish, for up to ``PATIENCE`` seconds.

        Raises WrongCertificate when there is a certificate that cannot be used.
        """
        if self.access.certificate is not None:
            self.access.certificate.context()
        loop = asyncio.get_running_loop()
        porch = self._porch(accept)
        server = await loop.create_server(partial(self.conversation, porch), self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        try:
            await loop.create_future()
        finally:
            server.close()
            await _finish(porch.conversations)

    def _porch(self, accept: Accept) -> Porch:
        return Porch(
            handler=_Handler(self, accept),
            hostname=self._hostname,
            max_size=self._max_size,
            access=self.access,
            limits=self.limits,
            guests=Guests(self.limits, self._monotonic),
            monotonic=self._monotonic,
        )


class SmtpDoor(_MailDoor):
    """The SMTP door (RFC 5321)."""

    name = "smtp"
    conversation = Conversation


class LmtpDoor(_MailDoor):
    """The LMTP door (RFC 2033), for a mail server on the same machine."""

    name = "lmtp"
    conversation = LmtpConversation


async def _finish(conversations: set[Conversation]) -> None:
    """End every conversation, those in mid-transfer after their message."""
    ending = [end for one in tuple(conversations) for end in one.hang_up()]
    if not ending:
        return
    _, unfinished = await asyncio.wait(ending, timeout=PATIENCE)
    for one in tuple(conversations):
        one.cut()
    if unfinished:
        await asyncio.wait(unfinished)
