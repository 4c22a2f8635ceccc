"""Numeric brakes on answering: the last of three guards against two machines that thank each other for ever.

The first two are the signs in a message (RFC 3834) and our own address and Message-IDs. A machine that shows no sign is
stopped by counting: a person who writes so often gets an answer from a person.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PERIOD = timedelta(hours=24)
"""Over how long letters are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brakes:
    """How many letters the machine writes by itself within ``PERIOD`` before a person takes over."""

    per_address: int = 10
    per_case: int = 5


class Braked(StrEnum):
    """Which brake holds."""

    ADDRESS = "address"
    CASE = "case"


def counted_as(address: str) -> str:
    """Whose letters are counted together: capitals and what follows a plus make no other mailbox (RFC 5233)."""
    local, at, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at else domain


def braked(brakes: Brakes, *, to_address: int, in_case: int) -> Braked | None:
    """The brake that forbids one more automatic letter after so many, or None."""
    if to_address >= brakes.per_address:
        return Braked.ADDRESS
    if in_case >= brakes.per_case:
        return Braked.CASE
    return None
