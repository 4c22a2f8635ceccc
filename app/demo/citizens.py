"""Fictional citizens: they hand in mail over SMTP and fill in the form over HTTP, knowing nothing of what is behind."""

import json
import re
import secrets
import smtplib
import urllib.request
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import format_datetime, make_msgid, parseaddr
from html import unescape
from importlib.resources import files
from importlib.resources.abc import Traversable

CITIZENS = files("app.demo")
"""Where what they have to say is kept."""
PATIENCE = 30.0
"""Seconds for one answer."""
_RETURN_PATH = re.compile(rb"(?mi)^Return-Path:.*\r?\n")
_KEY = re.compile(r'name="sleutel" value="([^"]*)"')


class Unsent(Exception):
    """A message was not taken, or nothing came of it."""


def send_mails(host: str, port: int, recipient: str, without: Container[str] = ()) -> int:
    """Send each mail over SMTP, as a citizen's own mail server would; gives their number. Raises Unsent, OSError.

    ``without`` names the mails whose citizens come by another channel this time.
    """
    mails = [_mail(sample.read_bytes()) for sample in samples("messages", ".eml") if sample.name not in without]
    try:
        with smtplib.SMTP(host, port, local_hostname="voorbeeld.example", timeout=PATIENCE) as smtp:
            for sender, content in mails:
                smtp.sendmail(sender, [recipient], content)
    except smtplib.SMTPException as error:
        raise Unsent(f"a mail was not taken: {type(error).__name__}") from error
    return len(mails)


def _mail(raw: bytes) -> tuple[str, bytes]:
    """Envelope sender and content: what a mail client adds on sending is added, what a sample brings is kept."""
    headers = message_from_bytes(raw)
    added = []
    if "Date" not in headers:
        added.append(f"Date: {format_datetime(datetime.now(UTC))}\r\n")
    if "Message-ID" not in headers:
        added.append(f"Message-ID: {make_msgid(domain='voorbeeld.example')}\r\n")
    # Return-Path stands for the envelope; only the last server writes it down (RFC 5321 section 4.4).
    sender = headers["Return-Path"] or headers["From"]
    return parseaddr(sender)[1], "".join(added).encode() + _RETURN_PATH.sub(b"", raw, count=1)


def post_forms(url: str) -> int:
    """Fill in the citizen's form as a browser without JavaScript; gives the number of posts. Raises Unsent, OSError."""
    forms = samples("forms", ".json")
    for sample in forms:
        with urllib.request.urlopen(url, timeout=PATIENCE) as page:
            key = _KEY.search(page.read().decode())
        if key is None:
            raise Unsent("the form has no key")
        answers = _answers(json.loads(sample.read_text(encoding="utf-8")))
        content_type, body = _multipart({"sleutel": unescape(key.group(1)), **answers})
        request = urllib.request.Request(url, data=body, headers={"Content-Type": content_type})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            if answer.status != 201:
                raise Unsent(f"the form was not taken: {answer.status}")
    return len(forms)


def _answers(form: Mapping[str, str | bool]) -> dict[str, str]:
    """What a browser posts: every text field, filled in or not, and a tick only when it is set."""
    ticked = {name: "on" for name, value in form.items() if value is True}
    return {name: value for name, value in form.items() if isinstance(value, str)} | ticked


def _multipart(answers: Mapping[str, str]) -> tuple[str, bytes]:
    """Content type and body of a form post (RFC 7578)."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in answers.items()
    ]
    return f"multipart/form-data; boundary={boundary}", "".join([*parts, f"--{boundary}--\r\n"]).encode()


def samples(folder: str, suffix: str) -> list[Traversable]:
    """What the citizens have to say in one channel, in order."""
    found = (CITIZENS / folder).iterdir()
    return sorted((file for file in found if file.name.endswith(suffix)), key=lambda file: file.name)
