"""Everything that is read for people. Every method asks ``visible`` before it gives anything (decisions 19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain.access import Actor, CaseAccess, Visibility, visible, visible_outside_cases
from core.domain.errors import HeldBack, NotFound
from core.domain.events import Absorbed, Entry, HandlerProposed, Linked, MergedInto, MergeUndone, Released
from core.domain.message import Contact
from core.domain.organisation import Organisation
from core.domain.people import Party, PartyRole
from core.domain.tasks import PROPOSALS, Task, TaskKind
from core.ports import Blobs, Store, Work
from core.service.admission import admitted
from core.views import CaseRow, CaseView, Download, MessageView, QueueCounts, QueueItem


class Tab(StrEnum):
    """The tabs of the review queue."""

    ALL = "all"
    DOUBT = "doubt"
    REPLIES = "replies"
    UNDELIVERED = "undelivered"
    UNPROCESSED = "unprocessed"


REPLIES = frozenset({TaskKind.FOLLOW_UP, TaskKind.MATCH, TaskKind.DUPLICATE, TaskKind.LINK, TaskKind.COMPLAINANT})
UNDELIVERED = frozenset({TaskKind.UNDELIVERED, TaskKind.DELIVERY_UNKNOWN, TaskKind.ACKNOWLEDGE, TaskKind.POST_LETTER})
UNPROCESSED = frozenset({TaskKind.UNPROCESSED, TaskKind.AUTOMATIC, TaskKind.INFECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """The read side."""

    store: Store
    blobs: Blobs

    def queue(self, actor: Actor, tab: Tab = Tab.ALL) -> list[QueueItem]:
        """The actor's open tasks: possible objections first, then oldest first (law.md B-9)."""
        return self.queue_with_counts(actor, tab)[0]

    def queue_with_counts(self, actor: Actor, tab: Tab = Tab.ALL) -> tuple[list[QueueItem], QueueCounts]:
        """The same, with how many items each tab has: both from one look at the database."""
        items = self._open_items(actor)
        counts = QueueCounts(**{one.value: sum(_in_tab(item, one) for item in items) for one in Tab})
        wanted = [item for item in items if _in_tab(item, tab)]
        return sorted(wanted, key=lambda item: (not _possible_objection(item), item.received_at, item.task)), counts

    def queue_counts(self, actor: Actor) -> QueueCounts:
        """How many items each tab has."""
        return self.queue_with_counts(actor)[1]

    def message(self, actor: Actor, message: int) -> MessageView:
        """One message. Raises NotFound."""
        with self.store.read() as work:
            return self._message(work, actor, message)

    def case(self, actor: Actor, case: int) -> CaseView:
        """One case; for a handler who has not declared yet, names and dates only. Raises NotFound."""
        with self.store.read() as work:
            seen = admitted(work, actor, case, at_least=Visibility.NAMES_AND_DATES)
            return self._whole(work, actor, case) if seen == Visibility.EVERYTHING else self._outline(work, case)

    def case_numbered(self, actor: Actor, number: str) -> CaseView:
        """The same for the number that people know it by. Raises NotFound."""
        with self.store.read() as work:
            found = work.cases.by_number([number]).get(number)
            if found is None:
                raise NotFound
            seen = admitted(work, actor, found.case, at_least=Visibility.NAMES_AND_DATES)
            whole = seen == Visibility.EVERYTHING
            return self._whole(work, actor, found.case) if whole else self._outline(work, found.case)

    def cases(self, actor: Actor) -> list[CaseRow]:
        """The cases that the actor may see, newest first."""
        with self.store.read() as work:
            rows = [(visible(access, actor), row) for access, row in work.cases.rows()]
        outlined = (row if seen == Visibility.EVERYTHING else _outlined(row) for seen, row in rows if seen)
        return list(outlined)

    def attachment(self, actor: Actor, attachment: int) -> Download:
        """A file that came with a message. Raises NotFound, or HeldBack for one that may hold malware."""
        with self.store.read() as work:
            message, view, digest = work.messages.attachment(attachment)
            self._message(work, actor, message)
        if view.held:
            raise HeldBack
        return Download(filename=view.filename, content_type=view.content_type, content=self.blobs.get(digest))

    def original(self, actor: Actor, message: int) -> Download:
        """A message exactly as it came in. Raises NotFound, or HeldBack when a file of it may hold malware."""
        with self.store.read() as work:
            if self._message(work, actor, message).held:
                raise HeldBack  # the original holds the same files
            original = work.messages.original(message)
        suffix = "eml" if original.raw_type == "message/rfc822" else "json"
        return Download(
            filename=f"bericht-{message}.{suffix}",
            content_type=original.raw_type,
            content=self.blobs.get(original.raw),
        )

    def organisation(self, actor: Actor) -> Organisation:
        """Teams and people, for choosing from. Says nothing of any case."""
        if not actor.roles:
            raise NotFound
        with self.store.read() as work:
            return work.people.organisation()

    def _open_items(self, actor: Actor) -> list[QueueItem]:
        with self.store.read() as work:
            found = [pair for role in sorted(actor.roles) for pair in work.tasks.open_for(role)]
        return list(_seen(found, actor))

    def _message(self, work: Work, actor: Actor, message: int) -> MessageView:
        view = work.messages.view(message)
        if view.case is not None:
            admitted(work, actor, view.case)
        elif not visible_outside_cases(actor):
            raise NotFound
        return view

    def _whole(self, work: Work, actor: Actor, number: int) -> CaseView:
        """Everything, with the messages of the cases that go on in this one, as far as the actor may see those."""
        case, history = work.cases.get(number), work.cases.history(number)
        people = {person.id: person.name for person in work.people.organisation().people}
        proposals = [entry.event for entry in history if isinstance(entry.event, HandlerProposed)]
        candidates = proposals[-1].candidates if proposals and case.routing_outcome else ()
        absorbed = tuple(self._seen_of(work, actor, work.links.absorbed(number)))
        sources = (number, *(other for other, _ in absorbed))
        messages = [message for source in sources for message in work.messages.of_case(source)]
        return CaseView(
            case=case,
            limited=False,
            parties=tuple(work.cases.parties(number)),
            handler=people.get(case.handler) if case.handler is not None else None,
            candidates={person: people[person] for person in candidates if person in people},
            messages=tuple(sorted(messages, key=lambda message: (message.received_at, message.id))),
            letters=tuple(work.outbox.of_case(number)),
            tasks=tuple(task for task in work.tasks.of_case(number) if self._may_name(work, actor, task)),
            history=tuple(entry for entry in history if self._may_tell(work, actor, entry)),
            actors={account.id: account.name for account in work.people.accounts()},
            linked=tuple(self._seen_of(work, actor, work.links.linked(number))),
            absorbed=absorbed,
            merged_into=work.cases.get(case.merged_into).number if case.merged_into is not None else None,
        )

    def _may_name(self, work: Work, actor: Actor, task: Task) -> bool:
        """Whether the case that a task asks about may be named to the actor."""
        if task.kind not in PROPOSALS:
            return True
        return all(
            self._seen_of(work, actor, [(other.case, number)])
            for number, other in work.cases.by_number([task.note]).items()
        )

    def _may_tell(self, work: Work, actor: Actor, entry: Entry) -> bool:
        """Whether a line of the history may be told: it may name another case, which the actor may not see."""
        event = entry.event
        if not isinstance(event, Linked | MergedInto | Absorbed | MergeUndone | Released):
            return True
        return bool(self._seen_of(work, actor, [(event.case, event.number)]))

    @staticmethod
    def _seen_of(work: Work, actor: Actor, cases: Iterable[tuple[int, str]]) -> Sequence[tuple[int, str]]:
        """Those of these cases that the actor sees whole."""
        seen = (case for case in cases if visible(work.cases.access(case[0]), actor) == Visibility.EVERYTHING)
        return list(seen)

    def _outline(self, work: Work, number: int) -> CaseView:
        """Names and dates, and nothing that was said."""
        case = work.cases.get(number)
        parties = tuple(
            Party(role=party.role, contact=Contact(name=party.contact.name), respondent_role=party.respondent_role)
            for party in work.cases.parties(number)
            if party.role in (PartyRole.COMPLAINANT, PartyRole.RESPONDENT, PartyRole.ON_BEHALF_OF)
        )
        return CaseView(case=case, limited=True, parties=parties, handler=None, candidates={})


def _seen(found: Iterable[tuple[CaseAccess | None, QueueItem]], actor: Actor) -> Iterable[QueueItem]:
    for access, item in found:
        if access is not None:
            if visible(access, actor) == Visibility.EVERYTHING:
                yield item
        elif item.message is None or visible_outside_cases(actor):
            yield item


def _outlined(row: CaseRow) -> CaseRow:
    """A line with names and dates only: what kind it is and about which team would tell too much."""
    return replace(row, kind=None, team=None)


def _possible_objection(item: QueueItem) -> bool:
    return item.kind == TaskKind.REVIEW and item.suggestion is not None and item.suggestion.possible_objection


def _in_tab(item: QueueItem, tab: Tab) -> bool:
    match tab:
        case Tab.ALL:
            return True
        case Tab.DOUBT:
            return item.kind == TaskKind.REVIEW and item.suggestion is not None and item.suggestion.abstain is not None
        case Tab.REPLIES:
            return item.kind in REPLIES
        case Tab.UNDELIVERED:
            return item.kind in UNDELIVERED
        case Tab.UNPROCESSED:
            return item.kind in UNPROCESSED
