"""A further message finds its case, and a stranger's never does: whatever of ours they send back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.case import replayed
from core.domain.events import MessageAdded
from core.domain.message import Automatic, Contact, Inbound, Outcome, Outgoing, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.domain.workflow import Stage
from tests.core.world import JAN, World

STRANGER = Contact(name="Piet Pieters", email="piet@elders.example")
SECRET = "Mijn buurvrouw mevrouw Appelboom van de balie schold mij uit."
ADDITION = "aanvulling_ontvangen"

Sign = Callable[[World, int, Contact], Inbound]


def by_key(world: World, case: int, sender: Contact) -> Inbound:
    return replace(world.mail("Nog iets.", sender=sender), reply_keys=(world.stored(case).reply_key,))


def by_reference(world: World, case: int, sender: Contact) -> Inbound:
    return world.mail("Nog iets.", sender=sender, references=(world.letters_of(case)[0].message_id,))


def by_number(world: World, case: int, sender: Contact) -> Inbound:
    return world.mail("Nog iets.", sender=sender, subject=f"Re: uw bericht {world.stored(case).number}")


def by_everything(world: World, case: int, sender: Contact) -> Inbound:
    signs = replace(by_number(world, case, sender), reply_keys=(world.stored(case).reply_key,))
    return replace(signs, references=(world.letters_of(case)[0].message_id,))


SIGNS = [by_key, by_reference, by_number, by_everything]


def opened(world: World) -> int:
    """A case of Jan's whose acknowledgement has left."""
    accepted = world.intake.accept(world.mail(SECRET, message_id="eerste@voorbeeld.example"))
    world.deliver_all()
    return world.case_id(accepted.case_number)


def written(world: World, case: int) -> list[str]:
    return [letter.letter for letter in world.letters_of(case)]


def everything_in(letter: Outgoing) -> str:
    parts = (letter.subject, letter.text, letter.html or "", letter.to_name, letter.to.address, letter.reply_to)
    return "\n".join((*parts, letter.message_id))


# --- the party itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", SIGNS)
def test_a_party_that_answers_is_found(world: World, sign: Sign) -> None:
    case = opened(world)
    further = world.intake.accept(sign(world, case, JAN))
    assert (further.outcome, further.case_number) == (Outcome.APPENDED, world.stored(case).number)
    assert [task.message for task in world.tasks(case, kind=TaskKind.FOLLOW_UP)] == [further.message]
    assert written(world, case) == ["ontvangst", ADDITION]


def test_an_address_is_the_same_however_it_is_written(world: World) -> None:
    case = opened(world)
    loud = replace(JAN, email="Jan@Voorbeeld.EXAMPLE")
    assert world.intake.accept(by_number(world, case, loud)).outcome == Outcome.APPENDED


def test_the_key_of_one_case_weighs_more_than_the_number_of_another(world: World) -> None:
    first, second = opened(world), world.case_id(world.intake.accept(world.mail("Iets heel anders.")).case_number)
    both = replace(by_number(world, second, JAN), reply_keys=(world.stored(first).reply_key,))
    assert world.intake.accept(both).case_number == world.stored(first).number


def test_without_any_sign_a_second_mail_is_a_case_of_its_own(world: World) -> None:
    opened(world)
    assert world.intake.accept(world.mail("Iets heel anders over de vuilnis.")).outcome == Outcome.OPENED


def test_the_number_in_the_text_alone_proves_nothing(world: World) -> None:
    case = opened(world)
    named = world.mail(f"Ik las ergens {world.stored(case).number} en wil ook klagen.", subject="Klacht")
    assert world.intake.accept(named).outcome == Outcome.OPENED


def test_a_key_that_we_never_gave_finds_nothing(world: World) -> None:
    opened(world)
    for key in ("", "0" * 20, "' or 1=1 --"):
        accepted = world.intake.accept(replace(world.mail(f"Nieuw {key!r}", sender=STRANGER), reply_keys=(key,)))
        assert accepted.outcome == Outcome.OPENED
        assert not world.tasks(world.case_id(accepted.case_number), kind=TaskKind.MATCH)


