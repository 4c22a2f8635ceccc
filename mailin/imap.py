"""The IMAP door: messages are fetched, committed by the core, and only then marked and moved out of the folder.

Everything in the folder that is not marked as deleted is taken, read or unread, old or new: a kill at any moment leaves
a message either in the folder (it is taken again and recognised) or in the folder of taken ones. That also holds for
the first start on a full mailbox; counting old mail instead of taking it is still to come.
"""

import asyncio
import contextlib
import imaplib
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from core.domain.message import Accepted, Inbound, Outcome
from core.ports import Accept
from mailin.inbound import MailReader

CHUNK = 50
"""Messages that are taken in with one commit at the most, as in the bridge."""
CHUNK_BYTES = 20_000_000
"""Bytes fetched at once at the most, unless a single message is larger."""
ROUND = 500
"""Messages whose sizes are asked at once; the rest follows in the next round."""
TIMEOUT = 30.0
"""Seconds without an answer after which a connection is given up."""
SLICE = 1.0
"""Seconds of one wait in IDLE: how long a stop may have to wait."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between tries when the mailbox or the core is away; doubled each time."""
GOODBYE = 5.0
"""Seconds for an orderly end of the connection."""

FAULTS = (OSError, imaplib.IMAP4.error, IMAPClientError)

# Its finest level writes down whole commands and messages.
logging.getLogger("imapclient").setLevel(logging.WARNING)  # noqa: TID251 - a library's logger, to silence it
log = structlog.get_logger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox that is read."""

    host: str
    port: int = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    certificates: Path | None = None
    """File with the authorities to trust; None for the system's."""
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = "Verwerkt"
    """Folder to which taken messages are moved."""
    unreadable: str = "Niet verwerkt"
    """Folder for messages that could not be understood."""
    every: float = 30.0
    """Seconds between looks; with IDLE the longest time that an announcement lost by the server can cost."""


def unread(mailbox: Mailbox) -> int:
    """How many messages wait in the folder. Raises what connecting raises: for the administrator's check."""
    client = _signed_in(mailbox)
    try:
        client.select_folder(mailbox.folder, readonly=True)
        return len(client.search(["UNDELETED"]))
    finally:
        _close(client)


