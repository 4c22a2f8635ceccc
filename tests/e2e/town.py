"""A municipality between real mail servers, the citizens who write to it, and the machines that answer it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

from sqlalchemy import select

from core.domain.access import Role
from core.domain.message import Outcome
from core.domain.tasks import TaskKind
from core.store import schema
from tests.faults.mailboxes import reading, sending, understood
from tests.faults.service import Service
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix

FIRST_ID = "<traplift-1123@voorbeeld.example>"
STORY = "In uw verslag staat dat wij zelf geen traplift willen. Dat hebben wij nooit gezegd.\n"


@dataclass(frozen=True)
class Town:
    """A municipality with a mailbox, a relay, a form address that Postfix hands to us over LMTP, and a citizen."""

    service: Service
    dovecot: Dovecot
    postfix: Postfix
    mailbox: str
    form: str
    citizen: str

    def write(self, mail: EmailMessage, to: str, sender: str = "") -> None:
        """The citizen, or somebody else, sends a mail through the public door of the mail server."""
        if "From" not in mail:
            mail["From"] = f"Henk Bouwmeester <{sender or self.citizen}>"
        mail["To"] = to
        self.postfix.send(to, mail.as_bytes(policy=policy.SMTP), sender=sender or self.citizen)

    def read(self, count: int = 1, who: str = "") -> list[EmailMessage]:
        """What lies in the citizen's own mailbox, or in somebody else's, once there is so much."""
        return understood(self.dovecot.wait_for(who or self.citizen, count))

    def outcomes(self) -> list[tuple[object, object]]:
        """What was done with each message, and by which door it came."""
        return [(line["door"], line["outcome"]) for line in self.service.logged("message taken")]

    def taken(self) -> list[EmailMessage]:
        """What lies in the folder of taken messages."""
        return understood(self.dovecot.messages(self.mailbox, "Verwerkt"))

    def until_task(self, kind: TaskKind) -> None:
        """Return once somebody has a task of this kind."""
        self.service.until(lambda: bool(tasks(self.service, kind)), f"a task {kind}")


@contextmanager
def municipality(
    dovecot: Dovecot, postfix: Postfix, settings: Mapping[str, str] | None = None, *, mailbox: str = ""
) -> Iterator[Town]:
    """A town in which the service runs, with these settings besides its own, on this mailbox or an empty one."""
    mailbox, form = mailbox or dovecot.address("klachten"), dovecot.address("formulier")
    ours = {
        "GEHOORD_MUNICIPALITY__EMAIL": mailbox,
        "GEHOORD_SMTP__RECIPIENTS": json.dumps([mailbox, form]),
        **reading(dovecot, mailbox),
        **sending(postfix, mailbox),
        **(settings or {}),
    }
    with Service(settings=ours) as service:
        yield Town(service, dovecot, postfix, mailbox, form, dovecot.address("henk", "voorbeeld.example"))


def first_mail() -> EmailMessage:
    """What opens a case."""
    mail = EmailMessage()
    mail["Subject"] = "Het verslag van het huisbezoek"
    mail["Message-ID"] = FIRST_ID
    mail.set_content(STORY)
    return mail


def further_mail(number: int, subject: str, text: str) -> EmailMessage:
    """A mail with nothing in its headers that ties it to another one."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["Message-ID"] = f"<traplift-{number}@voorbeeld.example>"
    mail.set_content(text)
    return mail


def answer_to(letter: EmailMessage, text: str, number: int = 1124) -> EmailMessage:
    """What a mail program makes when somebody presses Reply."""
    quoted = "".join(f"> {line}\n" for line in plain(letter).splitlines())
    text = f"{text}\n\nOp 23 november 2026 schreef Gemeente Voorbeeld:\n{quoted}"
    mail = further_mail(number, f"Re: {letter['Subject']}", text)
    mail["In-Reply-To"] = letter["Message-ID"]
    mail["References"] = f"{letter['References']} {letter['Message-ID']}"
    return mail


def plain(letter: EmailMessage) -> str:
    """The text of a mail."""
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def address(letter: EmailMessage, header: str = "From") -> str:
    """The bare address in a header."""
    return str(letter[header].addresses[0].addr_spec)


def case_of(letter: EmailMessage) -> str:
    """The case number in the subject of a letter of ours."""
    return str(letter["Subject"]).split("(")[1].rstrip(")")


def tasks(service: Service, kind: TaskKind) -> list[tuple[Role, str]]:
    """Who has an open task of this kind, and its note."""
    task = schema.task
    wanted = select(task.c.role, task.c.note).where(task.c.kind == kind, task.c.done_at.is_(None)).order_by(task.c.id)
    with service.engine() as engine, engine.connect() as connection:
        return [(Role(row.role), row.note) for row in connection.execute(wanted)]


def letters(service: Service, to: str = "") -> list[tuple[str, str]]:
    """Every letter that was written, in order, and how far it came; to one address, if given."""
    outgoing = schema.outgoing
    wanted = select(outgoing.c.letter, outgoing.c.state).order_by(outgoing.c.id)
    wanted = wanted.where(outgoing.c.address == to) if to else wanted
    with service.engine() as engine, engine.connect() as connection:
        return [(row.letter, row.state) for row in connection.execute(wanted)]


OPENED, APPENDED, AUTOMATIC = (
    ("imap:klachten", outcome) for outcome in (Outcome.OPENED, Outcome.APPENDED, Outcome.AUTOMATIC)
)
"""What is done with a message from the mailbox."""
