"""The item of the queue that is open, with everything that belongs to it."""

from dataclasses import dataclass

from core.domain.errors import NotFound
from core.domain.events import MalwareFound
from core.domain.labels import Kind
from core.domain.organisation import Organisation
from core.domain.people import Party, PartyRole
from core.domain.tasks import PROPOSALS, Task, TaskKind
from core.views import CaseView, LetterView, MessageView, Preview, QueueItem
from web.entries import Entry, again_entry, claim_entry
from web.opinion import Choice, Opinion, Piece, opinion, pieces, proposed
from web.visits import Visit

ASSIGNING = frozenset({TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT})
RESENDING = frozenset({TaskKind.UNDELIVERED, TaskKind.DELIVERY_UNKNOWN})
OF_A_LETTER = RESENDING | {TaskKind.POST_LETTER}
"""Tasks that are about something that we wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message, cut where its words argued for something, with the rest folded away."""

    message: MessageView
    text: tuple[Piece, ...]
    quoted: str
    """What was folded: the rest of the message, or all of it where the new words stand between the old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The item in the middle with all that belongs to it."""

    item: QueueItem
    task: Task | None = None
    case: CaseView | None = None
    shown: Shown | None = None
    letter: LetterView | None = None
    opinion: Opinion
    choice: Choice
    preview: Preview | None = None
    other: CaseView | None = None
    """The case that a question compares with; None also when the actor may not see it."""
    other_shown: Shown | None = None
    entry: Entry | None = None
    """The form that the task asks to be filled in."""
    malware: tuple[str, ...] = ()

    @property
    def asks_for_handler(self) -> bool:
        """Whether a person is to be chosen."""
        return self.item.kind in ASSIGNING

    @property
    def compares(self) -> bool:
        """Whether two messages are to be held against each other."""
        return self.item.kind in PROPOSALS

    @property
    def complainant(self) -> Party | None:
        """Who complains, as far as known."""
        parties = self.case.parties if self.case else ()
        return next((party for party in parties if party.role == PartyRole.COMPLAINANT), None)


def chosen(
    visit: Visit, item: QueueItem, organisation: Organisation, choice: Choice | None, entry: Entry | None
) -> Chosen:
    """Everything about one item, as far as the actor may see it."""
    queries = visit.parts.queries
    case = queries.case(visit.actor, item.case) if item.case is not None else None
    message = queries.message(visit.actor, item.message) if item.message is not None else None
    if message is None and case is not None and case.messages:
        message = case.messages[0]
    task = next((one for one in case.tasks if one.id == item.task), None) if case is not None else None
    letters = case.letters if case is not None and task is not None else ()
    letter = next((one for one in letters if task is not None and one.id == task.outgoing), None)
    suggestion = message.suggestion if message is not None else None
    fields = choice or proposed(suggestion, (team.slug for team in organisation.teams))
    other = _other(visit, item)
    return Chosen(
        item=item,
        task=task,
        case=case,
        shown=shown(message, marked=item.kind == TaskKind.REVIEW) if message is not None else None,
        letter=letter,
        opinion=opinion(suggestion),
        choice=fields,
        preview=preview(visit, item, fields),
        other=other,
        other_shown=shown(other.messages[0]) if other is not None and other.messages else None,
        entry=entry or _entry(visit, item, case, letter),
        malware=_malware(item, case),
    )


def shown(message: MessageView, *, marked: bool = False) -> Shown:
    """A message ready for the page; ``marked`` shows the words that weighed in the suggestion."""
    new = message.reply_text or message.text
    why = message.suggestion.why if marked and message.suggestion is not None else ()
    return Shown(message=message, text=pieces(new, why), quoted=_folded(message.text, new))


def preview(visit: Visit, item: QueueItem, choice: Choice) -> Preview | None:
    """What confirming with these fields would record."""
    if item.kind != TaskKind.REVIEW or item.case is None:
        return None
    return visit.parts.review.preview(visit.actor, item.case, choice.decision(choice.kind or Kind.KLACHT))


def _other(visit: Visit, item: QueueItem) -> CaseView | None:
    """The case that a question is about; a question about a case that the actor may not see stays unanswered."""
    if item.kind not in PROPOSALS:
        return None
    try:
        view = visit.parts.queries.case_numbered(visit.actor, item.note)
    except NotFound:
        return None
    return None if view.limited else view


def _entry(visit: Visit, item: QueueItem, case: CaseView | None, letter: LetterView | None) -> Entry | None:
    if case is None:
        return None
    if item.kind == TaskKind.COMPLAINANT:
        return claim_entry(case, visit.parts.calendar)
    return again_entry(case, letter) if item.kind in RESENDING and letter is not None else None


def _malware(item: QueueItem, case: CaseView | None) -> tuple[str, ...]:
    """What the scanner called what it found in this message."""
    if item.kind != TaskKind.INFECTED:
        return ()
    events = [entry.event for entry in case.history] if case is not None else []
    found = [event.name for event in events if isinstance(event, MalwareFound) and event.message == item.message]
    return tuple(dict.fromkeys(name for name in (*found, item.note) if name))


def _folded(whole: str, new: str) -> str:
    if whole.strip() == new.strip():
        return ""
    return whole[len(new) :].strip("\n") if whole.startswith(new) else whole
