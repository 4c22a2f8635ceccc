"""Connections to the relay that outlive a message, and the pace at which messages go over them."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from aiosmtplib import SMTP, SMTPException

PROBE = 10.0
"""Seconds that a kept connection gets to answer before it counts as gone."""
GOODBYE = 5.0
"""Seconds for an orderly end of a connection."""
MESSAGES = 100
"""Messages after which a connection is ended; many servers end it themselves at some such number."""
MINUTE = 60.0

Monotonic = Callable[[], float]
"""Seconds on a clock that never goes back."""
Sleep = Callable[[float], Awaitable[None]]


class Pace:
    """At most so many messages in any minute; the first of a quiet minute never wait."""

    def __init__(self, per_minute: int, clock: Monotonic = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._turns: deque[float] = deque(maxlen=per_minute)

    async def turn(self) -> None:
        """Wait until one more message may go."""
        now = self._clock()
        full = len(self._turns) == self._turns.maxlen
        turn = max(now, self._turns[0] + MINUTE) if full else now
        self._turns.append(turn)
        if turn > now:
            await self._sleep(turn - now)


@dataclass(slots=True, eq=False)
class Connection:
    """One conversation with the relay, signed in, and how many messages it has seen."""

    client: SMTP
    transport: asyncio.BaseTransport | None
    """The socket's own, below TLS."""
    messages: int = 0

    @property
    def alive(self) -> bool:
        """Whether neither side is known to have ended it."""
        return self.client.is_connected

    def abort(self) -> None:
        """End it without a word."""
        self.client.close()
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def leave(self) -> None:
        """End it in order; what goes wrong with the goodbye changes nothing about what was answered before."""
        try:
            with contextlib.suppress(SMTPException, OSError):
                await self.client.quit(timeout=GOODBYE)
        finally:
            self.abort()


class Waiting:
    """Connections that wait for their next message; each is left when it has waited too long.

    The end of the event loop ends them as well: their keepers are cancelled then.
    """

    def __init__(self, idle: float) -> None:
        self._idle = idle
        self._kept: dict[Connection, asyncio.Task[None]] = {}
        self._leaving: dict[Connection, asyncio.Task[None]] = {}

    async def take(self) -> Connection | None:
        """One that still answers, the latest first, so that the others come to their end; None when there is none."""
        while self._kept:
            connection, keeper = self._kept.popitem()
            keeper.cancel()
            sound = False
            try:
                async with asyncio.timeout(PROBE):
                    await connection.client.rset()
                sound = True
            except (SMTPException, OSError):
                continue
            finally:
                if not sound:
                    connection.abort()
            return connection
        return None

    def put(self, connection: Connection) -> None:
        """Keep one for the next message, or let it go when it has carried enough; never waits for the relay."""
        spent = connection.messages >= MESSAGES
        keeper = asyncio.create_task(connection.leave() if spent else self._keep(connection))
        (self._leaving if spent else self._kept)[connection] = keeper
        keeper.add_done_callback(partial(self._ended, connection))

    async def leave(self) -> None:
        """End them all in order."""
        while self._kept:
            connection, keeper = self._kept.popitem()
            keeper.cancel()
            await connection.leave()

    async def _keep(self, connection: Connection) -> None:
        await asyncio.sleep(self._idle)
        self._leaving[connection] = self._kept.pop(connection)
        await connection.leave()

    def _ended(self, connection: Connection, keeper: "asyncio.Task[None]") -> None:
        """Left in order, or stopped while it was still ours: the loop is ending then."""
        for ours in (self._kept, self._leaving):
            if ours.get(connection) is keeper:
                del ours[connection]
                connection.abort()
