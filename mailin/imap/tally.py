"""What a mailbox itself holds: for the daily reconciliation, for the check, and for importing old mail on purpose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from core.ports import Mark
from mailin.imap.counting import early, renumbered, source_of
from mailin.imap.session import CHUNK, ROUND, Mailbox, Session, in_groups
from mailin.inbound import MailReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One message that lies in the mailbox."""

    external_id: str
    """The identity under which the core stores it (`Inbound.external_id`)."""
    received_at: datetime
    size: int
    """Bytes."""
    folder: str
    """As in the settings."""
    waiting: bool
    """Whether it still waits to be taken; else it lies where taken ones are put, and must be known to the core."""


def tally(mailbox: Mailbox, mark: Mark | None, reader: MailReading, since: datetime) -> Iterator[Held]:
    """What the mailbox holds that arrived since then and counts, in its three folders. Blocks; raises FAULTS.

    Only Message-IDs are fetched. A message without one, or one that we could not read, is known by its content and
    fetched whole.
    """
    folders = ((mailbox.folder, True, False), (mailbox.done, False, False), (mailbox.unreadable, False, True))
    for folder, waiting, whole in folders:
        session = Session(mailbox, readonly=True, folder=folder)
        try:
            uids = session.since(since)
            if waiting:
                counting = set(_counting(session, mailbox, mark))
                uids = [uid for uid in uids if uid in counting]
            for group in in_groups(uids, ROUND):
                yield from _held(session, group, folder, reader, waiting=waiting, whole=whole)
        finally:
            session.close()


def _held(
    session: Session, uids: Sequence[int], folder: str, reader: MailReading, *, waiting: bool, whole: bool
) -> Iterator[Held]:
    arrived = session.arrivals(uids)
    for uid, (header, size) in session.message_ids(uids).items():
        at = arrived[uid]
        identity = _identity(reader, header, at)
        if whole or identity is None:
            fetched = session.fetch([uid]).get(uid)
            if fetched is None:
                continue  # somebody removed it meanwhile
            identity = reader.read(fetched[0], door="tally", received_at=at).external_id
        yield Held(external_id=identity, received_at=at, size=size, folder=folder, waiting=waiting)


def _identity(reader: MailReading, header: bytes, at: datetime) -> str | None:
    """The identity that a message has by its Message-ID, read as the door reads it; None where it has none."""
    if not header.strip():
        return None
    identity = reader.read(header, door="tally", received_at=at).external_id
    return None if identity.startswith("sha256:") else identity


def _counting(session: Session, mailbox: Mailbox, mark: Mark | None) -> list[int]:
    """Numbers of the messages that wait and count, as the door decides it; before its first start none does."""
    takes_all = mailbox.old_mail == "take"
    if takes_all or mark is None or mark.source != source_of(mailbox):
        return session.waiting_from(1) if takes_all else []
    there = renumbered(mark, session)
    return early(session, there, takes_all=False) + session.waiting_from(there.uidnext)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What lies in the folder that is read."""

    counting: int
    """Messages that the door will take."""
    old: int
    """Messages from before the first start."""


def look(mailbox: Mailbox, mark: Mark | None) -> Waiting:
    """Connect, make what folders are missing, and count. Raises FAULTS: for the administrator's check."""
    session = Session(mailbox, readonly=True)
    try:
        counting = len(_counting(session, mailbox, mark))
        return Waiting(counting=counting, old=len(session.waiting_from(1)) - counting)
    finally:
        session.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class OldMessage:
    """One old message."""

    uid: int
    raw: bytes
    received_at: datetime


class OldMail:
    """The old mail of a mailbox, for an import on purpose; a ``with`` holds its connection. Blocks; raises FAULTS."""

    def __init__(self, mailbox: Mailbox, mark: Mark | None) -> None:
        self._session = Session(mailbox)
        self._mailbox = mailbox
        counting = set(_counting(self._session, mailbox, mark))
        self.uids: Sequence[int] = [uid for uid in self._session.waiting_from(1) if uid not in counting]
        """Numbers of the old messages, oldest first; what arrives meanwhile is not among them."""

    def messages(self) -> Iterator[list[OldMessage]]:
        """The messages in chunks that fit into memory, oldest first; what vanished meanwhile is left out.

        Raises Refused for a chunk that the server will not give.
        """
        for group in in_groups(self.uids, ROUND):
            for chunk in self._session.chunks(group):
                fetched = self._session.fetch(chunk)
                yield [OldMessage(uid=uid, raw=raw, received_at=at) for uid, (raw, at) in fetched.items()]

    def put_away(self, uids: Sequence[int], *, unreadable: bool = False) -> None:
        """Move what was imported to the folder of taken or of unreadable messages. Raises Refused."""
        for group in in_groups(uids, CHUNK):
            self._session.put_away(group, self._mailbox.unreadable if unreadable else self._mailbox.done)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
