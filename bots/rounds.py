"""One poll's updates, each settled once in this run: in order within a chat, chats beside each other.

An update that cannot be settled holds back its own chat and the offset, never the other chats. What is settled but not
yet confirmed to the service is remembered here, in memory, so that its answer is not said again while another waits.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from telegram import Update
from telegram.error import InvalidToken

TRIES = 5
"""Tries for one update before it is kept as it is, for a person."""
AT_ONCE = 8
"""Chats that are served beside each other."""

log = structlog.get_logger(__name__)


class Unanswered(Exception):
    """The network is away: the citizen has no answer yet, so the update stays unconfirmed."""


@dataclass(slots=True)
class Rounds:
    """Settles updates; what is to be done with one is given."""

    handle: Callable[[Update, bool], Awaitable[None]]
    """Takes an update in; told whether this is the last try."""
    keep: Callable[[Update, str], Awaitable[None]]
    """Keeps an update that cannot be handled, with the name of the fault."""
    tries: dict[int, int] = field(default_factory=dict)
    """How often each unsettled update was tried."""
    _settled: set[int] = field(default_factory=set)

    async def settle(self, updates: Sequence[Update]) -> int | None:
        """Settle these; gives the offset for the next getUpdates, or None when there was nothing."""
        if not updates:
            return None
        chats: dict[int, list[Update]] = defaultdict(list)
        for update in updates:
            chats[update.effective_chat.id if update.effective_chat else 0].append(update)
        room = asyncio.Semaphore(AT_ONCE)
        ended = await asyncio.gather(*(self._chat(one, room) for one in chats.values()), return_exceptions=True)
        for end in ended:
            if isinstance(end, BaseException):
                raise end
        open_ = [update.update_id for update in updates if update.update_id not in self._settled]
        offset = open_[0] if open_ else updates[-1].update_id + 1
        self._settled = {one.update_id for one in updates if one.update_id in self._settled} if open_ else set()
        return offset

    async def _chat(self, updates: Sequence[Update], room: asyncio.Semaphore) -> None:
        async with room:
            for update in updates:
                if update.update_id not in self._settled and not await self._one(update):
                    return

    async def _one(self, update: Update) -> bool:
        """Whether the update is settled."""
        tries = self.tries.get(update.update_id, 0) + 1
        try:
            await self.handle(update, tries >= TRIES)
        except InvalidToken:
            raise
        except Unanswered:
            if tries < TRIES:
                return self._later(update, tries)
        except Exception as error:  # noqa: BLE001 - no fault, ours or the database's, may lose a citizen's message
            log.error("an update is not taken", error=type(error).__name__, tries=tries)
            if tries < TRIES or not await self._kept(update, type(error).__name__):
                return self._later(update, tries)
        self.tries.pop(update.update_id, None)
        self._settled.add(update.update_id)
        return True

    def _later(self, update: Update, tries: int) -> bool:
        self.tries[update.update_id] = tries
        return False

    async def _kept(self, update: Update, problem: str) -> bool:
        try:
            await self.keep(update, problem)
        except Unanswered:
            return True
        except Exception as error:  # noqa: BLE001 - the database is away as well: the update stays with the service
            log.error("an update cannot even be kept", error=type(error).__name__)
            return False
        return True
