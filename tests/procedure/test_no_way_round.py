"""No sequence of steps reaches a forbidden state, loses an event, or gives two different deadlines for one history."""

from datetime import timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.domain.case import replayed
from core.domain.errors import CoreError
from core.domain.events import DeadlinesSet, Entry, Event, InvolvementDeclared
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.procedure import events as happened
from core.domain.procedure.dates import dated
from core.domain.procedure.dossier import dossier
from core.domain.procedure.slugs import Side
from core.domain.procedure.table import ACTIVITIES
from core.domain.procedure.taking import offers
from core.domain.tasks import TaskKind
from core.domain.workflow import OPEN_STAGES, Stage
from tests.procedure.simulated import CALENDAR, COORDINATOR, GOOD, HANDLER, JURIST, ROLES, STRANGER, SUPPORT, at

WORKING = (COORDINATOR, SUPPORT, JURIST, HANDLER)
FORWARD = (
    "hand_over_part", "complete", "interview", "judge", "formalise", "draft", "send_copy", "leave_out_copy",
    "offer_hearing", "hold_hearing", "write_findings", "judge_part", "review_findings", "sign", "find",
    "inform_team", "discussed", "follow_up", "answer_ombudsman", "close",
)  # fmt: skip


class Procedure(RuleBasedStateMachine):
    """People who try everything, in any order, with fitting and with other answers."""

    reached: ClassVar[set[Stage]] = set()

    @initialize(
        channel=st.sampled_from((Channel.EMAIL, Channel.TELEFONISCH)),
        kinds=st.sampled_from(((Kind.KLACHT,), (Kind.KLACHT, Kind.BEZWAAR))),
        respondent=st.sampled_from((RespondentRole.MEDEWERKER, RespondentRole.ONBEKEND, RespondentRole.COLLEGE)),
        stage=st.sampled_from((Stage.COMPLETING, Stage.INTERVIEW, Stage.INFORMAL, Stage.FORMAL, Stage.DRAFTING)),
    )
    def begin(self, channel: Channel, kinds: tuple[Kind, ...], respondent: RespondentRole, stage: Stage) -> None:
        self.one = at(stage, channel=channel, kinds=kinds, respondent=respondent)
        self.kept: list[Entry] = list(self.one.entries)

    @rule(actor=st.sampled_from(WORKING), number=st.integers(0, 200))
    def do_something_offered(self, actor: int, number: int) -> None:
        """Mostly things that can be done, so that a case gets somewhere."""
        found = [offer for offer in offers(self.one.situation(actor)) if not offer.refusals]
        if found:
            self._try(actor, found[number % len(found)].activity.slug, {})

    @rule(until=st.sampled_from(FORWARD), skipped=st.sampled_from((None, *FORWARD)))
    def go_on(self, until: str, skipped: str | None) -> None:
        """What somebody who knows the way does next, up to some point, forgetting one thing perhaps."""
        if self.one.case.handler is None and self.one.case.stage in OPEN_STAGES:
            self.one.assign()
        for slug in FORWARD[: FORWARD.index(until) + 1]:
            if slug != skipped:
                for part in ("1", "2") if slug == "judge_part" else ("",):
                    changes = {"part": part} if part else {}
                    self._try(HANDLER, slug, changes) or self._try(COORDINATOR, slug, changes)
            if slug in ("offer_hearing", "follow_up"):
                self.one.send_letters()

    @rule(actor=st.sampled_from(sorted(ROLES)), slug=st.sampled_from(sorted(ACTIVITIES)), data=st.data())
    def do_anything(self, actor: int, slug: str, data: st.DataObject) -> None:
        """Anything by anybody, with one answer changed."""
        fields = ACTIVITIES[slug].fields
        changes = {}
        if fields:
            field = data.draw(st.sampled_from(fields))
            others = field.choices or ("", "0", "1", "2", "7", "2026-02-20", "2027-01-01", "yes", "no", "belastingen")
            changes = {field.name: data.draw(st.sampled_from(others))}
        self._try(actor, slug, changes)

    @rule(entry=st.integers(1, 60))
    def retract(self, entry: int) -> None:
        self._try(COORDINATOR, "retract", {"entry": str(entry)})

    @rule(person=st.sampled_from((HANDLER, STRANGER)), involved=st.booleans())
    def declare(self, person: int, involved: bool) -> None:
        if self.one.case.handler == person:
            self.one.record(InvolvementDeclared(person=person, involved=involved), person)

    @rule(slug=st.sampled_from(("decline", "withdraw", "refer", "settle", "settle_at_interview")))
    def leave(self, slug: str) -> None:
        self._try(COORDINATOR, slug, {})

    @rule()
    def post(self) -> None:
        self.one.send_letters()

    @rule(days=st.integers(1, 30))
    def days_pass(self, days: int) -> None:
        self.one.later(days)

    def _try(self, actor: int, slug: str, changes: dict[str, str]) -> bool:
        before, case = list(self.one.entries), self.one.case
        try:
            self.one.take(actor, slug, {**GOOD.get(slug, lambda _: {})(self.one), **changes})
        except CoreError:
            assert (self.one.entries, self.one.case) == (before, case), "what is refused leaves nothing behind"
            return False
        return True

    # --- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "one"):
            assert self.one.entries[: len(self.kept)] == self.kept
            self.kept = list(self.one.entries)

    @invariant()
    def the_case_is_what_its_events_make_it(self) -> None:
        if hasattr(self, "one"):
            assert replayed(5, "2026-0005", self.one.entries) == self.one.case
            self.reached.add(self.one.case.stage)

    @invariant()
    def one_history_gives_one_set_of_dates(self) -> None:
        if hasattr(self, "one"):
            assert dated(dossier(self.one.entries), CALENDAR) == self.one.case.deadlines
            last = next(entry.event for entry in reversed(self.one.entries) if isinstance(entry.event, DeadlinesSet))
            assert last.deadlines == self.one.case.deadlines

    @invariant()
    def the_term_is_never_longer_than_the_law_allows(self) -> None:
        if hasattr(self, "one") and self.one.case.deadlines:
            dates = self.one.case.deadlines
            if dates.basis != "agreed":
                assert dates.limit.nominal <= self.one.case.received_on + timedelta(days=70)

    @invariant()
    def no_findings_went_out_against_the_law(self) -> None:
        """Written from law.md, not from the guards: what must have happened before each ``Found``."""
        if not hasattr(self, "one"):
            return
        for place, entry in enumerate(self.one.entries):
            if isinstance(entry.event, happened.Found):
                self._lawful(self.one.entries[:place])

    def _lawful(self, before: list[Entry]) -> None:
        gone = {entry.event.entry for entry in before if isinstance(entry.event, happened.Retracted)}
        lines = [entry for entry in before if entry.id not in gone]
        kinds = [type(entry.event) for entry in lines]
        text = _last(lines, happened.FindingsWritten)
        assert _last(lines, happened.Signed) > text, "9.2: signed after the last text"
        review = _last(lines, happened.FindingsReviewed)
        assert review > text, "9.2: discussed after the last text"
        assert {happened.CopySent, happened.CopyLeftOut} & set(kinds), "Awb 9:9"
        held = [entry.event for entry in lines if isinstance(entry.event, happened.HearingHeld)]
        assert any(one.side == Side.KLAGER for one in held) or happened.HearingWaived in kinds, "Awb 9:10 lid 1, 2"
        reported = {entry.event.side for entry in lines if isinstance(entry.event, happened.HearingReported)}
        assert all(one.report or one.side in reported for one in held), "Awb 9:10 lid 3"
        case = replayed(5, "2026-0005", before)
        assert case.handler is not None and case.handler_cleared is True, "Awb 9:7"
        assert case.handler not in case.involved, "Awb 9:7"

    @invariant()
    def at_most_one_adjournment_holds(self) -> None:
        if hasattr(self, "one"):
            found = dossier(self.one.entries).all(happened.Adjourned)
            assert len(found) <= 1, "Awb 9:11 lid 2"
            assert all(0 < one.days <= 28 for one in found)

    @invariant()
    def no_closed_case_had_open_tasks(self) -> None:
        if hasattr(self, "one") and self.one.case.stage == Stage.CLOSED:
            later = {TaskKind.IMPROVEMENT, TaskKind.OMBUDSMAN, TaskKind.WRITE_LETTER}  # of after the closing
            assert {task.kind for task in self.one.tasks} <= later
            assert _last(self.one.entries, happened.FollowedUp) >= 0

    @invariant()
    def no_bezwaar_vanished_with_the_klacht(self) -> None:
        """law.md B-4, B-8: a case of klacht and bezwaar leaves only once the bezwaar was handed over."""
        left = hasattr(self, "one") and self.one.case.stage in (Stage.REFERRED, Stage.WITHDRAWN, Stage.NOT_HANDLED)
        if left and Kind.BEZWAAR in self.one.decision.kinds:
            assert _last(self.one.entries, happened.HandedOver) >= 0


def _last(lines: list[Entry], kind: type[Event]) -> int:
    return max((place for place, entry in enumerate(lines) if isinstance(entry.event, kind)), default=-1)


def test_no_sequence_of_steps_gets_round_the_law() -> None:
    Procedure.reached.clear()
    run_state_machine_as_test(
        Procedure,
        settings=settings(max_examples=200, stateful_step_count=30, deadline=None, database=None, derandomize=True),
    )
    assert Procedure.reached >= set(Stage) - {Stage.RECEIVED}, "the walks got everywhere"
