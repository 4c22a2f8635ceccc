"""Bounces, automatic answers, receipts and lists: headers and structure decide, words alone never do."""

from __future__ import annotations

import pytest

from mailin.understanding.mail import Mail
from mailin.understanding.mime import parse


def mail(body: str = "Hallo", **headers: str) -> Mail:
    fields = {"From": "Jan <jan@voorbeeld.example>", "Subject": "Klacht", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return parse(("\r\n".join([*lines, "", body]) + "\r\n").encode())


REPORT = """From: Mail Delivery System <MAILER-DAEMON@relay.example>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type={kind}; boundary=b
{extra}
--b

{words}
--b
Content-Type: message/{kind}

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; burger@voorbeeld.example
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: <brief-1@gemeente.example>
From: klachten@gemeente.example

Geachte heer
--b--
"""


def report(kind: str = "delivery-status", action: str = "failed", status: str = "5.1.1", extra: str = "") -> Mail:
    return parse(REPORT.format(kind=kind, action=action, status=status, words="Niet bezorgd.", extra=extra).encode())


@pytest.mark.parametrize(("action", "status"), [("failed", "5.1.1"), ("delayed", "4.4.7"), ("failure", "5.0.0")])
def test_delivery_report_is_a_bounce(action: str, status: str) -> None:
    found = report(action=action, status=status)
    assert (found.bounce, found.auto_submitted) == (True, False)
    assert found.final_status == status
    assert found.failed_recipients == ("burger@voorbeeld.example",)
    assert found.bounced_ids == ("brief-1@gemeente.example",)
    assert found.text == "Niet bezorgd."
    assert [part.content_type for part in found.attachments] == ["message/rfc822"]


def test_bounce_with_the_header_is_automatic_too() -> None:
    assert report(extra="Auto-Submitted: auto-replied\n").auto_submitted


def test_report_of_success_is_a_notice() -> None:
    found = report(action="delivered", status="2.0.0")
    assert (found.bounce, found.auto_submitted) == (False, True)


def test_read_receipt_is_automatic_and_no_bounce() -> None:
    found = parse(
        b"From: burger@voorbeeld.example\nSubject: Gelezen: Uw klacht\n"
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\n"
        b"Uw bericht is gelezen.\n--b\nContent-Type: message/disposition-notification\n\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
    )
    assert (found.bounce, found.auto_submitted) == (False, True)


QMAIL = (
    "Hi. This is the qmail-send program at relay.example.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
    "<burger@voorbeeld.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
    "--- Below this line is a copy of the message.\n\nReturn-Path: <klachten@gemeente.example>\n"
    "Message-ID: <brief-1@gemeente.example>\n"
)


def test_bounce_in_words_from_a_machine() -> None:
    found = mail(QMAIL, From="MAILER-DAEMON@relay.example", Subject="failure notice")
    assert found.bounce
    assert found.failed_recipients == ("burger@voorbeeld.example",)
    assert found.final_status == "5.1.1"
    assert found.bounced_ids == ("brief-1@gemeente.example",)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Fwd: failure notice", QMAIL),
        ("Mail onbestelbaar", f"Geachte gemeente,\n\nMijn mail komt terug:\n\n{QMAIL}"),
        ("Undelivered mail", "Mijn brief is niet bezorgd en de postbode kwam niet."),
    ],
)
def test_a_person_about_a_bounce_is_no_bounce(subject: str, body: str) -> None:
    found = mail(body, Subject=subject)
    assert (found.bounce, found.auto_submitted) == (False, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated (vacation)"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Subject": "Automatisch antwoord: Uw klacht", "X-Auto-Response-Suppress": "All"},
        {"Subject": "Automatisch antwoord: Uw klacht", "In-Reply-To": "<brief-1@gemeente.example>"},
        {"Subject": "Afwezig: Uw klacht", "Precedence": "bulk"},
        {"Return-Path": "<>"},
        {"List-Id": "<buurt.voorbeeld.example>"},
        {"List-Unsubscribe": "<https://voorbeeld.example/af>"},
        {"X-Gehoord-Case": "2026-0001"},
        {"From": "noreply@voorbeeld.example", "X-Auto-Response-Suppress": "All"},
    ],
    ids=str,
)
def test_evidence_makes_it_automatic(headers: dict[str, str]) -> None:
    found = mail(**headers)
    assert found.auto_submitted
    assert not found.bounce


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "no"},
        {"Subject": "Afwezig"},
        {"Subject": "Automatisch antwoord van de gemeente"},
        {"Subject": "Automatisch antwoord: dat kreeg ik alleen"},
        {"Subject": "Re: Automatisch antwoord: klacht", "In-Reply-To": "<brief-1@gemeente.example>"},
        {"Subject": "Ik ben tot maandag afwezig", "In-Reply-To": "<brief-1@gemeente.example>"},
        {"Subject": "Gelezen: uw brief"},
        {"X-Auto-Response-Suppress": "OOF"},
        {"From": "noreply@voorbeeld.example"},
        {"Return-Path": "<jan@voorbeeld.example>"},
    ],
    ids=str,
)
def test_words_alone_are_no_evidence(headers: dict[str, str]) -> None:
    assert not mail(**headers).auto_submitted


FORM = "Naam: Jan Jansen\nE-mail: jan@voorbeeld.example\nTelefoon: 0612345678\nUw klacht: de container is vol\n"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Return-Path": "<>"},
        {"From": "noreply@gemeente.example", "X-Auto-Response-Suppress": "All"},
    ],
    ids=str,
)
def test_our_own_form_forwarder_carries_a_persons_words(headers: dict[str, str]) -> None:
    assert not mail(FORM, **headers).auto_submitted
