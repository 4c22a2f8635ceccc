"""What leaves: byte-equal each time, in the thread, and with no value able to become a header."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.message import Outgoing, ReplyRoute, Route
from mailin.sending.compose import compose
from mailin.understanding.mime import parse
from tests.core.world import MUNICIPALITY

RECEIPT = Outgoing(
    case=1,
    letter="ontvangst",
    to=ReplyRoute(route=Route.MAIL, address="jan@voorbeeld.example"),
    to_name="J. Jansen",
    subject="Ontvangst van uw bericht 2026-0001",
    text="Beste J. Jansen,\n\n.Wij hebben uw bericht ontvangen – één dag geleden. \nFrom: niemand\n",
    html="<p>Beste J. Jansen</p>",
    message_id="2026-0001.token1@gemeente.example",
    in_reply_to="een@voorbeeld.example",
    references=("nul@voorbeeld.example", "een@voorbeeld.example"),
    created_at=datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
    receipt=True,
)

GOLDEN = """\
From: Gemeente Voorbeeld
 <klachten@gemeente.example>
To: "J. Jansen"
 <jan@voorbeeld.example>
Subject: Ontvangst van uw bericht 2026-0001
Date: Mon, 23 Nov 2026 09:12:00 +0000
Message-ID: <2026-0001.token1@gemeente.example>
In-Reply-To: <een@voorbeeld.example>
References: <nul@voorbeeld.example>
 <een@voorbeeld.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply
Content-Language: nl
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_a20c924c1126fec75549e29c99a81285"

--=_a20c924c1126fec75549e29c99a81285
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Beste J. Jansen,

.Wij hebben uw bericht ontvangen =E2=80=93 =C3=A9=C3=A9n dag geleden.=20
From: niemand
--=_a20c924c1126fec75549e29c99a81285
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Beste J. Jansen</p>
--=_a20c924c1126fec75549e29c99a81285--
"""

HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
}  # fmt: skip
anything = st.text(st.characters(exclude_categories=[]), max_size=300)
sneaky = st.sampled_from(["x\r\nBcc: boef@voorbeeld.example", "x\nSubject: nep", "\r\n\r\nnep", "a\x85Bcc: b", "a b"])
ids = st.one_of(anything, sneaky, st.just("brief.1@voorbeeld.example"), st.just("x" * 290 + "@voorbeeld.example"))


def read(content: bytes) -> EmailMessage:
    """By the standard library, which has nothing to do with ours."""
    message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_receipt_byte_for_byte() -> None:
    assert compose(RECEIPT, MUNICIPALITY).decode().replace("\r\n", "\n") == GOLDEN


def test_the_same_message_is_the_same_bytes_wherever_the_clock_hangs() -> None:
    elsewhere = RECEIPT.created_at.astimezone(timezone(timedelta(hours=2)))
    assert compose(replace(RECEIPT, created_at=elsewhere, id=7), MUNICIPALITY) == compose(RECEIPT, MUNICIPALITY)


@pytest.mark.parametrize(
    ("outgoing", "mark"),
    [
        (RECEIPT, "auto-replied"),
        (replace(RECEIPT, receipt=False), "auto-generated"),
        (replace(RECEIPT, receipt=False, automatic=False), None),
    ],
    ids=["receipt", "by the machine", "by a person"],
)
def test_what_no_person_sent_says_so(outgoing: Outgoing, mark: str | None) -> None:
    content = compose(outgoing, MUNICIPALITY)
    assert read(content)["Auto-Submitted"] == mark
    assert (read(content)["X-Auto-Response-Suppress"] is None) == (mark is None)
    assert parse(content).auto_submitted == (mark is not None)
    assert not [name for name in read(content) if name.lower().startswith(("list-", "precedence", "bcc"))]


def test_answers_come_to_the_address_with_the_key() -> None:
    keyed = replace(RECEIPT, reply_to="klachten+2026-0001.sleutel@gemeente.example")
    message = read(compose(keyed, MUNICIPALITY))
    assert message["Reply-To"].addresses[0].addr_spec == keyed.reply_to
    assert message["From"].addresses[0].addr_spec == MUNICIPALITY.email
    assert message["Reply-To"].addresses[0].display_name == message["From"].addresses[0].display_name
    assert parse(compose(keyed, MUNICIPALITY)).reply_to == (keyed.reply_to,)
    with pytest.raises(ValueError, match="address"):
        compose(replace(RECEIPT, reply_to="a@b.example\r\nBcc: c@d.example"), MUNICIPALITY)


def test_long_message_ids_stay_whole_in_the_thread() -> None:
    long = "x" * 200 + "@voorbeeld.example"
    message = read(compose(replace(RECEIPT, in_reply_to=long, references=("a@b.example", long)), MUNICIPALITY))
    assert message["In-Reply-To"].split() == [f"<{long}>"]
    assert message["References"].split() == ["<a@b.example>", f"<{long}>"]


def test_a_message_without_an_id_is_not_answered_in_a_thread() -> None:
    alone = replace(RECEIPT, in_reply_to="sha256:" + "0" * 64, references=("sha256:" + "0" * 64,))
    assert read(compose(alone, MUNICIPALITY))["In-Reply-To"] is None
    assert read(compose(alone, MUNICIPALITY))["References"] is None


def test_a_domain_with_other_letters_is_written_in_ascii() -> None:
    to = replace(RECEIPT.to, address="jan@voorbééld.example")
    assert parse(compose(replace(RECEIPT, to=to), MUNICIPALITY)).to == ("jan@xn--voorbld-fyaa.example",)


@pytest.mark.parametrize("address", ["", "jan", "a@b@c.example", "a@b\r\nBcc: c@d.example", "<a@b.example>", "a @b.c"])
def test_what_is_no_address_is_not_written(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        compose(replace(RECEIPT, to=replace(RECEIPT.to, address=address)), MUNICIPALITY)


typed = anything | sneaky


@given(name=typed, subject=typed, parent=ids, references=st.lists(ids, max_size=5), text=anything)
def test_no_value_becomes_a_header(name: str, subject: str, parent: str, references: list[str], text: str) -> None:
    outgoing = replace(
        RECEIPT, to_name=name, subject=subject, in_reply_to=parent, references=tuple(references), text=text, html=text
    )
    content = compose(outgoing, MUNICIPALITY)
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert len(names) == len(set(names))
    assert set(names) <= HEADERS
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()
    mail = parse(content)
    assert mail.to == ("jan@voorbeeld.example",)
    assert mail.from_addr == MUNICIPALITY.email


@given(subject=anything, text=anything)
def test_what_was_written_is_what_is_read(subject: str, text: str) -> None:
    outgoing = replace(RECEIPT, subject=_words(subject), text=_printable(f"Beste lezer, {text}"))
    mail = parse(compose(outgoing, MUNICIPALITY))
    assert mail.subject == outgoing.subject
    assert _words(mail.text) == _words(outgoing.text)


def test_text_and_twin_are_read_whole_by_others() -> None:
    message = read(compose(RECEIPT, MUNICIPALITY))
    plain, html = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert plain.get_content().splitlines() == RECEIPT.text.splitlines()
    assert html.get_content().strip() == RECEIPT.html
    assert str(message["To"].addresses[0]) == '"J. Jansen" <jan@voorbeeld.example>'


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() or one in "\n\t" else " " for one in text)


def _words(text: str) -> str:
    return " ".join(_printable(text).split())
