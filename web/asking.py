"""The form of an activity: each field of the table becomes a question with its choices, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.events import Entry
from core.domain.procedure.activity import Activity
from core.domain.procedure.dossier import dossier
from core.domain.procedure.events import Judged, LessonDrawn, OmbudsmanInvolved, ProcedureEvent
from core.domain.procedure.fields import FROM_THE_CASE, NO, YES, Field, FieldKind
from core.service.casework import Desk
from core.views import CaseView
from web.happenings import Happenings

FEW = 7
"""Choices that are shown all at once; more of them become a list to choose from."""
LONGEST_CHOICE = 80
"""Characters of a choice."""
_LOOKS: Mapping[FieldKind, str] = {
    FieldKind.LINE: "line",
    FieldKind.TEXT: "text",
    FieldKind.LINES: "text",
    FieldKind.DAY: "date",
    FieldKind.MOMENT: "datetime-local",
    FieldKind.NUMBER: "number",
    FieldKind.YES_NO: "radio",
    FieldKind.CHOICES: "checkbox",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field as the page shows it."""

    name: str
    look: str
    """``line``, ``text``, ``date``, ``datetime-local``, ``number``, ``radio``, ``checkbox`` or ``select``."""
    label: str
    optional: bool
    given: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    """Value and words of each."""
    problem: str
    """A slug; empty when nothing is wrong."""


Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Makes the questions of one case."""

    desk: Desk
    view: CaseView
    happenings: Happenings
    today: date

    def questions(
        self, activity: Activity, given: Given | None = None, problems: Mapping[str, str] | None = None
    ) -> list[Question]:
        """The questions of an activity, with what was filled in, or with what is most likely when nothing was yet."""
        return [self._question(one, given, (problems or {}).get(one.name, "")) for one in activity.fields]

    def _question(self, field: Field, given: Given | None, problem: str) -> Question:
        choices = self._choices(field)
        look = _LOOKS.get(field.kind, "")
        if not look:
            look = "radio" if field.kind == FieldKind.CHOICE and len(choices) <= FEW else "select"
        return Question(
            name=field.name,
            look=look,
            label=self.happenings.words(f"field.{field.name}"),
            optional=not field.required,
            given=self._likely(field) if given is None else tuple(given.get(field.name, ())),
            choices=choices,
            problem=problem,
        )

    def _likely(self, field: Field) -> tuple[str, ...]:
        if field.name == "on" and field.kind == FieldKind.DAY:
            return (self.today.isoformat(),)
        decision = self.view.case.decision
        if field.kind == FieldKind.TEAM and decision is not None and decision.team:
            return (decision.team,)
        return ()

    def _choices(self, field: Field) -> tuple[tuple[str, str], ...]:
        if field.kind in FROM_THE_CASE:
            return tuple((value, self._named(field.kind, value)) for value in self.desk.options.get(field.kind, ()))
        slugs = (YES, NO) if field.kind == FieldKind.YES_NO else field.choices
        return tuple((slug, self.happenings.words(f"choice.{slug}")) for slug in slugs)

    def _named(self, kind: FieldKind, value: str) -> str:
        """What people call it; the number alone says nothing to them."""
        happenings = self.happenings
        if kind == FieldKind.TEAM:
            return happenings.teams[value]
        number = int(value)
        match kind:
            case FieldKind.PERSON:
                return happenings.people[number]
            case FieldKind.MESSAGE:
                message = next(one for one in self.view.messages if one.id == number)
                return _short(happenings.moment(message.received_at), message.subject)
            case FieldKind.ENTRY:
                return self._line(next(one for one in self.view.history if one.id == number))
            case FieldKind.PART:
                return self._part(number)
            case FieldKind.LETTER:
                return self._letter(number)
            case FieldKind.LESSON:
                return self._lesson(number)
            case _:
                return self._matter(number)

    def _letter(self, number: int) -> str:
        letter, to = next(task.note for task in self.view.tasks if task.id == number).split(":")
        return _short(self.happenings.words(f"letter.{letter}"), self.happenings.words(f"to.{to}"))

    def _line(self, entry: Entry) -> str:
        if not isinstance(entry.event, ProcedureEvent):
            raise TypeError("only what happened in the procedure can be taken back")
        return _short(self.happenings.said(entry.event), self.happenings.moment(entry.at))

    def _part(self, number: int) -> str:
        judged = dossier(self.view.history).last(Judged)
        return _short(str(number), judged.parts[number - 1] if judged else "", mark=". ")

    def _lesson(self, number: int) -> str:
        lessons = dossier(self.view.history).all(LessonDrawn)
        return _short(str(number), next(one.lesson for one in lessons if one.number == number), mark=". ")

    def _matter(self, number: int) -> str:
        matters = dossier(self.view.history).all(OmbudsmanInvolved)
        matter = next(one for one in matters if one.number == number)
        return _short(self.happenings.words(f"choice.{matter.matter}"), self.happenings.day(matter.on))


def _short(first: str, second: str, *, mark: str = ", ") -> str:
    """Both in one line, cut off where it would not fit."""
    whole = mark.join(part for part in (first, second) if part)
    return whole if len(whole) <= LONGEST_CHOICE else f"{whole[: LONGEST_CHOICE - 1].rstrip()}…"