class ImapDoor:
    """Takes what arrives in one mailbox."""

    def __init__(self, name: str, mailbox: Mailbox, reader: MailReader) -> None:
        self.name = f"imap:{name}"
        self._mailbox = mailbox
        self._reader = reader

    async def listen(self, accept: Accept, ready: Callable[[], None]) -> None:
        """Receive until cancelled; connects again, with growing pauses, whenever the mailbox goes away."""
        pauses = _Pauses()
        announced = False
        # One thread for one connection: its calls keep their order, the closing one after a cancellation included.
        thread = _Thread(ThreadPoolExecutor(1, thread_name_prefix=self.name))
        try:
            while True:
                try:
                    session = await thread.run(_Session, self._mailbox)
                    log.info("mailbox connected", door=self.name)
                    if not announced:
                        ready()
                        announced = True
                    try:
                        await self._receive(thread, session, accept, pauses)
                    finally:
                        await _in_time(thread.run(session.close))
                except FAULTS as error:
                    log.warning("mailbox away", door=self.name, error=type(error).__name__)
                    await pauses.rest()
        finally:
            thread.executor.shutdown(wait=False)

    async def _receive(self, thread: "_Thread", session: "_Session", accept: Accept, pauses: "_Pauses") -> None:
        while True:
            if await self._take_waiting(thread, session, accept):
                pauses.reset()
                await self._until_news(thread, session)
            else:
                await pauses.rest()

    async def _take_waiting(self, thread: "_Thread", session: "_Session", accept: Accept) -> bool:
        """Take what waits, chunk by chunk; False when something was left because the core could not take it."""
        complete = True
        for uids in await thread.run(session.chunks):
            chunk = asyncio.ensure_future(self._take(thread, session, accept, uids))
            try:
                complete = await asyncio.shield(chunk) and complete
            except asyncio.CancelledError:
                await asyncio.wait([chunk], timeout=GOODBYE)  # a stop lets what was begun be finished
                chunk.cancel()
                raise
        return complete

    async def _take(self, thread: "_Thread", session: "_Session", accept: Accept, uids: Sequence[int]) -> bool:
        """Take one chunk: understood, committed, put away, in that order; False when some of it was left."""
        read = await thread.run(self._fetch, session, uids)
        answers = await asyncio.gather(*(accept(inbound) for inbound in read.values()), return_exceptions=True)
        taken: dict[str, list[int]] = {self._mailbox.done: [], self._mailbox.unreadable: []}
        for (uid, inbound), answer in zip(read.items(), answers, strict=True):
            if isinstance(answer, Accepted):
                taken[self._folder_for(inbound, answer)].append(uid)
        for folder, these in taken.items():
            await thread.run(session.put_away, these, folder)
        return sum(map(len, taken.values())) == len(uids)

    def _fetch(self, session: "_Session", uids: Sequence[int]) -> dict[int, Inbound]:
        """The messages with these UIDs, read; one that vanished meanwhile is not among them."""
        fetched = session.fetch(uids)
        return {uid: self._reader.read(raw, door=self.name, received_at=at) for uid, (raw, at) in fetched.items()}

    def _folder_for(self, inbound: Inbound, answer: Accepted) -> str:
        unread_one = answer.outcome == Outcome.UNPROCESSED or inbound.problem is not None
        return self._mailbox.unreadable if unread_one else self._mailbox.done

    async def _until_news(self, thread: "_Thread", session: "_Session") -> None:
        """Wait until something may have arrived: with IDLE (RFC 2177) where the server has it, else for a while."""
        every = self._mailbox.every
        if not session.can_idle:
            await asyncio.sleep(every)
            return
        if not await thread.run(session.start_idle):
            session.quiet = 0
            return
        # Servers too lose what arrives while IDLE begins (seen with Dovecot), so the first rounds are short. Waits are
        # counted, not timed: a dead connection answers each at once with nothing, and the end of IDLE tells.
        step = min(SLICE, every)
        session.quiet += 1
        for _ in range(min(max(1, round(every / step)), 2**session.quiet)):
            if await thread.run(session.heard, step):
                session.quiet = 0
                break
        await thread.run(session.end_idle)


