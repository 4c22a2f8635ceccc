"""What the tests of the Telegram channel do again and again: listen, talk, deliver, look."""

import asyncio

from bots.telegram import Telegram
from bots.wording import label
from core.domain.errors import DeliveryError
from core.domain.message import Accepted, Inbound
from core.domain.tasks import TaskKind
from core.service.conversations import Conversations
from core.views import CaseRow, MessageView
from templates.texts import texts
from tests.channels.listening import Core, Listening
from tests.core.world import MUNICIPALITY, World
from tests.fakes.telegram.citizen import BotMessage, Citizen
from tests.fakes.telegram.server import FakeTelegram

QUICK = (0.01,)
"""Pauses between tries: a test waits for what happens next, not for a while."""


class DyingCore(Core):
    """Commits, and never comes back with the answer: as in a process that is killed right after the commit."""

    async def accept(self, inbound: Inbound) -> Accepted:
        accepted = await super().accept(inbound)
        await asyncio.Event().wait()
        return accepted


class Chatting:
    """The fake service, the core, and a channel between them."""

    def __init__(self, tg: FakeTelegram, world: World) -> None:
        self.tg, self.world, self.core = tg, world, Core(world)
        self.conversations = Conversations(store=world.store, clock=world.clock)
        self.anna = tg.citizen("Anna")

    def channel(
        self, token: str | None = None, conversations: Conversations | None = None, patience: float = 20.0
    ) -> Telegram:
        """A channel as the house makes it; a new one is what a restart gives."""
        return Telegram(
            token or self.tg.token, self.tg.base_url, self.tg.base_file_url, conversations or self.conversations,
            MUNICIPALITY, self.world.clock, pauses=QUICK, patience=patience,
        )  # fmt: skip

    def listening(self, core: Core | None = None) -> Listening:
        return Listening(self.channel(), core or self.core)

    def heard(self, key: str, citizen: Citizen | None = None) -> BotMessage:
        """The next message of the bot that begins as this text does; those before it are read."""
        beginning = texts("chat")._texts[key].partition("{")[0]
        while True:
            message = (citizen or self.anna).next_message()
            if message.text.startswith(beginning):
                return message

    def talk(self, *turns: tuple[str, str], citizen: Citizen | None = None) -> None:
        """Say something (or press a button, by its key) and wait for the answer, given by its key."""
        who = citizen or self.anna
        for said, answer in turns:
            if f"button.{said}" in texts("chat"):
                who.press(label(said, "nl"))
            else:
                who.say(said)
            self.heard(answer, who)

    def talk_to_the_summary(self, citizen: Citizen | None = None, story: str = "Niemand belde mij terug.") -> None:
        self.talk(
            ("/start", "welcome.more"), ("start.complain", "story.ask"), (story, "story.noted"),
            ("story.done", "about.ask"), ("about.employee", "when.ask"), ("when.yesterday", "name.ask"),
            ("Anna Jansen", "phone.ask"), ("06 0000 0301", "consent.ask"), ("consent.yes", "summary.ask"),
            citizen=citizen,
        )  # fmt: skip

    def deliver(self) -> list[DeliveryError]:
        """Empty the outbox into the chats, as the worker's loop does; gives what went wrong."""
        return asyncio.run(self._deliver())

    async def _deliver(self) -> list[DeliveryError]:
        sender, errors = self.channel(), list[DeliveryError]()
        for delivery in self.world.worker.claim_deliveries():
            try:
                self.world.worker.sent(delivery, await sender.deliver(delivery.outgoing))
            except DeliveryError as error:
                self.world.worker.failed(delivery, error)
                errors.append(error)
        return errors

    def state(self, citizen: Citizen | None = None) -> str | None:
        return self.conversations.load(f"telegram:{(citizen or self.anna).id}")

    @property
    def cases(self) -> list[CaseRow]:
        with self.world.store.read() as work:
            return [row for _, row in work.cases.rows()]

    def messages(self, case: int) -> list[MessageView]:
        with self.world.store.read() as work:
            return work.messages.of_case(case)

    def open_tasks(self, case: int) -> list[TaskKind]:
        return [task.kind for task in self.world.tasks(case)]
