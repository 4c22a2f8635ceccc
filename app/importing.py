"""``gehoord import``: old mail, on purpose. Nobody is told anything unless the administrator asks for it."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from app.wiring import House
from core.domain.errors import CoreError
from core.domain.message import Inbound, Outcome
from mailin.archives import Archived, NotAnArchive, messages
from mailin.imap.session import FAULTS, Mailbox
from mailin.imap.tally import OldMail

DOOR = "import"
CHUNK = 50
"""Messages that share one commit."""

Tally = Counter[str]


def import_files(house: House, source: Path, *, acknowledge: bool, dry: bool) -> Tally:
    """Take every message of an archive in; gives how many of each outcome. Raises ClickException."""
    try:
        total = sum(1 for _ in messages(source))
        bar = click.progressbar(messages(source), length=total, label=source.name, file=sys.stderr)
        with bar as archive:
            return _counted(_taken(house, archive, acknowledge=acknowledge, dry=dry))
    except NotAnArchive as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{source} cannot be read: {error.strerror}") from None


def import_mailbox(house: House, name: str, mailbox: Mailbox, *, acknowledge: bool, dry: bool) -> Tally:
    """Take the old mail in that was left in a mailbox, and put it away there. Raises ClickException."""
    door = f"imap:{name}"
    tally: Tally = Counter()
    try:
        with OldMail(mailbox, house.books.load(door)) as old:
            for chunk in old.messages():
                inbounds = [
                    _read(house, Archived(raw=one.raw, received_at=one.received_at), door, acknowledge=acknowledge)
                    for one in chunk
                ]
                outcomes = _outcomes(house, inbounds, dry=dry)
                tally += Counter(outcomes)
                if not dry:
                    for unreadable in (False, True):
                        uids = [
                            one.uid
                            for one, outcome in zip(chunk, outcomes, strict=True)
                            if (outcome == Outcome.UNPROCESSED) == unreadable
                        ]
                        old.put_away(uids, unreadable=unreadable)
                click.echo(f"{tally.total()} messages looked at", err=True)
    except FAULTS as error:
        raise click.ClickException(f"{mailbox.host} refuses ({type(error).__name__})") from None
    if not dry:
        house.books.left(door, 0)
    return tally


def said(tally: Tally, *, dry: bool) -> str:
    """What came of it, in one line for each outcome."""
    lines = [f"{count:6} {outcome}" for outcome, count in sorted(tally.items())]
    lines.append(f"{tally.total():6} in all{', nothing was stored (dry run)' if dry else ''}")
    return "\n".join(lines)


def _counted(outcomes: Iterator[str]) -> Tally:
    return Counter(outcomes)


def _taken(house: House, archive: Iterable[Archived], *, acknowledge: bool, dry: bool) -> Iterator[str]:
    rest = iter(archive)

    def read() -> list[Inbound]:
        return [_read(house, one, DOOR, acknowledge=acknowledge) for one in islice(rest, CHUNK)]

    with ThreadPoolExecutor(1, thread_name_prefix="import") as ahead:  # one chunk is read while another is committed
        following = ahead.submit(read)
        while chunk := following.result():
            following = ahead.submit(read)
            yield from _outcomes(house, chunk, dry=dry)


def _read(house: House, one: Archived, door: str, *, acknowledge: bool) -> Inbound:
    inbound = house.reader.read(one.raw, door=door, received_at=one.received_at)
    return replace(inbound, imported=not acknowledge)


def _outcomes(house: House, inbounds: Sequence[Inbound], *, dry: bool) -> list[str]:
    """What was done, or would be done, with each message."""
    if not dry:
        try:
            return [accepted.outcome for accepted in house.intake.accept_all(inbounds)]
        except CoreError as error:
            raise click.ClickException(f"stopped: {type(error).__name__}; what was taken in so far stays") from None
    return [house.intake.foresee(inbound) for inbound in inbounds]
