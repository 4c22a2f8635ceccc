"""``gehoord demo``: a throw-away installation, and 25 fictional messages sent to it through the real channels.

Nothing is inserted behind the channels' back: mail goes over SMTP, forms over HTTP, and chat over the Bot API.
"""

import json
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from importlib.resources import files
from importlib.resources.abc import Traversable

import click

from app.settings import Settings

PATIENCE = 60.0
"""Seconds to wait for the service to start."""


def run_demo(settings: Settings, *, stay: bool) -> int:
    """Start a service of its own, send everything, and keep it running unless told to stop; gives the exit code."""
    with tempfile.TemporaryDirectory(prefix="gehoord-demo-") as folder:
        environment = os.environ | {"GEHOORD_STORAGE__FOLDER": folder, "GEHOORD_STORAGE__DATABASE": ""}
        service = subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment)
        try:
            _wait(settings, service)
            sent = _send_mails(settings) + _post_forms(settings)
            click.echo(f"\nDemo: {sent} messages were sent. Look at http://{_web(settings)}/beoordelen\n", err=True)
            return service.wait() if stay else 0
        except KeyboardInterrupt:
            return 0
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()


def _web(settings: Settings) -> str:
    return f"{settings.web.host}:{settings.web.port}"


def _wait(settings: Settings, service: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if service.poll() is not None:
            raise click.ClickException("the service did not start; see above")
        try:
            with urllib.request.urlopen(f"http://{_web(settings)}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise click.ClickException("the service did not become ready")


def _samples(folder: str, suffix: str) -> list[Traversable]:
    found = (files(__name__) / folder).iterdir()
    return sorted((file for file in found if file.name.endswith(suffix)), key=lambda file: file.name)


def _send_mails(settings: Settings) -> int:
    """Send each mail over SMTP, as a citizen's own mail server would."""
    samples = _samples("messages", ".eml")
    with smtplib.SMTP(settings.smtp.host, settings.smtp.port, timeout=30) as smtp:
        for sample in samples:
            mail = message_from_bytes(sample.read_bytes())
            _complete(mail)
            sender = mail.get("Return-Path", mail.get("From", "")).strip()
            smtp.sendmail("" if sender == "<>" else _bare(sender), settings.recipients[0], mail.as_bytes(policy=SMTP))
    return len(samples)


def _complete(mail: Message) -> None:
    """Add what a mail client adds on sending; a sample that brings its own keeps it."""
    if "Date" not in mail:
        mail["Date"] = format_datetime(datetime.now(UTC))
    if "Message-ID" not in mail:
        mail["Message-ID"] = make_msgid(domain="voorbeeld.example")


def _bare(address: str) -> str:
    return parseaddr(address)[1]


def _post_forms(settings: Settings) -> int:
    """Fill in the citizen's form as a browser without JavaScript would."""
    samples = _samples("forms", ".json")
    for sample in samples:
        form = json.loads(sample.read_text(encoding="utf-8"))
        _post_form(f"http://{_web(settings)}/klacht-indienen", form)
    return len(samples)


def _post_form(url: str, form: dict[str, object]) -> None:
    answers = {name: str(value) for name, value in form.items() if not isinstance(value, bool)}
    answers |= {name: "ja" for name, value in form.items() if value is True}
    body = urllib.parse.urlencode(answers).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=30) as answer:
        answer.read()
