"""The dates of a case as its events make them: the vectors of law.md section 2.2, through opening and adjourning."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.procedure.dates import dated
from core.domain.procedure.dossier import dossier
from core.domain.terms import ombudsman_on
from core.domain.workflow import Stage
from tests.domain.test_terms import VECTORS
from tests.procedure.simulated import CALENDAR, HANDLER, SUPPORT, Simulated, at

ZONE = ZoneInfo("Europe/Amsterdam")
LINES = [line.split(",") for line in VECTORS.strip().splitlines()]
EVENING = time(23, 30)
"""Half an hour before the local day ends: where a naive sum in hours or in UTC goes wrong (law.md T-8)."""


def received(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day.split(maxsplit=1)[0]), EVENING, ZONE).astimezone(UTC)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_the_vectors_through_events(line: list[str]) -> None:
    _, receipt, target, notice, nominal, limit, adjourned = line
    one = at(Stage.FORMAL, received=received(receipt))
    dates = one.case.deadlines
    assert dates is not None
    assert [str(day) for day in (dates.target, dates.notice.day, dates.limit.nominal, dates.limit.day)] == [
        target, notice, nominal, limit,
    ]  # fmt: skip
    one.good(HANDLER, "adjourn", weeks="4")
    assert one.case.deadlines and str(one.case.deadlines.limit.day) == adjourned
    assert str(one.case.deadlines.target) == target, "the target is our own and stays"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_the_vectors_after_a_corrected_receipt(line: list[str]) -> None:
    """The same dates, whether received so at once or corrected to it (law.md section 2.3)."""
    moment = received(line[1])
    one = at(Stage.COMPLETING, received=moment + timedelta(days=3))
    local = moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    one.good(SUPPORT, "correct_receipt", received_at=local)
    straight = Simulated(received=moment).case
    assert (one.case.deadlines, one.case.received_at) == (straight.deadlines, moment)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_with_a_committee_ten_weeks_and_then_fourteen(line: list[str]) -> None:
    """Law.md A-13: the first end is the column of adjournment; the committee is remembered by the events."""
    one = at(Stage.FORMAL, received=received(line[1]), committee=True)
    assert one.case.deadlines and str(one.case.deadlines.limit.day) == line[6]
    one.good(HANDLER, "adjourn", weeks="4")
    assert one.case.deadlines.limit.nominal == one.case.received_on + timedelta(days=98)


def test_b_5_the_hint_of_the_objection_term() -> None:
    one = at(Stage.COMPLETING, received=datetime(2026, 4, 1, 9, tzinfo=UTC))
    before = one.case.deadlines
    one.good(SUPPORT, "date_decision", announced="2026-03-24")
    after = one.case.deadlines
    assert before and after and after.objection
    assert (before.objection, after.objection.day, after.limit) == (None, date(2026, 5, 6), before.limit)


def test_t_9b_late_findings_print_a_year_from_their_own_date() -> None:
    one = at(Stage.COMPLETING)
    assert one.case.deadlines is not None
    missed = one.case.deadlines.limit.day
    assert ombudsman_on(one.case.deadlines, missed) is None
    assert ombudsman_on(one.case.deadlines, missed + timedelta(days=1)) == date(2027, 4, 13)
    late = replace(one.case.deadlines, ombudsman_until=date(2027, 6, 1))
    assert ombudsman_on(late, missed + timedelta(days=40)) == date(2027, 6, 1)


def test_without_a_receipt_there_are_no_dates() -> None:
    with pytest.raises(ValueError, match="receipt"):
        dated(dossier([]), CALENDAR)
