"""The history of a case as guards look at it: what happened, less what was retracted, in this round of handling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core.domain.events import Entry, Event, LetterFailed, LetterSent
from core.domain.procedure.events import (
    Adjourned,
    ClosingMessageChosen,
    CopyLeftOut,
    CopySent,
    Declined,
    DelayAgreed,
    Discussed,
    DraftingStarted,
    FindingsReviewed,
    FindingsWritten,
    FollowedUp,
    Formalised,
    Found,
    HearingHeld,
    HearingOffered,
    HearingPlanned,
    HearingReported,
    HearingWaived,
    InterviewRecorded,
    Judged,
    LetterRecorded,
    OmbudsmanPointedOut,
    PartJudged,
    Reopened,
    Retracted,
    ReviewAsked,
    SettledInformally,
    Signed,
    TeamInformed,
    TeamTasked,
    TriedInformally,
    Withdrawn,
)
from core.domain.procedure.slugs import Judgement
from core.domain.terms import Calendar

K = TypeVar("K", bound=Event)

PER_ROUND: frozenset[type] = frozenset(
    {
        TriedInformally, Formalised, SettledInformally, TeamInformed, TeamTasked, Discussed, DraftingStarted,
        FindingsWritten, PartJudged, ReviewAsked, FindingsReviewed, Signed, Found, FollowedUp, ClosingMessageChosen,
        OmbudsmanPointedOut, HearingWaived, Declined, Withdrawn,
    }
)  # fmt: skip
"""What a reopened case does anew; a copy that was sent and a hearing that was held stay so."""

RETRACTABLE: frozenset[type] = frozenset(
    {
        InterviewRecorded, Judged, TeamInformed, Discussed, CopySent, CopyLeftOut, HearingOffered, HearingPlanned,
        HearingHeld, HearingReported, HearingWaived, Adjourned, DelayAgreed, PartJudged, FindingsReviewed, Signed,
    }
)  # fmt: skip
"""What a person can declare a mistake; a step that moved the case is undone by another step, never this way."""

FINAL_LETTERS: dict[type, str] = {
    Found: "bevindingen",
    SettledInformally: "informeel_afgerond",
    Declined: "niet_in_behandeling",
    Withdrawn: "ingetrokken",
}
"""What ends the handling, and the letter that tells the complainant (law.md T-9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The lines of a case's history that count, oldest first."""

    entries: tuple[Entry, ...]

    def entries_of(self, kind: type[K]) -> list[Entry]:
        """The lines with what happened of this kind: since the last reopening, for what is done anew in each round."""
        first = self._round if kind in PER_ROUND else 0
        return [entry for entry in self.entries[first:] if isinstance(entry.event, kind)]

    def all(self, kind: type[K]) -> list[K]:
        """What happened of this kind, oldest first."""
        return [entry.event for entry in self.entries_of(kind) if isinstance(entry.event, kind)]

    def last(self, kind: type[K]) -> K | None:
        """The newest of this kind."""
        found = self.all(kind)
        return found[-1] if found else None

    def has(self, kind: type[K]) -> bool:
        """Whether anything of this kind happened."""
        return bool(self.entries_of(kind))

    def last_after(self, kind: type[K], *others: type) -> K | None:
        """The newest of this kind, unless one of the others happened since: a review of an older text is none."""
        since = max((self._position(other) for other in others), default=-1)
        return self.last(kind) if self._position(kind) > since else None

    @property
    def judgements(self) -> dict[int, Judgement]:
        """The newest judgement on each part since the parts were last named."""
        named = self._position(Judged)
        events = [entry.event for entry in self.entries[max(named, self._round, 0) :]]
        return {event.part: event.judgement for event in events if isinstance(event, PartJudged)}

    @property
    def _round(self) -> int:
        reopened = [place for place, entry in enumerate(self.entries) if isinstance(entry.event, Reopened)]
        return reopened[-1] if reopened else 0

    def _position(self, kind: type) -> int:
        first = self._round if kind in PER_ROUND else 0
        found = [n for n, entry in enumerate(self.entries) if n >= first and isinstance(entry.event, kind)]
        return found[-1] if found else -1

    def ended(self, calendar: Calendar) -> date | None:
        """The day on which handling last ended: when the letter was sent, or until then when it was decided.

        After a letter that certainly did not arrive the next sending counts (Awb 2:11 lid 3; law.md T-9).
        """
        ending: tuple[date, str] | None = None
        sent: date | None = None
        for entry in self.entries:
            match entry.event:
                case Found() | SettledInformally() | Declined() | Withdrawn() as event:
                    ending, sent = (event.on, FINAL_LETTERS[type(event)]), None
                case LetterSent(letter=letter) if ending and letter == ending[1]:
                    sent = sent or calendar.day_of(entry.at)
                case LetterRecorded(letter=letter, to="complainant", on=day) if ending and letter == ending[1]:
                    sent = sent or day
                case LetterFailed(letter=letter, certain=True) if ending and letter == ending[1]:
                    sent = None
                case _:
                    pass
        return (sent or ending[0]) if ending else None


def dossier(entries: Iterable[Entry]) -> Dossier:
    """The dossier that a whole history makes."""
    history = tuple(entries)
    gone = {entry.event.entry for entry in history if isinstance(entry.event, Retracted)}
    return Dossier(entries=tuple(entry for entry in history if not (entry.id and entry.id in gone)))


def overall(judgements: Sequence[Judgement]) -> Judgement:
    """The judgement on the whole that follows from its parts (law.md A-12.3); a handler may depart from it."""
    found = frozenset(judgements)
    if len(found) == 1:
        return next(iter(found))
    if found & {Judgement.GEGROND, Judgement.DEELS_GEGROND}:
        return Judgement.DEELS_GEGROND
    return Judgement.ONGEGROND if found else Judgement.GEEN_OORDEEL
