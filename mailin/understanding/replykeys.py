"""Keys of ours that come back: in the address that somebody answered to, and in the Message-ID that they answered."""

import re
from collections.abc import Iterable

MOST = 20
"""Keys that are looked up; a hostile mail can hold thousands."""

_KEY = re.compile(r"[a-z0-9]{16,40}")
_OUR_ID = re.compile(r"20\d\d-\d{4,6}\.([a-z0-9]{16,40})\.[a-z0-9]+@.+", re.I)


def reply_keys(recipients: Iterable[str], references: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    """Every reply key in the plus part of our own addresses (RFC 5233) and in Message-IDs of our form, each once.

    ``own`` holds our addresses in small letters without a plus part. A key is a claim; the core asks whose it is.
    """
    in_addresses = (_plus_part(address.casefold(), own) for address in recipients)
    in_ids = (match.group(1).casefold() for match in map(_OUR_ID.fullmatch, references) if match)
    found = dict.fromkeys(key for key in (*in_addresses, *in_ids) if _KEY.fullmatch(key))
    return tuple(found)[:MOST]


def _plus_part(address: str, own: frozenset[str]) -> str:
    local, _, domain = address.rpartition("@")
    name, _, key = local.partition("+")
    return key if f"{name}@{domain}" in own else ""
