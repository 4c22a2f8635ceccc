"""Every object is made here, once, by hand. Read it from top to bottom to see what the house consists of."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.bridge import Bridge
from app.metrics import Metrics
from app.settings import ImapSettings, Settings
from core.adapters.holidays import netherlands
from core.adapters.passwords import Argon2Passwords
from core.domain.labels import Channel
from core.domain.message import Inbound
from core.domain.terms import Calendar
from core.letters import Letters
from core.ports import Classifier, Clock, Door, Original, Sender
from core.service.accounts import Accounts
from core.service.conversations import Conversations
from core.service.intake import Intake
from core.service.queries import Queries
from core.service.rereading import Reader, Rereading
from core.service.review import Review
from core.service.worker import Worker
from core.store.blobs import FolderBlobs
from core.store.engine import Engine, connect
from core.store.uow import SqlStore
from mailin.imap import ImapDoor, Mailbox
from mailin.inbound import MailReader
from mailin.outgoing import MaildirSender, Relay, RelaySender
from mailin.smtp import LmtpDoor, SmtpDoor
from nlp.classifier import SpacyClassifier
from web.forms import reread

if TYPE_CHECKING:
    from bots.telegram import Telegram

FIRST_YEAR, LAST_YEAR = 2015, 2045
"""Years for which the calendar is laid out; equated days are known for fewer, and deadlines beyond say so."""


def system_clock() -> datetime:
    """The only clock of the product."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that runs, made and joined."""

    settings: Settings
    engine: Engine
    store: SqlStore
    blobs: FolderBlobs
    calendar: Calendar
    clock: Clock
    intake: Intake
    worker: Worker
    review: Review
    queries: Queries
    rereading: Rereading
    accounts: Accounts
    metrics: Metrics
    doors: tuple[Door, ...]
    senders: tuple[Sender, ...]
    telegram: "Telegram | None"

    @property
    def development_mailbox(self) -> Path | None:
        """Where mail is kept when there is no relay: shown at /postvak."""
        return None if self.settings.relay else self.settings.storage.folder / "postvak"


def build(settings: Settings, clock: Clock = system_clock) -> House:
    """Join everything for these settings. Nothing is opened yet but the folder for contents."""
    engine = connect(settings.database_url)
    store = SqlStore(engine)
    blobs = FolderBlobs(settings.storage.folder / "blobs")
    calendar = netherlands(FIRST_YEAR, LAST_YEAR)
    municipality = settings.municipality_value()
    intake = Intake(
        store=store,
        blobs=blobs,
        clock=clock,
        calendar=calendar,
        letters=Letters(municipality),
        municipality=municipality,
        mail_domain=settings.mail_domain,
        new_token=_token,
    )
    reader = MailReader(
        own_addresses=(municipality.email, *settings.recipients),
        mail_domain=settings.mail_domain,
        forwarders=settings.smtp.forwarders,
    )
    telegram = _telegram(settings, Conversations(store=store, clock=clock), clock)
    classifier: Classifier | None = SpacyClassifier() if settings.classifier else None
    return House(
        settings=settings,
        engine=engine,
        store=store,
        blobs=blobs,
        calendar=calendar,
        clock=clock,
        intake=intake,
        worker=Worker(store=store, clock=clock, calendar=calendar, classifier=classifier),
        review=Review(store=store, clock=clock, calendar=calendar),
        queries=Queries(store=store, blobs=blobs),
        rereading=Rereading(store=store, blobs=blobs, clock=clock, intake=intake, read=_read_again(reader)),
        accounts=Accounts(store=store, clock=clock, passwords=Argon2Passwords(), new_token=_token),
        metrics=Metrics(),
        doors=(*_mail_doors(settings, reader, clock), *((telegram,) if telegram else ())),
        senders=(_mail_sender(settings), *((telegram,) if telegram else ())),
        telegram=telegram,
    )


def bridge(house: House) -> Bridge:
    """The way from the doors into the core; to be made inside the running event loop."""
    return Bridge(accept_all=house.intake.accept_all)


def _token() -> str:
    return secrets.token_hex(16)


def _read_again(reader: MailReader) -> Reader:
    """How a kept original is read once more: the form's own way, or as mail."""

    def read(original: Original, raw: bytes) -> Inbound:
        form = original.channel == Channel.KLACHTENFORMULIER and original.raw_type == "application/json"
        return reread(original, raw) if form else reader.again(original, raw)

    return read


def _mail_doors(settings: Settings, reader: MailReader, clock: Clock) -> list[Door]:
    smtp = settings.smtp
    doors: list[Door] = []
    if smtp.enabled:
        doors.append(SmtpDoor(smtp.host, smtp.port, settings.recipients, smtp.max_size, reader, clock))
    if smtp.lmtp_enabled:
        doors.append(LmtpDoor(smtp.host, smtp.lmtp_port, settings.recipients, smtp.max_size, reader, clock))
    doors += [ImapDoor(name, _mailbox(imap), reader) for name, imap in settings.imap.items()]
    return doors


def _mailbox(imap: ImapSettings) -> Mailbox:
    facts = imap.model_dump(exclude={"password"})
    return Mailbox(**facts, password=imap.password.get_secret_value())


def _mail_sender(settings: Settings) -> Sender:
    municipality = settings.municipality_value()
    if settings.relay is None:
        return MaildirSender(settings.storage.folder / "postvak", municipality)
    facts = settings.relay.model_dump(exclude={"password"})
    relay = Relay(**facts, password=settings.relay.password.get_secret_value())
    return RelaySender(relay, municipality)


def _telegram(settings: Settings, conversations: Conversations, clock: Clock) -> "Telegram | None":
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
    )
