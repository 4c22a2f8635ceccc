"""The sender's mail server: it sends over several connections, and keeps what got no 250 to send it again."""

import contextlib
import random
import smtplib
import threading
from collections import deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum

from tests.faults.service import MUNICIPALITY, Service

BROKEN = (smtplib.SMTPException, OSError)


def mail(number: int, series: str, *, size: int = 400) -> EmailMessage:
    """One of a numbered series; every third carries a file of its own."""
    message = EmailMessage()
    message["From"] = f"Burger {number} <burger{number}@voorbeeld.example>"
    message["To"] = MUNICIPALITY
    message["Subject"] = f"Niet teruggebeld, bericht {number} van {series}"
    message["Message-ID"] = f"<{number}.{series}@voorbeeld.example>"
    message["Date"] = "Mon, 23 Nov 2026 09:12:00 +0100"
    message.set_content(f"Ik ben {number} keer niet teruggebeld ({series}).\n" + "Al weken niet.\n" * (size // 15))
    if number % 3 == 0:
        content = random.Random(f"{series}{number}").randbytes(5_000)
        message.add_attachment(content, maintype="application", subtype="pdf", filename=f"brief{number}.pdf")
    return message


class Moment(StrEnum):
    """Where in a conversation the service is killed."""

    ENVELOPE = "after RCPT"
    HALF = "half of DATA"
    DOT = "the final dot is sent"
    WRITING = "a moment after the final dot"
    ANSWERED = "the 250 is read"


@dataclass(frozen=True)
class Kill:
    """One planned kill: at which message of a round, and where in it."""

    at: int
    moment: Moment
    delay: float
    """Seconds after the dot, for WRITING."""


@dataclass
class Mta:
    """The queue of a mail server that sends to one service."""

    service: Service
    queue: deque[EmailMessage]
    taken: list[str] = field(default_factory=list)
    """Message-IDs for which a 250 was read."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: int = 0
    _broken: threading.Event = field(default_factory=threading.Event)

    def send_all(self, connections: int = 4, kill: Kill | None = None) -> None:
        """Send until the queue is empty or the service is gone; what was not taken is in the queue again."""
        self._begun = 0
        self._broken.clear()
        threads = [threading.Thread(target=self._work, args=(kill,)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _next(self) -> tuple[int, EmailMessage] | None:
        with self._lock:
            if not self.queue or self._broken.is_set():
                return None
            self._begun += 1
            return self._begun, self.queue.popleft()

    def _work(self, kill: Kill | None) -> None:
        with contextlib.suppress(*BROKEN), self.service.smtp() as client:
            while (given := self._next()) is not None:
                number, message = given
                here = kill if kill is not None and kill.at == number else None
                try:
                    self._send(client, message, here)
                except BROKEN:
                    self._broken.set()
                    with self._lock:
                        self.queue.append(message)
                    return
                with self._lock:
                    self.taken.append(str(message["Message-ID"]).strip("<>"))

    def _send(self, client: smtplib.SMTP, message: EmailMessage, kill: Kill | None) -> None:
        """One message, step by step, so that the kill can come between any two."""

        def maybe(moment: Moment) -> None:
            if kill is not None and kill.moment == moment:
                if moment == Moment.WRITING:
                    threading.Event().wait(kill.delay)
                self.service.murder()

        client.ehlo_or_helo_if_needed()
        _expect(client.mail("burger@voorbeeld.example"), 250)
        _expect(client.rcpt(MUNICIPALITY), 250)
        maybe(Moment.ENVELOPE)
        _expect(client.docmd("DATA"), 354)
        content = message.as_bytes().replace(b"\n", b"\r\n")
        half = len(content) // 2
        client.send(content[:half])
        maybe(Moment.HALF)
        client.send(content[half:] + b"\r\n.\r\n")
        maybe(Moment.DOT)
        maybe(Moment.WRITING)
        _expect(client.getreply(), 250)
        maybe(Moment.ANSWERED)


def _expect(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPResponseException(*answer)


def answer_to(service: Service, message: EmailMessage, recipient: str = MUNICIPALITY) -> int:
    """The code with which a message was answered: 250, or the code of the refusal."""
    try:
        service.send(message.as_bytes(), recipient)
    except smtplib.SMTPResponseException as error:
        return error.smtp_code
    except smtplib.SMTPRecipientsRefused as error:
        return next(code for code, _ in error.recipients.values())
    return 250
