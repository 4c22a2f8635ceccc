"""``gehoord check``: try everything that is set up, and say in one line each what is wrong and how to mend it."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from app.settings import ImapSettings, Settings
from app.wiring import FIRST_YEAR, LAST_YEAR, build
from core.adapters.holidays import netherlands
from core.domain.errors import DeliveryError
from core.letters import Fact, Letters
from core.store.engine import connect, trouble
from core.store.migrate import is_current


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
    for name, imap in settings.imap.items():
        yield _tried(f"imap:{name}", partial(_mailbox, imap))
    yield _tried("relay", lambda: _relay(settings))
    yield _tried("telegram", lambda: _telegram(settings))


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
    today = datetime.now(UTC).date()
    facts: dict[str, Fact] = {
        "number": "2026-0001", "name": "", "received_on": today, "call_before": today, "target": today,
        "limit": today, "ask_consent": True, "copy": "", "attachments": (),
    }  # fmt: skip
    Letters(settings.municipality_value()).write("ontvangst", facts)
    return "the acknowledgement can be written"


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


def _mailbox(imap: ImapSettings) -> str:
    from mailin.imap import Mailbox, unread

    facts = imap.model_dump(exclude={"password"})
    try:
        waiting = unread(Mailbox(**facts, password=imap.password.get_secret_value()))
    except ssl.SSLCertVerificationError:
        raise Problem(f"the certificate of {imap.host} is not trusted: set certificates, or mend the server") from None
    except Exception as error:  # noqa: BLE001 - imapclient raises what it likes; the type tells enough
        raise Problem(f"{imap.host}:{imap.port} refuses ({type(error).__name__}): check host, user, password") from None
    return f"{waiting} messages wait in {imap.folder}"


def _relay(settings: Settings) -> str:
    if settings.relay is None:
        return "none is set up: outgoing mail stays in the development mailbox"
    from mailin.outgoing import Relay, RelaySender

    facts = settings.relay.model_dump(exclude={"password"})
    relay = Relay(**facts, password=settings.relay.password.get_secret_value())
    try:
        asyncio.run(RelaySender(relay, settings.municipality_value()).greet())
    except DeliveryError as error:
        raise Problem(f"{relay.host}:{relay.port} refuses ({error.reason}): check host, tls, user, password") from None
    return f"{relay.host}:{relay.port} lets us in"


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
