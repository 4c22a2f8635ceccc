"""What a relay's answers mean for a letter: tried again or refused for good, and why, in one word without data."""

import contextlib
import re
import ssl
from collections.abc import Iterator
from enum import StrEnum

from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

from core.domain.errors import DeliveryError, Permanent, Temporary
from core.domain.message import Limits

MAIL_LIMITS = Limits(html=True, attachments=True)


class Reason(StrEnum):
    """First word of ``DeliveryError.reason``; step, code and status of the relay follow it."""

    NO_ADDRESS = "no_address"
    """Nothing that mail can be sent to."""
    ADDRESS_NOT_SUPPORTED = "address_not_supported"
    """An address with letters that the relay cannot write (RFC 6531)."""
    RECIPIENT_UNKNOWN = "recipient_unknown"
    RECIPIENT_FULL = "recipient_full"
    RECIPIENT_REFUSES = "recipient_refuses"
    RECIPIENT_DEFERRED = "recipient_deferred"
    TOO_LARGE = "too_large"
    CONTENT_REFUSED = "content_refused"
    NOT_COMPOSED = "not_composed"
    """Our own address, or a key of ours, cannot be written in a mail."""
    RELAY_REFUSES_US = "relay_refuses_us"
    """Sign-in, our address, or our right to relay: an administrator mends that."""
    RELAY_BUSY = "relay_busy"
    RELAY_AWAY = "relay_away"
    """No connection, or none any more."""
    CERTIFICATE = "certificate"
    DISK = "disk"


class Step(StrEnum):
    """Where in the conversation something went wrong (RFC 5321)."""

    CERTIFICATES = "certificates"
    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    MESSAGE = "message"


_STATUS = re.compile(r"\b[245]\.(\d{1,3}\.\d{1,3})\b")
_OURS = frozenset({500, 502, 503, 504, 530, 534, 535, 538, 555})
"""Codes that say something about our sign-in or our commands, never about the citizen's address (RFC 4954, 5321)."""
_OURS_STATUS = re.compile(r"1\.[78]|5\.[024]|7\.(?:[389]|1[1-4]|57|60)")
"""Statuses about our address, commands, sign-in or right to send (RFC 3463, RFC 5248; 7.57 and 7.60: Exchange)."""
_TRANSACTION = frozenset({Step.RCPT, Step.DATA, Step.MESSAGE})


@contextlib.contextmanager
def answers(step: Step) -> Iterator[None]:
    """Turn what went wrong in one step into Temporary or Permanent."""
    try:
        yield
    except SMTPResponseException as error:
        raise verdict(step, error) from None
    except (SMTPException, OSError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
        raise Temporary(f"{_broken(step, cause)} {step} {type(cause).__name__}") from None


def _broken(step: Step, error: BaseException) -> Reason:
    if step == Step.CERTIFICATES or isinstance(error, ssl.SSLCertVerificationError):
        return Reason.CERTIFICATE
    # The library says so when the relay offers no TLS, or no way to sign in that we know.
    return Reason.RELAY_AWAY if isinstance(error, OSError) else Reason.RELAY_REFUSES_US


def verdict(step: Step, answer: SMTPResponseException) -> DeliveryError:
    """What an answer of refusal means.

    5xx is permanent where it is about this message or its recipient, and temporary where it is about our sign-in, our
    address or our right to relay (X.7.X of RFC 3463 for a recipient): an administrator mends that, and no letter should
    be lost over it. The reason names word, step, code and status; the relay's own words may hold the address.
    """
    found = _STATUS.search(answer.message)
    about = found.group(1) if found else ""
    status = f" {found.group(0)}" if found else ""
    reason = _for_now(step, about) if answer.code < 500 else _for_good(step, answer.code, about)
    if isinstance(answer, SMTPAuthenticationError) and answer.code >= 500:
        reason = Reason.RELAY_REFUSES_US
    kind = Temporary if answer.code < 500 or reason == Reason.RELAY_REFUSES_US else Permanent
    return kind(f"{reason} {step} {answer.code}{status}")


def _for_now(step: Step, about: str) -> Reason:
    if about == "2.2":
        return Reason.RECIPIENT_FULL
    return Reason.RECIPIENT_DEFERRED if step == Step.RCPT else Reason.RELAY_BUSY


def _for_good(step: Step, code: int, about: str) -> Reason:
    """The status tells more than the step: some relays refuse a recipient only after the message."""
    if about in ("2.3", "3.4") or (code == 552 and about in ("", "5.2") and step != Step.RCPT):
        return Reason.TOO_LARGE
    denied = step == Step.RCPT and about.startswith("7.")
    if step not in _TRANSACTION or code in _OURS or denied or _OURS_STATUS.fullmatch(about):
        return Reason.RELAY_REFUSES_US
    if about == "2.2" or (step == Step.RCPT and code == 552):
        return Reason.RECIPIENT_FULL
    if about.startswith("1.") or (step == Step.RCPT and not about):
        return Reason.RECIPIENT_UNKNOWN
    return Reason.RECIPIENT_REFUSES if step == Step.RCPT else Reason.CONTENT_REFUSED
