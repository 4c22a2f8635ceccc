"""The queue of updates: kept until `getUpdates` confirms them with a higher offset, or a webhook answers 2xx."""

import random

from tests.fakes.telegram.description import JsonObject

FURTHEST_AHEAD = 10
"""An offset this far beyond the next id is taken for a stale one: the real service then answers from the head."""
FURTHEST_BEHIND = 100_000
_ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class UpdateQueue:
    """Updates in order, with the identifiers and confirmation rules of getUpdates."""

    def __init__(self, first_id: int, seed: int) -> None:
        self._next_id = first_id
        self._random = random.Random(seed)
        self._pending: dict[int, JsonObject] = {}
        self._allowed: frozenset[str] = frozenset()
        self.acknowledged = first_id

    @property
    def pending(self) -> list[JsonObject]:
        """Updates that nobody has confirmed yet, oldest first."""
        return list(self._pending.values())

    @property
    def allowed(self) -> list[str]:
        """The kinds of update the bot asked for; empty means the default."""
        return sorted(self._allowed)

    def next_id(self) -> int:
        """The identifier that the next update will get."""
        return self._next_id

    def allow(self, kinds: list[str]) -> None:
        """Take over `allowed_updates`; it does not touch updates that are already waiting."""
        self._allowed = frozenset(kinds)

    def wants(self, kind: str) -> bool:
        """Whether an update of this kind is made at all."""
        return kind in self._allowed if self._allowed else kind not in _ON_REQUEST_ONLY

    def add(self, update: JsonObject) -> None:
        """Append an update that carries `next_id()`."""
        self._pending[self._next_id] = update
        self._next_id += 1

    def get(self, offset: int, limit: int) -> list[JsonObject]:
        """The waiting updates from `offset` on; everything below it is confirmed and forgotten."""
        head = min(self._pending, default=self._next_id)
        start = max(head, self._next_id + offset) if offset < 0 else offset or head
        if start > self._next_id + FURTHEST_AHEAD or start < head - FURTHEST_BEHIND:
            start = head
        self.confirm_below(start)
        return list(self._pending.values())[:limit]

    def confirm_below(self, update_id: int) -> None:
        """Forget every update with a lower identifier; it will not be delivered again."""
        if update_id > min(self._pending, default=self._next_id):
            self.acknowledged = min(update_id, self._next_id)
        self._pending = {key: update for key, update in self._pending.items() if key >= update_id}

    def drop(self) -> None:
        """Forget every waiting update unconfirmed (drop_pending_updates, or 24 hours have passed)."""
        self._pending.clear()

    def restart(self, next_id: int | None) -> int:
        """What a quiet week does: nothing waits any more and the next identifier is chosen at random."""
        self.drop()
        drawn = self._random.randrange(1, 2**30)
        self._next_id = drawn if next_id is None else next_id
        self.acknowledged = self._next_id
        return self._next_id
