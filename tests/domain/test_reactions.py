"""When does a citizen get a letter, and a person a task? What follows from each event."""

from datetime import UTC, date, datetime

import pytest

from core.domain.access import Role
from core.domain.events import (
    ConfirmationUndone,
    Confirmed,
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
from core.domain.reactions import Ask, JobKind, Run, Write, reactions
from core.domain.tasks import TaskKind
from core.domain.triage import Decision

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def _received(channel=Channel.EMAIL, *, anonymous=False):
    return Received(message=1, channel=channel, received_at=NOON, received_on=date(2026, 3, 2), anonymous=anonymous)


def _decision(*kinds: Kind) -> Decision:
    return Decision(kinds=kinds, team="publiekszaken", respondent_role=RespondentRole.MEDEWERKER)


def _confirmed(*kinds: Kind, before: Decision | None = None) -> Confirmed:
    return Confirmed(message=1, suggestion=None, before=before, after=_decision(*kinds))


def _proposed(outcome: str) -> HandlerProposed:
    person = 3 if outcome == "proposed" else None
    candidates = (4, 5) if outcome == "choose" else ()
    return HandlerProposed(
        outcome=outcome, rule=1, office="teamleider", person=person, candidates=candidates, because=()
    )


def _asks(event) -> dict[TaskKind, Ask]:
    return {r.task: r for r in reactions(event) if isinstance(r, Ask)}


def _letters(event) -> list[str]:
    return [r.letter for r in reactions(event) if isinstance(r, Write)]


# --- a first message -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("channel", Channel)
def test_every_first_message_is_acknowledged_classified_and_reviewed(channel, anonymous):
    """Awb 9:6, decisions 8: one neutral letter, whatever the channel; B-9: looked at within one working day."""
    event = _received(channel, anonymous=anonymous)
    assert _letters(event) == ["ontvangst"]
    assert Run(job=JobKind.CLASSIFY) in reactions(event)
    review = _asks(event)[TaskKind.REVIEW]
    assert review.role is Role.COORDINATOR
    assert 0 <= review.working_days <= 1


def test_the_letter_does_not_wait_for_the_classifier():
    """Decisions 8: the acknowledgement never depends on the suggestion, so a suggestion triggers no letter."""
    order = [type(r) for r in reactions(_received())]
    assert order.index(Write) < order.index(Run)
    assert reactions(Suggested(message=1, suggestion=2, model="proef")) == ()


# --- a confirmed message -------------------------------------------------------------------------------------------


def test_a_klacht_is_followed_by_the_intake_call():
    """Process step 4.1."""
    asks = _asks(_confirmed(Kind.KLACHT))
    assert asks[TaskKind.INTERVIEW].role is Role.COORDINATOR
    assert TaskKind.HAND_OVER not in asks


@pytest.mark.parametrize("before", [None, _decision(Kind.KLACHT), _decision(Kind.VRAAG)])
def test_a_bezwaar_is_handed_over_the_same_day(before):
    """law.md B-3."""
    asks = _asks(_confirmed(Kind.BEZWAAR, before=before))
    assert asks[TaskKind.HAND_OVER].working_days == 0
    assert TaskKind.INTERVIEW not in asks


@pytest.mark.parametrize("kinds", [(Kind.KLACHT, Kind.BEZWAAR), (Kind.BEZWAAR, Kind.KLACHT)])
def test_mixed_starts_both_tracks(kinds):
    """law.md B-8: allow both; the bezwaar is not later for it."""
    asks = _asks(_confirmed(*kinds))
    assert asks[TaskKind.HAND_OVER].working_days == 0
    assert TaskKind.INTERVIEW in asks


@pytest.mark.parametrize("kind", [Kind.MELDING, Kind.SCHADECLAIM, Kind.VRAAG, Kind.OVERIG])
def test_what_is_no_klacht_is_handed_over_and_never_dropped(kind):
    asks = _asks(_confirmed(kind))
    assert TaskKind.HAND_OVER in asks
    assert TaskKind.INTERVIEW not in asks


@pytest.mark.parametrize("kind", [Kind.MELDING, Kind.SCHADECLAIM, Kind.VRAAG, Kind.OVERIG])
def test_a_bezwaar_in_second_place_is_as_urgent(kind):
    asks = [r for r in reactions(_confirmed(kind, Kind.BEZWAAR)) if isinstance(r, Ask)]
    assert any(a.task is TaskKind.HAND_OVER and a.working_days == 0 for a in asks)


@pytest.mark.parametrize("kind", Kind)
def test_a_confirmation_sends_no_receipt_again(kind):
    assert "ontvangst" not in _letters(_confirmed(kind))


# --- further messages ----------------------------------------------------------------------------------------------


def test_a_further_message_is_read_by_a_person_and_not_acknowledged_as_new():
    event = MessageAdded(message=2)
    assert TaskKind.FOLLOW_UP in _asks(event)
    assert "ontvangst" not in _letters(event)


def test_an_automatic_message_is_never_answered():
    """RFC 3834: two machines must not keep each other busy."""
    event = MessageAdded(message=2, automatic=True)
    assert _letters(event) == []
    assert TaskKind.FOLLOW_UP not in _asks(event)


# --- letters that failed -------------------------------------------------------------------------------------------


def test_a_letter_that_failed_must_go_again_or_another_way():
    """Awb 2:11 (E-2.11)."""
    event = LetterFailed(outgoing=4, letter="ontvangst", reason="550")
    assert set(_asks(event)) == {TaskKind.UNDELIVERED}
    assert _letters(event) == []


def test_a_letter_of_which_nothing_is_known_is_looked_at_and_not_repeated():
    """Decisions 11."""
    event = LetterFailed(outgoing=4, letter="bevindingen", reason="unknown", certain=False)
    assert set(_asks(event)) == {TaskKind.DELIVERY_UNKNOWN}
    assert _letters(event) == []


# --- who handles ---------------------------------------------------------------------------------------------------


def test_a_conflict_is_put_before_a_person():
    asks = _asks(_proposed("handler_conflict"))
    assert asks[TaskKind.HANDLER_CONFLICT].role is Role.COORDINATOR


def test_another_handler_is_chosen_by_a_person():
    asks = _asks(_proposed("choose"))
    assert asks[TaskKind.CHOOSE_HANDLER].role is Role.COORDINATOR


def test_a_vacant_office_is_put_before_a_person():
    asks = _asks(_proposed("vacant"))
    assert set(asks) & {TaskKind.CHOOSE_HANDLER, TaskKind.HANDLER_CONFLICT}


def test_a_plain_proposal_is_no_conflict():
    asks = _asks(_proposed("proposed"))
    assert TaskKind.HANDLER_CONFLICT not in asks


# --- everything else -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        Suggested(message=1, suggestion=2, model="proef"),
        ConfirmationUndone(message=1, before=_decision(Kind.KLACHT), after=None),
        HandlerAssigned(before=None, after=3),
        InvolvementDeclared(person=3, involved=False),
        LetterQueued(outgoing=4, letter="ontvangst", route="mail"),
        LetterSent(outgoing=4, letter="ontvangst", route="mail"),
        LetterFailed(outgoing=4, letter="ontvangst", reason="550"),
        TaskDone(task=1, kind="review"),
        _proposed("choose"),
        _proposed("handler_conflict"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_no_letter_follows_by_itself(event):
    assert _letters(event) == []
