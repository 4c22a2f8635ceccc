"""Drives the fake with python-telegram-bot, or past it where the library would not let a wrong request out."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from tests.fakes.telegram.description import JsonObject
from tests.fakes.telegram.server import FakeTelegram

Story = Callable[[Bot], Awaitable[None]]
YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Ja", callback_data="ja"), InlineKeyboardButton("Nee", callback_data="nee")]]
)


def with_bot(tg: FakeTelegram, story: Story, token: str | None = None) -> None:
    """Run a story with an initialised telegram.Bot."""

    async def run() -> None:
        async with Bot(token or tg.token, base_url=tg.base_url, base_file_url=tg.base_file_url) as bot:
            await story(bot)

    asyncio.run(run())


def call(tg: FakeTelegram, method: str, body: JsonObject | None = None) -> httpx.Response:
    """A request as JSON, past the client library's own checks."""
    return httpx.post(f"{tg.base_url}{tg.token}/{method}", json=body or {}, trust_env=False)


def message_of(update: Update) -> Message:
    assert update.message is not None
    return update.message


def query_of(update: Update) -> CallbackQuery:
    assert update.callback_query is not None
    return update.callback_query


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]
