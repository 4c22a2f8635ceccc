"""One SMTP or LMTP conversation, on top of aiosmtpd: its wrong habits put right and the limits kept.

Three habits would lose complaints: an exception answers 500 (the sender gives up), LMTP gets one answer after DATA
instead of one for each recipient (RFC 2033 section 4.2), and a line over 1001 bytes is refused for good. Others let
strangers in: a second STARTTLS inside TLS, MAIL AUTH= refused, the line limits of one client changed by another.
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.proxy_protocol import V2_CMD, ProxyData
from aiosmtpd.proxy_protocol import log as proxy_log
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, TLSSetupException
from aiosmtpd.smtp import log as library_log

from mailin.smtp.access import Access, Address, address_of, household
from mailin.smtp.limits import Guests, Limits

FAREWELL = 5.0
"""Seconds that a client has to read our last answer before it is cut off."""
PROXY_PATIENCE = 10.0
"""Seconds in which a proxy must have said whom it speaks for."""

TOO_LARGE = "552 5.3.4 The message is larger than we can take"
TOO_SLOW = "421 4.4.2 The message took too long, please try again later"
TOO_MANY = "451 4.7.1 Too many messages in a minute, please try again later"
TOO_MANY_ERRORS = "421 4.7.0 Too many errors, please try again later"
NOT_YOU = "550 5.7.1 Your address may not hand in mail here"
SIGN_IN = "530 5.7.0 Authentication required"
TLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first"
STOPPING = "421 4.3.2 Service is stopping, please try again later"
ENOUGH = "421 4.7.0 Enough messages for one connection, please open another"
SILENT = "421 4.4.2 Nothing was heard for too long"

_END = b"\r\n.\r\n"
_READ = 1 << 16
_COMMAND = 2048
"""Bytes of a command: long addresses with all their parameters; RFC 5321 section 4.5.3.1.4 asks for 512 at least."""
_AUTH_COMMAND = 12_288
"""Bytes of an AUTH command (RFC 4954 section 4)."""
_AUTH_PARAMETER = re.compile(r"\s+AUTH=\S+(?=\s|$)", re.IGNORECASE)
_STATUS = {
    "221": "2.0.0", "250": "2.0.0", "252": "2.5.0", "454": "4.7.0", "500": "5.5.2", "501": "5.5.4", "502": "5.5.1",
    "503": "5.5.1", "504": "5.5.4", "530": "5.7.0", "552": "5.3.4", "553": "5.1.3", "555": "5.5.4",
}  # fmt: skip
"""What the library's answers are called in RFC 3463, where it does not say so itself."""

# It logs addresses, and at its finest level whole messages.
library_log.setLevel(logging.CRITICAL + 1)
proxy_log.setLevel(logging.CRITICAL + 1)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Porch:
    """What the conversations at one port share."""

    handler: object
    """Its hooks decide on recipients and take messages."""
    hostname: str
    max_size: int
    access: Access
    limits: Limits
    guests: Guests
    monotonic: Callable[[], float]
    conversations: "set[Conversation]" = field(default_factory=set)


