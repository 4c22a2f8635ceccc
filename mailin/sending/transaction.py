"""One mail transaction with a relay: the envelope, the message, and the moment from which it counts as handed over."""

import asyncio
import re
from dataclasses import dataclass
from enum import IntEnum

from aiosmtplib import SMTP, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from core.domain.errors import Permanent, Temporary
from core.domain.message import Delivered
from mailin.sending.answers import Reason, Step, answers, verdict
from mailin.understanding.xtext import xtext

PIECE = 65_536
"""Bytes of a message that are written at once."""
LONGEST_ENVID = 100
"""Characters (RFC 3461 section 5.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message with its envelope."""

    sender: str
    recipient: str
    identity: str
    """The Message-ID without brackets: also the identity of the envelope, so that any report names it (RFC 3461)."""
    content: bytes


class Stage(IntEnum):
    """How far a delivery came."""

    ENVELOPE = 0
    CONTENT = 1
    HANDED_OVER = 2
    ANSWERED = 3


@dataclass(slots=True)
class Progress:
    """How far a delivery came, kept outside what may be cut off."""

    stage: Stage = Stage.ENVELOPE

    @property
    def in_doubt(self) -> bool:
        """Whether the end of the message was sent and no answer to it was read."""
        return self.stage == Stage.HANDED_OVER


async def hand_over(client: SMTP, letter: Letter, progress: Progress) -> Delivered:
    """One mail transaction (RFC 5321 section 3.3)."""
    utf8 = not (letter.recipient.isascii() and letter.sender.isascii())
    if utf8 and not client.supports_extension("smtputf8"):
        raise Permanent(Reason.ADDRESS_NOT_SUPPORTED)
    of_mail, of_rcpt = _options(client, letter, utf8=utf8)
    with answers(Step.MAIL):
        await client.mail(letter.sender, options=of_mail, encoding="utf-8")
    with answers(Step.RCPT):
        await client.rcpt(letter.recipient, options=of_rcpt, encoding="utf-8")
    with answers(Step.DATA):
        answer = await client.execute_command(b"DATA")
        if answer.code != 354:
            raise SMTPResponseException(answer.code, answer.message)
    if client.protocol is None:
        raise Temporary(f"{Reason.RELAY_AWAY} data")
    with answers(Step.MESSAGE):
        return await _message(client, client.protocol, letter.content, progress)


def _options(client: SMTP, letter: Letter, *, utf8: bool) -> tuple[list[str], list[str]]:
    """What is asked with MAIL and RCPT: size (RFC 1870), and reports that name our letter (RFC 3461)."""
    of_mail, of_rcpt = ["SMTPUTF8"] if utf8 else [], []
    if client.supports_extension("size"):
        of_mail.append(f"SIZE={len(letter.content)}")
    if client.supports_extension("dsn"):
        of_mail.append("RET=HDRS")
        if len(envelope := xtext(letter.identity)) <= LONGEST_ENVID:
            of_mail.append(f"ENVID={envelope}")
        of_rcpt.append("NOTIFY=FAILURE,DELAY")
        if letter.recipient.isascii():
            of_rcpt.append(f"ORCPT=rfc822;{xtext(letter.recipient)}")
    return of_mail, of_rcpt


async def _message(client: SMTP, protocol: SMTPProtocol, content: bytes, progress: Progress) -> Delivered:
    """Write the message piece by piece: until its end is written, nothing has been handed over."""
    progress.stage = Stage.CONTENT
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    for start in range(0, len(stuffed), PIECE):
        protocol.write(stuffed[start : start + PIECE])
        async with asyncio.timeout(client.timeout):
            await protocol._drain_helper()  # noqa: SLF001 - what asyncio's StreamWriter.drain calls of any protocol
    protocol.write(b".\r\n")
    progress.stage = Stage.HANDED_OVER
    answer = await protocol.read_response(timeout=client.timeout)
    if 200 <= answer.code < 300:
        progress.stage = Stage.ANSWERED
        return Delivered(provider_id=answer.message[:200])
    if 400 <= answer.code < 600:
        progress.stage = Stage.ANSWERED
        if answer.code == 421:
            client.close()
    raise verdict(Step.MESSAGE, SMTPResponseException(answer.code, answer.message))
