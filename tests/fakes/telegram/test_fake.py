"""The fake Bot API, driven by python-telegram-bot: messages, buttons, files, and who may be written to."""

from datetime import UTC, datetime

import httpx
import pytest
from telegram import (
    Bot,
    ForceReply,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken

from tests.fakes.telegram.citizen import Citizen
from tests.fakes.telegram.description import JsonObject
from tests.fakes.telegram.driving import YES_NO, call, message_of, newest, query_of, with_bot
from tests.fakes.telegram.methods import MAX_DOWNLOAD
from tests.fakes.telegram.server import FakeTelegram


def test_what_a_citizen_says_arrives_as_a_message_and_the_answer_is_seen(tg: FakeTelegram) -> None:
    anna = tg.citizen("Anna")
    number = anna.say("/start klacht")

    async def story(bot: Bot) -> None:
        message = message_of(await newest(bot))
        assert (message.text, message.message_id, message.chat_id) == ("/start klacht", number, anna.id)
        assert message.from_user is not None
        assert message.from_user.language_code == "nl"
        assert [(entity.type, entity.length) for entity in message.entities] == [("bot_command", 6)]
        assert message.date == datetime(2026, 3, 2, 9, 0, 1, tzinfo=UTC)
        sent = await bot.send_message(anna.id, "Dag Anna", reply_parameters=ReplyParameters(number))
        assert sent.reply_to_message is not None
        assert sent.reply_to_message.message_id == number

    with_bot(tg, story)
    assert [message.text for message in anna.messages()] == ["Dag Anna"]
    assert [received.method for received in tg.requests] == ["getMe", "getUpdates", "sendMessage"]
    assert tg.refused == []


def test_message_ids_count_per_chat_and_citizens_do_not_see_each_other(tg: FakeTelegram, anna: Citizen) -> None:
    bram = tg.citizen("Bram")
    assert bram.say("hoi") == 1

    async def story(bot: Bot) -> None:
        assert (await bot.send_message(anna.id, "voor Anna")).message_id == 2
        assert (await bot.send_message(bram.id, "voor Bram")).message_id == 2

    with_bot(tg, story)
    assert [message.text for message in bram.messages()] == ["voor Bram"]
    assert tg.citizen("Anna") is anna


def test_a_long_text_of_a_citizen_comes_in_pieces(tg: FakeTelegram, anna: Citizen) -> None:
    anna.say("a" * 4096 + "b" * 4096 + "c")

    async def story(bot: Bot) -> None:
        texts = [message_of(update).text or "" for update in await bot.get_updates()]
        assert [len(text) for text in texts] == [6, 4096, 4096, 1]

    with_bot(tg, story)


@pytest.mark.parametrize(("length", "allowed"), [(4096, True), (4097, False), (0, False)])
def test_a_text_has_1_to_4096_characters(tg: FakeTelegram, anna: Citizen, length: int, allowed: bool) -> None:
    answer = call(tg, "sendMessage", {"chat_id": anna.id, "text": "é" * length})
    assert (answer.status_code == 200) is allowed
    assert len(anna.messages()) == (1 if allowed else 0)


def test_html_is_parsed_before_it_is_measured_and_wrong_html_is_refused(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        text = "<b>" + "x" * 4090 + '</b> &lt; <a href="https://voorbeeld.example">y</a>'
        sent = await bot.send_message(anna.id, text, parse_mode=ParseMode.HTML)
        assert sent.text == "x" * 4090 + " < y"
        assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [
            (MessageEntity.BOLD, 0, 4090),
            (MessageEntity.TEXT_LINK, 4093, 1),
        ]
        for wrong in ("a < b", "<b>open", "</b>", "<script>x</script>", "<b><i>x</b></i>"):
            with pytest.raises(BadRequest, match="parse entities"):
                await bot.send_message(anna.id, wrong, parse_mode=ParseMode.HTML)

    with_bot(tg, story)


def test_an_edit_changes_the_message_and_takes_its_buttons_away(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        sent = await bot.send_message(anna.id, "Klopt dit?", reply_markup=YES_NO)
        await bot.edit_message_text("Het klopt.", anna.id, sent.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("Het klopt.", anna.id, sent.message_id)
        with pytest.raises(BadRequest, match="to edit not found"):
            await bot.edit_message_text("Weg", anna.id, 99)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("Niet van mij", anna.id, 1)
        assert [(message.text, message.labels, message.edited) for message in anna.messages()] == [
            ("Het klopt.", [], True)
        ]
        await bot.edit_message_reply_markup(anna.id, sent.message_id, reply_markup=YES_NO)
        assert anna.messages()[0].labels == ["Ja", "Nee"]
        await bot.delete_message(anna.id, sent.message_id)
        with pytest.raises(BadRequest, match="to delete not found"):
            await bot.delete_message(anna.id, sent.message_id)

    with_bot(tg, story)
    assert anna.messages() == []


def test_what_a_citizen_edits_arrives_as_edited_message(tg: FakeTelegram, anna: Citizen) -> None:
    number = anna.say("Ik woon op nummer 12")
    anna.edit(number, "Ik woon op nummer 21")

    async def story(bot: Bot) -> None:
        edited = (await newest(bot)).edited_message
        assert edited is not None
        assert (edited.message_id, edited.text) == (number, "Ik woon op nummer 21")
        assert edited.edit_date is not None

    with_bot(tg, story)


def test_a_pressed_button_becomes_a_callback_query_that_wants_an_answer(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        sent = await bot.send_message(anna.id, "Klopt dit?", reply_markup=YES_NO)
        anna.press("Nee")
        query = query_of(await newest(bot))
        assert query.data == "nee"
        assert query.message is not None
        assert query.message.message_id == sent.message_id
        assert anna.unanswered_presses() == 1
        await query.answer("Dank u")
        with pytest.raises(BadRequest, match="query id is invalid"):
            await bot.answer_callback_query("123")
        anna.press("Ja")
        anna.let_presses_expire()
        with pytest.raises(BadRequest, match="Query is too old"):
            await query_of(await newest(bot)).answer()

    with_bot(tg, story)
    assert anna.notices() == ["Dank u"]
    assert anna.unanswered_presses() == 1
    with pytest.raises(AssertionError, match="no button 'Misschien'"):
        anna.press("Misschien")


def test_callback_data_has_1_to_64_bytes_and_a_button_one_thing_to_do(tg: FakeTelegram, anna: Citizen) -> None:
    def keyboard(button: JsonObject) -> JsonObject:
        return {"chat_id": anna.id, "text": "?", "reply_markup": {"inline_keyboard": [[button]]}}

    assert call(tg, "sendMessage", keyboard({"text": "x", "callback_data": "é" * 32})).status_code == 200
    for wrong in ("é" * 32 + "x", ""):
        answer = call(tg, "sendMessage", keyboard({"text": "x", "callback_data": wrong}))
        assert answer.json()["description"] == "Bad Request: BUTTON_DATA_INVALID"
    assert call(tg, "sendMessage", keyboard({"text": "x"})).status_code == 400
    both: JsonObject = {"text": "x", "callback_data": "a", "url": "https://voorbeeld.example"}
    assert call(tg, "sendMessage", keyboard(both)).status_code == 400


def test_a_reply_keyboard_stays_until_it_is_removed_and_sends_its_label(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        rows = [[KeyboardButton("Straat"), KeyboardButton("Deel mijn nummer", request_contact=True)]]
        await bot.send_message(anna.id, "Waar gaat het over?", reply_markup=ReplyKeyboardMarkup(rows))
        await bot.send_message(anna.id, "Kies een knop.")
        assert anna.keyboard() == ["Straat", "Deel mijn nummer"]
        anna.press("Straat")
        assert message_of(await newest(bot)).text == "Straat"
        anna.share_contact("+31612345678")
        contact = message_of(await newest(bot)).contact
        assert contact is not None
        assert (contact.phone_number, contact.user_id) == ("+31612345678", anna.id)
        await bot.send_message(anna.id, "Dank u", reply_markup=ReplyKeyboardRemove())
        assert anna.keyboard() == []
        await bot.send_message(anna.id, "Vertel", reply_markup=ForceReply())

    with_bot(tg, story)
    with pytest.raises(AssertionError, match="no button"):
        anna.press("Straat")


def test_a_citizens_files_can_be_downloaded(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        anna.send_document(b"%PDF-1.7 besluit", "besluit é.pdf", caption="het besluit")
        message = message_of(await newest(bot))
        assert message.document is not None
        assert (message.document.file_name, message.document.mime_type) == ("besluit é.pdf", "application/pdf")
        assert message.caption == "het besluit"
        file = await message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"%PDF-1.7 besluit"

        anna.send_photo(b"\xff\xd8 stoeptegel")
        photo = message_of(await newest(bot)).photo
        assert bytes(await (await photo[-1].get_file()).download_as_bytearray()) == b"\xff\xd8 stoeptegel"
        assert bytes(await (await photo[0].get_file()).download_as_bytearray()) != b"\xff\xd8 stoeptegel"

        first, second = anna.send_album([b"een", b"twee"], caption="samen")
        album = [message_of(update) for update in (await bot.get_updates())[-2:]]
        assert [message.message_id for message in album] == [first, second]
        assert [message.caption for message in album] == ["samen", None]
        assert album[0].media_group_id == album[1].media_group_id is not None
        anna.send_voice(b"OggS")
        assert message_of(await newest(bot)).voice is not None

    with_bot(tg, story)


def test_downloads_end_at_20_mb(tg: FakeTelegram, anna: Citizen) -> None:
    anna.send_document(b"klein", "net.zip", size=MAX_DOWNLOAD)
    anna.send_document(b"groot", "te groot.zip", size=MAX_DOWNLOAD + 1)

    async def story(bot: Bot) -> None:
        small, large = [message_of(update).document for update in (await bot.get_updates())[-2:]]
        assert small is not None
        assert large is not None
        assert (await small.get_file()).file_path
        with pytest.raises(BadRequest, match="File is too big"):
            await large.get_file()
        with pytest.raises(BadRequest, match="Invalid file_id"):
            await bot.get_file("onbekend")

    with_bot(tg, story)
    assert httpx.get(f"{tg.base_file_url}{tg.token}/documents/none.pdf", trust_env=False).status_code == 404
    assert httpx.get(f"{tg.base_file_url}1:x/documents/file_1.zip", trust_env=False).status_code == 401


def test_the_bot_sends_a_document_and_sends_it_again_by_its_id(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        sent = await bot.send_document(anna.id, b"%PDF brief", filename="brief.pdf", caption="Uw <brief>")
        assert sent.document is not None
        await bot.send_document(anna.id, sent.document.file_id, reply_markup=YES_NO)
        with pytest.raises(BadRequest, match="Wrong file identifier"):
            await bot.send_document(anna.id, "https://voorbeeld.example/brief.pdf")
        with pytest.raises(BadRequest, match="non-empty"):
            await bot.send_document(anna.id, b"", filename="leeg.pdf")
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_document(anna.id, b"x", filename="x.txt", caption="x" * 1025)

    with_bot(tg, story)
    first, second = anna.messages()
    assert (first.document, first.document_name, first.text) == (b"%PDF brief", "brief.pdf", "Uw <brief>")
    assert (second.document, second.labels) == (b"%PDF brief", ["Ja", "Nee"])


def test_no_first_message_to_someone_who_never_wrote(tg: FakeTelegram) -> None:
    bram = tg.citizen("Bram")

    async def story(bot: Bot) -> None:
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(bram.id, "Dag")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(1, "Dag")
        bram.start()
        await bot.send_chat_action(bram.id, ChatAction.TYPING)
        await bot.send_message(bram.id, "Dag")

    with_bot(tg, story)


def test_a_citizen_who_blocks_the_bot_is_not_reached(tg: FakeTelegram, anna: Citizen) -> None:
    async def story(bot: Bot) -> None:
        anna.block()
        change = (await newest(bot)).my_chat_member
        assert change is not None
        assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(anna.id, "Dag")
        anna.unblock()
        await bot.send_message(anna.id, "Dag weer")

    with_bot(tg, story)
    assert [message.text for message in anna.messages()] == ["Dag weer"]


def test_a_wrong_token_is_401_and_logging_out_ends_it(tg: FakeTelegram) -> None:
    async def nothing(bot: Bot) -> None:
        """Initialising asks getMe."""

    with pytest.raises(InvalidToken):
        with_bot(tg, nothing, token="4242424242:wrong")
    assert tg.requests == []

    async def leave(bot: Bot) -> None:
        assert await bot.close()
        assert await bot.log_out()
        with pytest.raises(BadRequest, match="Logged out"):
            await bot.get_me()

    with_bot(tg, leave)
