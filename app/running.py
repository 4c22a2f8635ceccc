"""What ``gehoord serve`` does around the service: the lock, the database, the logs, and what is printed."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from urllib.parse import urlsplit

import click
import structlog

from app.initialise import first_login, prepare
from app.logs import configure
from app.serve import PARTS, PartFailed, Service, sole_owner
from app.settings import Settings
from app.wiring import House, build
from core.domain.errors import Locked
from core.store.engine import trouble

log = structlog.get_logger(__name__)


def run(settings: Settings, only: frozenset[str], then: Callable[[House], None] | None = None) -> int:
    """Run the service; gives the exit code. ``then`` is called once every part can be used."""
    if unknown := only - PARTS:
        click.echo(f"unknown part: {', '.join(sorted(unknown))}; there are {', '.join(sorted(PARTS))}", err=True)
        return 2
    if only and settings.embedded:
        click.echo("--only needs PostgreSQL: on the embedded SQLite one process does everything", err=True)
        return 2
    configure(settings.log_format)
    with ExitStack() as stack:
        try:
            if settings.embedded:
                stack.enter_context(sole_owner(settings.storage.folder))
            house = build(settings)
            if trouble(house.engine) is not None:
                click.echo("the database cannot be reached; 'gehoord check' says more", err=True)
                return 1
            prepare(house)
        except Locked:
            click.echo(f"another gehoord serve already uses {settings.storage.folder}; stop it first", err=True)
            return 1
        except OSError as error:
            click.echo(f"cannot use the data folder {settings.storage.folder}: {error.strerror}", err=True)
            return 1
        return _serve(house, only or PARTS, then)


def _serve(house: House, only: frozenset[str], then: Callable[[House], None] | None) -> int:
    def started(missing: list[str]) -> None:
        announce(house, missing)
        if then is not None:
            then(house)

    try:
        asyncio.run(Service(house, only).run(started))
    except PartFailed as error:
        click.echo(f"cannot start {error}", err=True)
        return 1
    except Exception:  # logged without its text, which Python would print and which may quote a citizen
        log.exception("the service broke")
        return 1
    return 0


def announce(house: House, missing: Sequence[str]) -> None:
    """Say in one screen what runs, where, how to sign in and how to send a test complaint."""
    settings = house.settings
    url = f"http://{settings.web.host}:{settings.web.port}"
    smtp = settings.smtp
    lines = ["", "Gehoord is running. Stop it with Ctrl-C.", ""]
    lines += [f"  web          {url}", f"  form         {url}/klacht-indienen"]
    if smtp.enabled:
        lines.append(f"  SMTP intake  {smtp.host}:{smtp.port} for {', '.join(settings.recipients)}")
    if smtp.lmtp_enabled:
        lines.append(f"  LMTP intake  {smtp.host}:{smtp.lmtp_port}")
    lines += [f"  mailbox      {name}: {imap.user} at {imap.host}" for name, imap in settings.imap.items()]
    if settings.telegram:
        lines.append(f"  Telegram     the bot is listening at {urlsplit(settings.telegram.base_url).hostname}")
    if missing:
        lines.append(f"  NOT READY    {', '.join(missing)}: still trying; 'gehoord check' says what is wrong")
    if settings.relay:
        lines.append(f"  mail leaves  through {settings.relay.host}:{settings.relay.port}")
    else:
        lines.append(f"  mail leaves  nowhere: no relay is set up; read it at {url}/postvak (development only)")
    lines.append(f"  data         {settings.storage.folder.resolve()}")
    login = first_login(house)
    if login:
        lines += ["", f"  First sign-in: {login[0]} with password {login[1]} (you choose your own then)."]
    if smtp.enabled:
        lines += ["", "  Send a test complaint:", f"    {_test_line(settings)}"]
    click.echo("\n".join(lines) + "\n", err=True)


def _test_line(settings: Settings) -> str:
    """One line for a shell: curl is on most machines and is no part of ours."""
    story = "Drie keer beloofde een medewerker van de balie mij te bellen over mijn paspoort. Niemand belde."
    message = rf"From: Jan <jan@voorbeeld.example>\nSubject: Niet teruggebeld\n\n{story}\n"
    smtp = f"smtp://{settings.smtp.host}:{settings.smtp.port}"
    to = settings.recipients[0]
    return f"printf '{message}' | curl -s --crlf {smtp} --mail-from jan@voorbeeld.example --mail-rcpt {to} -T -"
