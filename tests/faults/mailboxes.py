"""The settings with which a service reads a mailbox of Dovecot and sends through Postfix, and a look into both."""

from collections import Counter
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.postfix import Postfix

DOOR = "imap:klachten"


def reading(dovecot: Dovecot, mailbox: str, *, folder: str = "INBOX", port: int | None = None) -> dict[str, str]:
    """The settings with which this mailbox is read: over TLS, or in the clear over a wire on another port.

    Looks are so far apart that only what the server announces can explain an arrival.
    """
    return {
        "GEHOORD_IMAP__KLACHTEN__HOST": "127.0.0.1" if port else "localhost",
        "GEHOORD_IMAP__KLACHTEN__PORT": str(port or dovecot.imaps_port),
        "GEHOORD_IMAP__KLACHTEN__TLS": "none" if port else "tls",
        "GEHOORD_IMAP__KLACHTEN__CERTIFICATES": str(dovecot.certificate),
        "GEHOORD_IMAP__KLACHTEN__USER": mailbox,
        "GEHOORD_IMAP__KLACHTEN__PASSWORD": PASSWORD,
        "GEHOORD_IMAP__KLACHTEN__FOLDER": folder,
        "GEHOORD_IMAP__KLACHTEN__EVERY": "3600",
    }


def sending(postfix: Postfix, user: str) -> dict[str, str]:
    """The settings with which mail leaves through this relay."""
    return {
        "GEHOORD_RELAY__HOST": "localhost",
        "GEHOORD_RELAY__PORT": str(postfix.submission_port),
        "GEHOORD_RELAY__CERTIFICATES": str(postfix.dovecot.certificate),
        "GEHOORD_RELAY__USER": user,
        "GEHOORD_RELAY__PASSWORD": PASSWORD,
    }


def understood(raw: Iterable[bytes]) -> list[EmailMessage]:
    """Raw mails as messages."""
    return [message_from_bytes(one, _class=EmailMessage, policy=policy.default) for one in raw]


def named(mail: EmailMessage) -> str:
    """The Message-ID of a mail, without its brackets."""
    return str(mail["Message-ID"]).strip("<>")


def held(dovecot: Dovecot, mailbox: str, folder: str = "Verwerkt") -> Counter[str]:
    """How often each message lies in a folder; what is marked as deleted does not count."""
    with dovecot.login(mailbox, folder) as client:
        fetched = client.fetch(client.search("UNDELETED"), ["BODY.PEEK[]"])
    return Counter(named(one) for one in understood(facts[b"BODY[]"] for facts in fetched.values()))
