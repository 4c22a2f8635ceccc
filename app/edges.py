"""Doors and senders, made from the settings: for the house, for ``gehoord check`` and for imports."""

from typing import TYPE_CHECKING

from app.files import examiner
from app.settings import Settings
from app.settings.mail import ImapSettings, OAuthSettings, RelaySettings, SmtpSettings
from core.domain.municipality import Municipality
from core.ports import Clock, Door, Sender
from core.service.conversations import Conversations
from core.service.doors import Doors
from mailin.confined.reader import ConfinedReader
from mailin.imap.door import ImapDoor
from mailin.imap.session import Mailbox
from mailin.oauth import OAuth, TokenSource
from mailin.sending.maildir import MaildirSender
from mailin.sending.relay import Relay, RelaySender
from mailin.smtp.access import Access, Certificate
from mailin.smtp.doors import LmtpDoor, SmtpDoor
from mailin.smtp.limits import Limits

if TYPE_CHECKING:
    from bots.telegram import Telegram


def mail_doors(settings: Settings, reader: ConfinedReader, books: Doors, clock: Clock) -> list[Door]:
    """Every way in for mail that is set up."""
    smtp = settings.smtp
    same = (settings.recipients, smtp.max_size, reader, clock)
    access, limits = smtp_access(smtp), Limits(**smtp.limits.model_dump())
    doors: list[Door] = []
    if smtp.enabled:
        doors.append(SmtpDoor(smtp.host, smtp.port, *same, access=access, limits=limits))
    if smtp.lmtp_enabled:
        doors.append(LmtpDoor(smtp.host, smtp.lmtp_port, *same, access=access, limits=limits))
    doors += [ImapDoor(name, mailbox_of(imap), reader, books, clock) for name, imap in settings.imap.items()]
    return doors


def smtp_access(smtp: SmtpSettings) -> Access:
    """Who may hand in mail over SMTP and LMTP."""
    return Access(
        certificate=Certificate(smtp.certificate, smtp.key) if smtp.certificate else None,
        require_tls=smtp.require_tls,
        accounts={name: password.get_secret_value() for name, password in smtp.accounts.items()},
        allowed_from=smtp.allowed_from,
        proxies=smtp.proxies,
        unlimited_from=smtp.unlimited_from,
    )


def mailbox_of(imap: ImapSettings) -> Mailbox:
    """A mailbox with these settings, and with the source of its tokens where it has one."""
    facts = imap.model_dump(exclude={"password", "oauth"})
    return Mailbox(**facts, password=imap.password.get_secret_value(), tokens=token_source(imap.oauth))


def token_source(oauth: OAuthSettings | None) -> TokenSource | None:
    """What hands out access tokens with these settings."""
    if oauth is None:
        return None
    facts = oauth.model_dump(exclude={"client_secret", "refresh_token"})
    secret, refresh = oauth.client_secret.get_secret_value(), oauth.refresh_token.get_secret_value()
    return TokenSource(OAuth(**facts, client_secret=secret, refresh_token=refresh))


def mail_sender(settings: Settings) -> Sender:
    """How mail leaves: over the relay, or into the development mailbox where there is none."""
    municipality = settings.municipality_value()
    if settings.relay is None:
        return MaildirSender(settings.storage.folder / "postvak", municipality)
    return relay_sender(settings.relay, municipality)


def relay_sender(relay: RelaySettings, municipality: Municipality) -> RelaySender:
    """What hands mail to a relay with these settings, with the source of its tokens where it has one."""
    facts = relay.model_dump(exclude={"password", "oauth"})
    value = Relay(**facts, password=relay.password.get_secret_value())
    return RelaySender(value, municipality, tokens=token_source(relay.oauth))


def telegram_bot(settings: Settings, conversations: Conversations, clock: Clock) -> "Telegram | None":
    """The bot; None as long as it has no token."""
    if settings.telegram is None:
        return None
    from bots.telegram import Telegram  # off by default, and its library costs 16 MB and a third of a second

    return Telegram(
        token=settings.telegram.token.get_secret_value(),
        base_url=settings.telegram.base_url,
        base_file_url=settings.telegram.base_file_url,
        conversations=conversations,
        municipality=settings.municipality_value(),
        clock=clock,
        examine=examiner(settings.attachments),
    )
