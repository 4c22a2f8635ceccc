"""The IMAP door: messages are fetched, committed by the core, and only then marked and moved out of the folder.

A kill at any moment leaves a message either in the folder (it is taken again and recognised) or in the folder of taken
ones. Which messages count, and which are old mail that is left alone, is `mailin.imap.counting`'s to say.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from core.domain.message import Accepted, Inbound, Outcome
from core.ports import Accept, Clock
from mailin.imap.counting import Books, Counting, NotNoted
from mailin.imap.later import FIRST_PAUSE, LONGEST_PAUSE, Postponed
from mailin.imap.session import FAULTS, ROUND, Mailbox, Refused, Session
from mailin.inbound import MailReading

SLICE = 1.0
"""Seconds of one wait in IDLE: how long a stop may have to wait."""
GOODBYE = 5.0
"""Seconds for an orderly end of the connection."""

log = structlog.get_logger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ImapDoor:
    """Takes what arrives in one mailbox."""

    def __init__(self, name: str, mailbox: Mailbox, reader: MailReading, books: Books, clock: Clock) -> None:
        self.name = f"imap:{name}"
        self._mailbox = mailbox
        self._reader = reader
        self._counting = Counting(self.name, mailbox, books, clock)
        self._postponed = Postponed()

    async def listen(self, accept: Accept, ready: Callable[[], None]) -> None:
        """Receive until cancelled; connects again, with growing pauses, whenever the mailbox goes away."""
        pauses = _Pauses()
        announced = False
        # One thread for one connection: its calls keep their order, the closing one after a cancellation included.
        thread = _Thread(ThreadPoolExecutor(1, thread_name_prefix=self.name))
        try:
            while True:
                try:
                    session = await thread.run(self._connect)
                    log.info("mailbox connected", door=self.name)
                    try:
                        await thread.run(self._opened, session)
                        if not announced:
                            ready()
                            announced = True
                        await self._receive(thread, session, accept, pauses)
                    finally:
                        await _in_time(thread.run(session.close))
                except NotNoted as error:
                    log.warning("core away", door=self.name, error=str(error))
                    await pauses.rest()
                except FAULTS as error:
                    log.warning("mailbox away", door=self.name, error=_kind(error))
                    await pauses.rest()
        finally:
            thread.executor.shutdown(wait=False)

    def _connect(self) -> Session:
        self._counting.start()
        return Session(self._mailbox)

    def _opened(self, session: Session) -> None:
        self._counting.opened(session)
        self._postponed.opened(session.uidvalidity)

    async def _receive(self, thread: "_Thread", session: Session, accept: Accept, pauses: "_Pauses") -> None:
        while True:
            if await self._take_waiting(thread, session, accept):
                pauses.reset()
                await self._until_news(thread, session)
            else:
                await pauses.rest()

    async def _take_waiting(self, thread: "_Thread", session: Session, accept: Accept) -> bool:
        """Take what waits, chunk by chunk; False when the core could take nothing of a chunk: it is away."""
        due = (await thread.run(self._due, session))[:ROUND]
        taken = self._postponed.taken(due)
        await thread.run(self._put_away, session, taken)
        known = {uid for uids in taken.values() for uid in uids}
        new = [uid for uid in due if uid not in known]
        for uids in await thread.run(session.chunks, new, self._postponed.alone):
            chunk = asyncio.ensure_future(self._take(thread, session, accept, uids))
            try:
                all_refused = not await asyncio.shield(chunk)
            except asyncio.CancelledError:
                await asyncio.wait([chunk], timeout=GOODBYE)  # a stop lets what was begun be finished
                chunk.cancel()
                raise
            if all_refused and len(uids) > 1:
                return False
        return True

    def _due(self, session: Session) -> list[int]:
        return self._postponed.due(self._counting.waiting(session))

    async def _take(self, thread: "_Thread", session: Session, accept: Accept, uids: Sequence[int]) -> bool:
        """Take one chunk: understood, committed, put away, in that order; False when the core took none of it."""
        read = await thread.run(self._fetch, session, uids)
        answers = await asyncio.gather(*(accept(inbound) for inbound in read.values()), return_exceptions=True)
        taken: dict[str, list[int]] = {}
        refused: list[int] = []
        for (uid, inbound), answer in zip(read.items(), answers, strict=True):
            if not isinstance(answer, Accepted):
                refused.append(uid)
                continue
            folder = self._folder_for(inbound, answer)
            if answer.outcome == Outcome.DUPLICATE:
                # A second instance may be moving it just now: two that move one message can leave two copies.
                self._postponed.put_off([uid], folder=folder)
            else:
                taken.setdefault(folder, []).append(uid)
        self._postponed.put_off(refused)
        await thread.run(self._put_away, session, taken)
        return not refused or len(refused) < len(read)

    def _fetch(self, session: Session, uids: Sequence[int]) -> dict[int, Inbound]:
        """The messages with these UIDs, read; one that vanished meanwhile is not among them."""
        try:
            fetched = session.fetch(uids)
        except Refused as error:
            log.warning("messages not fetched", door=self.name, messages=len(uids), error=str(error))
            fetched = {}
        except FAULTS:
            self._postponed.put_off(uids, alone=True)  # one of them may be what the server stumbles over
            raise
        self._postponed.put_off([uid for uid in uids if uid not in fetched], alone=True)
        return {uid: self._reader.read(raw, door=self.name, received_at=at) for uid, (raw, at) in fetched.items()}

    def _put_away(self, session: Session, folders: Mapping[str, Sequence[int]]) -> None:
        """Move what the core took; what the server will not move is tried again later, and stays recognised."""
        for folder, uids in folders.items():
            try:
                session.put_away(uids, folder)
            except Refused as error:
                log.warning("messages not put away", door=self.name, messages=len(uids), error=str(error))
                self._postponed.put_off(uids, folder=folder)
            except FAULTS:
                self._postponed.put_off(uids, folder=folder)
                raise

    def _folder_for(self, inbound: Inbound, answer: Accepted) -> str:
        unread_one = answer.outcome == Outcome.UNPROCESSED or inbound.problem is not None
        return self._mailbox.unreadable if unread_one else self._mailbox.done

    async def _until_news(self, thread: "_Thread", session: Session) -> None:
        """Wait until something may have arrived: with IDLE (RFC 2177) where the server has it, else for a while."""
        next_in = self._postponed.next_in()
        most = self._mailbox.every if next_in is None else min(self._mailbox.every, next_in)
        if not session.can_idle:
            await asyncio.sleep(most)
            return
        try:
            if not await thread.run(session.start_idle, lambda: bool(self._due(session))):
                session.quiet = 0
                return
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            log.warning("mailbox refuses to idle", door=self.name)
            session.can_idle = False
            return
        # Servers too lose what arrives while IDLE begins (seen with Dovecot), so the first rounds are short. Waits are
        # counted, not timed: a dead connection answers each at once with nothing, and the end of IDLE tells.
        step = min(SLICE, most) or SLICE
        session.quiet += 1
        for _ in range(min(max(1, round(most / step)), 2**session.quiet)):
            if await thread.run(session.heard, step):
                session.quiet = 0
                break
        await thread.run(session.end_idle)


def _kind(error: BaseException) -> str:
    """What went wrong, in a word that holds nothing of anybody's."""
    reason = getattr(error, "reason", None)
    return f"{type(error).__name__}: {reason}" if isinstance(reason, str) else type(error).__name__


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
