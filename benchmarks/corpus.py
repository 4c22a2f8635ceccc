"""The light corpus: 1,000 mails of about 4 kB, the same bytes at every run.

840 first messages, 122 replies, 10 duplicates and 28 automatic mails; written from RFC 5322, 2045, 3464 and 3834.
"""

import base64
import quopri
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.header import Header
from typing import Literal

FIRST, REPLIES, DUPLICATES, AUTOMATIC = 840, 122, 10, 28
OUR_ADDRESS = "klachten@gemeente.example"
SEED = 20260105

NAMES = ("Anneke de Vries", "Jan Bakker", "Fatima El Amrani", "Özlem Yılmaz", "Piet-Hein Smit", "Renée Jansen")
SUBJECTS = (
    "Klacht over de afhandeling van mijn melding",
    "Niet teruggebeld",
    "Onvriendelijke behandeling aan de balie op 3 februari",
    "Brief nooit beantwoord – tweede poging",
    "Mijn coördinator reageert niet",
    "Overlast en geen reactie",
)
SENTENCES = (
    "Op 3 februari ben ik aan de balie geweest om mijn rijbewijs te verlengen.",
    "De medewerker onderbrak mij steeds en keek mij niet aan.",
    "Ik heb drie keer gebeld en ben niet één keer teruggebeld, hoewel dat was beloofd.",
    "Mijn vorige brief van 12 januari is tot vandaag niet beantwoord.",
    "Ik voelde mij niet serieus genomen en ben boos weggegaan.",
    "Volgens de website duurt de behandeling vier weken, maar het zijn er nu elf.",
    "De buurvrouw was erbij en kan bevestigen wat er is gezegd.",
    "Ik zou graag willen dat iemand mij belt om dit uit te praten.",
    "Het gaat mij niet om het besluit zelf, maar om de manier waarop ik ben behandeld.",
    "De mevrouw van de afdeling Inkomen zei dat ze er niets aan kon doen.",
    "Ik heb er slecht van geslapen; zo ga je niet met mensen om.",
    "Kunt u mij laten weten wie mijn klacht behandelt en wanneer ik antwoord krijg?",
)
_NAMED = re.compile(rb"^(Message-ID|In-Reply-To): <([^>]+)>", re.MULTILINE)


@dataclass(frozen=True)
class _First:
    """What a reply or a duplicate needs to know of the message that it follows."""

    message_id: str
    name: str
    address: str
    subject: str
    body: str
    mail: bytes


def _text(chance: random.Random, length: int) -> str:
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < length:
        paragraphs.append(" ".join(chance.sample(SENTENCES, 4)))
    return "Geachte heer, mevrouw,\n\n" + "\n\n".join(paragraphs) + "\n\nMet vriendelijke groet,\n"


def _trace(chance: random.Random) -> str:
    hops = (("mx1.gemeente.example", "uit.voorbeeld.example"), ("uit.voorbeeld.example", "binnen.voorbeeld.example"))
    return "".join(
        f"Received: from {source} ({source} [192.0.2.{chance.randrange(1, 255)}])\n"
        f"\tby {target} (Postfix) with ESMTPS id {chance.getrandbits(40):010X}\n"
        f"\tfor <{OUR_ADDRESS}>; Mon,  5 Jan 2026 09:{chance.randrange(60):02d}:07 +0100 (CET)\n"
        for target, source in hops
    )


def _signature(chance: random.Random) -> str:
    key = base64.b64encode(chance.randbytes(256)).decode()
    folded = "\n\t ".join(key[at : at + 68] for at in range(0, len(key), 68))
    return (
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=voorbeeld.example; s=s1;\n"
        f"\th=from:to:subject:date:message-id:mime-version; b={folded}\n"
    )


def _headers(chance: random.Random, name: str, address: str, subject: str, message_id: str, extra: str = "") -> str:
    return (
        f"{_trace(chance)}{_signature(chance)}From: {Header(name, 'utf-8').encode()} <{address}>\nTo: {OUR_ADDRESS}\n"
        f"Subject: {Header(subject, 'utf-8' if not subject.isascii() else 'us-ascii').encode()}\n"
        f"Date: Mon, 5 Jan 2026 09:{chance.randrange(60):02d}:00 +0100\nMessage-ID: <{message_id}>\n{extra}"
        "MIME-Version: 1.0\nUser-Agent: Voorbeeldpost 4.2\nX-Spam-Status: No, score=-1.2 required=5.0\n"
    )


def _plain(body: str, encoding: str) -> bytes:
    if encoding == "base64":
        content = base64.encodebytes(body.encode())
    elif encoding == "quoted-printable":
        content = quopri.encodestring(body.encode())
    else:
        content = body.encode()
    return f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n".encode() + content


def _alternative(chance: random.Random, body: str) -> bytes:
    edge = f"grens-{chance.getrandbits(64):016x}"
    page = "<html><head><style>p { margin: 0 }</style></head><body>" + "".join(
        f"<p>{line}</p>" for line in body.split("\n\n")
    )
    html = quopri.encodestring(f"{page}</body></html>".encode())
    return b"".join(
        (
            f'Content-Type: multipart/alternative; boundary="{edge}"\n\n--{edge}\n'.encode(),
            _plain(body, "quoted-printable"),
            f"\n--{edge}\nContent-Type: text/html; charset=utf-8\n"
            f"Content-Transfer-Encoding: quoted-printable\n\n".encode(),
            html,
            f"\n--{edge}--\n".encode(),
        )
    )


