"""What a reader of mails tells beside the words: signs, types, dangers, and files over a limit."""

from datetime import UTC, datetime

from mailin.inbound import MailReader
from mailin.safety.limits import FileLimits

RECEIVED = datetime(2026, 3, 5, 12, tzinfo=UTC)
READER = MailReader(
    ["klachten@gemeente.example"],
    "gemeente.example",
    [],
    authserv_ids=["mx.gemeente.example"],
    limits=FileLimits(most=2, largest=1000, total=2000),
)
MAIL = (
    b"""Received: from mx.gemeente.example by imap.gemeente.example; x
Authentication-Results: mx.gemeente.example; dmarc=fail header.from=voorbeeld.example
Received: from mail.voorbeeld.example by mx.gemeente.example; x
X-Spam-Flag: YES
From: Jan <jan@voorbeeld.example>
Reply-To: ander@elders.example
Message-ID: <1@voorbeeld.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

De stoep is stuk.
--b
Content-Type: image/jpeg; name="foto.jpg"

%PDF-1.7
--b
Content-Type: application/pdf; name="brief.pdf"

<html><script>1</script></html>
--b
Content-Type: text/plain; name="derde.txt"

derde
--b
Content-Type: text/plain; name="groot.txt"

"""
    + b"groot " * 200
    + b"\n--b--\n"
)


def test_signs_never_stop_a_mail() -> None:
    inbound = READER.read(MAIL, door="smtp", received_at=RECEIVED)
    assert inbound.marks == {"dmarc": "fail", "spam": "x-spam-flag", "reply_to_differs": "ander@elders.example"}
    assert inbound.problem is None
    assert not inbound.automatic
    assert inbound.reply is not None
    assert inbound.text == "De stoep is stuk."


def test_files_carry_what_they_are_and_what_is_over_a_limit_is_named() -> None:
    inbound = READER.read(MAIL, door="smtp", received_at=RECEIVED)
    assert [(one.filename, one.content_type, one.risk) for one in inbound.attachments] == [
        ("foto.jpg", "application/pdf", "type_disagrees"),
        ("brief.pdf", "text/html", "active_content"),
    ]
    assert [(one.filename, one.reason, one.size) for one in inbound.refused] == [
        ("derde.txt", "too_many", 5),
        ("groot.txt", "too_large", 1200),
    ]
    assert inbound.raw == MAIL


def test_without_configured_servers_no_result_is_shown() -> None:
    reader = MailReader(["klachten@gemeente.example"], "gemeente.example", [])
    assert "dmarc" not in reader.read(MAIL, door="smtp", received_at=RECEIVED).marks
