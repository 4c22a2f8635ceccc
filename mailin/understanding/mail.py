"""The shape of an understood mail: what every mail door hands on and every later step reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAttachment:
    """One part of a mail that a person could save as a file."""

    filename: str
    content_type: str
    content: bytes
    inline: bool

    @property
    def size(self) -> int:
        """The length in decoded bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as understood from its bytes; the bytes themselves are kept elsewhere and stay the truth.

    Header strings hold no line breaks, and no string holds control characters (except tab and line feed in
    `text` and `reply_text`) or lone surrogates, so each can be stored and shown as it is.
    """

    subject: str
    from_addr: str | None
    from_name: str
    reply_to: tuple[str, ...]
    to: tuple[str, ...]
    text: str
    reply_text: str
    html: str | None
    attachments: tuple[MailAttachment, ...]
    auto_submitted: bool
    bounce: bool
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    authentication_results: tuple[str, ...]
    return_path: str | None
    encrypted: bool
    problems: tuple[str, ...]
    bounced_ids: tuple[str, ...]
    final_status: str | None
    failed_recipients: tuple[str, ...]
    given_up: bool = False
    """Whether a bounce says that delivery failed for good, and not only that it takes longer."""
    senders: tuple[str, ...] = ()
    """Every address in the From fields; more than one is a sign of deceit."""
    trace: tuple[tuple[str, str], ...] = ()
    """Name in small letters and value of the fields that servers add (`mailin.safety.trust`), the last added first."""
