"""Only what the description of the Bot API allows gets in or out of the fake."""

import asyncio

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
)
from telegram.error import TelegramError

from tests.fakes.telegram.citizen import Citizen
from tests.fakes.telegram.description import Json, JsonObject, NotAsDescribedError, bot_api
from tests.fakes.telegram.driving import call, with_bot
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.server import FakeTelegram


@pytest.mark.parametrize(
    ("method", "body", "complaint"),
    [
        ("sendMessage", {"text": "Dag"}, "needs 'chat_id'"),
        ("sendMessage", {"chat_id": 0}, "needs 'text'"),
        ("sendMessage", {"chat_id": 0, "text": "Dag", "colour": "red"}, "no field 'colour'"),
        ("sendMessage", {"chat_id": 0, "text": 5}, "is not of type String"),
        ("sendMessage", {"chat_id": 0, "text": "x", "disable_notification": "maybe"}, "is not of type Boolean"),
        ("sendMessage", {"chat_id": 0, "text": "x", "reply_markup": "{"}, "is not JSON"),
        (
            "sendMessage",
            {"chat_id": 0, "text": "x", "reply_markup": {"inline_keyboard": [[{"label": "x"}]]}},
            "no field 'label'",
        ),
        ("sendMessage", {"chat_id": 0, "text": "x", "reply_markup": {"inline_keyboard": [{}]}}, "is not an Array"),
        ("sendDocument", {"chat_id": 0, "document": "attach://nothing"}, "attachment that was not sent"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "must have 0-200 characters"),
        ("setMyCommands", {"commands": [{"command": "start"}]}, "needs 'description'"),
        ("setMyCommands", {"commands": [], "scope": {"type": "everyone"}}, "must be"),
        ("sendChatAction", {"chat_id": 0, "action": "dancing"}, "wrong parameter action"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
    ],
)
def test_an_undescribed_request_is_refused(
    tg: FakeTelegram, anna: Citizen, method: str, body: dict[str, Json], complaint: str
) -> None:
    if "chat_id" in body:
        body = body | {"chat_id": anna.id}
    answer = call(tg, method, body)
    assert (answer.status_code, answer.json()["ok"], answer.json()["error_code"]) == (400, False, 400)
    assert complaint in answer.json()["description"]
    assert [received.method for received in tg.refused] == [method]
    assert bool(tg.undescribed) is not (method in {"sendChatAction", "editMessageText"})
    assert anna.messages() == []


def test_undescribed_methods_are_404_and_methods_without_behaviour_501(tg: FakeTelegram, anna: Citizen) -> None:
    assert call(tg, "sendFax").status_code == 404
    answer = call(tg, "sendDice", {"chat_id": anna.id})
    assert (answer.json()["ok"], answer.json()["error_code"]) == (False, 501)
    assert [(received.method, received.status) for received in tg.refused] == [("sendFax", 404), ("sendDice", 501)]


def test_every_method_with_behaviour_is_described() -> None:
    assert set(METHODS) <= set(bot_api().methods)
    assert (bot_api().version, len(bot_api().methods), len(bot_api().types)) == ("Bot API 10.1", 180, 359)


def test_the_fake_refuses_to_produce_an_undescribed_update(anna: Citizen) -> None:
    wrongs: list[JsonObject] = [{"txt": "x"}, {"text": 3}, {"location": {"latitude": 52.1}}]
    for wrong in wrongs:
        with pytest.raises(NotAsDescribedError):
            anna.send(wrong)
    assert anna.send({"location": {"latitude": 52.1, "longitude": 5.1}}) == 2


def test_form_fields_query_and_upper_case_are_understood(tg: FakeTelegram, anna: Citizen) -> None:
    url = f"{tg.base_url}{tg.token}/SENDMESSAGE"
    form = {"chat_id": str(anna.id), "text": "123", "disable_notification": "true"}
    assert httpx.post(url, data=form, trust_env=False).json()["result"]["text"] == "123"
    assert httpx.get(url, params=form, trust_env=False).json()["ok"] is True
    upload = {"document": ("a.txt", b"abc", "text/plain")}
    sent = httpx.post(
        f"{tg.base_url}{tg.token}/sendDocument", data={"chat_id": str(anna.id)}, files=upload, trust_env=False
    )
    assert sent.json()["result"]["document"]["file_name"] == "a.txt"
    assert tg.requests_to("sendMessage")[0].parameters == {
        "chat_id": anna.id,
        "text": "123",
        "disable_notification": True,
    }


def test_commands_and_descriptions_are_kept_per_language(tg: FakeTelegram) -> None:
    async def story(bot: Bot) -> None:
        assert await bot.set_my_commands([BotCommand("start", "Een klacht melden")])
        assert await bot.set_my_commands([BotCommand("start", "File a complaint")], language_code="en")
        assert await bot.set_my_description("Meld hier uw klacht.")
        assert await bot.set_my_short_description("Klachten", language_code="nl")
        with pytest.raises(TelegramError, match="Bot_command_invalid"):
            await bot.set_my_commands([BotCommand("Start", "Een klacht melden")])

    with_bot(tg, story)
    assert [commands[0]["description"] for commands in tg.world.commands.values()] == [
        "Een klacht melden",
        "File a complaint",
    ]
    assert tg.world.profile == {"description": "Meld hier uw klacht.", "short_description nl": "Klachten"}


def test_a_citizen_waits_for_what_the_bot_sends(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        waiting = asyncio.create_task(anna.wait_for_async(lambda message: "nummer" in message.text))
        await bot.send_message(anna.id, "Dank u")
        await bot.send_message(anna.id, "Uw nummer is 2026-0001")
        assert (await waiting).text == "Uw nummer is 2026-0001"

    with_bot(tg, story)
    assert [anna.next_message().text, anna.next_message().text] == ["Dank u", "Uw nummer is 2026-0001"]
    with pytest.raises(AssertionError, match="no such message"):
        anna.next_message(timeout=0)
