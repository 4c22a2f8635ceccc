"""A backup is taken while mail comes in, restored into an empty folder, compared, and worked on with."""

import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from core.store.dump import dump
from tests.app.conftest import SetUp
from tests.faults.looks import all_is_well
from tests.faults.mta import Mta, mail
from tests.faults.service import Service

MAILS = [mail(number, "kopie") for number in range(1, 61)]


@pytest.fixture
def target() -> Iterator[SetUp]:
    """Where a backup is restored."""
    service = SetUp()
    yield service
    service.close()


def rows(service: Service, folder: Path) -> dict[str, str]:
    """Every row of every table, as text."""
    folder.mkdir()
    with service.engine() as engine:
        dump(engine, folder)
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_a_backup_during_work_is_consistent_and_one_after_it_is_equal(
    gehoord: SetUp, target: SetUp, tmp_path: Path
) -> None:
    gehoord.start()
    mta = Mta(gehoord, deque(MAILS))
    sending = Thread(target=mta.send_all)
    sending.start()
    gehoord.until(lambda: gehoord.count("case") >= 5, "work")
    ended = gehoord.run("backup", str(tmp_path / "during"))
    assert (ended.returncode, ended.stderr[:9]) == (0, "backup of")
    sending.join()
    gehoord.until_delivered()
    assert len(mta.taken) == len(MAILS)

    assert target.run("restore", str(tmp_path / "during")).returncode == 0
    with target.store() as store, store.read() as work:
        named = work.messages.digests()
    assert 5 <= target.count("case") == target.count("message") == target.count("event", type="received")
    assert named <= target.blobs.digests()

    shutil.rmtree(target.folder)
    assert gehoord.run("backup", str(tmp_path / "after")).returncode == 0
    ended = target.run("restore", str(tmp_path / "after"))
    assert (ended.returncode, ended.stderr[:8]) == (0, "restored")
    assert rows(target, tmp_path / "restored") == rows(gehoord, tmp_path / "source")
    assert target.blobs.digests() == gehoord.blobs.digests()
    for digest in target.blobs.digests():
        assert target.blobs.get(digest) == gehoord.blobs.get(digest)

    shutil.copytree(gehoord.folder / "postvak", target.folder / "postvak")
    target.start()
    last = mail(len(MAILS) + 1, "kopie")
    target.send(last.as_bytes())
    target.until_delivered()
    all_is_well(target, [*MAILS, last])
    with target.store() as store, store.read() as work:
        numbers = [row.number for _, row in work.cases.rows()]
    assert max(numbers).endswith(f"-{len(MAILS) + 1:04}")


@pytest.fixture
def saved(gehoord: SetUp, tmp_path: Path) -> Path:
    """A small backup, with one message in it."""
    gehoord.run("init")
    gehoord.start()
    gehoord.send(mail(3, "schade").as_bytes())
    gehoord.until_delivered()
    gehoord.stop()
    assert gehoord.run("backup", str(tmp_path / "saved")).returncode == 0
    return tmp_path / "saved"


def alter(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2] + b"!\n")


def some_content(backup: Path) -> Path:
    return min((backup / "blobs").glob("??/*"))


def other_version(backup: Path) -> None:
    file = backup / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"revision": "9999"}))


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "rows altered": (lambda backup: alter(backup / "rows" / "case.jsonl"), "case.jsonl in the backup was altered"),
    "rows gone": (lambda backup: (backup / "rows" / "case.jsonl").unlink(), "case.jsonl in the backup was altered"),
    "content altered": (lambda backup: alter(some_content(backup)), "was altered or damaged"),
    "content gone": (lambda backup: some_content(backup).unlink(), "1 contents are missing from the backup"),
    "cut off": (lambda backup: (backup / "manifest.json").unlink(), "holds no complete backup"),
    "manifest altered": (lambda backup: alter(backup / "manifest.json"), "the manifest of the backup is damaged"),
    "of another version": (other_version, "of another version"),
}


def test_a_damaged_backup_is_refused_before_anything_is_written(saved: Path, target: SetUp, tmp_path: Path) -> None:
    for name, (damage, says) in DAMAGE.items():
        damaged = tmp_path / name
        shutil.copytree(saved, damaged)
        damage(damaged)
        ended = target.run("restore", str(damaged))
        assert (name, ended.returncode != 0, says in ended.stderr) == (name, True, True), ended.stderr
    target.run("db", "upgrade")
    assert target.count("message") == target.count("case") == target.count("account") == 0
    assert target.run("restore", str(saved)).returncode == 0
    assert target.count("case") == 1


def test_a_restore_never_overwrites(saved: Path, target: SetUp, tmp_path: Path) -> None:
    target.run("init")
    before = rows(target, tmp_path / "before")
    ended = target.run("restore", str(saved))
    assert ended.returncode == 2
    assert "the database is not empty" in ended.stderr
    assert rows(target, tmp_path / "behind") == before
    assert target.blobs.digests() == set()


def test_a_backup_never_overwrites(saved: Path, gehoord: SetUp) -> None:
    ended = gehoord.run("backup", str(saved))
    assert ended.returncode == 2
    assert "a backup goes into a new folder" in ended.stderr
    assert saved.stat().st_mode & 0o777 == 0o700
