"""Mails that citizens, machines and forms send."""

from email.message import EmailMessage
from email.utils import format_datetime

from tests.core.world import MONDAY

KLACHTEN = "klachten@gemeente.example"
CITIZEN = "jan@voorbeeld.example"
STORY = "Ik ben drie keer niet teruggebeld over de kapotte lantaarnpaal."


def letter(
    message_id: str | None = "<een@voorbeeld.example>",
    *,
    to: str = KLACHTEN,
    sender: str = f"Jan Jansen <{CITIZEN}>",
    subject: str = "Niet teruggebeld",
    text: str = STORY,
    **headers: str,
) -> bytes:
    """A plain mail; more headers as keyword arguments, with ``_`` for ``-``."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(MONDAY)
    if message_id is not None:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


ENCRYPTED = (
    b"From: Jan Jansen <jan@voorbeeld.example>\r\nTo: klachten@gemeente.example\r\nSubject: Geheim\r\n"
    b"Message-ID: <geheim@voorbeeld.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    b"--x\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n"
    b"-----END PGP MESSAGE-----\r\n--x--\r\n"
)
