"""A small municipality over the real services: its people, and one case that they work on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from core.domain.access import Actor, Role
from core.domain.case import Case, replayed
from core.domain.organisation import Office
from core.domain.procedure.dates import dated
from core.domain.procedure.dossier import dossier
from core.domain.tasks import TaskKind
from core.domain.terms import Deadlines
from core.domain.triage import Decision
from core.domain.workflow import Stage
from tests.core.world import CALENDAR, KLACHT, World

TEAM = "openbare-ruimte"


class Town:
    """People with their accounts; ``take`` is what a page does for them."""

    def __init__(self, world: World, decision: Decision = KLACHT) -> None:
        self.world = world
        self.leader = world.official("T. Leider", Office.TEAMLEIDER, TEAM)
        self.other = world.official("A. Nder", Office.TEAMLEIDER, "belastingen")
        self.respondent = world.official("B. Klaagde", Office.CONCERNMANAGER, TEAM)
        self.coordinator = world.account("coordinator", Role.COORDINATOR)
        self.support = world.account("ondersteuning", Role.SUPPORT)
        self.handler = world.account("leider", Role.HANDLER, person=self.leader)
        self.decision = replace(decision, respondent_person=self.respondent, respondent_name="B. Klaagde")
        accepted = world.intake.accept(world.mail())
        self.message = accepted.message
        self.case = world.case_id(accepted.case_number)
        world.deliver_all()

    @property
    def today(self) -> date:
        return CALENDAR.day_of(self.world.now)

    def ahead(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def take(self, actor: Actor, activity: str, **answers: str | Sequence[str]) -> Case:
        return self.world.casework.take(actor, self.case, activity, answers, self.stored.version)

    def on(self, actor: Actor, activity: str, **answers: str | Sequence[str]) -> Case:
        """The same for something that happened today."""
        return self.take(actor, activity, on=self.ahead(0), **answers)

    @property
    def stored(self) -> Case:
        return self.world.stored(self.case)

    @property
    def dates(self) -> Deadlines:
        found = self.stored.deadlines
        assert found is not None
        return found

    def tasks(self) -> list[TaskKind]:
        return [task.kind for task in self.world.tasks(self.case)]

    def owed(self) -> list[str]:
        """The letters that are still to be written."""
        return [task.note for task in self.world.tasks(self.case, kind=TaskKind.WRITE_LETTER)]

    def send_letters(self) -> None:
        for task in self.world.tasks(self.case, kind=TaskKind.WRITE_LETTER):
            self.on(self.support, "record_letter", letter=str(task.id), how="brief")

    # --- the usual way -----------------------------------------------------------------------------------------

    def confirm(self) -> None:
        task = self.world.tasks(self.case, kind=TaskKind.REVIEW)[0].id
        self.world.review.confirm(self.coordinator, task, self.decision, version=self.stored.version)

    def complete(self) -> None:
        self.confirm()
        self.take(self.support, "complete", team=TEAM)

    def interview(self) -> None:
        self.complete()
        self.on(self.coordinator, "interview", result="gesproken", how="telefoon", note="rustig gesprek")
        self.take(
            self.coordinator, "judge", kinds=["bereikbaarheid"], regime="afd_9_1_2", towards_complainant="yes",
            parts="niet teruggebeld\nkort aan de telefoon",
        )  # fmt: skip

    def assign(self) -> None:
        self.world.review.assign(self.coordinator, self.case, self.leader, version=self.stored.version)
        self.world.review.declare(self.handler, self.case, involved=False)

    def formalise(self) -> None:
        self.interview()
        self.assign()
        self.take(self.coordinator, "formalise", note="wil gehoord worden")

    def settle(self, activity: str = "settle") -> None:
        self.on(self.coordinator, activity, satisfied="yes", how="telefoon", agreed="Het team belt voortaan terug.")

    def check(self, stage: Stage) -> None:
        """The case is at this stage, and is what its history makes it, dates included."""
        with self.world.store.read() as work:
            history = work.cases.history(self.case)
        stored = self.stored
        assert stored.stage == stage
        rebuilt = replayed(self.case, stored.number, history, reply_key=stored.reply_key)
        assert replace(rebuilt, version=stored.version) == stored
        assert dated(dossier(history), CALENDAR) == stored.deadlines
