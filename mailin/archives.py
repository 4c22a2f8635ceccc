"""Old mail in files: mbox, single messages and Maildirs, one message at a time, whatever their size together."""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

_FOLD = re.compile(rb"\r?\n[ \t]+")
_RECEIVED = re.compile(rb"^received[ \t]*:(.*)$", re.I | re.M)
_DATE = re.compile(rb"^(?:delivery-)?date[ \t]*:(.*)$", re.I | re.M)
_HEAD = re.compile(rb"\r?\n\r?\n")
LONGEST_HEAD = 200_000
"""Bytes in which the headers are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One message of an archive."""

    raw: bytes
    received_at: datetime
    """UTC instant at which it reached the mailbox, as far as it tells: its last hop, else its date, else its file."""


class NotAnArchive(Exception):
    """The path holds no mail in a form that we know."""


def messages(source: Path) -> Iterator[Archived]:
    """Every message of an mbox file, a message file, a Maildir, or a folder of these. Raises NotAnArchive, OSError."""
    if source.is_dir():
        yield from _maildir(source) if (source / "cur").is_dir() or (source / "new").is_dir() else _folder(source)
    elif source.is_file():
        yield from _file(source)
    else:
        raise NotAnArchive(f"{source} does not exist")


def _folder(folder: Path) -> Iterator[Archived]:
    files = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in (".eml", ".mbox", ".mbx")]
    if not files:
        raise NotAnArchive(f"{folder} holds no .eml, no .mbox and no Maildir")
    for file in files:
        yield from _file(file)


def _file(file: Path) -> Iterator[Archived]:
    with file.open("rb") as stream:
        begins = stream.read(5)
    if begins == b"From ":
        archive = mailbox.mbox(file, create=False)
        try:
            for key in archive.iterkeys():
                yield _archived(archive.get_bytes(key), file)
        finally:
            archive.close()
    else:
        yield _archived(file.read_bytes(), file)


def _maildir(folder: Path) -> Iterator[Archived]:
    for part in ("new", "cur"):
        if (folder / part).is_dir():
            for file in sorted((folder / part).iterdir()):
                yield _archived(file.read_bytes(), file)


def _archived(raw: bytes, file: Path) -> Archived:
    head = _FOLD.sub(b" ", _HEAD.split(raw[:LONGEST_HEAD], maxsplit=1)[0])
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    hops = (match.group(1).rpartition(b";")[2] for match in _RECEIVED.finditer(head))
    dates = (match.group(1) for match in _DATE.finditer(head))
    found = (_instant(value) for value in (*hops, *dates))
    # A date in the future is a lie or a wrong clock; the file itself is no younger than its message.
    return Archived(raw=raw, received_at=next((one for one in found if one and one <= written), written))


def _instant(value: bytes) -> datetime | None:
    try:
        found = parsedate_to_datetime(value.decode("ascii", "replace").strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
