"""Unfinished conversations: stored after every answer, so that a restart or an upgrade loses nothing."""

from dataclasses import dataclass

from core.ports import Clock, Draft, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """Where chat channels keep what a citizen has told so far. ``key`` names channel and chat: ``telegram:42``."""

    store: Store
    clock: Clock

    def load(self, key: str) -> str | None:
        """The stored state of a conversation, as its dialogue wrote it."""
        with self.store.read() as work:
            draft = work.people.draft(key)
        return draft.state if draft else None

    def save(self, key: str, state: str) -> None:
        """Store the state of a conversation; durable when this returns."""
        with self.store.write() as work:
            work.people.save_draft(Draft(key=key, state=state, updated_at=self.clock()))

    def drop(self, key: str) -> None:
        """Forget a conversation: it was handed in, or its citizen stopped it."""
        with self.store.write() as work:
            work.people.drop_draft(key)
