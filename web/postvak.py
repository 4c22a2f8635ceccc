"""The outgoing mail of a development installation, read from its Maildir; not there at all in production."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from starlette.responses import Response

from core.domain.errors import NotFound
from web.visits import Visit

MOST = 200
"""Mails in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as it was handed over."""

    key: str
    to: str
    subject: str
    date: str
    text: str


def mails(visit: Visit) -> Response:
    """The mails, newest first."""
    newest = sorted(_files(visit).values(), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    return visit.page("mails.html", here="mails", mails=[_mail(file) for file in newest[:MOST]])


def mail(visit: Visit) -> Response:
    """One mail, as plain text."""
    file = _files(visit).get(str(visit.path["key"]))
    if file is None:
        raise NotFound
    return visit.page("mail.html", here="mails", mail=_mail(file))


def _files(visit: Visit) -> dict[str, Path]:
    """The files of the Maildir by name. Raises NotFound outside development."""
    folder = visit.parts.development_mailbox
    if folder is None:
        raise NotFound
    return {file.name: file for part in ("cur", "new") for file in (folder / part).glob("*")}


def _mail(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default)
    body = message.get_body(("plain", "html"))
    return Mail(
        key=file.name,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        date=str(message.get("Date", "")),
        text=str(body.get_content()) if body is not None else "",
    )
