"""What every mail door promises: nothing is called taken before the commit, nothing is lost, nothing is taken twice."""

import logging

import pytest

from core.domain.message import Inbound, Outcome
from tests.channels.letters import CITIZEN, STORY, letter
from tests.channels.listening import Core
from tests.channels.ways import Way


def test_a_message_is_called_taken_only_after_the_commit(way: Way, core: Core) -> None:
    told_before: list[int] = []
    core.looked_at = lambda _inbound: told_before.append(way.told())
    with way.listening():
        way.hand_in(letter())
        way.wait_told(1)
    assert told_before == [0]
    [(inbound, accepted)] = core.taken
    assert accepted.outcome == Outcome.OPENED
    with core.world.store.read() as work:
        assert work.messages.view(accepted.message).text.strip() == STORY
    assert core.world.blobs.get(_original(core, accepted.message)) == inbound.raw


def test_what_the_core_cannot_take_stays_with_its_sender_and_comes_again(way: Way, core: Core) -> None:
    core.failures = 1
    with way.listening():
        way.hand_in(letter())
        way.wait_refused()
        assert core.taken == []
        way.try_again()
        way.wait_told(1)
    assert len(core.numbers) == 1


def test_the_same_message_twice_makes_one_case(way: Way, core: Core) -> None:
    with way.listening():
        way.hand_in(letter())
        way.wait_told(1)
        way.hand_in(letter())
        way.wait_told(2)
    assert [accepted.outcome for _, accepted in core.taken] == [Outcome.OPENED, Outcome.DUPLICATE]
    assert len(core.numbers) == 1


def test_a_restarted_door_takes_what_came_in_between(way: Way, core: Core) -> None:
    with way.listening():
        way.hand_in(letter())
        way.wait_told(1)
    way.restart()
    way.hand_in(letter("<twee@voorbeeld.example>", subject="Nog iets"))
    with way.listening():
        way.try_again()
        core.wait_taken(2)
        way.wait_told(2)
    assert len(core.numbers) == 2


def test_a_message_in_hand_when_the_door_stops_is_finished_or_comes_again(way: Way, core: Core) -> None:
    core.free.clear()
    listening = way.listening()
    with listening:
        way.hand_in(letter())
        core.wait(lambda core: len(core.called) == 1)
        listening.ask_to_stop()
        core.free.set()
    way.restart()
    with way.listening():
        way.try_again()
        way.wait_told(1)
    assert len(core.numbers) == 1


def test_what_a_citizen_writes_never_reaches_a_log(
    way: Way, core: Core, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    core.failures = 1
    with way.listening():
        way.hand_in(letter(subject="Burengerucht"))
        way.wait_refused()
        way.try_again()
        way.wait_told(1)
    written = caplog.text + "".join(capfd.readouterr())
    for word in ("lantaarnpaal", "Burengerucht", CITIZEN, "Jan Jansen"):
        assert word not in written


def test_the_door_says_when_the_message_reached_us_and_what_it_is(way: Way, core: Core) -> None:
    seen: list[Inbound] = []
    core.looked_at = seen.append
    with way.listening():
        way.hand_in(letter())
        way.wait_told(1)
    [inbound] = seen
    assert inbound.external_id == "een@voorbeeld.example"
    assert inbound.door == way.door.name
    assert inbound.received_at.utcoffset() is not None
    assert inbound.reply is not None
    assert inbound.reply.address == CITIZEN
    assert inbound.raw.endswith(letter())  # a mailbox adds its own trace in front; our doors add nothing


def _original(core: Core, message: int) -> str:
    with core.world.store.read() as work:
        return work.messages.original(message).raw
