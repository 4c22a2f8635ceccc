"""Reading mail as it really comes: headers, charsets, parts, names and damage."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from struct import pack

import pytest

from mailin.understanding.identity import content_hash
from mailin.understanding.inspection import describe
from mailin.understanding.mime import parse
from mailin.understanding.rtf import rtf_text

TOP = b"From: Jan <jan@voorbeeld.example>\nTo: klachten@gemeente.example\nSubject: Klacht\nMIME-Version: 1.0\n"


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?Q?Klacht_over_=E2=82=AC?= 5", "Klacht over € 5"),
        (b"Klacht \xe9\xe9n", "Klacht één"),
        ("Klacht één".encode(), "Klacht één"),
        (b"=?iso-8859-1?Q?=80_5?=", "€ 5"),
        (b"=?utf-8?B?4oI=?= =?utf-8?B?rCA1?=", "€ 5"),
        (b"=?utf-8?Q?=E2=82?=\r\n =?utf-8?Q?=AC_5?=", "€ 5"),
        (b"=?UTF-8?Q?Klacht met spatie?=", "Klacht met spatie"),
        (b"=?utf-8?B?S2xhY2h0", "Klacht"),
        (b"=?utf-8?Q?a=0D=0ABcc:_x@y?= b", "a Bcc: x@y b"),
        (b"=?x-gek?Q?caf=E9?=", "café"),
        (b"=?gb2312?B?0rvM9dDC?=", "一条新"),
        (b"=?iso-2022-jp?B?GyRCMEo+ZRsoQg==?=", "以上"),
        (b"=?utf-8?Q?=ED=A0=80x?=", "\ufffdx"),
        (b"a\x00b\tc", "ab c"),
        (b"een\r\n  twee", "een twee"),
    ],
)
def test_subject(raw: bytes, subject: str) -> None:
    assert parse(b"From: a@b.example\r\nSubject: " + raw + b"\r\n\r\nx").subject == subject


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        (b"Jansen, Piet <piet@voorbeeld.example>", "Jansen, Piet", "piet@voorbeeld.example"),
        (b'"Jansen, Piet" <piet@voorbeeld.example>', "Jansen, Piet", "piet@voorbeeld.example"),
        (b"piet@voorbeeld.example (Piet Jansen)", "Piet Jansen", "piet@voorbeeld.example"),
        (b"=?utf-8?Q?Jansen=2C_Piet?= <piet@voorbeeld.example>", "Jansen, Piet", "piet@voorbeeld.example"),
        (b"=?utf-8?B?SmFuIDxqYW5AeC5ubD4=?=", "Jan", "jan@x.nl"),
        (b"<mailto:piet@voorbeeld.example>", "", "piet@voorbeeld.example"),
        (b"Piet <<piet@voorbeeld.example>>", "Piet", "piet@voorbeeld.example"),
        (b"Piet <piet@voorbeeld.example", "Piet", "piet@voorbeeld.example"),
        (b"P\xe9ter <p@voorbeeld.example>", "Péter", "p@voorbeeld.example"),
        (b"Jan (een (geneste) noot) <jan@voorbeeld.example>", "Jan", "jan@voorbeeld.example"),
        (b'"jan@x.example" <piet@voorbeeld.example>', "jan@x.example", "piet@voorbeeld.example"),
        (b"Jan", "Jan", None),
        (b"<>", "", None),
    ],
)
def test_sender(raw: bytes, name: str, address: str | None) -> None:
    found = parse(b"From: " + raw + b"\n\nx")
    assert (found.from_name, found.from_addr) == (name, address)


def test_recipients_of_to_and_cc_with_groups() -> None:
    found = parse(
        b'From: a@b.example\nTo: Groep: a@x.example, "B, C" <b@x.example>;\nCc: undisclosed-recipients:;\n'
        b"Cc: c@x.example\n\nx"
    )
    assert found.to == ("a@x.example", "b@x.example", "c@x.example")


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (b"text/plain; charset=iso-8859-1", b"\x80 5", "€ 5"),
        (b"text/plain; charset=us-ascii", b"\xe9\xe9n", "één"),
        (b"text/plain; charset=us-ascii", "één".encode(), "één"),
        (b"text/plain; charset=iso-8859-15", b"\xa4 5", "€ 5"),
        (b"text/plain; charset=windows-1252http-equivcontent-type", b"\xe9\xe9n", "één"),
        (b'text/plain; charset="utf-8', "één".encode(), "één"),
        (b"text/plain; charset=utf-8", b"\xe9\xe9n", "één"),
        (b"text/plain; charset=rot13", b"hoi", "hoi"),
        (b"text/plain; charset=base64", b"aG9p", "aG9p"),
        (b"text/plain", b"a\x00b\x07c", "abc"),
        (b"text/html", b"<meta charset=utf-8><p>\xc3\xa9\xc3\xa9n<br>twee", "één\ntwee"),
    ],
)
def test_charset(kind: bytes, data: bytes, text: str) -> None:
    assert parse(TOP + b"Content-Type: " + kind + b"\n\n" + data).text == text


@pytest.mark.parametrize(
    ("kind", "disposition", "name"),
    [
        ("application/pdf; name=foto van de stoep.pdf", "attachment", "foto van de stoep.pdf"),
        ("application/pdf", "attachment; filename*=UTF-8''na%C3%AFef%20x.pdf", "naïef x.pdf"),
        ("application/pdf", 'attachment; filename="=?utf-8?Q?na=C3=AFef.pdf?="', "naïef.pdf"),
        ("application/pdf", 'attachment; filename*0="lange "; filename*1="naam.pdf"', "lange naam.pdf"),
        ("application/pdf", "attachment; filename*0*=utf-8''lange%20; filename*1*=na%C3%AFam.pdf", "lange naïam.pdf"),
        ("application/pdf", 'attachment; filename="C:\\temp\\x.pdf"', "x.pdf"),
        ("application/pdf", 'attachment; filename="../../etc/passwd"', "passwd"),
        ('application/pdf; name="a;b.pdf"', "", "a;b.pdf"),
        ("application/pdf", 'attachment; filename="a\u202efdp.exe"', "afdp.exe"),
    ],
)
def test_attachment_name(kind: str, disposition: str, name: str) -> None:
    field = f"Content-Disposition: {disposition}\n" if disposition else ""
    raw = (
        TOP
        + (
            f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhoi\n--b\nContent-Type: {kind}\n{field}"
            "Content-Transfer-Encoding: base64\n\naGFsbG8=\n--b--"
        ).encode()
    )
    found = parse(raw)
    assert found.text == "hoi"
    assert [(part.filename, part.size) for part in found.attachments] == [(name, 5)]


def multipart(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()]
    lines += [f"--{boundary}\n".encode() + part + b"\n" for part in parts]
    return b"".join([*lines, f"--{boundary}--\n".encode()])


PLAIN = b"Content-Type: text/plain\n\nEerste."
HTML = b"Content-Type: text/html\n\n<p>Rijk.</p>"
PICTURE = b"Content-Type: image/png\nContent-Disposition: inline; filename=a.png\n\nxxx"
AFTER = b"Content-Type: text/plain\n\nTweede."


def test_texts_around_pictures_are_joined() -> None:
    found = parse(TOP + multipart("mixed", PLAIN, PICTURE, AFTER))
    assert found.text == "Eerste.\n\nTweede."
    assert [(part.filename, part.inline) for part in found.attachments] == [("a.png", True)]


def test_alternative_shows_plain_and_keeps_html() -> None:
    found = parse(TOP + multipart("alternative", PLAIN, HTML))
    assert (found.text, found.html) == ("Eerste.", "<p>Rijk.</p>")


def test_empty_plain_alternative_gives_way_to_html() -> None:
    assert parse(TOP + multipart("alternative", b"Content-Type: text/plain\n\n \n", HTML)).text == "Rijk."


def test_attached_message_is_one_attachment() -> None:
    inner = b"Content-Type: message/rfc822\n\nSubject: binnen\n" + multipart("mixed", PICTURE, boundary="c")
    found = parse(TOP + multipart("mixed", PLAIN, inner))
    assert [part.content_type for part in found.attachments] == ["message/rfc822"]
    assert found.text == "Eerste."


def test_signature_is_no_attachment() -> None:
    signature = b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nxxx"
    assert parse(TOP + multipart("signed", PLAIN, signature)).attachments == ()


@pytest.mark.parametrize(
    "body",
    [
        multipart(
            "encrypted",
            b"Content-Type: application/pgp-encrypted\n\nVersion: 1",
            b"Content-Type: application/octet-stream; name=encrypted.asc\n\nxxx",
        ),
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nxxx",
        b"Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nxxx\n-----END PGP MESSAGE-----",
    ],
)
def test_encrypted_mail_says_so(body: bytes) -> None:
    assert parse(TOP + body).encrypted


def test_root_part_can_be_the_attachment() -> None:
    found = parse(TOP + b"Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\naGFsbG8=")
    assert (found.text, [(part.filename, part.size) for part in found.attachments]) == ("", [("x.pdf", 5)])


def test_uuencoded_file_in_the_text() -> None:
    found = parse(TOP + b"\nhoi\nbegin 644 x.txt\n%:&%L;&\\ \n`\nend\ndaar")
    assert found.text == "hoi\ndaar"
    assert [(part.filename, part.content) for part in found.attachments] == [("x.txt", b"hallo")]


@pytest.mark.parametrize(("declared", "used"), [("", "--xyz"), ("boundary=anders", "--xyz"), ("bound", "--xyz")])
def test_missing_boundary_is_found(declared: str, used: str) -> None:
    body = f"Content-Type: multipart/mixed; {declared}\n\n{used}\nContent-Type: text/plain\n\nhoi\n{used}--\n"
    found = parse(TOP + body.encode())
    assert found.text == "hoi"
    assert "boundary_missing" in found.problems


def test_multipart_without_any_boundary_is_text() -> None:
    assert parse(TOP + b"Content-Type: multipart/mixed; boundary=b\n\nhoi daar").text == "hoi daar"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"aGFsbG8gZGFhcg", "hallo daar"),
        (b"aGFsbG8gZGFhcg=", "hallo daar"),
        (b"aGFs bG8gZGFhcg==\n!!", "hallo daar"),
        (b"Dit is gewone tekst\nzonder codering", "Dit is gewone tekst\nzonder codering"),
        (b"aGFsbG8=\n\nLijst voet tekst", "hallo\n\nLijst voet tekst"),
    ],
)
def test_damaged_base64(body: bytes, text: str) -> None:
    assert parse(TOP + b"Content-Transfer-Encoding: base64\n\n" + body).text == text


def test_damaged_quoted_printable() -> None:
    assert parse(TOP + b"Content-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =  \n=ZZ 100=").text == "café =ZZ 100"


@pytest.mark.parametrize(
    "raw",
    [
        b"From a@b Mon Feb 12\nFrom: a@b.example\nSubject: x\n\nhoi",
        b"From: a@b.example\rSubject: x\r\rhoi",
        b"\n\nFrom: a@b.example\nSubject: x\n\nhoi",
        b"From: a@b.example\r\r\nSubject: x\r\r\n\r\r\nhoi",
        b"From: a@b.example\ndamaged line\nSubject: x\n\nhoi",
        b"\xef\xbb\xbfFrom: a@b.example\nSubject: x\n\nhoi",
    ],
)
def test_damaged_beginnings(raw: bytes) -> None:
    found = parse(raw)
    assert (found.from_addr, found.subject, found.text) == ("a@b.example", "x", "hoi")


def test_dates_and_ids() -> None:
    found = parse(
        b"Date: Mon, 12 Feb 2024 10:00:00 +0100\nMessage-ID: <a@b>\nReferences: <c@d> <e@f>\n <c@d>\n"
        b"In-Reply-To: <g@h>\nReturn-Path: <>\nAuthentication-Results: mx.example;\n dkim=pass\n\nx"
    )
    assert found.date == datetime(2024, 2, 12, 9, tzinfo=UTC)
    assert (found.message_id, found.references, found.in_reply_to) == ("a@b", ("c@d", "e@f", "g@h"), ("g@h",))
    assert (found.return_path, found.authentication_results) == ("", ("mx.example; dkim=pass",))


@pytest.mark.parametrize("date", ["Mon, 31 Feb 2024 10:00:00 +0100", "gisteren", "", "Fri, 31 Dec 9999 23:59:59 -2300"])
def test_impossible_date(date: str) -> None:
    assert parse(f"Date: {date}\n\nx".encode()).date is None


def test_html_text_marks_quotes_and_drops_the_hidden() -> None:
    html = (
        b"<title>t</title><style>p{}</style><p>Een <b>twee</b></p><div style='display: none'>weg</div>"
        b"<blockquote type=cite><p>oud</p></blockquote><script>x</script>"
    )
    assert parse(TOP + b"Content-Type: text/html\n\n" + html).text == "Een twee\n\n> oud"


def test_html_answer_folds() -> None:
    html = (
        "<div>Niet eens.</div><div class=gmail_quote>Op di 12 mrt 2024 om 10:12 schreef A &lt;a@b.example&gt;:<br>"
        "<blockquote>Geachte</blockquote></div>"
    )
    raw = TOP.replace(b"Klacht", b"Re: Klacht") + b"In-Reply-To: <a@b>\nContent-Type: text/html\n\n" + html.encode()
    assert parse(raw).reply_text == "Niet eens."


def test_hash_survives_the_journey_and_sees_other_content() -> None:
    mail = TOP + b"Message-ID: <a@b>\n\nhoi\nFrom hier\n"
    other = b"Received: from x\r\nX-Spam: no\r\nDKIM-Signature: y\r\n" + mail.replace(b"\n", b"\r\n").replace(
        b"\nFrom hier", b"\n>From hier"
    )
    assert content_hash(mail) == content_hash(other)
    assert content_hash(mail) != content_hash(mail.replace(b"hoi", b"hai"))
    assert content_hash(mail) != content_hash(mail.replace(b"Subject: K", b"Subject: L"))


def test_describe_has_the_keys_of_the_contract() -> None:
    described = describe(parse(TOP + multipart("mixed", PLAIN, PICTURE)))
    assert set(described) >= {
        "subject",
        "from_addr",
        "from_name",
        "to",
        "text",
        "reply_text",
        "attachments",
        "auto_submitted",
        "bounce",
        "message_id",
        "references",
    }
    assert described["attachments"] == [{"filename": "a.png", "content_type": "image/png", "size": 3, "inline": True}]
    assert described["message_id"] is None
    json.dumps(described)


def test_base64_text_in_other_scripts() -> None:
    body = b64encode("Здравствуйте, у меня есть жалоба на работу. ".encode("koi8-r") * 20)
    raw = TOP + b"Content-Type: text/plain; charset=x-onbekend\nContent-Transfer-Encoding: base64\n\n" + body
    found = parse(raw)
    assert found.text.startswith("Здравствуйте")
    assert "charset_unknown" in found.problems


def element(tag: int, content: bytes) -> bytes:
    """A BER element of fewer than 128 octets."""
    return bytes([tag, len(content)]) + content


def test_opaque_signature_is_unwrapped() -> None:
    signed, data = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
    inner = b"Content-Type: text/plain\r\n\r\nMijn klacht."
    body = element(
        0x30, element(0x02, b"\x01") + element(0x31, b"") + element(0x30, data + element(0xA0, element(0x04, inner)))
    )
    raw = (
        TOP + b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + b64encode(element(0x30, signed + element(0xA0, body)))
    )
    found = parse(raw)
    assert (found.text, found.attachments, found.encrypted) == ("Mijn klacht.", (), False)


def tnef_object(level: int, name: int, kind: int, content: bytes) -> bytes:
    return pack("<BHHI", level, name, kind, len(content)) + content + pack("<H", sum(content) & 0xFFFF)


def test_winmail_is_unpacked_and_its_text_used() -> None:
    content = (
        pack("<IH", 0x223E9F78, 1)
        + tnef_object(1, 0x800C, 1, b"Mijn klacht.\x00")
        + tnef_object(2, 0x9002, 6, bytes(14))
        + tnef_object(2, 0x8010, 1, b"foto.jpg\x00")
        + tnef_object(2, 0x800F, 6, b"xxxx")
    )
    raw = (
        TOP
        + b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        + b64encode(content)
    )
    found = parse(raw)
    assert found.text == "Mijn klacht."
    assert [(part.filename, part.size) for part in found.attachments] == [("foto.jpg", 4)]


def test_damaged_winmail_stays_an_attachment() -> None:
    found = parse(TOP + b"Content-Type: application/ms-tnef; name=winmail.dat\n\nkapot")
    assert [part.filename for part in found.attachments] == ["winmail.dat"]
    assert "winmail_unreadable" in found.problems


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Mijn \b klacht\b0  kost \'80 5\par Dag \u233?\'e9n}",
            "Mijn klacht kost € 5\nDag één",
        ),
        (
            rb"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf weg\par\htmlrtf0 Mijn klacht{\*\htmltag84 <br>}twee}",
            "Mijn klacht\ntwee",
        ),
    ],
)
def test_rtf_of_outlook(rtf: bytes, text: str) -> None:
    assert rtf_text(pack("<II", 0, len(rtf)) + b"MELA" + bytes(4) + rtf) == text


def test_compressed_rtf_of_the_specification() -> None:
    # The first example of MS-OXRTFCP section 3.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert rtf_text(packed) == "hello world"