# --- somebody else ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", SIGNS)
def test_a_stranger_never_lands_in_the_case(world: World, sign: Sign) -> None:
    case = opened(world)
    before = (world.happened(case), written(world, case), world.stored(case), world.tasks(case))
    accepted = world.intake.accept(sign(world, case, STRANGER))
    assert accepted.outcome == Outcome.OPENED
    own = world.case_id(accepted.case_number)
    assert own != case
    assert (world.happened(case), written(world, case), world.stored(case), world.tasks(case)) == before
    [asked] = world.tasks(own, kind=TaskKind.MATCH)
    assert asked.message == accepted.message
    assert world.tasks(own, kind=TaskKind.REVIEW)


@pytest.mark.parametrize("sign", SIGNS)
def test_the_letter_to_a_stranger_reveals_nothing(world: World, sign: Sign) -> None:
    case = opened(world)
    own = world.case_id(world.intake.accept(sign(world, case, STRANGER)).case_number)
    [receipt] = world.letters_of(own)
    assert receipt.letter == "ontvangst"
    assert receipt.to == ReplyRoute(route=Route.MAIL, address=STRANGER.email)
    told = everything_in(receipt).casefold()
    for secret in (world.stored(case).reply_key, "jansen", "jan@voorbeeld.example", "appelboom"):
        assert secret.casefold() not in told
    assert world.stored(case).number not in receipt.text
    assert world.stored(own).reply_key != world.stored(case).reply_key


def test_a_guesser_cannot_tell_a_number_that_exists_from_one_that_does_not(world: World) -> None:
    case = opened(world)
    assert world.stored(case).number == "2026-0001"
    told = []
    for guessed in ("2026-0001", "2026-9999"):
        mail = world.mail("Is dit mijn zaak?", sender=STRANGER, subject=f"Re: {guessed}")
        own = world.case_id(world.intake.accept(mail).case_number)
        [receipt] = world.letters_of(own)
        told.append(
            [
                re.sub(rf"{world.stored(own).number}|{guessed}", "#", part)
                for part in (receipt.letter, receipt.subject, receipt.text, receipt.html or "")
            ]
        )
    assert told[0] == told[1]


def test_a_stranger_whose_answers_would_go_to_the_party_is_still_a_stranger(world: World) -> None:
    """From is somebody else, Reply-To is Jan: the sender is no party to the case."""
    case = opened(world)
    borrowed = replace(by_number(world, case, STRANGER), reply=ReplyRoute(route=Route.MAIL, address=JAN.email))
    assert world.intake.accept(borrowed).outcome == Outcome.OPENED


def test_a_party_whose_answers_would_go_to_a_stranger_gives_the_stranger_nothing(world: World) -> None:
    """From is Jan, which anybody can write; Reply-To is somebody else: they would get the letters of the case."""
    case = opened(world)
    lured = replace(by_number(world, case, JAN), reply=ReplyRoute(route=Route.MAIL, address=STRANGER.email))
    accepted = world.intake.accept(lured)
    assert accepted.outcome == Outcome.OPENED
    for letter in world.letters_of(world.case_id(accepted.case_number)):
        assert world.stored(case).reply_key not in everything_in(letter)
        assert world.stored(case).number not in letter.text


def test_who_leaves_no_address_is_nobodys_party(world: World) -> None:
    case = world.case_id(world.intake.accept(world.mail(sender=Contact(), answerable=False)).case_number)
    nameless = replace(world.mail("Nog iets.", sender=Contact(), answerable=False), subject=world.stored(case).number)
    assert world.intake.accept(nameless).outcome == Outcome.OPENED


