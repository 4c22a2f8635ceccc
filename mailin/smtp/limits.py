"""How much one client may ask of the SMTP and LMTP doors; over it the answer is 4xx, so that nothing is lost."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

MINUTE = 60.0
MOST_KEYS = 10_000
"""Clients, and senders, whose last minute is remembered; the one not heard from longest is forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers. Those for strangers do not apply to clients that are allowed, signed in or on this machine."""

    connections: int = 200
    """Open at a time on one port, of everybody."""
    connections_per_address: int = 20
    """Open at a time on one port, of one stranger."""
    messages_per_connection: int = 100
    """Of a stranger; after the last one the connection is ended politely."""
    recipients: int = 100
    """Of one message; the least that RFC 5321 section 4.5.3.1.8 allows."""
    errors: int = 20
    """Refusals in one connection since the last message that was taken."""
    idle_commands: int = 100
    """Commands in one connection that bring no message nearer, since the last message."""
    messages_per_minute: int = 60
    """Of one stranger's address."""
    sender_per_minute: int = 30
    """Of one envelope sender, from strangers; not counted for the null sender, that everybody may use."""
    failed_sign_ins: int = 10
    """In a minute, of one address, wherever it is."""
    idle_seconds: float = 300.0
    """Without a command or a piece of a message; RFC 5321 section 4.5.3.2.7 asks for 5 minutes at least."""
    transaction_seconds: float = 1800.0
    """From MAIL to the end of its message, however busily the bytes trickle."""


class Minute:
    """How often each key came in the last minute: exact, and bounded in memory."""

    def __init__(self, limit: int, monotonic: Callable[[], float]) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._times: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._times)

    def full(self, key: Hashable) -> bool:
        """Whether this key has had its share of the last minute."""
        times = self._times.get(key)
        return times is not None and len(times) == self._limit and self._monotonic() - times[0] < MINUTE

    def note(self, key: Hashable) -> None:
        """Count this key once."""
        times = self._times.setdefault(key, deque(maxlen=self._limit))
        times.append(self._monotonic())
        self._times.move_to_end(key)
        if len(self._times) > MOST_KEYS:
            self._times.popitem(last=False)


class Guests:
    """The clients of one port, those that are connected and those of the last minute."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float]) -> None:
        self.connected: Counter[str] = Counter()
        self.by_address = Minute(limits.messages_per_minute, monotonic)
        self.by_sender = Minute(limits.sender_per_minute, monotonic)
        self.failed = Minute(limits.failed_sign_ins, monotonic)

    def leaves(self, key: str) -> None:
        """One connection of this client ended."""
        self.connected[key] -= 1
        if not self.connected[key]:
            del self.connected[key]

    def takes_message(self, key: str, sender: str) -> bool:
        """Count a message of this client and sender, unless one of them has had its share."""
        whose = hash(sender.casefold())  # no longer than it must be, and no address in memory
        anybody = sender in ("", "<>")
        if self.by_address.full(key) or (not anybody and self.by_sender.full(whose)):
            return False
        self.by_address.note(key)
        if not anybody:
            self.by_sender.note(whose)
        return True
