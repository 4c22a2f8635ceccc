"""The bare receipt: a mail becomes a durable case with its acknowledgement queued, and nothing else is done.

Written from shared/design/speed.md, RFC 5322/2045/2047 and the SQLite manual, before and without the code in core/.

Why nobody would write it faster in Python: headers by compat32 and decoded only where one is an encoded word, only
the first text part decoded, one prepared statement a table through the C module without a layer between, the letter
one `%` over a constant, many mails in one transaction, the original in a row of the same file (a file of its own
would cost a second fsync). A parser in Rust (fast-mail-parser) would save another half millisecond; it is left out
because it gives no defects, no raw header and no attached message, so a complaints office could not keep it.

What it leaves out of a real receipt: people, an audit trail with before and after, terms over holidays, HTML, quoted
text, bounces, attachments' files, tasks, limits on hostile mail, several doors, and every check.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from pathlib import Path

CHUNK = 50

TABLES = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE message (id INTEGER PRIMARY KEY, message_id TEXT, hash TEXT, number INTEGER, sender TEXT, name TEXT,
    subject TEXT, text TEXT, original BLOB, UNIQUE (message_id, hash));
CREATE TABLE complaint (number INTEGER PRIMARY KEY, stage TEXT, received TEXT, target TEXT, sender TEXT);
CREATE TABLE event (id INTEGER PRIMARY KEY, number INTEGER, kind TEXT, at TEXT);
CREATE INDEX event_number ON event (number);
CREATE TABLE outgoing (id INTEGER PRIMARY KEY, number INTEGER, state TEXT, address TEXT, subject TEXT, text TEXT);
CREATE INDEX outgoing_state ON outgoing (state);
CREATE TABLE job (id INTEGER PRIMARY KEY, kind TEXT, message INTEGER, due TEXT);
CREATE INDEX job_due ON job (due);
"""

LETTER = """Geachte heer, mevrouw %s,

Wij hebben uw bericht "%s" ontvangen. Het heeft nummer 2026-%04d.
Uiterlijk op %s hoort u van ons.
Belt u liever? Dat kan op 14 000.

Met vriendelijke groet,
de klachtencoördinator
"""

RECEIVED, TARGET = "2026-01-05T09:00:00+00:00", "2026-02-02"
TRACE = re.compile(rb"\A(?:(?:Received|Return-Path|Delivered-To):[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.IGNORECASE)
MESSAGE_IDS = re.compile(r"<([^<>\s]+)>")


@dataclass(slots=True)
class Parsed:
    """Of one mail, what a receipt cannot do without."""

    message_id: str
    hash: str
    follows: list[str]
    automatic: bool
    address: str
    name: str
    subject: str
    text: str


def header(message: Message, name: str) -> str:
    """One header as text: RFC 2047 is undone only where there is something to undo."""
    value = str(message.get(name, ""))
    return str(make_header(decode_header(value))) if "=?" in value else value


def parse(raw: bytes) -> Parsed:
    """The mail by compat32: policy.default would parse every header into a tree and is nine times as slow."""
    message = message_from_bytes(raw)
    part = message
    while part.is_multipart():
        part = part.get_payload(0)  # type: ignore[assignment]
    body = part.get_payload(decode=True)
    name, address = parseaddr(header(message, "From"))
    automatic = message.get("Auto-Submitted", "no").lower() != "no"
    return Parsed(
        message_id=str(message.get("Message-ID", "")).strip().strip("<>"),
        hash=hashlib.sha256(TRACE.sub(b"", raw)).hexdigest(),
        follows=MESSAGE_IDS.findall(f"{message.get('References', '')} {message.get('In-Reply-To', '')}"),
        automatic=automatic,
        address=address,
        name=name,
        subject=header(message, "Subject"),
        text=body.decode(part.get_content_charset("utf-8"), "replace") if isinstance(body, bytes) else "",
    )


class BareReceipt:
    """Messages, cases, events, letters and jobs in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.executescript(TABLES)
        self.last = 0

    def close(self) -> None:
        self.connection.close()

    def accept_all(self, mails: Sequence[bytes]) -> None:
        """Takes a chunk in one transaction; on return it is on the disc."""
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        for raw in mails:
            self._accept(parse(raw), raw)
        execute("COMMIT")

    def _accept(self, mail: Parsed, raw: bytes) -> None:
        execute = self.connection.execute
        if execute("SELECT 1 FROM message WHERE message_id=? AND hash=?", (mail.message_id, mail.hash)).fetchone():
            return
        number = None if mail.automatic else self._known(mail.follows)
        if number is None and not mail.automatic:
            number = self._open(mail)
        values = (mail.message_id, mail.hash, number, mail.address, mail.name, mail.subject, mail.text, raw)
        message = execute(
            "INSERT INTO message (message_id,hash,number,sender,name,subject,text,original) VALUES (?,?,?,?,?,?,?,?)",
            values,
        ).lastrowid
        execute("INSERT INTO event (number,kind,at) VALUES (?,?,?)", (number, "received", RECEIVED))
        execute("INSERT INTO job (kind,message,due) VALUES (?,?,?)", ("classify", message, RECEIVED))

    def _open(self, mail: Parsed) -> int:
        """A new case, with its acknowledgement queued."""
        self.last += 1
        values = (self.last, "received", RECEIVED, TARGET, mail.address)
        self.connection.execute("INSERT INTO complaint VALUES (?,?,?,?,?)", values)
        letter = LETTER % (mail.name, mail.subject, self.last, TARGET)
        self.connection.execute(
            "INSERT INTO outgoing (number,state,address,subject,text) VALUES (?,?,?,?,?)",
            (self.last, "waiting", mail.address, f"Ontvangen: {mail.subject}", letter),
        )
        return self.last

    def _known(self, follows: list[str]) -> int | None:
        for message_id in follows:
            row = self.connection.execute("SELECT number FROM message WHERE message_id=?", (message_id,)).fetchone()
            if row is not None:
                return int(row[0])
        return None

    def counts(self) -> tuple[int, int, int]:
        """Cases, messages and letters, to see that the loop did the whole job."""
        tables = "complaint", "message", "outgoing"
        cases, messages, letters = (
            int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables
        )
        return cases, messages, letters


def chunks(mails: Sequence[bytes], size: int = CHUNK) -> Iterator[Sequence[bytes]]:
    """The mails as a poll brings them."""
    for at in range(0, len(mails), size):
        yield mails[at : at + size]
