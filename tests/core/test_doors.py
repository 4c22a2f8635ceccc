"""What the doors hold against our books: old mail is counted, a difference is told, and neither is told twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.domain.access import Role
from core.domain.message import Automatic, Contact, Inbound
from core.domain.tasks import TaskKind
from core.ports import Mark
from tests.core.world import World

DOOR, OTHER_DOOR = "imap:klachten", "imap:info"
MARK = Mark(
    source="klachten@imap.gemeente.example/INBOX",
    uidvalidity=1_234_567_890,
    uidnext=42,
    since=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    settled=False,
)


def took(world: World, door: str, mail: Inbound) -> str:
    """Take a message in through a door; gives its identity."""
    world.intake.accept(replace(mail, door=door))
    return mail.external_id


def yesterday(world: World) -> datetime:
    return world.now - timedelta(days=1)


# --- where old mail ends ------------------------------------------------------------------------------------------


def test_a_door_that_never_started_has_no_mark(world: World) -> None:
    assert world.books.load(DOOR) is None


def test_a_mark_is_kept_as_it_was(world: World) -> None:
    world.books.save(DOOR, MARK)
    assert world.books.load(DOOR) == MARK
    assert world.books.load(OTHER_DOOR) is None


def test_a_newer_mark_takes_the_place_of_the_older(world: World) -> None:
    world.books.save(DOOR, MARK)
    newer = replace(MARK, uidvalidity=4_294_967_295, uidnext=4_294_967_295, settled=True)
    world.books.save(DOOR, newer)
    world.books.save(OTHER_DOOR, MARK)
    assert (world.books.load(DOOR), world.books.load(OTHER_DOOR)) == (newer, MARK)


# --- old mail that was left ---------------------------------------------------------------------------------------


def test_old_mail_is_counted_for_the_administrator(world: World) -> None:
    world.books.left(DOOR, 41)
    [note] = world.alerts(TaskKind.OLD_MAIL)
    assert "41" in note
    [item] = world.queries.queue(world.account("beheer", Role.ADMINISTRATOR))
    assert item.kind == TaskKind.OLD_MAIL


def test_no_old_mail_is_no_task(world: World) -> None:
    world.books.left(DOOR, 0)
    assert world.alerts(TaskKind.OLD_MAIL) == []


def test_the_same_count_is_told_once(world: World) -> None:
    for _ in range(3):
        world.books.left(DOOR, 41)
        world.later(days=1)
    assert len(world.alerts(TaskKind.OLD_MAIL)) == 1


def test_another_count_takes_the_place_of_the_first(world: World) -> None:
    world.books.left(DOOR, 41)
    world.books.left(DOOR, 7)
    [note] = world.alerts(TaskKind.OLD_MAIL)
    assert "7" in note and "41" not in note


def test_once_it_is_gone_the_task_is_gone(world: World) -> None:
    world.books.left(DOOR, 41)
    world.books.left(DOOR, 0)
    assert world.alerts(TaskKind.OLD_MAIL) == []


def test_each_door_has_its_own_count(world: World) -> None:
    world.books.left(DOOR, 41)
    world.books.left(OTHER_DOOR, 7)
    assert len(world.alerts(TaskKind.OLD_MAIL)) == 2
    world.books.left(DOOR, 0)
    [note] = world.alerts(TaskKind.OLD_MAIL)
    assert "7" in note


def test_counting_old_mail_keeps_the_mark_and_saving_the_mark_keeps_the_count(world: World) -> None:
    world.books.save(DOOR, MARK)
    world.books.left(DOOR, 41)
    assert world.books.load(DOOR) == MARK
    world.books.save(DOOR, replace(MARK, settled=True))
    assert len(world.alerts(TaskKind.OLD_MAIL)) == 1


# --- the daily reconciliation -------------------------------------------------------------------------------------


def test_a_door_that_agrees_with_the_books_is_not_told(world: World) -> None:
    held = [took(world, DOOR, world.mail(f"Verhaal {number}.")) for number in range(3)]
    assert world.books.missing(DOOR, held, yesterday(world)) == 0
    assert world.alerts(TaskKind.DOOR_DIFFERENCE) == []


def test_everything_that_was_kept_counts_whatever_became_of_it(world: World) -> None:
    away = world.mail("Afwezig.", automatic=Automatic(auto_submitted=True))
    broken = world.mail("?", problem="unreadable", sender=Contact(), answerable=False)
    held = [took(world, DOOR, mail) for mail in (away, broken, world.mail("Klacht."))]
    assert world.books.missing(DOOR, held, yesterday(world)) == 0


def test_what_the_door_holds_and_we_do_not_is_told(world: World) -> None:
    known = took(world, DOOR, world.mail())
    held = [known, "zoek-1@voorbeeld.example", "zoek-2@voorbeeld.example"]
    assert world.books.missing(DOOR, held, yesterday(world)) == 2
    [note] = world.alerts(TaskKind.DOOR_DIFFERENCE)
    assert DOOR in note and "2" in note
    assert "zoek" not in note


def test_a_difference_that_stays_is_told_once(world: World) -> None:
    for _ in range(3):
        world.books.missing(DOOR, ["zoek@voorbeeld.example"], yesterday(world))
    assert len(world.alerts(TaskKind.DOOR_DIFFERENCE)) == 1


def test_one_message_in_two_mailboxes_is_in_the_books_of_both(world: World) -> None:
    """It was sent to two of our addresses, and taken once (decisions 10)."""
    mail = world.mail()
    took(world, DOOR, mail)
    took(world, OTHER_DOOR, mail)
    assert world.books.missing(OTHER_DOOR, [mail.external_id], yesterday(world)) == 0
    assert world.alerts(TaskKind.DOOR_DIFFERENCE) == []


def test_the_same_message_twice_in_a_mailbox_is_one_message(world: World) -> None:
    known = took(world, DOOR, world.mail())
    assert world.books.missing(DOOR, [known, known], yesterday(world)) == 0
    assert world.books.missing(DOOR, ["zoek@voorbeeld.example"] * 2, yesterday(world)) == 1


def test_an_empty_mailbox_differs_in_nothing(world: World) -> None:
    took(world, DOOR, world.mail())
    assert world.books.missing(DOOR, [], yesterday(world)) == 0


def test_what_came_in_just_before_the_period_is_not_missing(world: World) -> None:
    """The server's clock and ours need not agree to the second."""
    known = took(world, DOOR, world.mail())
    assert world.books.missing(DOOR, [known], world.now + timedelta(seconds=1)) == 0


def test_old_mail_that_was_imported_is_in_the_books(world: World) -> None:
    mail = replace(world.mail(), imported=True, received_at=world.now - timedelta(days=300))
    took(world, "import", mail)
    assert world.books.missing(DOOR, [mail.external_id], world.now - timedelta(days=400)) == 0
