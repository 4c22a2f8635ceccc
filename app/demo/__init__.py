"""``gehoord demo``: a throw-away installation, and 25 fictional messages sent to it through the real channels.

Nothing is inserted behind the channels' back: mail goes over SMTP and the form over HTTP. With a bot token citizens
chat as well, with the real bot. A program cannot be a citizen at Telegram itself, and what real citizens tell a bot
must not be thrown away, so the bot then talks to a stand-in of Telegram's server that the demo starts on this machine.
"""

import asyncio
import os
import signal
import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import click
from prometheus_client.parser import text_string_to_metric_families

from app.demo.chats import conversations, hold
from app.demo.citizens import Unsent, post_forms, send_mails
from app.demo.stand_in import StandIn
from app.initialise import first_login
from app.running import run
from app.settings import Settings
from app.settings.house import StorageSettings, TelegramSettings
from app.wiring import House, build
from core.domain.errors import DeliveryError

PATIENCE = 60.0
"""Seconds in which everything must have been acknowledged and classified."""
LOOK = 0.2
"""Seconds between looks whether it has."""


def run_demo(settings: Settings, *, stay: bool, with_bot: bool = False) -> int:
    """Start a service of its own, send everything, and keep it running unless told to stop; gives the exit code.

    ``with_bot`` is for trying the bot with a telephone of one's own: it is then at the real service, and nobody chats.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="gehoord-demo-"))
        citizens = stack.enter_context(ThreadPoolExecutor(1))
        telegram, stand_in = settings.telegram, None
        if telegram is not None and not with_bot:
            stand_in = stack.enter_context(StandIn(telegram.token.get_secret_value()))
            telegram = telegram.model_copy(update={"base_url": stand_in.base_url, "base_file_url": stand_in.base_url})
            os.environ["no_proxy"] = "*"  # everything is on this machine now; a proxy would be told the token
        own = throw_away(settings, Path(folder), telegram=telegram)
        playing: list[Future[bool]] = []
        ended = Event()

        def play(house: House) -> None:
            playing.append(citizens.submit(_play, house, stand_in, ended, stay=stay))

        code = run(own, frozenset(), play)
        ended.set()
    return code or (0 if playing and playing[0].result() else 1)


def throw_away(settings: Settings, folder: Path, *, telegram: TelegramSettings | None = None) -> Settings:
    """The same settings on an empty folder, without mailboxes and relay, and without a bot unless one is given.

    A mailbox holds real complaints, which would be moved away and then lost, and so would what citizens tell a bot that
    they know; a relay would write to invented people.
    """
    own = {
        "storage": StorageSettings(folder=folder),
        "smtp": settings.smtp.model_copy(update={"enabled": True}),
        "imap": {},
        "relay": None,
        "telegram": telegram,
    }
    return settings.model_copy(update=own)


def _play(house: House, stand_in: StandIn | None, ended: Event, *, stay: bool) -> bool:
    """Send everything, tell what came of it, and stop the service unless it stays; whether it all went well."""
    url = f"http://{house.settings.web.host}:{house.settings.web.port}"
    try:
        sent = _send(house.settings, url, stand_in)
        figures = _settled(url)
    except (Unsent, OSError) as error:
        click.echo(f"demo: broken off ({error})", err=True)
        if not ended.is_set():
            _stop()
        return False
    click.echo(_report(house, url, sent, figures), err=True)
    if not stay:
        _stop()
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many messages went through each channel."""

    mails: int
    forms: int
    chats: int


def _send(settings: Settings, url: str, stand_in: StandIn | None) -> Sent:
    """Let every citizen hand in what they have to say. Raises Unsent, OSError."""
    chatting = conversations() if stand_in else []
    by_chat = {mail for one in chatting for mail in one.instead_of}
    return Sent(
        mails=send_mails(settings.smtp.host, settings.smtp.port, settings.recipients[0], without=by_chat),
        forms=post_forms(f"{url}/klacht-indienen"),
        chats=hold(stand_in, chatting) if stand_in else 0,
    )


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
        opened=total(taken, outcome="opened"),
        known=total(taken, outcome="duplicate"),
        automatic=total(taken, outcome="automatic"),
        delivered=total("gehoord_deliveries_total", result="sent"),
        waiting=total("gehoord_jobs_waiting"),
    )


def _report(house: House, url: str, sent: Sent, figures: Figures) -> str:
    """What was sent, what came of it, and where to look."""
    login = first_login(house)
    ways = f"{sent.mails} by mail, {sent.forms} through the citizen's form"
    ways += f", {sent.chats} in chats" if sent.chats else ""
    lines = [
        "",
        f"Demo: {sent.mails + sent.forms + sent.chats} messages were sent: {ways}.",
        "",
        f"  came of it   {figures.opened} new cases, {figures.delivered} acknowledgements sent",
        f"               {figures.known} delivered twice (no second case), {figures.automatic} by machines (no answer)",
        f"  look at      {url}/beoordelen",
        f"  mail out     {url}/postvak",
    ]
    if login:
        lines.append(f"  sign in      as {login[0]} with password {login[1]} (you choose your own then)")
    if sent.chats:
        lines.append("  Telegram     is not contacted: the chatting citizens talk to your bot over the demo's own")
        lines.append("               stand-in of Telegram's server. For your own phone: gehoord demo --with-bot")
    elif house.settings.telegram:
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
