"""``gehoord check``: try everything that is set up, and say in one line each what is wrong and how to mend it."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from app.edges import mailbox_of, relay_sender, smtp_access
from app.settings import Settings
from app.settings.mail import AttachmentSettings, SmtpSettings
from app.wiring import FIRST_YEAR, LAST_YEAR, build
from core.adapters.clamd import Clamd, Unavailable
from core.adapters.holidays import netherlands
from core.domain.errors import DeliveryError
from core.letters import check, own_files
from core.ports import Mark
from core.store.engine import connect, trouble
from core.store.migrate import is_current
from mailin.smtp.access import WrongCertificate, address_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one part."""

    part: str
    good: bool
    says: str


def findings(settings: Settings) -> Iterator[Finding]:
    """Try each part in turn."""
    yield _folder(settings.storage.folder)
    yield _tried("database", lambda: _database(settings))
    yield _tried("letters", lambda: _letters(settings))
    yield _tried("calendar", _calendar)
    if settings.classifier:
        yield _tried("classifier", _classifier)
    for part, port in (("web", settings.web.port), ("smtp", settings.smtp.port), ("lmtp", settings.smtp.lmtp_port)):
        yield _port(part, settings.web.host if part == "web" else settings.smtp.host, port)
    yield _tried("smtp access", lambda: _smtp_access(settings.smtp))
    for name in settings.imap:
        yield _tried(f"imap:{name}", partial(_mailbox, settings, name))
    yield _tried("relay", lambda: _relay(settings))
    yield _tried("telegram", lambda: _telegram(settings))
    yield _tried("virus scanner", lambda: _scanner(settings.attachments))


def _tried(part: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(part=part, good=True, says=attempt())
    except Problem as problem:
        return Finding(part=part, good=False, says=str(problem))


class Problem(Exception):
    """What is wrong and how to mend it, in one line for the administrator."""


def _folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".gehoord-check"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        says = f"cannot write to {folder} ({error.strerror}): set storage.folder or give the right to write"
        return Finding(part="storage", good=False, says=says)
    return Finding(part="storage", good=True, says=f"{folder} can be written")


def _database(settings: Settings) -> str:
    engine = connect(settings.database_url)
    if (kind := trouble(engine)) is not None:
        raise Problem(f"cannot be reached ({kind}): set storage.database, or start the server")
    if not is_current(engine):
        raise Problem("has not had every migration: run 'gehoord db upgrade' (or 'gehoord init' the first time)")
    return "reached, and of this version"


def _letters(settings: Settings) -> str:
    folder = settings.letters.folder
    problems = check(settings.municipality_value(), folder)
    if problems:
        raise Problem(f"{folder}: " + "; ".join(map(str, problems)))
    own = f"{len(own_files(folder))} files of {folder} are used" if folder else "with the built-in templates"
    return f"every letter can be written, {own}"


def _calendar() -> str:
    calendar = netherlands(FIRST_YEAR, LAST_YEAR)
    horizon = datetime.now(UTC).date() + timedelta(days=200)
    if horizon > calendar.known_until:
        raise Problem(
            f"days equated with holidays are known until {calendar.known_until} only: install a newer version, or add "
            "the new royal decree to core/adapters/equated_days.toml"
        )
    return f"holidays are known until {calendar.known_until}"


def _classifier() -> str:
    from nlp.classifier import SpacyClassifier

    try:
        model = SpacyClassifier().load()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the model is the finding
        raise Problem(f"does not load ({type(error).__name__}): install again, or set classifier = false") from None
    return f"loaded, model {model}"


def _port(part: str, host: str, port: int) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            says = (
                f"{host}:{port} cannot be listened on ({error.strerror}); fine when gehoord is running, else set {part}"
            )
            return Finding(part=part, good=True, says=says)
    return Finding(part=part, good=True, says=f"{host}:{port} is free")


def _smtp_access(smtp: SmtpSettings) -> str:
    """The certificate can be used; and who may hand in, with a warning when that is everybody."""
    access = smtp_access(smtp)
    try:
        if access.certificate is not None:
            access.certificate.context()
    except WrongCertificate as error:
        raise Problem(str(error)) from None
    tls = "STARTTLS is offered" if access.certificate else "no STARTTLS"
    if not access.closed and not _is_this_machine(smtp.host):
        return (
            f"{tls}. WARNING: whoever reaches {smtp.host} may hand in mail for our recipients; right for a public mail "
            "exchanger only, else set smtp.allowed_from or smtp.accounts"
        )
    who = f"{len(smtp.accounts)} accounts and {len(smtp.allowed_from)} networks" if access.closed else "this machine"
    return f"{tls}; mail is taken from {who}"


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or address_of(host).is_loopback


def _mailbox(settings: Settings, name: str) -> str:
    from mailin.imap.session import FAULTS
    from mailin.imap.session import trouble as mailbox_trouble
    from mailin.imap.tally import look

    imap = settings.imap[name]
    try:
        found = look(mailbox_of(imap), _mark(settings, f"imap:{name}"))
    except FAULTS as error:
        there = f"{imap.host}:{imap.port}"
        says = {
            "token": f"no token from the token server ({error}): check oauth",
            "certificate": f"the certificate of {imap.host} is not trusted: set certificates, or mend the server",
            "login": f"{there} refuses the login: check user and {'oauth' if imap.oauth else 'password'}",
            "folder": f"{there} will not open a folder: check that {imap.folder} exists, then done and unreadable",
            "connection": f"{there} cannot be reached ({type(error).__name__}): check host, port, tls",
        }
        raise Problem(says[mailbox_trouble(error)]) from None
    by = "a token" if imap.oauth else "password"
    return f"let in by {by}; {found.counting} messages wait in {imap.folder}, {found.old} older ones are left alone"


def _mark(settings: Settings, door: str) -> Mark | None:
    """Where old mail ends; nothing is known of it while the database cannot be used, which has a line of its own."""
    engine = connect(settings.database_url)
    if trouble(engine) is not None or not is_current(engine):
        return None
    return build(settings).books.load(door)


def _relay(settings: Settings) -> str:
    if settings.relay is None:
        return "none is set up: outgoing mail stays in the development mailbox"
    relay = settings.relay
    there, way = f"{relay.host}:{relay.port}", "oauth" if relay.oauth else "password"
    try:
        offered = asyncio.run(relay_sender(relay, settings.municipality_value()).greet())
    except DeliveryError as error:
        raise Problem(f"{there} refuses ({error.reason}): check host, tls, user, {way}") from None
    reports = "" if "dsn" in offered else "; it offers no DSN, so reports are matched by the returned message alone"
    return f"{there} lets us in{reports}"


def _telegram(settings: Settings) -> str:
    if settings.telegram is None:
        return "off"
    telegram = build(settings).telegram
    if telegram is None:
        return "off"
    try:
        return f"the bot answers as @{asyncio.run(telegram.greet())}"
    except DeliveryError as error:
        raise Problem(f"Telegram refuses ({error.reason}): check telegram.token") from None


def _scanner(attachments: AttachmentSettings) -> str:
    if not attachments.clamd:
        return "none is set up: attachments are handed over unscanned"
    scanner = Clamd(attachments.clamd, seconds=10)
    try:
        scanner.ping()
        return f"{scanner.version()} answers; see to it that clamd.conf says 'AlertExceedsMax yes'"
    except Unavailable as error:
        says = f"{attachments.clamd} does not answer ({error}): start it, or check attachments.clamd; files wait"
        raise Problem(says) from None
