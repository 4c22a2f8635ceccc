"""The SMTP and LMTP doors: a message is answered with 250 only after the core has committed it.

aiosmtpd speaks the protocol; three of its habits would lose complaints and are replaced here. An exception in a handler
answers 500 (the sender gives up): ours is 451 (it tries again). LMTP gets one answer after DATA: ours are one for each
recipient (RFC 2033 section 4.2). A line over 1001 bytes is refused for good: ours may be as long as the message.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from aiosmtpd.smtp import log as library_log
from anyio import to_thread

from core.ports import Accept, Clock
from mailin.inbound import MailReader, mailbox_of

PATIENCE = 10.0
"""Seconds that a stop waits for transfers that are under way."""
MOST_RECIPIENTS = 100
"""Recipients of one message; the least that RFC 5321 section 4.5.3.1.8 allows."""

TRY_AGAIN = "451 4.3.0 The message could not be taken now, please try again later"
TOO_LARGE = "552 5.3.4 The message is larger than we can take"
UNKNOWN = "550 5.1.1 No such recipient here"
STOPPING = b"421 4.3.2 Service is stopping, please try again later\r\n"
_END = b"\r\n.\r\n"
_READ = 1 << 16

# It logs addresses, and at its finest level whole messages.
library_log.setLevel(logging.CRITICAL + 1)
log = structlog.get_logger(__name__)


class _Smtp(SMTP):
    """One SMTP conversation."""

    line_length_limit = _READ  # of commands, and the reading buffer; the lines of a message are not limited

    def __init__(self, handler: "_Handler", conversations: "set[_Smtp]", *, max_size: int, hostname: str) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            handler, data_size_limit=max_size, enable_SMTPUTF8=True, hostname=hostname, ident="Gehoord", loop=loop
        )
        self._max_size = max_size
        self._conversations = conversations
        self._receiving = False
        self._hanging_up = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count this conversation among those that a stop must end."""
        super().connection_made(transport)
        self._conversations.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget this conversation."""
        self._conversations.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> "asyncio.Task[None] | None":
        """End the conversation: at once, or after the message that is being transferred. Gives what to wait for."""
        self._hanging_up = True
        if not self._receiving and self.transport is not None:
            self._writer.write(STOPPING)
            self.transport.close()
        return self._handler_coroutine

    def cut(self) -> None:
        """End the conversation now; the sender was promised nothing and will try again."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library finds commands by this name
        """Receive a message (RFC 5321 section 4.1.1.4); the handler's answer is given after the commit."""
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Need RCPT first")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        self._receiving = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            content = await self._content()
            status = TOO_LARGE
            if content is not None:
                self.envelope.content = self.envelope.original_content = content
                status = await self._call_handler_hook("DATA")
            await self.push(status)
        finally:
            self._receiving = False
            self.envelope = self._create_envelope()  # whatever the answer, the transaction is over
            if self._hanging_up:
                self.loop.call_soon(self.hang_up)  # soon: an answer to an exception is still to be written

    async def _content(self) -> bytes | None:
        """The bytes up to the line with a single dot, dots undone; None when there were more than allowed.

        Only CR LF dot CR LF ends a message: anything looser lets one sender smuggle in a second message.
        """
        found, searched, too_large = bytearray(b"\r\n"), 0, False
        while (end := found.find(_END, searched)) < 0:
            too_large = too_large or len(found) > self._max_size + len(_END)
            if too_large:
                del found[: -len(_END)]
            searched = max(0, len(found) - len(_END))
            chunk = await self._reader.read(_READ)
            if not chunk:
                raise ConnectionResetError
            self._reset_timeout()
            found += chunk
        self._reader.feed_data(bytes(found[end + len(_END) :]))  # what a hasty client sent after the dot
        del found[end + 2 :]
        content = memoryview(found.replace(b"\r\n.", b"\r\n"))[2:]
        return None if too_large or len(content) > self._max_size else bytes(content)


class _Lmtp(_Smtp, LMTP):
    """One LMTP conversation: after the dot comes one answer for each recipient that was accepted."""

    _answers = 1

    async def push(self, status: str | bytes) -> None:
        """Send an answer, as often as it is due."""
        text = status if isinstance(status, str) else status.decode()
        times, self._answers = self._answers, 1
        if text.startswith("354") and self.envelope is not None:
            self._answers = len(self.envelope.rcpt_tos)
        await super().push("\r\n".join([text] * times))


@dataclass(frozen=True)  # without slots: aiosmtpd looks at every member, which fails there on Python 3.11.2 (gh-102069)
class _Handler:
    """What to do with recipients and messages."""

    door: "_MailDoor"
    accept: Accept

    async def handle_RCPT(  # noqa: N802 - the library finds hooks by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take only what is for us, plus-addresses included: this is no relay."""
        if not self.door.receives(address):
            return UNKNOWN
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
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
        log.warning("message refused for now", door=self.door.name, error=type(error).__name__)
        return TRY_AGAIN


class _MailDoor:
    """A listening port; ``port`` is the bound one after ``ready`` was called."""

    name = ""
    conversation: type[_Smtp]

    def __init__(
        self, host: str, port: int, recipients: Sequence[str], max_size: int, reader: MailReader, clock: Clock
    ) -> None:
        self.host = host
        self.port = port
        self.reader = reader
        self.clock = clock
        self._recipients = frozenset(mailbox_of(address) for address in recipients)
        self._max_size = max_size
        self._hostname = next(iter(recipients), "localhost").rpartition("@")[2]

    def receives(self, address: str) -> bool:
        """Whether mail for this address, or for a plus-address of it, is ours."""
        return mailbox_of(address) in self._recipients

    async def listen(self, accept: Accept, ready: Callable[[], None]) -> None:
        """Receive until cancelled; then let transfers that are under way finish, for up to ``PATIENCE`` seconds."""
        loop = asyncio.get_running_loop()
        handler, conversations = _Handler(self, accept), set[_Smtp]()
        new = partial(self.conversation, handler, conversations, max_size=self._max_size, hostname=self._hostname)
        server = await loop.create_server(new, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        try:
            await loop.create_future()
        finally:
            server.close()
            await _finish(conversations)


class SmtpDoor(_MailDoor):
    """The SMTP door (RFC 5321)."""

    name = "smtp"
    conversation = _Smtp


class LmtpDoor(_MailDoor):
    """The LMTP door (RFC 2033), for a mail server on the same machine."""

    name = "lmtp"
    conversation = _Lmtp


async def _finish(conversations: "set[_Smtp]") -> None:
    """End every conversation, those in mid-transfer after their message."""
    ending = [task for task in [one.hang_up() for one in tuple(conversations)] if task is not None]
    if not ending:
        return
    _, unfinished = await asyncio.wait(ending, timeout=PATIENCE)
    for one in tuple(conversations):
        one.cut()
    if unfinished:
        await asyncio.wait(unfinished)