def test_an_automatic_answer_of_a_stranger_is_kept_and_changes_nothing_but_the_journal(world: World) -> None:
    case = opened(world)
    away = Automatic(auto_submitted=True)
    mail = world.mail("Ik ben afwezig.", automatic=away, references=(world.letters_of(case)[0].message_id,))
    accepted = world.intake.accept(mail)
    assert accepted.outcome == Outcome.AUTOMATIC
    assert written(world, case) == ["ontvangst"]
    assert [event.automatic for event in world.happened(case) if isinstance(event, MessageAdded)] == [True]


@pytest.mark.parametrize("sign", SIGNS)
def test_an_answer_that_is_read_at_the_second_attempt_lands_in_its_case_too(world: World, sign: Sign) -> None:
    case = opened(world)
    world.intake.accept(world.mail("?", problem="unreadable", answerable=False))
    coordinator = world.coordinator()
    [kept] = [item for item in world.queries.queue(coordinator) if item.kind == TaskKind.UNPROCESSED]
    world.reread = sign(world, case, JAN)
    assert world.rereading.try_again(coordinator, kept.task) == world.stored(case).number


@pytest.mark.parametrize("sign", SIGNS)
def test_a_strangers_answer_that_is_read_at_the_second_attempt_is_asked_about_too(world: World, sign: Sign) -> None:
    case = opened(world)
    world.intake.accept(world.mail("?", problem="unreadable", answerable=False))
    coordinator = world.coordinator()
    [kept] = [item for item in world.queries.queue(coordinator) if item.kind == TaskKind.UNPROCESSED]
    world.reread = sign(world, case, STRANGER)
    own = world.case_id(world.rereading.try_again(coordinator, kept.task))
    assert own != case
    assert world.tasks(own, kind=TaskKind.MATCH)


# --- closed and merged cases -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.WITHDRAWN, Stage.NOT_HANDLED, Stage.REFERRED, Stage.AFTERCARE])
def test_a_closed_case_gets_the_message_and_a_person_is_told(world: World, stage: Stage) -> None:
    case = opened(world)
    with world.store.write() as work:
        work.cases.save(replace(work.cases.get(case), stage=stage), by_person=True)
    further = world.intake.accept(by_reference(world, case, JAN))
    assert (further.outcome, further.case_number) == (Outcome.APPENDED, world.stored(case).number)
    assert world.stored(case).stage == stage
    assert [task.message for task in world.tasks(case, kind=TaskKind.FOLLOW_UP)] == [further.message]


@pytest.mark.parametrize("sign", SIGNS)
def test_what_answers_a_merged_case_lands_in_the_older_one(world: World, sign: Sign) -> None:
    older = opened(world)
    newer = world.case_id(world.intake.accept(world.mail("Iets over de vuilnis en het lawaai.")).case_number)
    world.joining.merge(world.coordinator(), newer, world.stored(older).number)
    further = world.intake.accept(sign(world, newer, JAN))
    assert (further.outcome, further.case_number) == (Outcome.APPENDED, world.stored(older).number)
    assert [task.message for task in world.tasks(older, kind=TaskKind.FOLLOW_UP)] == [further.message]
    assert not world.tasks(newer, kind=TaskKind.FOLLOW_UP)


def test_a_stranger_that_answers_a_merged_case_lands_nowhere_either(world: World) -> None:
    older = opened(world)
    newer = world.case_id(world.intake.accept(world.mail("Iets over de vuilnis en het lawaai.")).case_number)
    world.joining.merge(world.coordinator(), newer, world.stored(older).number)
    accepted = world.intake.accept(by_everything(world, newer, STRANGER))
    assert accepted.outcome == Outcome.OPENED
    assert world.tasks(world.case_id(accepted.case_number), kind=TaskKind.MATCH)


# --- "wij hebben uw aanvulling ontvangen", once a day ---------------------------------------------------------------