class _Session:
    """One signed-in connection with the folder open. Every method blocks."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._client = _signed_in(mailbox)
        self._idling = False
        self.quiet = 0
        """Rounds of IDLE in which nothing was heard, since something was."""
        try:
            for folder in (mailbox.done, mailbox.unreadable):
                self._make(folder)
            self._client.select_folder(mailbox.folder)
            self.can_idle = bool(self._client.has_capability("IDLE"))
            self._can_move = bool(self._client.has_capability("MOVE"))
            self._can_expunge_some = bool(self._client.has_capability("UIDPLUS"))
        except FAULTS:
            _close(self._client)
            raise

    def chunks(self) -> list[list[int]]:
        """UIDs of waiting messages, oldest first, in groups that fit into one fetch."""
        uids = self._waiting()[:ROUND]
        sizes = self._client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
        chunks: list[list[int]] = []
        room = 0
        for uid in uids:
            size = int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
            if not chunks or len(chunks[-1]) == CHUNK or size > room:
                chunks.append([])
                room = CHUNK_BYTES
            chunks[-1].append(uid)
            room -= size
        return chunks

    def fetch(self, uids: Sequence[int]) -> dict[int, tuple[bytes, datetime]]:
        """Bytes and INTERNALDATE in UTC: the moment at which the message reached the municipality (Awb 2:20)."""
        found = self._client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
        return {
            uid: (found[uid][b"BODY[]"], found[uid][b"INTERNALDATE"].astimezone(UTC))
            for uid in uids
            if b"BODY[]" in found.get(uid, {}) and found[uid][b"BODY[]"] is not None
        }

    def put_away(self, uids: Sequence[int], folder: str) -> None:
        """Mark as read and move; without MOVE (RFC 6851) copy, mark as deleted, and remove just these (RFC 4315)."""
        if not uids:
            return
        self._client.add_flags(uids, [rb"\Seen"], silent=True)
        if self._can_move:
            self._client.move(uids, folder)
            return
        self._client.copy(uids, folder)
        self._client.add_flags(uids, [rb"\Deleted"], silent=True)
        if self._can_expunge_some:
            self._client.uid_expunge(uids)

    def start_idle(self) -> bool:
        """Begin IDLE, unless something waits already.

        What arrives during a SEARCH is announced (EXISTS) within its answer, without being in the result, and IDLE then
        stays silent about it: search again until a SEARCH brought no such news.
        """
        news: object = True
        while news:
            if self._waiting():
                return False
            # imaplib keeps the announcement, and gives and forgets it here; imapclient has no way to ask for it.
            news = self._client._imap.response("EXISTS")[1] != [None]  # noqa: SLF001
        self._client.idle()
        self._idling = True
        return True

    def heard(self, seconds: float) -> bool:
        """Whether the server said something within this time."""
        return bool(self._client.idle_check(timeout=seconds))

    def end_idle(self) -> None:
        """Leave IDLE."""
        self._idling = False
        self._client.idle_done()

    def close(self) -> None:
        """Say goodbye where that is still possible, and close the connection."""
        if self._idling:
            with contextlib.suppress(*FAULTS):
                self.end_idle()
        _close(self._client)

    def _waiting(self) -> list[int]:
        return sorted(self._client.search(["UNDELETED"]))

    def _make(self, folder: str) -> None:
        if self._client.folder_exists(folder):
            return
        try:
            self._client.create_folder(folder)
        except IMAPClientError:
            if not self._client.folder_exists(folder):  # else a second instance was faster
                raise
        self._client.subscribe_folder(folder)


def _signed_in(mailbox: Mailbox) -> IMAPClient:
    """A connection with verified TLS on which the login succeeded."""
    context = ssl.create_default_context(cafile=mailbox.certificates)
    client = IMAPClient(mailbox.host, mailbox.port, ssl=mailbox.tls == "tls", ssl_context=context, timeout=TIMEOUT)
    try:
        client.normalise_times = False  # aware times instead of naive local ones
        if mailbox.tls == "starttls":
            client.starttls(context)
        client.login(mailbox.user, mailbox.password)
    except FAULTS:
        _close(client)
        raise
    return client


def _close(client: IMAPClient) -> None:
    try:
        client.logout()
    except FAULTS:
        with contextlib.suppress(*FAULTS):
            client.shutdown()


@dataclass(frozen=True, slots=True)
class _Thread:
    """The thread in which a connection lives."""

    executor: ThreadPoolExecutor

    def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> "asyncio.Future[_T]":
        """The result of the work, once what was asked before is finished."""
        return asyncio.get_running_loop().run_in_executor(self.executor, lambda: work(*args, **kwargs))


@dataclass(slots=True)
class _Pauses:
    """Pauses that grow until something succeeds."""

    seconds: float = FIRST_PAUSE

    async def rest(self) -> None:
        """Wait, and longer next time."""
        seconds, self.seconds = self.seconds, min(2 * self.seconds, LONGEST_PAUSE)
        await asyncio.sleep(seconds)

    def reset(self) -> None:
        """Begin with short pauses again."""
        self.seconds = FIRST_PAUSE


async def _in_time(closing: Awaitable[None]) -> None:
    """Wait for the end of a connection, but not for a server that does not answer."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(closing), GOODBYE)
