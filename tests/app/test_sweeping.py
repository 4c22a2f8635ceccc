"""Orphaned contents, swept by hand and by the service when it starts."""

import os
from pathlib import Path

import pytest

from app.wiring import system_clock
from core.service.sweeping import AGE
from tests.app.conftest import SetUp
from tests.faults.mta import mail


@pytest.fixture
def worked(gehoord: SetUp) -> SetUp:
    """A set-up with three messages and a content that none of them names, all of them old."""
    gehoord.run("init")
    gehoord.start()
    for number in range(1, 4):
        gehoord.send(mail(number, "oud").as_bytes())
    gehoord.until_delivered()
    gehoord.stop()
    gehoord.blobs.put_all([b"wees"])
    then = (system_clock() - 2 * AGE).timestamp()
    for path in contents(gehoord):
        os.utime(path, (then, then))
    return gehoord


def contents(gehoord: SetUp) -> list[Path]:
    return list((gehoord.folder / "blobs").glob("??/*"))


def only_the_orphan_went(gehoord: SetUp) -> bool:
    with gehoord.store() as store, store.read() as work:
        return gehoord.blobs.digests() == work.messages.digests() != set()


def test_by_hand(worked: SetUp) -> None:
    ended = worked.run("blobs", "sweep")
    assert (ended.returncode, ended.stderr) == (0, "removed 1 contents and 0 half-written files\n")
    assert only_the_orphan_went(worked)


def test_when_the_service_starts(worked: SetUp) -> None:
    worked.start()
    worked.until(lambda: len(worked.logged("contents swept")) == 2, "a sweep at each start")
    assert [line["contents"] for line in worked.logged("contents swept")] == [0, 1]
    assert only_the_orphan_went(worked)


def test_beside_an_empty_database_nothing_goes_and_the_administrator_hears(worked: SetUp) -> None:
    before = worked.blobs.digests()
    (worked.folder / "gehoord.db").rename(worked.directory / "real.db")
    worked.run("db", "upgrade")
    ended = worked.run("blobs", "sweep")
    assert ended.returncode == 1
    assert "contents are named by no row: is this the database that belongs to them?" in ended.stderr
    worked.start()
    worked.until(lambda: "contents not swept" in worked.log(), "an alarm")
    assert worked.blobs.digests() == before
