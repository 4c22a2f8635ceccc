"""Two machines that answer each other come to rest, every mail is kept, and a person takes over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.events import LetterHeld
from core.domain.message import Contact, Inbound, Outgoing, Refused, ReplyRoute, Route
from core.domain.tasks import TaskKind
from core.service.correspondence import Words
from tests.core.world import JAN, World

PER_ADDRESS, PER_CASE = 8, 4
"""The figures of ``World``."""
DAY = timedelta(hours=24)
PIET = Contact(name="Piet Pieters", email="piet@elders.example")


def first_messages(world: World, number: int, sender: Contact = JAN) -> list[int]:
    """So many messages of one sender that each open a case; gives the cases."""
    return [
        world.case_id(world.intake.accept(world.mail(f"Verhaal {one} van {sender.name}.", sender=sender)).case_number)
        for one in range(number)
    ]


def held(world: World, case: int) -> list[str]:
    return [event.brake for event in world.happened(case) if isinstance(event, LetterHeld)]


def with_refused_file(mail: Inbound) -> Inbound:
    return replace(mail, refused=(Refused(filename="film.mp4", reason="too_large", size=90_000_000),))


def fill_the_case(world: World) -> int:
    """A case in which the machine wrote as many letters as it may."""
    case = world.case_id(world.intake.accept(with_refused_file(world.mail())).case_number)
    thread = (world.letters_of(case)[0].message_id,)
    world.intake.accept(with_refused_file(world.mail("Nog iets.", references=thread)))
    assert len(world.letters_of(case)) == PER_CASE
    return case


# --- per address --------------------------------------------------------------------------------------------------


def test_an_address_gets_so_many_letters_and_then_a_person(world: World) -> None:
    *answered, last = first_messages(world, PER_ADDRESS + 1)
    assert all(len(world.letters_of(case)) == 1 for case in answered)
    assert world.letters_of(last) == []
    assert held(world, last) == ["address"]
    assert world.tasks(last, kind=TaskKind.ACKNOWLEDGE)
    assert len(world.deliver_all()) == PER_ADDRESS


def test_what_is_not_answered_is_kept_and_reviewed_all_the_same(world: World) -> None:
    *_, last = first_messages(world, PER_ADDRESS + 3)
    view = world.queries.case(world.coordinator(), last)
    assert view.messages[0].text == f"Verhaal {PER_ADDRESS + 2} van Jan Jansen."
    assert view.case.deadlines is not None
    assert world.tasks(last, kind=TaskKind.REVIEW)


def test_the_administrator_is_told_once(world: World) -> None:
    first_messages(world, PER_ADDRESS)
    assert world.alerts(TaskKind.LOOP) == []
    first_messages(world, 5)
    assert len(world.alerts(TaskKind.LOOP)) == 1


def test_what_the_administrator_reads_names_no_citizen(world: World) -> None:
    first_messages(world, PER_ADDRESS + 1)
    [note] = world.alerts(TaskKind.LOOP)
    assert "@" not in note and "jan" not in note.casefold()


def test_others_are_answered_as_ever(world: World) -> None:
    first_messages(world, PER_ADDRESS + 1)
    [case] = first_messages(world, 1, PIET)
    assert [letter.letter for letter in world.letters_of(case)] == ["ontvangst"]


def test_an_address_is_counted_however_it_is_written(world: World) -> None:
    first_messages(world, PER_ADDRESS)
    [case] = first_messages(world, 1, replace(JAN, email="JAN@Voorbeeld.Example"))
    assert held(world, case) == ["address"]


def test_after_a_day_the_machine_answers_again(world: World) -> None:
    first_messages(world, PER_ADDRESS + 1)
    world.now += DAY - timedelta(seconds=1)
    [within] = first_messages(world, 1)
    assert held(world, within) == ["address"]
    world.now += timedelta(seconds=2)
    [after] = first_messages(world, 1)
    assert [letter.letter for letter in world.letters_of(after)] == ["ontvangst"]


def test_letters_on_paper_are_not_counted(world: World) -> None:
    """No machine answers those, and a family may share a house."""
    for one in range(PER_ADDRESS + 2):
        paper = ReplyRoute(route=Route.PRINT, address="Jan Jansen\nDorpsstraat 1, Voorbeeld")
        mail = replace(world.mail(f"Verhaal {one}.", sender=Contact(name="Jan Jansen")), reply=paper)
        case = world.case_id(world.intake.accept(mail).case_number)
        assert world.tasks(case, kind=TaskKind.POST_LETTER) and not held(world, case)
    assert world.alerts(TaskKind.LOOP) == []


# --- per case -----------------------------------------------------------------------------------------------------


def test_a_case_gets_so_many_letters_and_then_a_person(world: World) -> None:
    case = fill_the_case(world)
    thread = (world.letters_of(case)[0].message_id,)
    world.intake.accept(with_refused_file(world.mail("En nog iets.", references=thread)))
    assert len(world.letters_of(case)) == PER_CASE
    assert "case" in held(world, case)
    assert len(world.alerts(TaskKind.LOOP)) == 1
    assert len(world.tasks(case, kind=TaskKind.FOLLOW_UP)) == 2


def test_a_refusal_that_is_held_is_for_a_person_to_tell(world: World) -> None:
    """The sender must hear which file was not taken (Awb 2:15), from a person if not from the machine."""
    case = fill_the_case(world)
    thread = (world.letters_of(case)[0].message_id,)
    world.intake.accept(with_refused_file(world.mail("En nog iets.", references=thread)))
    assert LetterHeld(letter="weigering_bericht", brake="case") in world.happened(case)
    assert world.tasks(case, kind=TaskKind.ACKNOWLEDGE)


def test_another_case_of_the_same_person_is_answered_as_ever(world: World) -> None:
    fill_the_case(world)
    [other] = first_messages(world, 1)
    assert [letter.letter for letter in world.letters_of(other)] == ["ontvangst"]


def test_after_a_day_the_case_is_answered_again(world: World) -> None:
    case = fill_the_case(world)
    thread = (world.letters_of(case)[0].message_id,)
    world.now += DAY + timedelta(seconds=1)
    world.intake.accept(world.mail("De volgende dag.", references=thread))
    assert len(world.letters_of(case)) == PER_CASE + 1
    assert world.letters_of(case)[-1].letter == "aanvulling_ontvangen"


def test_what_a_person_writes_is_neither_counted_nor_held(world: World) -> None:
    coordinator, case = world.coordinator(), fill_the_case(world)
    words = Words(text="Wij bellen u morgen.")
    for _ in range(PER_ADDRESS):
        world.correspondence.write(coordinator, case, words)
    assert len(world.letters_of(case)) == PER_CASE + PER_ADDRESS
    [other] = first_messages(world, 1)
    assert [letter.letter for letter in world.letters_of(other)] == ["ontvangst"]


# --- loops --------------------------------------------------------------------------------------------------------


def answer_in_thread(world: World, letter: Outgoing) -> Inbound:
    return world.mail(
        "Wij hebben uw bericht ontvangen.", subject=f"Re: {letter.subject}", references=(letter.message_id,)
    )


def answer_by_subject(world: World, letter: Outgoing) -> Inbound:
    return world.mail("Wij hebben uw bericht ontvangen.", subject=f"Re: {letter.subject}")


def answer_afresh(world: World, letter: Outgoing) -> Inbound:
    return world.mail("Wij hebben uw bericht ontvangen.", subject="Ontvangstbevestiging")


def answer_from_elsewhere(world: World, letter: Outgoing) -> Inbound:
    """A machine that answers from another address than it was written to."""
    number = len(letter.message_id) + next(world.numbers)
    sender = Contact(email=f"ticket-{number}@voorbeeld.example")
    mail = world.mail("Wij hebben uw bericht ontvangen.", sender=sender, references=(letter.message_id,))
    return replace(mail, reply=ReplyRoute(route=Route.MAIL, address=JAN.email))


ANSWERERS = [answer_in_thread, answer_by_subject, answer_afresh, answer_from_elsewhere]


def exchange(world: World, answer: object, pause: timedelta, until: timedelta) -> tuple[list[timedelta], int]:
    """Let a machine without any sign answer every letter of ours; gives when our letters left and how many it wrote."""
    assert callable(answer)
    began, left, wrote = world.now, [], 1
    world.intake.accept(world.mail(message_id="eerste@voorbeeld.example"))
    while world.now - began < until and (numbers := world.deliver_all()):
        left += [world.now - began] * len(numbers)
        world.now += pause
        for number in numbers:
            with world.store.read() as work:
                letter = work.outbox.get(number)
            world.intake.accept(answer(world, letter))
            wrote += 1
    return left, wrote


@pytest.mark.parametrize("answer", ANSWERERS)
def test_a_machine_that_answers_everything_comes_to_rest(world: World, answer: object) -> None:
    left, wrote = exchange(world, answer, timedelta(seconds=30), timedelta(hours=6))
    assert world.worker.claim_deliveries() == []
    assert 1 <= len(left) <= PER_ADDRESS
    coordinator = world.coordinator()
    kept = [
        message.id
        for row in world.queries.cases(coordinator)
        for message in world.queries.case(coordinator, row.id).messages
    ]
    assert sorted(kept) == list(range(1, wrote + 1))


@pytest.mark.parametrize("answer", ANSWERERS)
def test_in_a_slow_loop_too_no_day_holds_more_letters_than_the_figure(world: World, answer: object) -> None:
    left, _ = exchange(world, answer, timedelta(hours=1), timedelta(days=4))
    for moment in left:
        assert sum(moment <= other < moment + DAY for other in left) <= PER_ADDRESS


def test_a_loop_of_new_cases_ends_at_the_figure_and_is_told(world: World) -> None:
    left, wrote = exchange(world, answer_afresh, timedelta(seconds=30), timedelta(hours=6))
    assert (len(left), wrote) == (PER_ADDRESS, PER_ADDRESS + 1)
    assert len(world.alerts(TaskKind.LOOP)) == 1
    number = f"2026-{wrote:04d}"
    assert world.tasks(world.case_id(number), kind=TaskKind.ACKNOWLEDGE)
