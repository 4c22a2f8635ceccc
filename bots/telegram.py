"""Telegram: a door that polls the Bot API and a sender that writes into chats.

It uses python-telegram-bot's ``Bot`` and typed objects, not its ``Application``, which counts an update as received
once it lies in a queue in memory. Here an update is confirmed (getUpdates with a higher offset) only after what it
brought is committed. What comes again after a crash is known by chat and message number; ``update_id`` never leaves
this run (decisions 10). Nothing that a citizen says, and no chat's number, is logged.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256

import structlog
from anyio import to_thread
from telegram import Bot, BotCommand, LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, MessageLimit, UpdateType
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bots.complaint import Examine, inbound, unexamined
from bots.dialogue import COMMANDS, Finished, step, taken
from bots.rounds import Rounds, Unanswered
from bots.splitting import parts
from bots.telegram_errors import delivery_error, pause_of
from bots.telegram_messages import keyboard, said
from bots.told import State, Unreadable
from bots.wording import Say, written
from core.domain.errors import Permanent
from core.domain.labels import Channel
from core.domain.message import Attachment, Contact, Delivered, Inbound, Limits, Outgoing, ReplyRoute, Route
from core.domain.municipality import Municipality
from core.ports import Accept, Clock
from core.service.conversations import Conversations
from templates.texts import texts

POLL = 25
"""Seconds that one getUpdates waits for something to happen."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries while Telegram or the database is away."""
PATIENCE = 20.0
"""Seconds without a byte after which a request counts as unanswered."""
KINDS = (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CHANNEL_POST)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger(__name__)


