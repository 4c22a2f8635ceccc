"""How updates reach the bot: offsets, two pollers, a quiet week, webhooks."""

import asyncio
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from telegram import (
    Bot,
)
from telegram.error import BadRequest, Conflict

from tests.fakes.telegram.citizen import Citizen
from tests.fakes.telegram.driving import YES_NO, message_of, newest, with_bot
from tests.fakes.telegram.server import FakeTelegram


def test_updates_come_again_until_a_higher_offset_confirms_them(tg: FakeTelegram, anna: Citizen) -> None:
    anna.say("een")
    anna.say("twee")

    async def story(bot: Bot) -> None:
        first = await bot.get_updates()
        assert [message_of(update).text for update in first] == ["/start", "een", "twee"]
        assert await bot.get_updates() == first
        assert tg.acknowledged == first[0].update_id
        rest = await bot.get_updates(offset=first[1].update_id)
        assert rest == first[1:]
        assert tg.acknowledged == first[1].update_id
        assert await bot.get_updates(offset=first[0].update_id) == rest
        assert len(await bot.get_updates(limit=1)) == 1
        assert message_of((await bot.get_updates(offset=-1))[0]).text == "twee"
        assert await bot.get_updates(offset=first[-1].update_id + 1) == ()

    with_bot(tg, story)
    tg.wait_until_read()
    assert tg.acknowledged == 700_000_004


def test_a_waiting_poll_returns_when_something_is_said_and_when_its_time_is_over(tg: FakeTelegram) -> None:
    anna = tg.citizen("Anna")

    async def story(bot: Bot) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(tg.wait_until, lambda: len(tg.requests_to("getUpdates")) == 1)
        anna.start()
        updates = await poll
        assert message_of(updates[0]).text == "/start"
        assert await bot.get_updates(offset=updates[0].update_id + 1, timeout=1) == ()

    with_bot(tg, story)


def test_the_newer_of_two_pollers_wins(tg: FakeTelegram) -> None:
    anna = tg.citizen("Anna")

    async def story(bot: Bot) -> None:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(tg.wait_until, lambda: len(tg.requests_to("getUpdates")) == 1)
        async with Bot(tg.token, base_url=tg.base_url) as second:
            newer = asyncio.create_task(second.get_updates(timeout=30))
            with pytest.raises(Conflict, match="terminated by other getUpdates request"):
                await older
            anna.start()
            assert len(await newer) == 1

    with_bot(tg, story)


def test_a_poller_that_was_killed_is_in_nobodys_way(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        first = await bot.get_updates()
        poll = asyncio.create_task(bot.get_updates(offset=first[0].update_id + 1, timeout=30))
        await asyncio.to_thread(tg.wait_until, lambda: tg.acknowledged > first[0].update_id)
        poll.cancel()
        with suppress(asyncio.CancelledError):
            await poll
        await asyncio.to_thread(tg.wait_until, lambda: tg.requests_to("getUpdates")[-1].status is not None)
        anna.say("nog iets")
        assert message_of(await newest(bot)).text == "nog iets"

    with_bot(tg, story)


def test_after_a_quiet_week_ids_restart_and_a_stale_offset_confirms_nothing(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        last = (await bot.get_updates())[-1].update_id
        restarted = tg.restart_update_ids()
        assert restarted < last
        anna.say("na een week")
        for _ in range(2):
            updates = await bot.get_updates(offset=last + 1)
            assert [update.update_id for update in updates] == [restarted]
        assert await bot.get_updates(offset=restarted + 1) == ()
        assert tg.restart_update_ids(next_id=900_000_000) == 900_000_000
        anna.say("nog een week")
        assert (await newest(bot)).update_id == 900_000_000

    with_bot(tg, story)


def test_only_the_allowed_kinds_of_update_are_made(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        await bot.get_updates(allowed_updates=["callback_query"])
        anna.say("dit komt niet")
        await bot.send_message(anna.id, "?", reply_markup=YES_NO)
        anna.press("Ja")
        updates = await bot.get_updates()
        assert [update.callback_query is not None for update in updates] == [False, True]

    with_bot(tg, story)


def test_a_webhook_gets_each_update_with_its_secret_until_it_accepts(tg: FakeTelegram, anna: Citizen) -> None:
    got: list[tuple[str | None, bytes]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
            self.send_response(500 if len(got) == 1 else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    async def story(bot: Bot) -> None:
        assert await bot.set_webhook(f"http://127.0.0.1:{hook.server_port}/tg", secret_token="geheim_1")
        await asyncio.to_thread(tg.wait_until_read)
        with pytest.raises(Conflict, match="while webhook is active"):
            await bot.get_updates()
        info = await bot.get_webhook_info()
        assert (info.pending_update_count, info.last_error_message) == (
            0,
            "Wrong response from the webhook: 500 Internal Server Error",
        )
        with pytest.raises(BadRequest, match="https url"):
            await bot.set_webhook("http://bot.voorbeeld.example/tg")
        assert await bot.delete_webhook()
        anna.say("weer opvragen")
        assert message_of(await newest(bot)).text == "weer opvragen"

    with HTTPServer(("127.0.0.1", 0), Hook) as hook:
        serving = Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            with_bot(tg, story)
        finally:
            hook.shutdown()
            serving.join()
    assert got[0] == got[1]
    assert (got[0][0], b'"text":"/start"' in got[0][1]) == ("geheim_1", True)


def test_setting_a_webhook_ends_a_waiting_poll(tg: FakeTelegram) -> None:
    async def story(bot: Bot) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(tg.wait_until, lambda: len(tg.requests_to("getUpdates")) == 1)
        await bot.set_webhook("https://bot.voorbeeld.example/tg")
        with pytest.raises(Conflict, match="terminated by setWebhook"):
            await poll

    with_bot(tg, story)