def _body(chance: random.Random, number: int, body: str) -> bytes:
    if number % 3 == 0:
        return _alternative(chance, body)
    return _plain(body, ("8bit", "quoted-printable", "base64")[number % 3])


def _first(chance: random.Random, number: int) -> _First:
    name, subject = NAMES[number % len(NAMES)], SUBJECTS[number % len(SUBJECTS)]
    address, message_id = f"burger{number}@voorbeeld.example", f"eerste-{number}@voorbeeld.example"
    # A third has two parts that say the same, so its text is shorter: each mail is about 4 kB.
    body = _text(chance, 950 if number % 3 == 0 else 2300) + name + "\n"
    mail = _headers(chance, name, address, subject, message_id).encode() + _body(chance, number, body)
    return _First(message_id, name, address, subject, body, mail)


def _reply(chance: random.Random, number: int, to: _First) -> bytes:
    quoted = "".join(f"> {line}\n" for line in to.body.splitlines())
    body = f"{_text(chance, 700)}{to.name}\n\nOp ma 5 jan. 2026 om 09:12 schreef {to.name} <{to.address}>:\n\n{quoted}"
    extra = f"In-Reply-To: <{to.message_id}>\nReferences: <{to.message_id}>\n"
    subject, message_id = f"Re: {to.subject}", f"antwoord-{number}@voorbeeld.example"
    encoding = ("8bit", "quoted-printable")[number % 2]
    return _headers(chance, to.name, to.address, subject, message_id, extra).encode() + _plain(body, encoding)


def _automatic(chance: random.Random, number: int) -> bytes:
    marks = (
        "Auto-Submitted: auto-replied\nPrecedence: bulk\n",
        "Auto-Submitted: auto-generated\n",
        "List-Id: Nieuwsbrief <nieuws.voorbeeld.example>\nPrecedence: list\nAuto-Submitted: auto-generated\n",
    )
    subject, message_id = "Automatisch antwoord: afwezig", f"automaat-{number}@voorbeeld.example"
    headers = _headers(chance, "Kantoor", "kantoor@voorbeeld.example", subject, message_id, marks[number % 3])
    return headers.encode() + _plain(_text(chance, 2300), "8bit")


def _duplicate(chance: random.Random, of: _First) -> bytes:
    """The same mail by another way: only its newest trace header differs (RFC 5321, section 4.4)."""
    return _trace(chance).encode() + of.mail


def light() -> list[bytes]:
    """The 1,000 mails with CRLF, in the order of arrival: a reply or duplicate comes after what it follows."""
    chance = random.Random(SEED)
    kinds = ["first"] * (FIRST - 1) + ["reply"] * REPLIES + ["again"] * DUPLICATES + ["automatic"] * AUTOMATIC
    chance.shuffle(kinds)
    firsts: list[_First] = []
    mails: list[bytes] = []
    for number, kind in enumerate(["first", *kinds]):
        if kind == "first":
            firsts.append(_first(chance, number))
            mails.append(firsts[-1].mail)
        elif kind == "reply":
            mails.append(_reply(chance, number, chance.choice(firsts)))
        elif kind == "again":
            mails.append(_duplicate(chance, chance.choice(firsts)))
        else:
            mails.append(_automatic(chance, number))
    return [mail.replace(b"\n", b"\r\n") for mail in mails]


def full(number: int) -> Iterator[bytes]:
    """As many mails of the light corpus, every fifth with a file of 200 kB to 2 MB: 1,000 of them are about 235 MB."""
    chance = random.Random(SEED)
    for at, mail in enumerate(light()[:number]):
        yield with_file(mail, chance.randbytes(chance.randrange(150_000, 1_500_000))) if at % 5 == 0 else mail


def with_file(mail: bytes, *files: bytes) -> bytes:
    """The mail with files attached."""
    head, body = mail.split(b"\r\n\r\n", 1)
    start = head.index(b"\r\nContent-Type:")
    edge = b"--bijlagen-c0ffee-2026"
    parts = [head[start + 2 :] + b"\r\n\r\n" + body]
    for at, content in enumerate(files):
        named = b'Content-Type: application/pdf; name="brief-%d.pdf"\r\nContent-Disposition: attachment\r\n' % at
        encoded = base64.encodebytes(b"%PDF-1.7\n" + content).replace(b"\n", b"\r\n")
        parts.append(named + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded)
    content_type = b'\r\nContent-Type: multipart/mixed; boundary="' + edge[2:] + b'"\r\n\r\n'
    inside = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts)
    return head[:start] + content_type + inside + edge + b"--\r\n"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a mail is, and which mail it follows."""

    kind: Literal["first", "reply", "again", "automatic"]
    message_id: str
    follows: str = ""


def truths(mails: Sequence[bytes]) -> list[Truth]:
    """What each mail of the corpus is, told by the names that were given to them when they were made."""
    found: list[Truth] = []
    seen: set[str] = set()
    for mail in mails:
        named = dict(_NAMED.findall(mail.partition(b"\r\n\r\n")[0]))
        message_id, follows = named[b"Message-ID"].decode(), named.get(b"In-Reply-To", b"").decode()
        if message_id.startswith("automaat-"):
            found.append(Truth("automatic", message_id))
        elif message_id in seen:
            found.append(Truth("again", message_id))
        else:
            found.append(Truth("reply" if follows else "first", message_id, follows))
        seen.add(message_id)
    return found


def fresh(mails: Sequence[bytes], run: str) -> list[bytes]:
    """The same mails as another day's post: other Message-IDs, so that a second run is not all duplicates."""
    return [mail.replace(b"@voorbeeld.example>", f".{run}@voorbeeld.example>".encode()) for mail in mails]
