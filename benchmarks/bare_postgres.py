"""The bare loop on PostgreSQL: as many durable inserts as the product makes, by psycopg in four processes.

Written from shared/design/speed.md and psycopg's and PostgreSQL's manuals, before and without the code in core/.

Why nobody would write it faster: plain psycopg 3 with server-prepared statements and one pipeline a transaction, so a
transaction of any size is one round trip and one flush; numbers for cases from a sequence in blocks of a chunk; no
select that an index does not answer, no lock that another process waits for. COPY would be faster for the rows alone,
but cannot say which message was there already, so no intake could use it. The mail is parsed by the bare parser
(bare_receipt), and the original is a row, so that a commit is the only flush.

What it leaves out: see bare_receipt; and following replies across processes.
"""

from collections.abc import Sequence

import psycopg

from benchmarks.bare_receipt import LETTER, RECEIVED, TARGET, parse

TABLES = """
CREATE TABLE message (id bigint PRIMARY KEY, message_id text, hash text, number bigint, sender text, name text,
    subject text, text text, original bytea, UNIQUE (message_id, hash));
CREATE TABLE complaint (number bigint PRIMARY KEY, stage text, received timestamptz, target date, sender text);
CREATE TABLE outgoing (id bigint PRIMARY KEY, number bigint, state text, address text, subject text, text text);
CREATE TABLE event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number bigint, kind text, at timestamptz);
CREATE INDEX ON event (number);
CREATE SEQUENCE numbers INCREMENT BY 100;
"""

MESSAGE = "INSERT INTO message VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT DO NOTHING"
COMPLAINT = "INSERT INTO complaint VALUES (%s,%s,%s,%s,%s)"
OUTGOING = "INSERT INTO outgoing VALUES (%s,%s,%s,%s,%s,%s)"
EVENT = "INSERT INTO event (number, kind, at) VALUES (%s,%s,%s)"


class BarePostgres:
    """One process's connection; `inserts` rows are written for each mail: message, case, letter, the rest events."""

    def __init__(self, address: str, inserts: int) -> None:
        self.connection = psycopg.connect(address, autocommit=True, prepare_threshold=0)
        self.events = max(1, inserts - 3)
        self.next = self.end = 0

    def close(self) -> None:
        self.connection.close()

    def _number(self) -> int:
        if self.next == self.end:
            row = self.connection.execute("SELECT nextval('numbers')").fetchone()
            assert row is not None
            self.next = int(row[0])
            self.end = self.next + 100
        self.next += 1
        return self.next - 1

    def accept_all(self, mails: Sequence[bytes]) -> None:
        """Takes the mails in one transaction and one round trip; on return they are on the disc."""
        taken = [(self._number(), parse(raw), raw) for raw in mails]
        with self.connection.transaction(), self.connection.pipeline(), self.connection.cursor() as cursor:
            cursor.executemany(COMPLAINT, [(n, "received", RECEIVED, TARGET, mail.address) for n, mail, _ in taken])
            messages = [
                (n, mail.message_id, mail.hash, n, mail.address, mail.name, mail.subject, mail.text, raw)
                for n, mail, raw in taken
            ]
            cursor.executemany(MESSAGE, messages)
            letters = [
                (n, n, "waiting", mail.address, mail.subject, LETTER % (mail.name, mail.subject, n, TARGET))
                for n, mail, _ in taken
            ]
            cursor.executemany(OUTGOING, letters)
            cursor.executemany(EVENT, [(n, "received", RECEIVED) for n, _, _ in taken] * self.events)


class PlainPostgres(BarePostgres):
    """The same rows as most people would write them: statement after statement, each waiting for its answer.

    Not the bare loop of the goal, but printed beside it, because a message's number is needed before its case's.
    """

    def accept_all(self, mails: Sequence[bytes]) -> None:
        """Takes the mails in one transaction; on return they are on the disc."""
        taken = [(self._number(), parse(raw), raw) for raw in mails]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for n, mail, raw in taken:
                cursor.execute(COMPLAINT, (n, "received", RECEIVED, TARGET, mail.address))
                row = (n, mail.message_id, mail.hash, n, mail.address, mail.name, mail.subject, mail.text, raw)
                cursor.execute(MESSAGE, row)
                letter = LETTER % (mail.name, mail.subject, n, TARGET)
                cursor.execute(OUTGOING, (n, n, "waiting", mail.address, mail.subject, letter))
                for _ in range(self.events):
                    cursor.execute(EVENT, (n, "received", RECEIVED))
