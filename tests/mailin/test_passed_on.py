"""What a colleague passed on: the citizen inside, and when the municipality first had the message (Awb 2:20)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.message import Contact, Inbound
from mailin.inbound import MailReader
from mailin.understanding import quoted
from mailin.understanding.mail import Mail
from mailin.understanding.mime import parse
from mailin.understanding.passed_on import MOST_ATTACHED, Staff, passed_on
from mailin.understanding.quoted import quoted_messages
from mailin.understanding.quoting import label

MAILS = sorted((Path(__file__).parent / "passed_on").glob("*.eml"))
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2025, 3, 10, 8, 0, 5, tzinfo=UTC)
OURS = "klachten@gemeente.example"
READER = MailReader([OURS], "gemeente.example", [], staff_domains=["gemeente.example"])
STAFF = Staff(domains=frozenset({"gemeente.example"}), mailboxes=frozenset({OURS}), zone=ZONE)
HEAD = "From: Receptie <receptie@gemeente.example>\nTo: klachten@gemeente.example\nSubject: FW: klacht\n"
BLOCK = (
    "Van: {name} <{address}>\nVerzonden: {day} maart 2025 21:14\nAan: Balie <balie@gemeente.example>\n"
    "Onderwerp: klacht\n\nEen zin.\n\n"
)


class Expected(TypedDict, total=False):
    """What the JSON beside a mail says."""

    passed_on: bool
    name: str
    email: str
    received_at: str | None
    text_contains: list[str]


def read(raw: bytes) -> Inbound:
    return READER.read(raw, door="imap:klachten", received_at=NOW)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_taken_as_stated(path: Path) -> None:
    stated: Expected = json.loads(path.with_suffix(".json").read_text())
    inbound = read(path.read_bytes())
    assert inbound.problem is None
    assert (inbound.forwarded is not None) == stated["passed_on"]
    if inbound.forwarded is None:
        return
    at = stated["received_at"]
    assert inbound.forwarded.contact == Contact(name=stated["name"], email=stated["email"])
    assert inbound.forwarded.received_at == (datetime.fromisoformat(at) if at else None)
    assert inbound.reply is None
    assert inbound.sender.email.endswith("gemeente.example")
    assert inbound.text == inbound.reply_text
    assert [words for words in stated["text_contains"] if words not in inbound.reply_text] == []


def test_there_are_mails_of_every_kind() -> None:
    assert len(MAILS) >= 50


def test_without_staff_domains_nobody_is_a_colleague() -> None:
    reader = MailReader([OURS], "gemeente.example", [])
    taken = [reader.read(path.read_bytes(), door="x", received_at=NOW).forwarded for path in MAILS]
    assert set(taken) == {None}


def test_a_redirect_is_answered_to_the_citizen() -> None:
    raw = (Path(__file__).parent / "passed_on" / "not-a-redirect.eml").read_bytes()
    reply = read(raw).reply
    assert reply is not None
    assert reply.address == "gerda.smit@voorbeeld.example"


def test_an_attached_message_stays_whole_beside_its_text() -> None:
    raw = (Path(__file__).parent / "passed_on" / "attached-message.eml").read_bytes()
    [file] = read(raw).attachments
    assert file.filename == "de klacht.eml"
    assert b"gerda.smit@voorbeeld.example" in file.content


def test_the_date_of_receipt_is_never_later_than_the_forward() -> None:
    raw = (HEAD + "\n" + BLOCK.format(name="G", address="g@voorbeeld.example", day=10)).encode()
    forwarded = read(raw).forwarded
    assert forwarded is not None
    assert forwarded.received_at == NOW


def test_two_hundred_forwards_in_each_other() -> None:
    blocks = [BLOCK.format(name=f"Collega {n}", address=f"c{n}@gemeente.example", day=9) for n in range(199)]
    citizen = BLOCK.format(name="G. Smit", address="gerda@voorbeeld.example", day=3)
    forwarded = read((HEAD + "\n" + "".join(blocks) + citizen).encode()).forwarded
    assert forwarded is not None
    assert forwarded.contact == Contact(name="G. Smit", email="gerda@voorbeeld.example")
    assert forwarded.received_at == datetime(2025, 3, 3, 20, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "Van:\n",
        "Van: a <a@b.example>\n",
        "Van: a\nDatum: 1-1-2025\n",
        "a:\n",
        "> > > Aan:\n",
        "a@b.example,\n",
        "schreef:\n",
    ],
)
def test_every_line_is_looked_at_once(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of header lines takes time in proportion to it: no line is asked twice what it is."""
    asked: list[str] = []
    real = label

    def counting(text: str) -> str | None:
        asked.append(text)
        return real(text)

    monkeypatch.setattr(quoted, "label", counting)
    text = line * (1_000_000 // len(line))
    quoted_messages(text)
    assert len(asked) <= text.count("\n") + 1


def test_messages_in_messages_are_opened_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = "--g\nContent-Type: message/rfc822\n\nFrom: a@voorbeeld.example\nSubject: x\n\ny\n" * 300
    raw = f'{HEAD}Content-Type: multipart/mixed; boundary="g"\n\n{parts}--g--\n'.encode()
    opened: list[bytes] = []

    def counting(data: bytes) -> Mail:
        opened.append(data)
        return parse(data)

    monkeypatch.setattr("mailin.understanding.passed_on.parse", counting)
    assert read(raw).forwarded is not None
    assert len(opened) == MOST_ATTACHED


FRAGMENTS = st.sampled_from(
    [
        "Van: ", "From: ", "Von:", "Verzonden: ", "Date:", "Aan: ", "Onderwerp: x", "\n", "\n\n", "> ", "\t", "*",
        "G. Smit <g@voorbeeld.example>", "c@gemeente.example", "[mailto:x@y.example]", "@", "<", "3 maart 2025 21:14",
        "99-99-9999 99:99 +9999", "31 februari 2025", "---------- Forwarded message ---------", "Op ", " schreef ", ":",
        "Begin doorgestuurd bericht:", "-----Original Message-----", "\ud800", "\x00", "２０２５-٣-٣ 1:11",
    ]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS | st.text(max_size=10), max_size=40).map("".join)


@given(TEXTS, st.booleans(), st.sampled_from(["FW: x", "RE: x", "x", ""]))
def test_any_text_of_a_colleague_has_an_answer(text: str, answers_us: bool, subject: str) -> None:
    raw = f"From: c@gemeente.example\nSubject: {subject}\n\n{text}".encode("utf-8", "surrogatepass")
    found = passed_on(parse(raw), STAFF, NOW, answers_us=answers_us)
    if found is None:
        assert answers_us or not subject.startswith("FW")
        return
    assert parse(raw).text in found.text
    contact, at = found.forwarded.contact, found.forwarded.received_at
    assert not contact.email or not STAFF.is_inside(contact.email)
    assert len(contact.email) <= 320
    assert len(contact.name) <= 300
    assert at is None or at <= NOW
    assert at is None or at.utcoffset() == timedelta(0)


@given(st.binary(max_size=300))
def test_any_attached_bytes_have_an_answer(data: bytes) -> None:
    head = f'{HEAD}Content-Type: multipart/mixed; boundary="g"\n\n--g\nContent-Type: message/rfc822\n\n'
    assert passed_on(parse(head.encode() + data + b"\n--g--\n"), STAFF, NOW, answers_us=False) is not None