def additions(world: World, case: int, *instants: datetime) -> int:
    """How many times receipt of an addition was confirmed, with one addition at each instant."""
    for number, instant in enumerate(instants):
        world.now = instant
        mail = world.mail(f"Aanvulling nummer {number}.", references=(world.letters_of(case)[0].message_id,))
        assert world.intake.accept(mail).outcome == Outcome.APPENDED
    return written(world, case).count(ADDITION)


@pytest.mark.parametrize(
    ("instants", "letters"),
    [
        pytest.param(((11, 24, 8, 0), (11, 24, 8, 1), (11, 24, 20, 0)), 1, id="one day"),
        pytest.param(((11, 24, 8, 0), (11, 25, 7, 59)), 2, id="less than 24 hours, two days"),
        pytest.param(((11, 24, 22, 59), (11, 24, 23, 1)), 2, id="around local midnight"),
        pytest.param(((11, 24, 23, 1), (11, 25, 22, 59)), 1, id="around UTC midnight"),
        pytest.param(((3, 28, 23, 30), (3, 29, 21, 30)), 1, id="the day of 23 hours"),
        pytest.param(((3, 29, 21, 30), (3, 29, 22, 30)), 2, id="after the day of 23 hours"),
        pytest.param(((10, 24, 22, 30), (10, 25, 22, 30)), 1, id="the day of 25 hours"),
        pytest.param(((10, 25, 22, 30), (10, 25, 23, 30)), 2, id="after the day of 25 hours"),
    ],
)
def test_an_addition_is_confirmed_once_a_local_day(
    world: World, instants: tuple[tuple[int, int, int, int], ...], letters: int
) -> None:
    moments = [datetime(2026, month, day, hour, minute, tzinfo=UTC) for month, day, hour, minute in instants]
    world.now = moments[0] - timedelta(days=3)
    case = opened(world)
    assert additions(world, case, *moments) == letters
    assert len(world.tasks(case, kind=TaskKind.FOLLOW_UP)) == len(instants)


def test_each_case_has_its_own_confirmation(world: World) -> None:
    first = opened(world)
    second = world.case_id(world.intake.accept(world.mail("Iets heel anders.")).case_number)
    for case in (first, second):
        world.intake.accept(by_reference(world, case, JAN))
    assert [written(world, case).count(ADDITION) for case in (first, second)] == [1, 1]


def test_automatic_and_imported_additions_are_never_confirmed(world: World) -> None:
    case = opened(world)
    reference = (world.letters_of(case)[0].message_id,)
    world.intake.accept(world.mail("Afwezig.", automatic=Automatic(auto_submitted=True), references=reference))
    world.intake.accept(replace(world.mail("Van vroeger.", references=reference), imported=True))
    assert written(world, case) == ["ontvangst"]


def test_an_automatic_addition_does_not_use_up_the_confirmation_of_the_day(world: World) -> None:
    case = opened(world)
    reference = (world.letters_of(case)[0].message_id,)
    world.intake.accept(world.mail("Afwezig.", automatic=Automatic(auto_submitted=True), references=reference))
    world.intake.accept(by_reference(world, case, JAN))
    assert written(world, case) == ["ontvangst", ADDITION]


def test_the_confirmation_stands_in_the_thread_of_the_addition(world: World) -> None:
    case = opened(world)
    mail = by_reference(world, case, JAN)
    world.intake.accept(mail)
    letter = world.letters_of(case)[-1]
    assert (letter.letter, letter.in_reply_to, letter.automatic) == (ADDITION, mail.external_id, True)
    assert set(mail.references) <= set(letter.references)


def test_the_case_replays_with_its_additions(world: World) -> None:
    case = opened(world)
    world.intake.accept(by_key(world, case, JAN))
    world.deliver_all()
    stored = world.stored(case)
    with world.store.read() as work:
        history = work.cases.history(case)
    assert replace(replayed(case, stored.number, history, reply_key=stored.reply_key), version=stored.version) == stored
