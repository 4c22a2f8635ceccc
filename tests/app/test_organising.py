"""People and their absences, as an administrator types them, and what the routing then proposes."""

from datetime import date, timedelta

import pytest

from app.wiring import system_clock
from core.adapters.holidays import netherlands
from core.domain.labels import Kind, RespondentRole
from core.domain.routing import Outcome, Proposal
from core.domain.triage import Decision
from core.service.review import Review
from tests.app.conftest import SetUp
from tests.e2e.desk import COORDINATOR
from tests.faults.mta import mail

LEIDER = "Teamleider Publiekszaken"
CALENDAR = netherlands(2020, 2035)
TODAY = CALENDAR.day_of(system_clock())
KLACHT = Decision(kinds=(Kind.KLACHT,), team="publiekszaken", respondent_role=RespondentRole.MEDEWERKER)


@pytest.fixture
def organised(gehoord: SetUp) -> SetUp:
    """A set-up with the default organisation."""
    assert gehoord.run("init").returncode == 0
    return gehoord


def number_of(gehoord: SetUp, name: str) -> int:
    [line] = [line for line in gehoord.run("person", "list").stdout.splitlines() if f"  {name}  (" in line]
    return int(line.split()[0])


def proposal(gehoord: SetUp, case: int) -> Proposal:
    """Who is proposed to handle a complaint about somebody of Publiekszaken."""
    with gehoord.store() as store:
        return Review(store=store, clock=system_clock, calendar=CALENDAR).preview(COORDINATOR, case, KLACHT).proposal


def away(gehoord: SetUp, who: str, first: date, last: date) -> tuple[int, str]:
    ended = gehoord.run("absence", "add", who, str(first), str(last))
    return ended.returncode, ended.stderr


def test_who_is_absent_is_passed_over_while_the_service_runs(organised: SetUp) -> None:
    leider = number_of(organised, LEIDER)
    organised.start()
    organised.send(mail(1, "balie").as_bytes())
    organised.until(lambda: organised.count("case") == 1, "a case")
    assert (proposal(organised, 1).outcome, proposal(organised, 1).person) == (Outcome.PROPOSED, leider)

    said = f"absence 1: {LEIDER} is away from {TODAY} to {TODAY + timedelta(days=1)}\n"
    assert away(organised, LEIDER, TODAY, TODAY + timedelta(days=1)) == (0, said)
    passed_over = proposal(organised, 1)
    assert (passed_over.outcome, passed_over.because) == (Outcome.CHOOSE, ("absent",))
    assert leider not in passed_over.candidates
    assert len(passed_over.candidates) > 5

    assert organised.run("absence", "remove", "1").stderr == "removed absence 1\n"
    assert proposal(organised, 1).person == leider


def test_absences_are_listed_by_day_with_the_number_that_removes_them(organised: SetUp) -> None:
    griffier = number_of(organised, "Griffier")
    assert away(organised, str(griffier), date(2026, 12, 28), date(2026, 12, 31))[0] == 0
    assert away(organised, LEIDER, date(2026, 12, 1), date(2026, 12, 1))[0] == 0
    lines = ["    2  2026-12-01 to 2026-12-01  Teamleider Publiekszaken", "    1  2026-12-28 to 2026-12-31  Griffier"]
    assert organised.run("absence", "list").stdout.splitlines() == lines
    assert organised.run("absence", "remove", "2").returncode == 0
    assert organised.run("absence", "list").stdout.splitlines() == lines[1:]


def test_a_mistake_is_said_and_changes_nothing(organised: SetUp) -> None:
    first = date(2026, 12, 1)
    for arguments, says in {
        ("add", LEIDER, str(first), "2026-11-30"): "the last day (2026-11-30) lies before the first (2026-12-01)",
        ("add", LEIDER, "1-12-2026", str(first)): "does not match the format '%Y-%m-%d'",
        ("add", "teamleider", str(first), str(first)): "nobody has this number or exactly this name",
        ("add", "999", str(first), str(first)): "nobody has this number or exactly this name",
        ("remove", "7"): "there is no absence 7; 'gehoord absence list' shows them",
    }.items():
        ended = organised.run("absence", *arguments)
        assert (arguments, ended.returncode, says in ended.stderr) == (arguments, 2, True), ended.stderr
    assert organised.count("absence") == 0


def test_one_of_several_with_the_same_name_is_told_apart_by_number(organised: SetUp) -> None:
    with organised.store() as store, store.write() as work:
        [leider] = [person for person in work.people.organisation().people if person.name == LEIDER]
        other = work.people.add_person(leider)
    code, says = away(organised, LEIDER, TODAY, TODAY)
    assert code == 2
    assert f"several people have this name; take a number: {leider.id}, {other}" in says
    assert away(organised, str(other), TODAY, TODAY)[0] == 0
    assert organised.count("absence", person=other) == 1
