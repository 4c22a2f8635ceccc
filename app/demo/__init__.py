"""``gehoord demo``: a throw-away installation, and 25 fictional messages sent to it through the real channels.

Nothing is inserted behind the channels' back: mail goes over SMTP and the form over HTTP. A chat takes a citizen, and a
bot cannot play one at the real Telegram service; with a token the demo says where the bot is to be found.
"""

import asyncio
import os
import signal
import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from prometheus_client.parser import text_string_to_metric_families

from app.demo.citizens import Unsent, post_forms, send_mails
from app.initialise import first_login
from app.running import run
from app.settings import Settings, StorageSettings
from app.wiring import House, build
from core.domain.errors import DeliveryError

PATIENCE = 60.0
"""Seconds in which everything must have been acknowledged and classified."""
LOOK = 0.2
"""Seconds between looks whether it has."""


def run_demo(settings: Settings, *, stay: bool, with_bot: bool = False) -> int:
    """Start a service of its own, send everything, and keep it running unless told to stop; gives the exit code."""
    with TemporaryDirectory(prefix="gehoord-demo-") as folder, ThreadPoolExecutor(1) as citizens:
        playing: list[Future[bool]] = []
        own = throw_away(settings, Path(folder), with_bot=with_bot)
        code = run(own, frozenset(), lambda house: playing.append(citizens.submit(_play, house, stay=stay)))
        return code or (0 if playing and playing[0].result() else 1)


def throw_away(settings: Settings, folder: Path, *, with_bot: bool = False) -> Settings:
    """The same settings on an empty folder, without mailboxes and relay, and without the bot unless asked for.

    A mailbox holds real complaints, which would be moved away and then lost, and so would what citizens tell a bot that
    they know; a relay would write to invented people.
    """
    own = {
        "storage": StorageSettings(folder=folder),
        "smtp": settings.smtp.model_copy(update={"enabled": True}),
        "imap": {},
        "relay": None,
        "telegram": settings.telegram if with_bot else None,
    }
    return settings.model_copy(update=own)


def _play(house: House, *, stay: bool) -> bool:
    """Send everything, tell what came of it, and stop the service unless it stays; whether it all went well."""
    settings = house.settings
    smtp, url = settings.smtp, f"http://{settings.web.host}:{settings.web.port}"
    try:
        mails = send_mails(smtp.host, smtp.port, settings.recipients[0])
        forms = post_forms(f"{url}/klacht-indienen")
        outcome = _settled(url)
    except (Unsent, OSError) as error:
        click.echo(f"demo: broken off ({error})", err=True)
        _stop()
        return False
    click.echo(_report(house, url, mails, forms, outcome), err=True)
    if not stay:
        _stop()
    return True


def _stop() -> None:
    """Ask the service to end, as its administrator would."""
    os.kill(os.getpid(), signal.SIGTERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the service says about itself at ``/metrics``."""

    opened: int
    known: int
    automatic: int
    delivered: int
    waiting: int


def _settled(url: str) -> Figures:
    """The figures once every acknowledgement has left and every message has its suggestion. Raises Unsent."""
    ends = time.monotonic() + PATIENCE
    while (figures := _figures(url)).waiting:
        if time.monotonic() > ends:
            raise Unsent(f"{figures.waiting} jobs were still waiting after {PATIENCE:.0f} s")
        time.sleep(LOOK)
    return figures


def _figures(url: str) -> Figures:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    samples = [sample for family in families for sample in family.samples]

    def total(name: str, **labels: str) -> int:
        found = (one for one in samples if one.name == name and labels.items() <= one.labels.items())
        return int(sum(one.value for one in found))

    taken = "gehoord_messages_accepted_total"
    return Figures(
        opened=total("gehoord_cases_today"),
        known=total(taken, outcome="duplicate"),
        automatic=total(taken, outcome="automatic"),
        delivered=total("gehoord_deliveries_total", result="sent"),
        waiting=total("gehoord_jobs_waiting"),
    )


def _report(house: House, url: str, mails: int, forms: int, figures: Figures) -> str:
    """What was sent, what came of it, and where to look."""
    login = first_login(house)
    lines = [
        "",
        f"Demo: {mails + forms} messages were sent: {mails} by mail, {forms} through the citizen's form.",
        "",
        f"  came of it   {figures.opened} new cases, {figures.delivered} acknowledgements sent",
        f"               {figures.known} delivered twice (no second case), {figures.automatic} by machines (no answer)",
        f"  look at      {url}/beoordelen",
        f"  mail out     {url}/postvak",
    ]
    if login:
        lines.append(f"  sign in      as {login[0]} with password {login[1]} (you choose your own then)")
    if house.settings.telegram:
        lines.append(f"  Telegram     {_bot(house.settings)}")
    lines.append(f"  all in       {house.settings.storage.folder}, which is removed at the end")
    return "\n".join([*lines, ""])


def _bot(settings: Settings) -> str:
    """Where a person finds the bot."""
    own = build(settings).telegram  # a second connection: the first one belongs to the service's loop
    if own is None:
        return "off"
    try:
        return f"tell your own complaint at https://t.me/{asyncio.run(own.greet())}"
    except DeliveryError as error:
        return f"the bot does not tell its name ({error.reason})"
