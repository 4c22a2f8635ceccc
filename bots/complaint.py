"""From a finished conversation to the message that the core takes in; the same for every chat channel."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from bots.dialogue import Finished
from bots.wording import conduct_on, written_out
from core.domain.labels import Channel
from core.domain.message import Attachment, Contact, Inbound, Refused, ReplyRoute
from core.domain.numbering import numbers_in
from templates.texts import texts

Files = tuple[Attachment, ...]
Examine = Callable[[Files], tuple[Files, tuple[Refused, ...]]]
"""What files are by their content, and which of them are over a limit."""
LONGEST_SUBJECT = 80
TELLING = 3
"""Words from which a line says what a message is about; "goedemiddag" does not."""


def unexamined(files: Files) -> tuple[Files, tuple[Refused, ...]]:
    """For a house that takes every file for what its sender says."""
    return files, ()


def inbound(
    finished: Finished,
    *,
    channel: Channel,
    reply: ReplyRoute,
    received_at: datetime,
    attachments: Sequence[Attachment],
    missing: Sequence[str],
    language: str,
    refused: Sequence[Refused] = (),
) -> Inbound:
    """The message. The original is the conversation; its hash leaves out how fetching the files went (decisions 10)."""
    told = finished.told
    raw = told.conversation().encode()
    text = written_out(told, language)
    if missing:
        text += f"\n{texts('chat', language)('written.missing')}: {', '.join(missing)}"
    return Inbound(
        channel=channel,
        door=channel.value,
        external_id=f"{channel.value}:{reply.address}:{finished.message}",
        content_hash=sha256(raw).hexdigest(),
        received_at=received_at,
        sender=Contact(name=told.name, phone=told.phone),
        reply=reply,
        subject=_subject(finished, language),
        text=text,
        reply_text="\n\n".join(told.story),
        attachments=tuple(attachments),
        refused=tuple(refused),
        raw=raw,
        raw_type="application/json",
        fields=_fields(finished),
    )


def _fields(finished: Finished) -> dict[str, str]:
    told = finished.told
    day = conduct_on(told.when)
    given = {"about_whom": told.about, "when": day.isoformat() if day else told.when}
    consent = {} if told.consent is None else {"consent": told.consent}
    return {name: value for name, value in given.items() if value} | consent


def _subject(finished: Finished, language: str) -> str:
    """The case it belongs to, as the citizen confirmed; otherwise the first words, unless a number stands there."""
    if finished.belongs_to:
        return texts("chat", language)("written.subject_addition", number=finished.belongs_to)
    lines = [line.strip() for text in finished.told.story for line in text.splitlines() if line.strip()]
    first = next((line for line in lines if len(line.split()) >= TELLING), lines[0] if lines else "")
    short = first if len(first) <= LONGEST_SUBJECT else first[:LONGEST_SUBJECT].rpartition(" ")[0] + " …"
    return "" if numbers_in(short) else short