class Conversation(SMTP):
    """One SMTP conversation (RFC 5321)."""

    line_length_limit = _READ  # of commands, and the reading buffer; the lines of a message are not limited
    command_size_limit = _COMMAND
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"
    trusts_this_machine = False

    def __init__(self, porch: Porch) -> None:
        certificate = porch.access.certificate
        super().__init__(
            porch.handler,
            data_size_limit=porch.max_size,
            enable_SMTPUTF8=True,
            hostname=porch.hostname,
            ident="Gehoord",
            timeout=porch.limits.idle_seconds,
            tls_context=certificate.context() if certificate else None,
            authenticator=self._signs_in,
            loop=asyncio.get_running_loop(),
        )
        # The library keeps one table for all conversations, and each EHLO changes it.
        self.command_size_limits = defaultdict(lambda: _COMMAND, AUTH=_AUTH_COMMAND)
        self._porch = porch
        self._peer: Address = address_of(None)
        self._key = ""
        """Under what this client is counted; empty while it is not."""
        self._allowed = self._unlimited = self._needs_tls = self._receiving = False
        self._errors = self._idle = self._messages = 0
        self._gone: asyncio.Future[None] = self.loop.create_future()
        self._deadline = float("inf")
        self._last_words = ""
        """What to say when the message under way has ended."""

    # Coming and going

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or begin again inside TLS, where all that was said before is forgotten (RFC 3207 section 4.2)."""
        if self._original_transport is None:
            self._peer = address_of((transport.get_extra_info("peername") or [None])[0])
            self._proxy_timeout = PROXY_PATIENCE if self._speaks_for_others() else None
            self._porch.conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget this conversation. After a failed handshake this is called twice."""
        self._porch.conversations.discard(self)
        if self._key:
            self._porch.guests.leaves(self._key)
            self._key = ""
        if not self._gone.done():
            self._gone.set_result(None)
        super().connection_lost(error)

    def _speaks_for_others(self) -> bool:
        return any(self._peer in network for network in self._porch.access.proxies)

    async def _handle_client(self) -> None:
        if self._proxy_timeout is None:
            await self._admit(self._peer)
        await super()._handle_client()

    async def proxied(self, told: ProxyData) -> bool:
        """Go on with the client that a proxy speaks for, or with the proxy itself when it says that it is alone."""
        alone = told.command == V2_CMD.LOCAL or told.src_addr is None
        await self._admit(self._peer if alone else address_of(str(told.src_addr)))
        return True

    async def _admit(self, client: Address) -> None:
        """Count the client and remember what it may, or send it away."""
        porch, key = self._porch, household(client)
        here = self.trusts_this_machine and client.is_loopback
        self._allowed = here or porch.access.allows(client)
        self._unlimited = porch.access.unlimited(client)
        self._needs_tls = porch.access.require_tls and not here
        crowded = not self._unlimited and porch.guests.connected[key] >= porch.limits.connections_per_address
        if crowded or len(porch.conversations) > porch.limits.connections:
            log.info("mail client sent away", why="its connections" if crowded else "all connections")
            await self.push("421 4.3.2 Too many connections, please try again later")
        porch.guests.connected[key] += 1
        self._key = key

    def hang_up(self, says: str = STOPPING) -> "list[asyncio.Future[None]]":
        """End the conversation: at once, or after the message that is being transferred. Gives what to wait for."""
        self._last_words = says
        if not self._receiving:
            self._leave(says)
        return [self._gone, *([self._handler_coroutine] if self._handler_coroutine else [])]

    def cut(self) -> None:
        """End the conversation now; the sender was promised nothing and will try again."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _leave(self, says: str = "") -> None:
        """Say something and close; who does not read it must not keep us."""
        if self._shaking_hands():
            self.cut()  # in the middle of a handshake nothing can be said
        elif self.transport is not None:
            if says:
                self._writer.write(says.encode() + b"\r\n")
            self.transport.close()
            if self._original_transport is not None:
                self._original_transport.close()  # without waiting for the client to say goodbye in TLS as well
            self.loop.call_later(FAREWELL, self.cut)

    def _shaking_hands(self) -> bool:
        return self._tls_protocol is not None and self.session is not None and self.session.ssl is None

    def _timeout_cb(self) -> None:
        self._leave(SILENT)

    # Answers

    async def push(self, status: str | bytes) -> None:
        """Send an answer, as often as it is due, with a status of RFC 3463. After a 421 the conversation is over."""
        text = self._worded(status if isinstance(status, str) else status.decode())
        await super().push("\r\n".join([text] * self._due(text)))
        if text.startswith("421"):
            self._leave()
            raise asyncio.CancelledError  # ends the library's loop: what else was sent is not obeyed

    def _due(self, _text: str) -> int:
        return 1

    def _worded(self, text: str) -> str:
        """The answer as we give it; a refusal is counted, and one too many becomes a 421."""
        if text[0] == "5":
            self._errors += 1
            if self._errors > self._porch.limits.errors or text.startswith("502 5.5.1 Too many"):
                return TOO_MANY_ERRORS
            if text.startswith("500 Error: command"):  # the library repeats what it did not understand
                text = "500 Command not recognized"
        known = text[3:4] != " " or text[5:6] == "."
        if known or self.session is None or not self.session.extended_smtp or text[:3] not in _STATUS:
            return text
        return f"{text[:3]} {_STATUS[text[:3]]} {text[4:]}"

    async def _idled(self) -> None:
        """Count a command that brings no message nearer."""
        self._idle += 1
        if self._idle > self._porch.limits.idle_commands:
            await self.push("421 4.7.0 Too many commands and no message")

    # Commands

    async def extensions(self, offered: list[str]) -> list[str]:
        """The answer to EHLO and LHLO, in one piece; pipelining and statuses are a must for LMTP (RFC 2033)."""
        await self._idled()
        hidden = ("250 HELP",) if self._porch.access.accounts else ("250 HELP", "250-AUTH")
        kept = [line for line in offered if not line.startswith(hidden)]
        return ["\r\n".join([*kept, "250-PIPELINING", "250 ENHANCEDSTATUSCODES"])]

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: N802 - the library finds commands by this name
        """Do nothing, not for ever."""
        await self._idled()
        await super().smtp_NOOP(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        """Forget the message that was begun."""
        await self._idled()
        await super().smtp_RSET(arg)

    async def smtp_VRFY(self, _arg: str) -> None:  # noqa: N802
        """Tell nobody which addresses exist (RFC 5321 section 7.3)."""
        await self._idled()
        await self.push("252 2.5.0 Cannot verify; mail for who is here will be taken")

    async def smtp_HELP(self, _arg: str) -> None:  # noqa: N802
        """Help, and tell nothing about us."""
        await self._idled()
        await self.push("214 2.0.0 See RFC 5321")

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        """Part."""
        if arg:
            await self.push("501 5.5.4 Syntax: QUIT")
            return
        await self.push("221 2.0.0 Bye")
        self._leave()
        raise asyncio.CancelledError  # as after a 421

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        """Begin TLS (RFC 3207), once; what was sent before it is not obeyed inside it (CVE-2011-0411)."""
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS has begun already")
            return
        if self._porch.access.certificate is not None:
            self.tls_context = self._porch.access.certificate.context()
        await super().smtp_STARTTLS(arg)
        if self._shaking_hands():
            raise TLSSetupException  # cut off in mid-handshake, which the library takes for success

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        """Sign in (RFC 4954); the library refuses it outside TLS."""
        if not self._porch.access.accounts:
            await self.push("502 5.5.1 There is nothing to sign in to")
        elif self.envelope is not None and self.envelope.mail_from:
            await self.push("503 5.5.1 Not in the middle of a message")
        elif self._porch.guests.failed.full(self._key):
            await self.push("421 4.7.0 Too many failed sign-ins, please try again later")
        else:
            mechanism, space, initial = (arg or "").partition(" ")
            await super().smtp_AUTH(mechanism.upper() + space + initial)

    def _signs_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object) -> AuthResult:
        if isinstance(data, LoginPassword) and self._porch.access.signs_in(data.login, data.password):
            self._unlimited = True
            return AuthResult(success=True)
        self._porch.guests.failed.note(self._key)
        log.warning("mail client did not sign in")
        return AuthResult(success=False, handled=False)

    async def check_auth_needed(self, _command: str) -> bool:
        """Refuse who may not hand in, or not like this, with what would help."""
        if self._needs_tls and self._tls_protocol is None:
            await self.push(TLS_FIRST)
            return True
        if self._allowed or (self.session is not None and self.session.authenticated):
            return False
        await self.push(SIGN_IN if self._porch.access.accounts else NOT_YOU)
        return True

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Begin a message. Who wrote it first (AUTH=, RFC 4954 section 5) is of no use to us, and must be taken."""
        if self._last_words:
            await self.push(self._last_words)
        offered = self._tls_protocol is not None and self._porch.access.accounts
        await super().smtp_MAIL(_AUTH_PARAMETER.sub("", arg) if arg and offered else arg)

    def begins(self, sender: str) -> bool:
        """Whether a message from this envelope sender may begin now; its time runs from here."""
        if not self._unlimited and not self._porch.guests.takes_message(self._key, sender):
            return False
        self._deadline = self._porch.monotonic() + self._porch.limits.transaction_seconds
        return True

    @property
    def too_slow(self) -> bool:
        """Whether the message under way should have ended by now."""
        return self._porch.monotonic() > self._deadline

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
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
                self._count_message()
            await self.push(status)
        finally:
            self._receiving = False
            self.envelope = self._create_envelope()  # whatever the answer, the transaction is over
            if self._last_words:
                self.loop.call_soon(self.hang_up, self._last_words)  # soon: an answer may still have to be written

    def _count_message(self) -> None:
        self._messages += 1
        self._errors = self._idle = 0
        if not self._unlimited and self._messages >= self._porch.limits.messages_per_connection:
            self._last_words = self._last_words or ENOUGH

    async def _content(self) -> bytes | None:
        """The bytes up to the line with a single dot, dots undone; None when there were more than allowed.

        Only CR LF dot CR LF ends a message: anything looser lets one sender smuggle in a second message.
        """
        found, searched, too_large = bytearray(b"\r\n"), 0, False
        max_size = self._porch.max_size
        while (end := found.find(_END, searched)) < 0:
            too_large = too_large or len(found) > max_size + len(_END)
            if too_large:
                del found[: -len(_END)]
            searched = max(0, len(found) - len(_END))
            chunk = await self._reader.read(_READ)
            if not chunk:
                raise ConnectionResetError
            if self.too_slow:
                await self.push(TOO_SLOW)
            self._reset_timeout()
            found += chunk
        self._reader.feed_data(bytes(found[end + len(_END) :]))  # what a hasty client sent after the dot
        del found[end + 2 :]
        content = memoryview(found.replace(b"\r\n.", b"\r\n"))[2:]
        return None if too_large or len(content) > max_size else bytes(content)


class LmtpConversation(Conversation, LMTP):
    """One LMTP conversation (RFC 2033): after the dot comes one answer for each recipient that was accepted."""

    trusts_this_machine = True
    _answers = 1

    def _due(self, text: str) -> int:
        times, self._answers = self._answers, 1
        if text.startswith("354") and self.envelope is not None:
            self._answers = len(self.envelope.rcpt_tos)
        return times
