"""The bare ways to mail that waits: a mailbox over IMAP, and an mbox file. Neither looks into a message.

Written from shared/design/speed.md, RFC 3501, 6851 and imapclient's manual, before and without the code in mailin/.

Why nobody would pull faster: one connection, one UID FETCH, one STORE and one MOVE for each chunk of 50, nothing asked
but the bytes, nothing stored. Larger chunks would be faster still and are left out, because the goal names 50. What it
leaves out: which mail counts, sizes, times of arrival, waiting for news, and every fault.

Why nobody would read an mbox faster: the file is mapped and cut at its From lines.
"""

import mmap
import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from imapclient import IMAPClient

from benchmarks.bare_receipt import CHUNK
from tests.parts.dovecot import PASSWORD, Dovecot

DONE = "Verwerkt"
Take = Callable[[Sequence[bytes]], object]
_FROM = re.compile(rb"^From [^\n]*\n", re.MULTILINE)


def fill(server: Dovecot, address: str, mails: Iterator[bytes] | Sequence[bytes]) -> None:
    """Puts mails into a mailbox, in their order."""
    with server.login(address) as client:
        for mail in mails:
            client.append("INBOX", mail)


def pull(server: Dovecot, address: str, take: Take = len) -> float:
    """Seconds in which everything is fetched, taken, marked and moved, with the sign-in."""
    context = ssl.create_default_context(cafile=str(server.certificate))
    begun = time.perf_counter()
    with IMAPClient("localhost", server.imaps_port, ssl_context=context) as client:
        client.login(address, PASSWORD)
        client.select_folder("INBOX")
        uids = client.search()
        for at in range(0, len(uids), CHUNK):
            chunk = uids[at : at + CHUNK]
            fetched = client.fetch(chunk, ["BODY.PEEK[]"])
            take([fetched[uid][b"BODY[]"] for uid in chunk])
            client.add_flags(chunk, [rb"\Seen"], silent=True)
            client.move(chunk, DONE)
        seconds = time.perf_counter() - begun
        if client.folder_status(DONE, ["MESSAGES"])[b"MESSAGES"] != len(uids):
            raise AssertionError("the bare loop left something behind")
    return seconds


def write_mbox(path: Path, mails: Iterator[bytes] | Sequence[bytes]) -> None:
    """An archive of these mails, with plain line ends as they have on a disc."""
    with path.open("wb") as file:
        for mail in mails:
            file.write(b"From burger@voorbeeld.example Mon Jan  5 09:00:00 2026\n")
            file.write(mail.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n\n")


def read_mbox(path: Path, take: Take) -> float:
    """Seconds in which every message of an archive is taken, in chunks."""
    begun = time.perf_counter()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as archive:
        heads = [match.span() for match in _FROM.finditer(archive)]
        ends = [*(start for start, _ in heads[1:]), len(archive)]
        places = [(start, end) for (_, start), end in zip(heads, ends, strict=True)]
        for at in range(0, len(places), CHUNK):
            take([archive[start:end] for start, end in places[at : at + CHUNK]])
    return time.perf_counter() - begun