class Telegram:
    """The Telegram channel: ``listen`` is the door, ``deliver`` the sender."""

    name = "telegram"
    route = Route.TELEGRAM
    limits = Limits(text_length=None, html=False, attachments=False)
    """No limit of length: long letters are split at sentences."""

    def __init__(
        self,
        token: str,
        base_url: str,
        base_file_url: str,
        conversations: Conversations,
        municipality: Municipality,
        clock: Clock,
        *,
        pauses: Sequence[float] = PAUSES,
        patience: float = PATIENCE,
        language: str = "nl",
        examine: Examine = unexamined,
    ) -> None:
        self._token, self._base_url, self._base_file_url = token, base_url, base_file_url
        self._conversations, self._municipality, self._clock = conversations, municipality, clock
        self._pauses, self._patience, self._language = tuple(pauses), patience, language
        self._examine = examine
        self._open: tuple[Bot, HTTPXRequest, HTTPXRequest] | None = None
        self._users = 0

    async def greet(self) -> str:
        """The bot's user name (getMe). Raises DeliveryError when the service refuses or cannot be reached."""
        async with self._connected() as bot:
            try:
                return (await bot.get_me()).username or ""
            except TelegramError as error:
                raise delivery_error(error) from None

    # --- the door ---------------------------------------------------------------------------------------------------

    async def listen(self, accept: Accept, ready: Callable[[], None]) -> None:
        """Poll until cancelled. Raises Permanent when the token is refused: then nothing will ever come."""
        try:
            async with self._connected() as bot:
                await self._announce(bot)
                ready()
                await self._poll(bot, accept)
        except InvalidToken:
            log.critical("Telegram refuses the bot's token: check telegram.token and start again")
            raise Permanent("the bot's token is refused") from None

    async def _announce(self, bot: Bot) -> None:
        """Wait until the service answers, and set the list of commands (setMyCommands)."""
        chat = texts("chat", self._language)
        commands = [BotCommand(command, chat(f"command.{command}")) for command in COMMANDS]
        failures = 0
        while True:
            try:
                await bot.set_my_commands(commands)
                return
            except InvalidToken:
                raise
            except (BadRequest, Forbidden) as error:
                log.warning("the list of commands is not taken over", error=type(error).__name__)
                return
            except TelegramError as error:
                await self._rest(error, failures)
                failures += 1

    async def _poll(self, bot: Bot, accept: Accept) -> None:
        """Get updates, settle each, and only then ask beyond them."""
        offset, failures = None, 0
        rounds = Rounds(
            handle=lambda update, last_try: self._handle(bot, update, accept, last_try=last_try),
            keep=lambda update, problem: self._keep(bot, update, accept, problem),
        )
        while True:
            try:
                updates = await bot.get_updates(offset=offset, timeout=POLL, allowed_updates=KINDS)
            except InvalidToken:
                raise
            except TelegramError as error:
                await self._rest(error, failures)
                failures += 1
                continue
            settled = await rounds.settle(updates)
            offset = settled if settled is not None else offset
            failures = failures + 1 if rounds.tries else 0
            if rounds.tries:
                await asyncio.sleep(self._pause(failures - 1))

    async def _rest(self, error: TelegramError, failures: int) -> None:
        if isinstance(error, Conflict):
            log.error("somebody else reads this bot's messages: stop the other process, or remove the bot's webhook")
        else:
            log.warning("Telegram cannot be reached", error=type(error).__name__, failures=failures + 1)
        await asyncio.sleep(pause_of(error) or self._pause(failures))

    def _pause(self, failures: int) -> float:
        return self._pauses[min(failures, len(self._pauses) - 1)]

    async def _handle(self, bot: Bot, update: Update, accept: Accept, *, last_try: bool = False) -> None:
        """Take one update in: everything it brings is committed when this returns, and the citizen is answered."""
        message = update.effective_message
        if message is None:
            return
        if message.chat.type != ChatType.PRIVATE:
            await self._say(bot, message.chat_id, (Say(key="group"),))
            return
        key = f"{self.name}:{message.chat_id}"
        state = await self._load(key, accept)
        heard = said(message, self._language, edited=update.edited_message is not None)
        turn = step(state, heard, self._language)
        if turn.finished is not None:
            number = await self._hand_in(bot, message, turn.finished, accept, last_try=last_try)
            turn = taken(turn.state, turn.finished, number)
            await to_thread.run_sync(self._conversations.save, f"{key}:last", turn.state.to_json())
        if turn.state.pristine and not state.pristine:
            await to_thread.run_sync(self._conversations.drop, key)
        elif turn.state != state and not turn.state.pristine:
            await to_thread.run_sync(self._conversations.save, key, turn.state.to_json())
        await self._say(bot, message.chat_id, turn.says)

    async def _keep(self, bot: Bot, update: Update, accept: Accept, problem: str) -> None:
        """Keep an update that we fail to handle, whole, for a person ("Niet verwerkt"), and tell the citizen."""
        message = update.effective_message
        if message is None:
            return
        chat = str(message.chat_id)
        await accept(self._unprocessed(f"{chat}:{message.message_id}", chat, update.to_json(), problem))
        await self._say(bot, message.chat_id, (Say(key="not_understood"),))

    async def _hand_in(
        self, bot: Bot, message: Message, finished: Finished, accept: Accept, *, last_try: bool
    ) -> str | None:
        """Give a finished conversation to the core, with its files; gives the case number."""
        fetched, missing = await self._fetch(bot, finished, last_try=last_try)
        attachments, refused = await to_thread.run_sync(self._examine, tuple(fetched))
        accepted = await accept(
            inbound(
                finished,
                channel=Channel.TELEGRAM,
                reply=ReplyRoute(route=Route.TELEGRAM, address=str(message.chat_id)),
                received_at=self._received(message.date),
                attachments=attachments,
                missing=missing,
                refused=refused,
                language=self._language,
            )
        )
        return accepted.case_number

    async def _fetch(self, bot: Bot, finished: Finished, *, last_try: bool) -> tuple[list[Attachment], list[str]]:
        """Download the files (getFile); those that cannot be had are named, and never hold a complaint up for good."""
        attachments, missing = [], []
        for file in finished.told.files:
            if file.too_large:
                continue
            try:
                found = await bot.get_file(file.token)
                content = bytes(await found.download_as_bytearray())
            except InvalidToken:
                # The Bot API answers 404 for a file that is gone, which the library reports as a wrong token.
                missing.append(file.name)
            except TelegramError as error:
                if not (last_try or isinstance(error, BadRequest | Forbidden)):
                    raise Unanswered from None
                missing.append(file.name)
            else:
                attachments.append(Attachment(filename=file.name, content_type=file.content_type, content=content))
        return attachments, missing

    async def _load(self, key: str, accept: Accept) -> State:
        """The conversation as it was; what this version cannot read goes to a person, and a new one begins."""
        for stored_as in (key, f"{key}:last"):
            stored = await to_thread.run_sync(self._conversations.load, stored_as)
            if stored is None:
                continue
            try:
                return State.from_json(stored)
            except Unreadable:
                chat = key.partition(":")[2]
                await accept(self._unprocessed(f"{chat}:draft", chat, stored, "unreadable conversation"))
                await to_thread.run_sync(self._conversations.drop, stored_as)
        return State()

    def _unprocessed(self, identity: str, chat: str, raw: str, problem: str) -> Inbound:
        content = raw.encode("utf-8", "replace")
        return Inbound(
            channel=Channel.TELEGRAM,
            door=self.name,
            external_id=f"{self.name}:{identity}",
            content_hash=sha256(content).hexdigest(),
            received_at=self._clock(),
            sender=Contact(),
            reply=ReplyRoute(route=Route.TELEGRAM, address=chat),
            raw=content,
            raw_type="application/json",
            problem=problem,
        )

    def _received(self, sent_at: datetime) -> datetime:
        """When it reached us (Awb 2:20): never later than now, and not later because we were away."""
        return min(sent_at, self._clock())

    # --- the sender -------------------------------------------------------------------------------------------------

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Write a letter into a chat (sendMessage), in parts where it is long. Raises Temporary or Permanent."""
        if not outgoing.to.address.lstrip("-").isdigit():
            raise Permanent("not a chat")
        chat, sent = int(outgoing.to.address), list[str]()
        async with self._connected() as bot:
            for part in parts(outgoing.text, MessageLimit.MAX_TEXT_LENGTH):
                try:
                    message = await bot.send_message(chat, part, link_preview_options=NO_PREVIEW)
                except TelegramError as error:
                    raise delivery_error(error, begun=bool(sent)) from None
                sent.append(str(message.message_id))
        return Delivered(provider_id=",".join(sent))

    async def _say(self, bot: Bot, chat: int, says: Sequence[Say]) -> None:
        """Answer a citizen. What they told is safe by now, so that a refusal of the answer ends nothing."""
        for say in says:
            text = parts(written(say, self._municipality, self._language), MessageLimit.MAX_TEXT_LENGTH)
            for number, part in enumerate(text, start=1):
                buttons = say.buttons if number == len(text) else ()
                try:
                    await self._send(bot, chat, part, buttons)
                except (Forbidden, BadRequest, ChatMigrated) as error:
                    log.info("a citizen cannot be answered in the chat", error=type(error).__name__)
                    return
                except InvalidToken:
                    raise
                except TelegramError:
                    raise Unanswered from None

    async def _send(self, bot: Bot, chat: int, text: str, buttons: Sequence[str]) -> None:
        """Send one message; wait once when the service asks for it (429)."""
        markup = keyboard(buttons, self._language)
        try:
            await bot.send_message(chat, text, reply_markup=markup, link_preview_options=NO_PREVIEW)
        except RetryAfter as error:
            await asyncio.sleep(pause_of(error) or self._pause(0))
            await bot.send_message(chat, text, reply_markup=markup, link_preview_options=NO_PREVIEW)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Bot]:
        """One connection for all who use it at the same time; the last one closes it."""
        if self._open is None:
            sending = HTTPXRequest(connection_pool_size=16, read_timeout=self._patience)
            polling = HTTPXRequest(connection_pool_size=1, read_timeout=self._patience)
            bot = Bot(
                self._token,
                base_url=self._base_url,
                base_file_url=self._base_file_url,
                request=sending,
                get_updates_request=polling,
            )
            self._open = bot, sending, polling
        opened, self._users = self._open, self._users + 1
        try:
            yield opened[0]
        finally:
            self._users -= 1
            if self._users == 0:
                self._open = None
                await asyncio.gather(opened[1].shutdown(), opened[2].shutdown())
