"""Readers that do what no mail known to us can make the real one do. The reading child imports them from here."""

from __future__ import annotations

import os
import signal
from datetime import datetime

import structlog

from core.domain.message import Inbound
from mailin.inbound import MailReader


class Misbehaving(MailReader):
    """Reads like the real one, unless the mail tells it to misbehave."""

    def read(self, raw: bytes, *, door: str, received_at: datetime, envelope_from: str | None = None) -> Inbound:
        if b"hang" in raw:
            while True:
                pass
        if b"hoard" in raw:
            raise_for_memory = bytearray(1 << 40)
            del raise_for_memory
        if b"die" in raw:
            os.kill(os.getpid(), signal.SIGKILL)
        if b"print" in raw:
            print("a library that prints")  # noqa: T201 - this is what such a library does
        if b"log" in raw:
            structlog.get_logger("mailin.somewhere").warning("odd mail", door=door, size=len(raw), why=ValueError("x"))
        if b"crash" in raw:
            raise ArithmeticError(raw.decode())
        if b"environment" in raw:
            raw = b"Subject: " + ",".join(sorted(os.environ)).encode() + b"\n\n"  # noqa: TID251 - to see what is in it
        return super().read(raw, door=door, received_at=received_at, envelope_from=envelope_from)
