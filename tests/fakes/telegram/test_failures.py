"""The failures that the fake Bot API injects, as python-telegram-bot meets them."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from tests.fakes.telegram.citizen import Citizen
from tests.fakes.telegram.driving import with_bot
from tests.fakes.telegram.failures import (
    Failure,
    bad_gateway,
    connection_drop,
    forbidden,
    no_answer,
    refusal,
    too_many_requests,
)
from tests.fakes.telegram.server import DOWNLOAD, FakeTelegram


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """RetryAfter.retry_after as the library will give it; reading it otherwise is a deprecation warning."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


FAILURES = pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (too_many_requests(7), RetryAfter),
        (bad_gateway(), NetworkError),
        (forbidden(), Forbidden),
        (refusal(400, "Bad Request: chat not found"), BadRequest),
        (connection_drop(), NetworkError),
        (no_answer(), TimedOut),
    ],
    ids=lambda value: value.kind if isinstance(value, Failure) else value.__name__,
)


@FAILURES
def test_a_failure_strikes_once_and_before_any_effect(
    tg: FakeTelegram, anna: Citizen, failure: Failure, expected: type[TelegramError]
) -> None:
    async def story(bot: Bot) -> None:
        tg.fail_next(failure, "sendMessage")
        await bot.get_me()
        with pytest.raises(expected) as caught:
            await bot.send_message(anna.id, "een", read_timeout=0.3)
        assert type(caught.value) is expected
        assert anna.messages() == []
        await bot.send_message(anna.id, "twee")

    with_bot(tg, story)
    assert [message.text for message in anna.messages()] == ["twee"]
    assert [received.took_effect for received in tg.requests_to("sendMessage")] == [False, True]
    assert tg.failures_left == 0
    assert tg.refused == []


@FAILURES
def test_an_answer_can_be_lost_after_the_effect(
    tg: FakeTelegram, anna: Citizen, failure: Failure, expected: type[TelegramError]
) -> None:
    async def story(bot: Bot) -> None:
        tg.fail_next(failure.once_done(), "sendMessage")
        with pytest.raises(expected):
            await bot.send_message(anna.id, "een", read_timeout=0.3)

    with_bot(tg, story)
    assert [message.text for message in anna.messages()] == ["een"]
    assert [received.took_effect for received in tg.requests_to("sendMessage")] == [True]


def test_the_seconds_to_wait_are_passed_on(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        tg.fail_next(too_many_requests(7), "sendMessage", times=2)
        for _ in range(2):
            with pytest.raises(RetryAfter) as caught:
                await bot.send_message(anna.id, "x")
            assert caught.value.retry_after == timedelta(seconds=7)

    with_bot(tg, story)


def test_updates_survive_a_lost_answer(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        tg.fail_next(connection_drop().once_done(), "getUpdates")
        with pytest.raises(NetworkError):
            await bot.get_updates()
        assert len(await bot.get_updates()) == 1

    with_bot(tg, story)


def test_a_download_can_break_off(tg: FakeTelegram, anna: Citizen) -> None:
    anna.send_document(b"inhoud", "a.txt")

    async def story(bot: Bot) -> None:
        message = (await bot.get_updates())[-1].message
        assert message is not None
        assert message.document is not None
        file = await message.document.get_file()
        tg.fail_next(connection_drop(), DOWNLOAD)
        with pytest.raises(NetworkError):
            await file.download_as_bytearray()
        assert bytes(await file.download_as_bytearray()) == b"inhoud"

    with_bot(tg, story)


def test_an_outage_lasts_until_it_is_lifted(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        with tg.outage(bad_gateway()):
            for _ in range(3):
                with pytest.raises(NetworkError):
                    await bot.get_updates()
        assert len(await bot.get_updates()) == 1

    with_bot(tg, story)


def test_stopping_ends_waiting_polls_and_unanswered_requests() -> None:
    async def story(bot: Bot) -> None:
        running.fail_next(no_answer(), "getMe")
        waiting = asyncio.gather(bot.get_updates(timeout=30), bot.get_me(read_timeout=30), return_exceptions=True)
        both = {"getUpdates", "getMe"}
        await asyncio.to_thread(running.wait_until, lambda: {asked.method for asked in running.requests[1:]} == both)
        await asyncio.to_thread(running.stop)
        updates, error = await waiting
        assert updates == ()
        assert isinstance(error, NetworkError)

    running = FakeTelegram.start()
    with_bot(running, story)
