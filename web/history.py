"""The journal of a case as people read it: each event becomes the key of a sentence and the facts in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.domain.events import (
    Absorbed,
    AddressAdded,
    ComplainantConfirmed,
    ConfirmationUndone,
    Confirmed,
    DeadlinesSet,
    Entry,
    Event,
    FilesRefused,
    HandlerAssigned,
    HandlerProposed,
    InvolvementDeclared,
    LetterDelayed,
    LetterFailed,
    LetterHeld,
    LetterQueued,
    LetterSent,
    Linked,
    MalwareFound,
    MergedInto,
    MergeUndone,
    MessageAdded,
    Received,
    Released,
    Suggested,
    TaskDone,
)
from core.domain.procedure.events import ProcedureEvent
from core.views import CaseView, MessageView
from templates.texts import Texts
from web.happenings import Happenings, Told, key_of

_JOINING: Mapping[type[Event], str] = {
    Linked: "linked",
    MergedInto: "merged_into",
    Absorbed: "absorbed",
    MergeUndone: "merge_undone",
    Released: "released",
}
_ANSWERS = {"no": "task_no", "again": "task_again"}
"""Notes of finished tasks that say how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the history."""

    at: datetime
    who: str
    """Empty for the system."""
    icon: str
    key: str
    """The sentence in the catalogue."""
    facts: Mapping[str, str] = field(default_factory=dict)
    message: MessageView | None = None
    words: str = ""
    """The sentence itself, for what happened in the procedure: that has a catalogue of its own."""
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Makes the lines of one case."""

    view: CaseView
    texts: Texts
    teams: Mapping[str, str]
    people: Mapping[int, str]
    day: Callable[[date], str]
    """How a date is written out."""
    happenings: Happenings

    def lines(self) -> list[Line]:
        """Every event that says something to people, newest first."""
        lines = [line for entry in reversed(self.view.history) for line in self._line(entry)]
        return sorted([*lines, *self._absorbed()], key=lambda line: line.at, reverse=True)

    def _absorbed(self) -> Iterator[Line]:
        """The messages of cases that go on in this one."""
        numbers = dict(self.view.absorbed)
        for message in reversed(self.view.messages):
            if message.case in numbers:
                facts = {"number": numbers[message.case]}
                yield Line(at=message.received_at, who="", icon="message", key="event.of_absorbed", facts=facts,
                           message=message)  # fmt: skip

    def _line(self, entry: Entry) -> Iterator[Line]:
        who = self.view.actors.get(entry.actor, "") if entry.actor is not None else ""
        if isinstance(entry.event, ProcedureEvent):
            said, told = self.happenings.said(entry.event), self.happenings.told(entry.event)
            yield Line(at=entry.at, who=who, icon="check", key=key_of(entry.event), words=said, told=told)
            return
        for icon, key, facts, message in self._said(entry.event):
            yield Line(at=entry.at, who=who, icon=icon, key=f"event.{key}", facts=facts, message=message)

    def _said(self, event: Event) -> Iterator[tuple[str, str, Mapping[str, str], MessageView | None]]:
        match event:
            case Received():
                channel = self.texts(f"channel.{event.channel}")
                yield "inbox", "received", {"channel": channel}, self._message(event.message)
            case MessageAdded():
                key = "automatic" if event.automatic else "message_added"
                yield "message", key, {}, self._message(event.message)
            case Confirmed():
                yield "check", "corrected" if event.before else "confirmed", self._decision(event), None
            case ConfirmationUndone():
                yield "arrow-back-up", "undone", {}, None
            case HandlerProposed() | HandlerAssigned() | InvolvementDeclared():
                yield self._about_handler(event)
            case LetterQueued() | LetterSent() | LetterFailed() | LetterDelayed() | LetterHeld():
                yield self._about_letter(event)
            case FilesRefused() | MalwareFound():
                yield self._about_files(event)
            case Linked() | MergedInto() | Absorbed() | MergeUndone() | Released():
                yield "arrow-right", _JOINING[type(event)], {"number": event.number}, None
            case ComplainantConfirmed() | AddressAdded() | TaskDone():
                yield self._about_people(event)
            case DeadlinesSet() | Suggested():
                return  # the dates have a card of their own, and a suggestion is not the history of a case

    def _decision(self, event: Confirmed) -> Mapping[str, str]:
        kinds = " + ".join(self.texts(f"kind.{kind}").lower() for kind in event.after.kinds)
        team = self.teams.get(event.after.team or "", "") or self.texts("team.none")
        return {"kinds": kinds, "team": team, "role": self.texts(f"role.{event.after.respondent_role}")}

    def _about_handler(
        self, event: HandlerProposed | HandlerAssigned | InvolvementDeclared
    ) -> tuple[str, str, Mapping[str, str], None]:
        match event:
            case HandlerProposed(person=int() as person):
                return "user", "handler_proposed", {"name": self.people.get(person, "")}, None
            case HandlerProposed():
                return "user", "handler_open", {}, None
            case HandlerAssigned():
                return "user-check", "handler_assigned", {"name": self.people.get(event.after, "")}, None
            case InvolvementDeclared():
                key = "involved" if event.involved else "not_involved"
                return "user-check", key, {"name": self.people.get(event.person, "")}, None

    def _about_letter(
        self, event: LetterQueued | LetterSent | LetterFailed | LetterDelayed | LetterHeld
    ) -> tuple[str, str, Mapping[str, str], None]:
        letter = self.texts(f"letter.{event.letter}")
        match event:
            case LetterQueued():
                return "clock", "letter_queued", {"letter": letter, "route": self.texts(f"route.{event.route}")}, None
            case LetterSent():
                return "send", "letter_sent", {"letter": letter, "route": self.texts(f"route.{event.route}")}, None
            case LetterDelayed():
                return "clock", "letter_delayed", {"letter": letter}, None
            case LetterHeld():
                why = self.texts(f"brake.{event.brake}")
                return "alert-triangle", "letter_held", {"letter": letter, "why": why}, None
            case LetterFailed():
                return (
                    "alert-triangle",
                    "letter_failed" if event.certain else "letter_unknown",
                    {"letter": letter},
                    None,
                )

    def _about_people(
        self, event: ComplainantConfirmed | AddressAdded | TaskDone
    ) -> tuple[str, str, Mapping[str, str], None]:
        match event:
            case ComplainantConfirmed():
                return "user-check", "complainant_confirmed", {"day": self.day(event.received_on)}, None
            case AddressAdded():
                return "user", "address_added", {}, None
            case TaskDone():
                key = _ANSWERS.get(event.note, "task_done")
                return "check", key, {"task": self.texts(f"task.{event.kind}")}, None

    def _about_files(self, event: FilesRefused | MalwareFound) -> tuple[str, str, Mapping[str, str], None]:
        match event:
            case FilesRefused():
                files = ", ".join(f"{one.filename} ({self.texts(f'refused.{one.reason}')})" for one in event.files)
                return "paperclip", "files_refused", {"files": files}, None
            case MalwareFound():
                return "alert-triangle", "malware_found", {"file": self._file(event), "name": event.name}, None

    def _file(self, event: MalwareFound) -> str:
        message = self._message(event.message)
        files = message.attachments if message else ()
        return next((one.filename for one in files if one.id == event.attachment), self.texts("event.some_file"))

    def _message(self, number: int) -> MessageView | None:
        return next((message for message in self.view.messages if message.id == number), None)
