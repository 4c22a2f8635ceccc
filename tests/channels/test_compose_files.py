"""Files in an outgoing mail: every byte and every name comes back, and nothing else does."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.message import Attachment, Outgoing
from mailin.sending.compose import compose
from mailin.sending.writing import on_one_line
from mailin.understanding.mime import parse
from tests.channels.test_compose import RECEIPT, read
from tests.core.world import MUNICIPALITY

anything = st.text(st.characters(exclude_categories=[]), max_size=120)
names = anything | st.sampled_from([
    "brief.pdf", 'een "brief".pdf', "Überweisung – één €.pdf", "x" * 199, "日" * 199, "a\\r\\nBcc: b@c.example.pdf",
    "a; filename=b.exe", "utf-8''a%20b.pdf", "=?utf-8?Q?a?=.pdf", "رسالة.pdf", "../../etc/passwd", "%", "'", "\\\\",
])  # fmt: skip
types = st.sampled_from([
    "application/pdf", "image/png", "text/plain", "text/html", "message/rfc822", "multipart/mixed", "", "x",
    "text/plain; charset=utf-16", "a/b\r\nX: y", "Application/PDF",
])  # fmt: skip
files = st.builds(Attachment, filename=names, content_type=types, content=st.binary(max_size=400))


def enclosing(*attachments: Attachment) -> Outgoing:
    return replace(RECEIPT, attachments=attachments)


def pdf(name: str) -> Attachment:
    return Attachment(filename=name, content_type="application/pdf", content=b"%PDF-1.7 \xe9\n.\n--\r\n")


def expected(name: str) -> str:
    return on_one_line(name.replace("/", "_").replace("\\", "_"))[:200].strip()


def contents(message: EmailMessage) -> list[bytes]:
    found = (part.get_payload(decode=True) for part in message.iter_attachments())
    return [content for content in found if isinstance(content, bytes)]


def test_files_stand_beside_both_texts() -> None:
    content = compose(enclosing(pdf("brief.pdf"), pdf("één brief.pdf")), MUNICIPALITY)
    message = read(content)
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "application/pdf",
    ]  # fmt: skip
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == RECEIPT.text.splitlines()
    assert [part.get_content_disposition() for part in message.iter_attachments()] == ["attachment"] * 2
    assert contents(message) == [pdf("").content] * 2
    assert b"Content-Type: application/pdf; \r\n" not in content
    assert b"Content-Disposition: attachment;\r\n filename*=utf-8''%C3%A9%C3%A9n%20brief.pdf\r\n" in content
    assert b'Content-Type: application/pdf;\r\n name="=?utf-8?B?w6nDqW4gYnJpZWYucGRm?="\r\n' in content


def test_a_letter_without_a_twin_can_have_files() -> None:
    message = read(compose(replace(enclosing(pdf("brief.pdf")), html=None), MUNICIPALITY))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/mixed", "text/plain", "application/pdf"]


def test_a_letter_without_files_is_what_it_always_was() -> None:
    assert compose(enclosing(), MUNICIPALITY) == compose(RECEIPT, MUNICIPALITY)


def test_the_same_files_are_the_same_bytes() -> None:
    one, other = (compose(enclosing(pdf("a.pdf"), pdf("b.pdf")), MUNICIPALITY) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("given", "content", "written"),
    [
        ("application/pdf", b"x", "application/pdf"),
        ("Application/PDF; name=x", b"x", "application/pdf"),
        ("text/plain", "één".encode(), "text/plain; charset=utf-8"),
        ("text/plain", "één".encode("latin-1"), "application/octet-stream"),
        ("message/rfc822", b"Subject: x\n\nx", "application/octet-stream"),
        ("multipart/mixed", b"x", "application/octet-stream"),
        ("pdf", b"x", "application/octet-stream"),
        ("a/b\r\nBcc: c@d.example", b"x", "application/octet-stream"),
    ],
)
def test_a_content_type_is_one_or_says_that_it_is_unknown(given: str, content: bytes, written: str) -> None:
    file = Attachment(filename="", content_type=given, content=content)
    [part] = read(compose(enclosing(file), MUNICIPALITY)).iter_attachments()
    assert str(part["Content-Type"]).replace('"', "") == written
    assert part.get_filename() is None


@given(attachments=st.lists(files, min_size=1, max_size=3))
def test_every_file_comes_back(attachments: list[Attachment]) -> None:
    content = compose(enclosing(*attachments), MUNICIPALITY)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 82
    assert b"\n" not in content.replace(b"\r\n", b"")
    message = read(content)
    wanted = [expected(file.filename) for file in attachments]
    assert [part.get_filename() or "" for part in message.iter_attachments()] == wanted
    assert contents(message) == [file.content for file in attachments]


@given(name=st.text(st.characters(categories=["L", "N", "Zs"]), max_size=120), content=st.binary(max_size=400))
def test_our_own_reader_gives_the_same(name: str, content: bytes) -> None:
    file = Attachment(filename=f"{name}.pdf", content_type="application/pdf", content=content)
    mail = parse(compose(enclosing(file), MUNICIPALITY))
    [found] = mail.attachments
    assert found.content == content
    assert found.filename.split() == expected(file.filename).split()
    assert mail.subject == RECEIPT.subject


@pytest.mark.parametrize(
    "text", ["لقد استلمنا رسالتك رقم 2026-0001.", "Отримали ваше повідомлення", "收到\u200f\u202bא\u202c"]
)
def test_letters_of_every_script_and_direction_survive(text: str) -> None:
    letter = replace(RECEIPT, subject=f"{text} {text} {text}", text=text, html=f'<p dir="rtl">{text}</p>')
    message = read(compose(letter, MUNICIPALITY))
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == text
    assert html.get_content().strip() == letter.html
    assert message["Subject"] == letter.subject
