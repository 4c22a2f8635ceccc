"""Which messages of a mailbox count: those that arrived since the first start, never the years of mail before it.

At the first connection the door notes up to which number (UID) the folder had filled. What has a higher number counts,
whatever its date: a colleague may drag in an old mail today. What lies before is old mail: left where it is, and
counted. Numbers mean something only together with the folder's UIDVALIDITY (RFC 3501 section 2.3.1.1). When that is
new, as at the first start or after a restored backup, the time of arrival decides about everything that is already
there, until all of it that counted was taken.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

import structlog

from core.ports import Clock, Mark
from mailin.imap.session import Mailbox, Session

LONGEST_SOURCE = 400
"""Characters that are kept of a mailbox's name."""
LOOKS_PER_COUNT = 20
"""Looks after which the old mail is counted again: somebody may be tidying it up."""

log = structlog.get_logger(__name__)

_T = TypeVar("_T")


class Books(Protocol):
    """Where the core keeps what doors note (`core.service.doors`). Every call blocks, and raises when it is away."""

    def load(self, door: str) -> Mark | None:
        """What was noted for this door; None before its first start."""

    def save(self, door: str, mark: Mark) -> None:
        """Note it; true once this returns."""

    def left(self, door: str, number: int) -> None:
        """So much old mail lies there; called whenever the number changed, and once after each start."""


class NotNoted(Exception):
    """The core could not keep or give what the door noted."""


class Counting:
    """Decides for one door which messages count. Every method blocks."""

    def __init__(self, door: str, mailbox: Mailbox, books: Books, clock: Clock) -> None:
        self._door = door
        self._takes_all = mailbox.old_mail == "take"
        self._source = source_of(mailbox)
        self._books = books
        self._clock = clock
        self._started: datetime | None = None
        self._mark: Mark | None = None
        self._left: int | None = None
        self._looks = 0

    def start(self) -> None:
        """Note the first start, before the mailbox was ever reached: what arrives from now on counts."""
        if self._started is None:
            self._started = self._clock().replace(microsecond=0)
        known = self._kept(lambda: self._books.load(self._door))
        if known is None or known.source != self._source:
            first = Mark(source=self._source, uidvalidity=0, uidnext=1, since=self._started, settled=False)
            self._save(first)
            # A second instance may have noted its own start at the same moment: the one that is kept holds for both.
            known = self._kept(lambda: self._books.load(self._door)) or first
        self._mark = known

    def opened(self, session: Session) -> None:
        """A connection was made: note the numbers of this folder where they are new."""
        known = self._known()
        if (there := renumbered(known, session)) != known:
            if known.uidvalidity:
                log.warning("mailbox was replaced or renumbered", door=self._door)
            self._save(there)
        self._looks = 0

    def waiting(self, session: Session) -> list[int]:
        """Numbers of the messages that count: first those that were there when the door began, then the others."""
        known = self._known()
        first = early(session, known, takes_all=self._takes_all)
        if not (first or known.settled or self._takes_all):
            self._save(replace(known, settled=True))
        if self._looks % LOOKS_PER_COUNT == 0:
            self._report(0 if self._takes_all else len(session.waiting_before(known.uidnext)) - len(first))
        self._looks += 1
        return first + session.waiting_from(known.uidnext)

    def _report(self, left: int) -> None:
        if left != self._left:
            self._kept(lambda: self._books.left(self._door, left))
            log.info("old mail left", door=self._door, messages=left)
            self._left = left

    def _known(self) -> Mark:
        if self._mark is None:
            raise NotNoted("asked before the start was noted")
        return self._mark

    def _save(self, mark: Mark) -> None:
        self._kept(lambda: self._books.save(self._door, mark))
        self._mark = mark

    def _kept(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except Exception as error:  # whatever keeps the core from answering, nothing is taken meanwhile
            raise NotNoted(type(error).__name__) from error


def source_of(mailbox: Mailbox) -> str:
    """Whose mailbox and which folder; the server is left out, because it may move."""
    return f"{mailbox.user}/{mailbox.folder}"[:LONGEST_SOURCE]


def renumbered(mark: Mark, session: Session) -> Mark:
    """The mark in the numbers of this session: a new one where UIDVALIDITY is new, with the same first start."""
    if mark.uidvalidity == session.uidvalidity:
        return mark
    return replace(mark, uidvalidity=session.uidvalidity, uidnext=session.uidnext, settled=False)


def early(session: Session, mark: Mark, *, takes_all: bool) -> list[int]:
    """What counts of that which was there when the mark was made, in numbers of this session."""
    if takes_all:
        return session.waiting_before(mark.uidnext)
    return [] if mark.settled else session.waiting_before(mark.uidnext, mark.since)
