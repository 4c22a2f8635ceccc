"""What the methods of the Bot API do, as far as a complaints bot needs them. Validation by type comes before."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from tests.fakes.telegram.description import Json, JsonObject, Upload
from tests.fakes.telegram.formatting import BadFormattingError, parse_html, utf16_length
from tests.fakes.telegram.received import Received
from tests.fakes.telegram.world import Chat, Webhook, World, document_of, file_fields

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_DELETE_AGE = int(timedelta(hours=48).total_seconds())
_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


class BotError(Exception):
    """An unsuccessful answer of the Bot API: error_code and description."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def get_me(world: World, call: Received) -> Json:
    """getMe: the bot as the described object User."""
    abilities: JsonObject = {
        "can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False,
    }  # fmt: skip
    return {**world.bot, **abilities}


def send_message(world: World, call: Received) -> Json:
    """sendMessage: a text with or without buttons."""
    chat = _chat(world, call)
    content = _formatted(world, call, "sendMessage", "text", "entities")
    return _send(world, chat, call, content)


def send_document(world: World, call: Received) -> Json:
    """sendDocument: an uploaded file, or one the service knows by file_id."""
    chat = _chat(world, call)
    document = call.parameters["document"]
    if isinstance(document, Upload):
        if not document.data:
            raise BotError(400, "Bad Request: file must be non-empty")
        if len(document.data) > MAX_UPLOAD:
            raise BotError(413, "Request Entity Too Large")
        stored = world.store(document.data, document.name, "documents")
        described = document_of(stored, document.name)
    elif document in world.files:
        stored = world.files[str(document)]
        described = document_of(stored, stored.path.rsplit("/", 1)[1])
    else:
        raise BotError(400, "Bad Request: wrong file identifier/HTTP URL specified")
    caption = _formatted(world, call, "sendDocument", "caption", "caption_entities") if call.text("caption") else {}
    return _send(world, chat, call, {"document": described, **caption})


def edit_message_text(world: World, call: Received) -> Json:
    """editMessageText: a new text; without reply_markup the buttons go."""
    message, chat = _own_message(world, call)
    if "text" not in message:
        raise BotError(400, "Bad Request: there is no text in the message to edit")
    content = _formatted(world, call, "editMessageText", "text", "entities")
    return _change(world, chat, message, content, call.object_of("reply_markup"))


def edit_message_reply_markup(world: World, call: Received) -> Json:
    """editMessageReplyMarkup: new buttons, or none."""
    message, chat = _own_message(world, call)
    return _change(world, chat, message, {}, call.object_of("reply_markup"))


def delete_message(world: World, call: Received) -> Json:
    """deleteMessage: in a private chat of either side, up to 48 hours old."""
    chat = _chat(world, call)
    message_id = call.number_of("message_id")
    message = chat.messages.get(message_id)
    if message is None:
        raise BotError(400, "Bad Request: message to delete not found")
    sent = message["date"]
    if isinstance(sent, int) and world.unix_time() - sent > MAX_DELETE_AGE:
        raise BotError(400, "Bad Request: message can't be deleted for everyone")
    del chat.messages[message_id]
    chat.markups.pop(message_id, None)
    return True


def answer_callback_query(world: World, call: Received) -> Json:
    """answerCallbackQuery: ends the waiting sign on the pressed button."""
    press = world.presses.get(call.text("callback_query_id"))
    if press is None or press.expired:
        raise BotError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    press.answer = call
    return True


def send_chat_action(world: World, call: Received) -> Json:
    """sendChatAction: "typing" and the like."""
    _chat(world, call)
    if call.text("action") not in _ACTIONS:
        raise BotError(400, "Bad Request: wrong parameter action in request")
    return True


def get_file(world: World, call: Received) -> Json:
    """getFile: where a file of at most 20 MB can be downloaded."""
    stored = world.files.get(call.text("file_id"))
    if stored is None:
        raise BotError(400, "Bad Request: invalid file_id")
    if stored.size > MAX_DOWNLOAD:
        raise BotError(400, "Bad Request: file is too big")
    return {**file_fields(stored), "file_path": stored.path}


