"""`gehoord import`: old mail comes in on purpose, once, and nobody is told anything."""

import mailbox
from datetime import date
from pathlib import Path

from sqlalchemy import select

from core.store import schema
from tests.faults.service import Service

OLD = """\
From: {name} <{name}@voorbeeld.example>
To: klachten@gemeente.example
Subject: Klacht {number}
Message-ID: <oud-{number}@voorbeeld.example>
Date: Mon, 02 Feb 2026 09:00:00 +0100
Content-Type: text/plain; charset=utf-8

Dit schreef ik lang geleden, nummer {number}.
"""


def old(number: int) -> bytes:
    return OLD.format(name=f"burger{number}", number=number).encode()


def an_mbox(folder: Path) -> Path:
    archive = mailbox.mbox(folder / "oud.mbox")
    for number in range(3):
        archive.add(old(number))
    archive.close()
    return folder / "oud.mbox"


def a_maildir(folder: Path) -> Path:
    archive = mailbox.Maildir(folder / "Maildir")
    archive.add(old(7))
    archive.close()
    return folder / "Maildir"


def imported(gehoord: Service, *arguments: str) -> dict[str, int]:
    ended = gehoord.run("import", *arguments)
    assert ended.returncode == 0, ended.stderr
    lines = [line.split(maxsplit=1) for line in ended.stdout.splitlines()]
    return {what: int(count) for count, what in lines}


def test_a_dry_run_stores_nothing(gehoord: Service, tmp_path: Path) -> None:
    gehoord.run("init")
    source = str(an_mbox(tmp_path))
    assert imported(gehoord, source, "--dry-run") == {"opened": 3, "in all, nothing was stored (dry run)": 3}
    assert gehoord.count("message") == 0


def test_old_mail_gets_cases_and_nobody_gets_a_letter(gehoord: Service, tmp_path: Path) -> None:
    gehoord.run("init")
    assert imported(gehoord, str(an_mbox(tmp_path))) == {"opened": 3, "in all": 3}
    assert imported(gehoord, str(a_maildir(tmp_path))) == {"opened": 1, "in all": 1}
    assert (gehoord.count("case"), gehoord.count("outgoing"), gehoord.count("task")) == (4, 0, 4)
    assert imported(gehoord, str(tmp_path / "oud.mbox")) == {"duplicate": 3, "in all": 3}
    assert gehoord.count("case") == 4


def test_answers_go_out_only_when_asked_for(gehoord: Service, tmp_path: Path) -> None:
    gehoord.run("init")
    imported(gehoord, str(an_mbox(tmp_path)), "--acknowledge")
    assert gehoord.count("outgoing") == 3


def test_terms_run_from_the_day_it_came_in(gehoord: Service, tmp_path: Path) -> None:
    gehoord.run("init")
    (tmp_path / "een.eml").write_bytes(b"Received: from a by b; Tue, 3 Feb 2026 08:00:00 +0100\r\n" + old(1))
    imported(gehoord, str(tmp_path / "een.eml"))
    with gehoord.engine() as engine, engine.connect() as connection:
        assert connection.execute(select(schema.case.c.received_on)).scalars().all() == [date(2026, 2, 3)]


def test_what_is_no_archive_is_said(gehoord: Service, tmp_path: Path) -> None:
    gehoord.run("init")
    ended = gehoord.run("import", str(tmp_path / "nergens"))
    assert (ended.returncode, "does not exist" in ended.stderr) == (1, True)
    ended = gehoord.run("import", "imap:geen")
    assert (ended.returncode, "there is no mailbox geen" in ended.stderr) == (2, True)
