"""Every object is made here, once, by hand. Read it from top to bottom to see what the house consists of."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.bridge import Bridge
from app.edges import mail_doors, mail_sender, telegram_bot
from app.metrics import Metrics
from app.reading import mail_reader
from app.settings import Settings
from app.settings.mail import AttachmentSettings
from core.adapters.clamd import Clamd
from core.adapters.holidays import netherlands
from core.adapters.passwords import Argon2Passwords
from core.adapters.pdf import TypstPdf
from core.adapters.scanner import ClamdScanner
from core.domain.brakes import Brakes
from core.domain.labels import Channel
from core.domain.message import Inbound
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.letters import Letters
from core.ports import Classifier, Clock, Door, Original, Sender
from core.service.accounts import Accounts
from core.service.alerting import Alerts
from core.service.answering import Answering
from core.service.casework import Casework
from core.service.complainants import Complainants
from core.service.conversations import Conversations
from core.service.correspondence import Correspondence
from core.service.doors import Doors
from core.service.intake import Intake
from core.service.joining import Joining
from core.service.placing import Placing
from core.service.posting import Posting
from core.service.printing import Printing
from core.service.queries import Queries
from core.service.rereading import Reader, Rereading
from core.service.review import Review
from core.service.scanning import Scanning
from core.service.sweeping import Sweeping
from core.service.worker import Worker
from core.store.blobs import FolderBlobs
from core.store.engine import Engine, connect
from core.store.uow import SqlStore
from mailin.confined.reader import ConfinedReader
from mailin.forms.reading import FormReader
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
    casework: Casework
    joining: Joining
    complainants: Complainants
    correspondence: Correspondence
    alerts: Alerts
    books: Doors
    scanning: Scanning | None
    """None when no scanner is set up."""
    queries: Queries
    printing: Printing
    rereading: Rereading
    sweeping: Sweeping
    accounts: Accounts
    metrics: Metrics
    reader: ConfinedReader
    forms: FormReader
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
    alerts = Alerts(store=store, clock=clock, calendar=calendar)
    letters = _letters(settings, alerts)
    answering = _answering(settings, letters, calendar)
    intake = Intake(
        store=store,
        blobs=blobs,
        clock=clock,
        calendar=calendar,
        placing=Placing(calendar=calendar, municipality=municipality, answering=answering),
        scans=bool(settings.attachments.clamd),
    )
    books = Doors(store=store, clock=clock, calendar=calendar)
    understanding = mail_reader(settings)
    reader = ConfinedReader(understanding)
    telegram = telegram_bot(settings, Conversations(store=store, clock=clock), clock)
    classifier: Classifier | None = SpacyClassifier() if settings.classifier else None
    return House(
        settings=settings,
        engine=engine,
        store=store,
        blobs=blobs,
        calendar=calendar,
        clock=clock,
        intake=intake,
        worker=Worker(store=store, clock=clock, calendar=calendar, classifier=classifier, blobs=blobs),
        review=Review(store=store, clock=clock, calendar=calendar),
        casework=Casework(store=store, clock=clock, calendar=calendar),
        joining=Joining(store=store, clock=clock, calendar=calendar),
        complainants=Complainants(
            store=store, clock=clock, calendar=calendar, municipality=municipality, answering=answering
        ),
        correspondence=Correspondence(
            store=store,
            blobs=blobs,
            clock=clock,
            calendar=calendar,
            letters=letters,
            posting=answering.posting,
        ),
        alerts=alerts,
        books=books,
        scanning=_scanning(settings.attachments, store, blobs, clock, calendar),
        queries=Queries(store=store, blobs=blobs),
        printing=Printing(store=store, calendar=calendar, municipality=municipality, maker=TypstPdf()),
        rereading=Rereading(store=store, blobs=blobs, clock=clock, intake=intake, read=_read_again(reader)),
        sweeping=Sweeping(store=store, blobs=blobs, clock=clock),
        accounts=Accounts(store=store, clock=clock, passwords=Argon2Passwords(), new_token=_token),
        metrics=Metrics(),
        reader=reader,
        forms=understanding.forms,
        doors=(*mail_doors(settings, reader, books, clock), *((telegram,) if telegram else ())),
        senders=(mail_sender(settings), *((telegram,) if telegram else ())),
        telegram=telegram,
    )


def bridge(house: House) -> Bridge:
    """The way from the doors into the core; to be made inside the running event loop."""
    return Bridge(accept_all=house.intake.accept_all)


def _token() -> str:
    return secrets.token_hex(16)


def _letters(settings: Settings, alerts: Alerts) -> Letters:
    limits = settings.attachments
    return Letters(
        settings.municipality_value(),
        overrides=settings.letters.folder,
        alert=lambda _, where: alerts.tell(TaskKind.LETTER_OVERRIDE, where),
        file_limits={"too_large": limits.largest, "total_too_large": limits.total, "too_many": limits.most},
    )


def _answering(settings: Settings, letters: Letters, calendar: Calendar) -> Answering:
    municipality, answers = settings.municipality_value(), settings.answers
    posting = Posting(
        municipality=municipality,
        calendar=calendar,
        mail_domain=settings.mail_domain,
        plus_addresses=answers.plus_addresses,
        new_token=_token,
    )
    return Answering(
        letters=letters,
        municipality=municipality,
        calendar=calendar,
        posting=posting,
        brakes=Brakes(per_address=answers.most_per_address, per_case=answers.most_per_case),
    )


def _scanning(
    settings: AttachmentSettings, store: SqlStore, blobs: FolderBlobs, clock: Clock, calendar: Calendar
) -> Scanning | None:
    if not settings.clamd:
        return None
    scanner = ClamdScanner(Clamd(settings.clamd, settings.scan_seconds))
    return Scanning(store=store, blobs=blobs, clock=clock, calendar=calendar, scanner=scanner)


def _read_again(reader: ConfinedReader) -> Reader:
    """How a kept original is read once more: the form's own way, or as mail."""

    def read(original: Original, raw: bytes) -> Inbound:
        form = original.channel == Channel.KLACHTENFORMULIER and original.raw_type == "application/json"
        return reread(original, raw) if form else reader.again(original, raw)

    return read