def set_webhook(world: World, call: Received) -> Json:
    """setWebhook: https only, except towards this machine itself; an empty address removes the webhook."""
    url = urlsplit(call.text("url"))
    if not call.text("url"):
        return delete_webhook(world, call)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in {"127.0.0.1", "localhost"}):
        raise BotError(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
    secret = call.text("secret_token")
    if not all(character.isascii() and (character.isalnum() or character in "_-") for character in secret):
        raise BotError(400, "Bad Request: secret token contains unallowed characters")
    _choose_updates(world, call)
    connections = call.number_of("max_connections", 40)
    world.webhook = Webhook(call.text("url"), secret, "certificate" in call.uploads, connections)
    return True


def delete_webhook(world: World, call: Received) -> Json:
    """deleteWebhook: back to getUpdates; waiting updates stay unless asked otherwise."""
    if call.flag("drop_pending_updates"):
        world.queue.drop()
    world.webhook = None
    return True


def get_webhook_info(world: World, call: Received) -> Json:
    """getWebhookInfo: address, waiting updates, last error."""
    webhook = world.webhook
    info: JsonObject = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": bool(webhook and webhook.has_certificate),
        "pending_update_count": len(world.queue.pending),
    }
    if world.queue.allowed:
        info["allowed_updates"] = list(world.queue.allowed)
    if webhook:
        info["max_connections"] = webhook.max_connections
        if webhook.last_error is not None:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error}
    return info


def set_my_commands(world: World, call: Received) -> Json:
    """setMyCommands: the list behind the menu button, per scope and language."""
    commands = call.objects("commands")
    if len(commands) > 100:
        raise BotError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name = str(command["command"])
        if not all(character.isascii() and (character.isalnum() or character == "_") for character in name):
            raise BotError(400, "Bad Request: BOT_COMMAND_INVALID")
        if name != name.lower():
            raise BotError(400, "Bad Request: BOT_COMMAND_INVALID")
    scope = json.dumps(call.object_of("scope") or {"type": "default"}, sort_keys=True)
    world.commands[f"{scope} {call.text('language_code')}".strip()] = commands
    return True


def set_my_description(world: World, call: Received) -> Json:
    """setMyDescription: the text of an empty chat, per language."""
    world.profile[f"description {call.text('language_code')}".strip()] = call.text("description")
    return True


def set_my_short_description(world: World, call: Received) -> Json:
    """setMyShortDescription: the text of the profile page, per language."""
    world.profile[f"short_description {call.text('language_code')}".strip()] = call.text("short_description")
    return True


def log_out(world: World, call: Received) -> Json:
    """logOut: from now on every request is refused."""
    world.logged_out = True
    return True


def close(world: World, call: Received) -> Json:
    """close: nothing changes that a client could see."""
    return True


def _chat(world: World, call: Received) -> Chat:
    """The private chat a request means; 403 for citizens who never wrote or who blocked the bot."""
    chat_id = call.parameters.get("chat_id")
    chat = world.chats.get(chat_id) if isinstance(chat_id, int) else None
    if chat is None:
        raise BotError(400, "Bad Request: chat not found")
    if not chat.wrote:
        raise BotError(403, "Forbidden: bot can't initiate conversation with a user")
    if chat.blocked:
        raise BotError(403, "Forbidden: bot was blocked by the user")
    return chat


def _own_message(world: World, call: Received) -> tuple[JsonObject, Chat]:
    """The message of the bot that is to be edited."""
    if "chat_id" not in call.parameters or "message_id" not in call.parameters:
        raise BotError(400, "Bad Request: message identifier is not specified")
    chat = _chat(world, call)
    message = chat.messages.get(call.number_of("message_id"))
    if message is None:
        raise BotError(400, "Bad Request: message to edit not found")
    if message["from"] != world.bot:
        raise BotError(400, "Bad Request: message can't be edited")
    return message, chat


