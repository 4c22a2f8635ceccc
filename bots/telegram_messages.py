"""Telegram's objects to and from the dialogue's: a Message becomes Said, buttons become a keyboard."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from telegram import KeyboardButton, Message, ReplyKeyboardMarkup

from bots.told import File, Said
from bots.wording import SHARE_PHONE, label
from templates.texts import texts

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes that a bot may fetch (Bot API, getFile)."""
LONGEST_FILE_NAME = 200


def said(message: Message, language: str, *, edited: bool = False) -> Said:
    """What a citizen said with this message."""
    contact, person = message.contact, message.from_user
    own = contact is not None and person is not None and contact.user_id == person.id
    return Said(
        id=message.message_id,
        at=message.date,
        day=message.date.astimezone(AMSTERDAM).date(),
        text="\n".join(_texts(message, language, own=own)),
        phone=clean(contact.phone_number) if own and contact else "",
        files=tuple(_files(message, language)),
        edited=edited,
    )


def keyboard(buttons: Sequence[str], language: str) -> ReplyKeyboardMarkup | None:
    """A reply keyboard: each button sends its label as a message, so that a press has a number of its own."""
    if not buttons:
        return None
    rows = [[KeyboardButton(label(button, language), request_contact=button == SHARE_PHONE)] for button in buttons]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True)


def clean(text: str) -> str:
    """Text without control characters and halves of characters, which no database holds."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return "".join(sign for sign in whole if sign >= " " or sign in "\n\t").replace("\x7f", "")


def _texts(message: Message, language: str, *, own: bool) -> Iterator[str]:
    chat = texts("chat", language)
    typed = clean(message.text or message.caption or "")
    if typed:
        yield typed
    if message.location:
        place = message.location
        yield chat("told.location", latitude=place.latitude, longitude=place.longitude)
    if message.contact and not own:
        name = " ".join(part for part in (message.contact.first_name, message.contact.last_name) if part)
        yield chat("told.contact", name=clean(name), phone=clean(message.contact.phone_number))


def _files(message: Message, language: str) -> Iterator[File]:
    """Every file of a message; of a photo only the largest size."""
    number = message.message_id
    if message.photo:
        photo = message.photo[-1]
        yield _file(photo.file_id, photo.file_size, _named("photo", number, language), "image/jpeg")
    for one in (message.document, message.audio, message.video):
        if one is not None:
            kind = "document" if one is message.document else "audio" if one is message.audio else "video"
            name = _safe(one.file_name) or _named(kind, number, language)
            yield _file(one.file_id, one.file_size, name, one.mime_type or "")
    if message.video_note:
        note = message.video_note
        yield _file(note.file_id, note.file_size, _named("video", number, language), "video/mp4", "voice")
    if message.voice:
        voice = message.voice
        name = _named("voice", number, language)
        yield _file(voice.file_id, voice.file_size, name, voice.mime_type or "audio/ogg", "voice")
    if message.sticker:
        sticker = message.sticker
        suffix, kind = (".tgs", "application/gzip") if sticker.is_animated else (".webp", "image/webp")
        if sticker.is_video:
            suffix, kind = ".webm", "video/webm"
        yield _file(sticker.file_id, sticker.file_size, _named("sticker", number, language) + suffix, kind, "sticker")


def _file(token: str, size: int | None, name: str, content_type: str, kind: str = "file") -> File:
    return File(
        token=token,
        name=name,
        content_type=clean(content_type)[:100] or "application/octet-stream",
        kind=kind,
        too_large=size is not None and size > LARGEST_DOWNLOAD,
    )


def _named(kind: str, number: int, language: str) -> str:
    return texts("chat", language)(f"file.{kind}", id=number)


def _safe(name: str | None) -> str:
    """A file name that is a name and not a path."""
    last = clean(name or "").replace("\\", "/").rpartition("/")[2]
    return " ".join(last.split()).strip(". ")[-LONGEST_FILE_NAME:]
