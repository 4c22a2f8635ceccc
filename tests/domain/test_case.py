"""A case is what its events make it (decisions 18): opening, confirming, undoing, handler, replay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.holidays import netherlands
from core.domain.case import RECEIPT_LETTER, Case, applied, confirmed, opened, replayed, unconfirmed
from core.domain.errors import StepNotAllowed
from core.domain.events import (
    ConfirmationUndone,
    Confirmed,
    DeadlinesSet,
    Entry,
    Event,
    HandlerAssigned,
    HandlerProposed,
    InvolvementDeclared,
    LetterFailed,
    LetterQueued,
    LetterSent,
    MessageAdded,
    Received,
    Suggested,
    TaskDone,
)
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.terms import deadlines
from core.domain.triage import Decision
from core.domain.workflow import Stage

PROPERTY = settings(deadline=None, database=None)
CALENDAR = netherlands(2023, 2029)
NIGHT = datetime(2026, 6, 1, 22, 15, tzinfo=UTC)  # 2 June in Amsterdam (law.md T-8)
KLACHT = Decision(kinds=(Kind.KLACHT,), team="publiekszaken", respondent_role=RespondentRole.MEDEWERKER)
BEZWAAR = Decision(kinds=(Kind.BEZWAAR,), team="belastingen", respondent_role=RespondentRole.ONBEKEND)
BOTH = Decision(kinds=(Kind.KLACHT, Kind.BEZWAAR), team=None, respondent_role=RespondentRole.TEAMLEIDER)
PAST_REVIEW = sorted(set(Stage) - {Stage.RECEIVED, Stage.COMPLETING})


def _entries(events, start: datetime = NIGHT) -> list[Entry]:
    return [
        Entry(id=n, case=5, at=start + timedelta(minutes=n), actor=None, event=event) for n, event in enumerate(events)
    ]


def _history(*more: Event, received_at: datetime = NIGHT, committee: bool = False, anonymous: bool = False):
    first = opened(1, Channel.EMAIL, received_at, CALENDAR, anonymous=anonymous, committee=committee)
    return _entries([*first, *more], received_at)


def _case(*more: Event) -> Case:
    return replayed(5, "2026-0005", _history(*more))


def _at(stage: Stage, decision: Decision | None = KLACHT) -> Case:
    return Case(
        id=5,
        number="2026-0005",
        channel=Channel.EMAIL,
        received_at=NIGHT,
        received_on=date(2026, 6, 2),
        stage=stage,
        decision=decision,
    )


# --- opening -------------------------------------------------------------------------------------------------------


def test_registered_first_then_dated():
    """Awb 9:12a: registration at receipt, before anything else; the dates rest on the local day (T-8)."""
    first, second = opened(1, Channel.TELEGRAM, NIGHT, CALENDAR, anonymous=True, committee=False)
    assert first == Received(
        message=1, channel=Channel.TELEGRAM, received_at=NIGHT, received_on=date(2026, 6, 2), anonymous=True
    )
    assert isinstance(second, DeadlinesSet)
    assert second.deadlines == deadlines(date(2026, 6, 2), CALENDAR)
    assert second.deadlines.limit.day == date(2026, 7, 14)
    assert second.reason, "a deadline is an event with its reason (law.md 2.3)"


def test_a_fresh_case():
    case = _case()
    assert (case.id, case.number, case.stage) == (5, "2026-0005", Stage.RECEIVED)
    assert (case.received_at, case.received_on) == (NIGHT, date(2026, 6, 2))
    assert (case.decision, case.handler, case.handler_cleared, case.acknowledged_at) == (None, None, None, None)
    assert case.involved == frozenset()
    assert not case.anonymous
    assert replayed(5, "2026-0005", _history(anonymous=True)).anonymous


@PROPERTY
@given(
    st.integers(0, 5 * 365 * 86400).map(lambda seconds: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(Channel),
)
def test_dates_of_a_case_are_those_of_the_law(received_at, committee, anonymous, channel):
    events = opened(1, channel, received_at, CALENDAR, anonymous=anonymous, committee=committee)
    case = replayed(5, "2026-0005", _entries(events, received_at))
    assert case.received_on == CALENDAR.day_of(received_at)
    assert case.deadlines == deadlines(CALENDAR.day_of(received_at), CALENDAR, committee=committee)
    assert (case.received_at, case.channel, case.anonymous) == (received_at, channel, anonymous)


# --- confirming and undoing ----------------------------------------------------------------------------------------


def test_a_confirmed_case_is_completed_next():
    event = confirmed(_case(), 1, 9, KLACHT)
    assert event == Confirmed(message=1, suggestion=9, before=None, after=KLACHT)
    case = _case(event)
    assert (case.stage, case.decision) == (Stage.COMPLETING, KLACHT)


def test_a_corrected_decision_keeps_what_it_replaces():
    first = confirmed(_case(), 1, None, KLACHT)
    second = confirmed(_case(first), 1, None, BEZWAAR)
    assert second.before == KLACHT
    assert _case(first, second).decision == BEZWAAR
    assert _case(first, second).stage is Stage.COMPLETING


def test_conversion_to_bezwaar_keeps_receipt_number_and_dates():
    """law.md B-3 and decisions 9: same receipt, same number, neutral of kind."""
    first = confirmed(_case(), 1, None, KLACHT)
    before, after = _case(first), _case(first, confirmed(_case(first), 1, None, BEZWAAR))
    assert (before.number, before.received_at, before.received_on) == (
        after.number,
        after.received_at,
        after.received_on,
    )
    assert before.deadlines == after.deadlines


def test_undo_of_the_first_confirmation():
    first = confirmed(_case(), 1, None, KLACHT)
    undo = unconfirmed(_case(first), 1, None)
    assert undo == ConfirmationUndone(message=1, before=KLACHT, after=None)
    case = _case(first, undo)
    assert (case.stage, case.decision) == (Stage.RECEIVED, None)


def test_undo_restores_the_former_decision():
    first = confirmed(_case(), 1, None, KLACHT)
    second = confirmed(_case(first), 1, None, BEZWAAR)
    undo = unconfirmed(_case(first, second), 1, second.before)
    assert (undo.before, undo.after) == (BEZWAAR, KLACHT)
    case = _case(first, second, undo)
    assert (case.stage, case.decision) == (Stage.COMPLETING, KLACHT)
    again = confirmed(case, 1, None, BOTH)
    assert again.before == KLACHT


def test_after_an_undo_one_can_confirm_again():
    first = confirmed(_case(), 1, None, KLACHT)
    undo = unconfirmed(_case(first), 1, None)
    again = confirmed(_case(first, undo), 1, None, BEZWAAR)
    assert again.before is None
    assert _case(first, undo, again).decision == BEZWAAR


def test_nothing_to_undo():
    with pytest.raises(StepNotAllowed):
        unconfirmed(_case(), 1, None)


@pytest.mark.parametrize("stage", PAST_REVIEW)
def test_a_case_that_went_on_is_neither_confirmed_nor_undone(stage):
    with pytest.raises(StepNotAllowed) as refusal:
        confirmed(_at(stage), 1, None, BEZWAAR)
    assert refusal.value.stage == stage
    with pytest.raises(StepNotAllowed) as refusal:
        unconfirmed(_at(stage), 1, None)
    assert refusal.value.stage == stage


# --- what moves nothing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        Suggested(message=1, suggestion=3, model="proef"),  # AI-2: a suggestion moves nothing
        MessageAdded(message=2),
        MessageAdded(message=2, automatic=True),
        LetterQueued(outgoing=4, letter="aanvullende_gegevens", route="mail"),  # asking stops no clock
        LetterSent(outgoing=4, letter="aanvullende_gegevens", route="mail"),
        LetterFailed(outgoing=4, letter="ontvangst", reason="550"),
        TaskDone(task=1, kind="review"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_neither_stage_nor_dates_nor_decision_change(event):
    before = _case()
    after = _case(event)
    assert (after.stage, after.deadlines, after.decision, after.handler, after.acknowledged_at) == (
        before.stage,
        before.deadlines,
        before.decision,
        before.handler,
        before.acknowledged_at,
    )


# --- acknowledgement (9:6) -----------------------------------------------------------------------------------------


def test_acknowledged_when_the_receipt_letter_left_and_not_when_it_was_queued():
    queued = LetterQueued(outgoing=4, letter=RECEIPT_LETTER, route="mail")
    assert RECEIPT_LETTER == "ontvangst"
    assert _case(queued).acknowledged_at is None
    history = _history(queued, LetterSent(outgoing=4, letter=RECEIPT_LETTER, route="mail"))
    assert replayed(5, "2026-0005", history).acknowledged_at == history[-1].at


def test_a_receipt_that_goes_twice_counts_from_the_first():
    """Delivery is at least once (decisions 11): a repeat does not make the acknowledgement later."""
    sent = LetterSent(outgoing=4, letter=RECEIPT_LETTER, route="mail")
    history = _history(sent, sent)
    assert replayed(5, "2026-0005", history).acknowledged_at == history[-2].at


# --- handler (9:7) -------------------------------------------------------------------------------------------------


def test_a_proposal_is_not_yet_a_handler():
    proposal = HandlerProposed(outcome="proposed", rule=1, office="teamleider", person=3, candidates=(), because=())
    case = _case(proposal)
    assert case.handler is None, "a person decides who handles (process.md section 5)"
    assert (case.proposed, case.routing_rule, case.routing_outcome) == (3, 1, "proposed")


def test_a_persons_choice_of_handler_outlives_a_new_proposal():
    """The table is asked again when a decision is corrected; "the coordinator decides" (process.md section 5)."""
    proposal = HandlerProposed(outcome="proposed", rule=1, office="teamleider", person=3, candidates=(), because=())
    assert _case(HandlerAssigned(before=None, after=4), proposal).handler == 4


def test_a_handler_is_asked_and_cleared():
    assigned = HandlerAssigned(before=None, after=3)
    assert (_case(assigned).handler, _case(assigned).handler_cleared) == (3, None)
    case = _case(assigned, InvolvementDeclared(person=3, involved=False))
    assert case.handler_cleared is True
    assert case.involved == frozenset()


def test_an_involved_handler():
    case = _case(HandlerAssigned(before=None, after=3), InvolvementDeclared(person=3, involved=True))
    assert case.handler_cleared is not True
    assert 3 in case.involved


def test_somebody_elses_word_does_not_clear_the_handler():
    case = _case(HandlerAssigned(before=None, after=3), InvolvementDeclared(person=4, involved=False))
    assert case.handler_cleared is None


def test_a_new_handler_is_asked_anew():
    case = _case(
        HandlerAssigned(before=None, after=3),
        InvolvementDeclared(person=3, involved=False),
        HandlerAssigned(before=3, after=4),
    )
    assert (case.handler, case.handler_cleared) == (4, None)


def test_someone_known_as_involved_is_never_cleared_by_being_assigned():
    case = _case(InvolvementDeclared(person=3, involved=True), HandlerAssigned(before=None, after=3))
    assert case.handler_cleared is not True
    assert 3 in case.involved


def test_a_later_answer_of_the_same_person_holds():
    """A slip of the finger is corrected by a new answer; both stay in the trail."""
    assigned = HandlerAssigned(before=None, after=3)
    yes, no = InvolvementDeclared(person=3, involved=True), InvolvementDeclared(person=3, involved=False)
    assert _case(assigned, yes, no).handler_cleared is True
    assert 3 not in _case(assigned, yes, no).involved
    assert _case(assigned, no, yes).handler_cleared is not True
    assert 3 in _case(assigned, no, yes).involved


# --- replay --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "events",
    [
        [],
        [MessageAdded(message=2)],
        [DeadlinesSet(deadlines=deadlines(date(2026, 6, 2), CALENDAR), reason="ontvangst")],
        [Confirmed(message=1, suggestion=None, before=None, after=KLACHT)],
    ],
)
def test_a_history_begins_with_receipt(events):
    with pytest.raises(ValueError, match=r".+"):
        replayed(5, "2026-0005", _entries(events))


def test_received_in_second_place_is_no_beginning():
    history = _history()
    with pytest.raises(ValueError, match=r".+"):
        replayed(5, "2026-0005", _entries([MessageAdded(message=2), history[0].event, history[1].event]))


people = st.integers(1, 4)
decisions = st.sampled_from((KLACHT, BEZWAAR, BOTH))
letters = st.sampled_from(("ontvangst", "aanvullende_gegevens", "verdaging"))
plain_events = st.one_of(
    st.builds(Suggested, message=people, suggestion=people, model=st.just("proef")),
    st.builds(MessageAdded, message=st.integers(2, 9), automatic=st.booleans()),
    st.builds(
        HandlerProposed,
        outcome=st.sampled_from(("proposed", "choose", "vacant", "handler_conflict")),
        rule=st.none() | st.integers(1, 11),
        office=st.none(),
        person=st.none() | people,
        candidates=st.just(()),
        because=st.just(()),
    ),
    st.builds(HandlerAssigned, before=st.none(), after=people),
    st.builds(InvolvementDeclared, person=people, involved=st.booleans()),
    st.builds(LetterQueued, outgoing=people, letter=letters, route=st.just("mail")),
    st.builds(LetterSent, outgoing=people, letter=letters, route=st.just("mail")),
    st.builds(LetterFailed, outgoing=people, letter=letters, reason=st.just("550"), certain=st.booleans()),
    st.builds(TaskDone, task=people, kind=st.just("review")),
    st.builds(
        lambda days: DeadlinesSet(deadlines=deadlines(date(2026, 6, 2), CALENDAR, adjourned=days), reason="verdaging"),
        st.integers(1, 28),
    ),
)
moves = st.lists(st.one_of(plain_events, decisions, st.just("undo")), max_size=25)


@PROPERTY
@given(moves)
def test_replaying_gives_what_stepping_gave(steps):
    history = _history()
    case = replayed(5, "2026-0005", history)
    former: list[Decision | None] = []  # what each confirmation still standing replaced: our own book-keeping
    standing: Decision | None = None
    dates = case.deadlines
    for step in steps:
        event: Event
        if isinstance(step, Decision):
            former.append(standing)
            standing = step
            event = confirmed(case, 1, None, step)
        elif step == "undo":
            if standing is None:
                with pytest.raises(StepNotAllowed):
                    unconfirmed(case, 1, None)
                continue
            standing = former.pop()
            event = unconfirmed(case, 1, standing)
        else:
            event = step
            dates = step.deadlines if isinstance(step, DeadlinesSet) else dates
        history.append(Entry(case=5, at=history[-1].at + timedelta(minutes=1), actor=2, event=event))
        case = applied(case, event, history[-1].at)
        assert case.decision == standing
        assert case.stage is (Stage.RECEIVED if standing is None else Stage.COMPLETING)
    assert replayed(5, "2026-0005", history) == case
    assert case.deadlines == dates
    assert (case.received_at, case.received_on, case.number) == (NIGHT, date(2026, 6, 2), "2026-0005")
    sent = [e.at for e in history if isinstance(e.event, LetterSent) and e.event.letter == "ontvangst"]
    assert case.acknowledged_at == (sent[0] if sent else None)
