"""A machine at a citizen's address, to which a real Postfix delivers, and that answers every mail at once."""

from asyncio import to_thread
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.domain.message import DeliveryState
from tests.e2e.town import Town
from tests.parts.server import free_port

MOST = 30
"""Letters after which the machine is sure that nobody brakes."""

Manner = Callable[[EmailMessage, int], EmailMessage]
"""The so-manieth answer to a letter."""


class _Delivery(Controller):
    """Where Postfix delivers."""

    def factory(self) -> SMTP:
        return LMTP(self.handler, hostname="automaat.example")


class Replier:
    """Answers each mail once, before it has said to have taken it."""

    def __init__(self, town: Town, manner: Manner) -> None:
        """In a town in which nothing is under way."""
        self.town = town
        self.address = town.dovecot.address("automaat", "voorbeeld.example")
        self.letters: list[EmailMessage] = []
        """What it got from the municipality."""
        self._manner = manner
        self._messages, self._letters = town.service.count("message"), town.service.count("outgoing")
        self._delivery = _Delivery(self, hostname="127.0.0.1", port=free_port())

    def __enter__(self) -> Self:
        self._delivery.start()
        self.town.postfix.route(self.address, self._delivery.port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._delivery.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        letter = message_from_bytes(envelope.original_content or b"", _class=EmailMessage, policy=policy.default)
        self.letters.append(letter)
        if len(self.letters) < MOST:
            await to_thread(self.say, self._manner(letter, len(self.letters)))
        return "250 2.0.0 taken"

    def say(self, mail: EmailMessage) -> None:
        """Send a mail to the municipality, from the machine's address unless it has another one."""
        self.town.write(mail, self.town.mailbox, self.address)

    def until_silent(self) -> None:
        """Return once the first mail and every answer were taken in, and every letter has been answered."""
        self.town.service.until(self._silent, f"an end of the loop, after {len(self.letters)} letters")

    def _silent(self) -> bool:
        service, letters = self.town.service, len(self.letters)
        return (
            service.count("message") == self._messages + 1 + letters
            and service.count("outgoing", state=DeliveryState.SENT) == self._letters + letters
            and service.count("outgoing") == self._letters + letters == self._letters + len(self.letters)
        )
