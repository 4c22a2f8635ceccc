"""What the Bot API's refusals mean for a delivery (python-telegram-bot's errors to the core's)."""

from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from core.domain.errors import DeliveryError, Permanent, Temporary

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before anything left: of every other one nobody knows whether the message arrived."""


def delivery_error(error: TelegramError, *, begun: bool = False) -> DeliveryError:
    """The core's error for a failed sendMessage; ``begun`` says that an earlier part of the text did leave."""
    if isinstance(error, Forbidden):
        return Permanent("blocked")
    if isinstance(error, BadRequest | ChatMigrated):
        return Permanent(f"refused: {type(error).__name__}")
    if isinstance(error, InvalidToken):
        return Temporary("the bot's token is refused", handed_over=begun)
    if isinstance(error, RetryAfter):
        return Temporary("too many requests", retry_after=pause_of(error), handed_over=begun)
    cause = error.__cause__
    unknown = isinstance(cause, httpx.HTTPError) and not isinstance(cause, NOT_SENT)
    return Temporary(f"network: {type(error).__name__}", handed_over=begun or unknown)


def pause_of(error: TelegramError) -> float | None:
    """Seconds that the service asks us to wait (ResponseParameters.retry_after)."""
    if not isinstance(error, RetryAfter):
        return None
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