def _formatted(world: World, call: Received, method: str, field: str, entities_field: str) -> JsonObject:
    """The text or caption of a request after entity parsing, checked against its described length."""
    plain, entities = _parsed(call, field, entities_field)
    left = utf16_length(plain) - utf16_length(plain.lstrip())
    plain = plain.strip()
    limit = world.description.limit(method, field)
    if len(plain) > limit.high:
        raise BotError(400, f"Bad Request: {'message is' if field == 'text' else 'message caption is'} too long")
    if len(plain) < limit.low:
        raise BotError(400, "Bad Request: message text is empty")
    content: JsonObject = {field: plain}
    if entities:
        content[entities_field] = [_moved(entity, left) for entity in entities]
    return content


def _moved(entity: JsonObject, left: int) -> JsonObject:
    """The entity after `left` UTF-16 code units of white space were cut off before the text."""
    offset = entity["offset"]
    assert isinstance(offset, int)
    return {**entity, "offset": max(0, offset - left)}


def _parsed(call: Received, field: str, entities_field: str) -> tuple[str, list[JsonObject]]:
    mode = call.text("parse_mode").lower()
    if mode in {"markdown", "markdownv2"}:
        raise BotError(501, "Not Implemented: the fake knows parse_mode HTML only")
    if mode not in {"", "html"}:
        raise BotError(400, "Bad Request: unsupported parse_mode")
    if mode:
        try:
            return parse_html(call.text(field))
        except BadFormattingError as error:
            raise BotError(400, f"Bad Request: can't parse entities: {error}") from error
    return call.text(field), call.objects(entities_field)


def _check_markup(markup: JsonObject) -> None:
    """An inline button needs exactly one thing to do, a removed or forced keyboard says True."""
    rows = markup.get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict) and len(button.keys() - {"text", "style", "icon_custom_emoji_id"}) != 1:
                raise BotError(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
    for name in ("remove_keyboard", "force_reply"):
        if markup.get(name, True) is not True:
            raise BotError(400, f"Bad Request: field {name} must be True")


def _send(world: World, chat: Chat, call: Received, content: JsonObject) -> Json:
    markup = call.object_of("reply_markup")
    if markup:
        _check_markup(markup)
    reply = call.object_of("reply_parameters")
    if reply:
        answered = chat.messages.get(reply["message_id"]) if isinstance(reply["message_id"], int) else None
        if answered is not None:
            content["reply_to_message"] = {key: value for key, value in answered.items() if key != "reply_to_message"}
        elif reply.get("allow_sending_without_reply") is not True:
            raise BotError(400, "Bad Request: message to be replied not found")
    if markup and "inline_keyboard" in markup:
        content["reply_markup"] = markup
    message = world.post(chat, world.bot, content)
    if markup:
        chat.markups[chat.last_message_id] = markup
        if "keyboard" in markup:
            chat.keyboard = markup
        elif "remove_keyboard" in markup:
            chat.keyboard = None
    return message


def _change(world: World, chat: Chat, message: JsonObject, content: JsonObject, markup: JsonObject | None) -> Json:
    if markup:
        _check_markup(markup)
    kept = {"entities", "reply_markup"} if content else {"reply_markup"}
    changed: JsonObject = {key: value for key, value in message.items() if key not in kept}
    changed |= content
    if markup and markup.get("inline_keyboard"):
        changed["reply_markup"] = markup
    if changed == message:
        raise BotError(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
            " same as a current content and reply markup of the message",
        )
    changed["edit_date"] = world.unix_time()
    message_id = message["message_id"]
    assert isinstance(message_id, int)
    chat.messages[message_id] = changed
    if markup:
        chat.markups[message_id] = markup
    else:
        chat.markups.pop(message_id, None)
    return changed


def _choose_updates(world: World, call: Received) -> None:
    if call.flag("drop_pending_updates"):
        world.queue.drop()
    if "allowed_updates" in call.parameters:
        world.queue.allow(call.texts("allowed_updates"))


METHODS: dict[str, Callable[[World, Received], Json]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "logOut": log_out,
    "close": close,
}
"""Every method that the fake carries out; `getUpdates` waits and therefore lives in `polling.py`."""
