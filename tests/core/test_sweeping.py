"""Contents that no row names are removed once they are old, and never one that a message needs."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import String

from core.service.sweeping import AGE, Doubtful, Sweeping, Swept
from core.store import schema
from core.store.blobs import FolderBlobs
from tests.core.world import World

NO_DIGEST = {"message.content_hash", "session.token", "session.csrf"}
"""Columns of that length which name no content."""


def file_of(world: World, digest: str) -> Path:
    return world.folder / "blobs" / digest[:2] / digest


def age(world: World, path: Path, by: timedelta = AGE + timedelta(minutes=1)) -> None:
    """Let a file have been written so long before the world's now."""
    then = (world.now - by).timestamp()
    os.utime(path, (then, then))


def all_old(world: World) -> None:
    for path in (world.folder / "blobs").glob("??/*"):
        age(world, path)


def sweeping(world: World) -> Sweeping:
    return Sweeping(store=world.store, blobs=world.blobs, clock=world.clock)


def orphan(world: World, content: bytes = b"wees") -> str:
    """A content whose transaction never committed, in a house with messages whose clock is that of the files."""
    file = world.folder / "clock"
    file.touch()
    world.now = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    world.intake.accept_all([world.mail("Een."), world.mail("Twee."), world.mail("Drie.")])
    [digest] = world.blobs.put_all([content])
    all_old(world)
    return digest


def named(world: World) -> set[str]:
    with world.store.read() as work:
        return work.messages.digests()


def test_an_old_orphan_goes_and_everything_that_is_named_stays(world: World) -> None:
    digest = orphan(world)
    assert sweeping(world).sweep() == Swept(contents=1, drafts=0)
    assert world.blobs.digests() == named(world)
    assert not file_of(world, digest).exists()
    assert sweeping(world).sweep() == Swept(contents=0, drafts=0)


def test_a_young_orphan_stays_for_its_transaction_may_still_commit(world: World) -> None:
    digest = orphan(world)
    age(world, file_of(world, digest), AGE - timedelta(minutes=1))
    assert sweeping(world).sweep().contents == 0
    world.later(minutes=2)
    assert sweeping(world).sweep().contents == 1


def test_an_orphan_that_a_new_message_uses_stays(world: World) -> None:
    """It lies there from a message that failed; the same comes again, and the sweep before its row is committed."""
    digest = orphan(world)
    assert world.blobs.put_all([b"wees"]) == [digest]
    assert sweeping(world).sweep().contents == 0
    assert world.blobs.get(digest) == b"wees"


class Meddled(FolderBlobs):
    """A folder in which something happens between the listing and the removing."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def older(self, before: datetime) -> set[str]:
        found = super().older(before)
        self.meanwhile()
        return found


def meddled(world: World, meanwhile: Callable[[], object]) -> Sweeping:
    blobs = Meddled(world.folder / "blobs")
    blobs.meanwhile = meanwhile
    return Sweeping(store=world.store, blobs=blobs, clock=world.clock)


def test_what_is_put_again_after_the_listing_stays_although_its_row_is_not_there_yet(world: World) -> None:
    digest = orphan(world)
    swept = meddled(world, lambda: world.blobs.put_all([b"wees"])).sweep()
    assert swept.contents == 0
    assert world.blobs.get(digest) == b"wees"


def test_what_is_committed_after_the_listing_stays(world: World) -> None:
    text = "Ik kom terug."
    digest = orphan(world, text.encode())

    def commit() -> None:
        world.intake.accept(world.mail(text))
        age(world, file_of(world, digest))  # as if it had been put long ago: the row alone must save it

    assert meddled(world, commit).sweep().contents == 0
    assert digest in named(world) <= world.blobs.digests()


def test_what_is_put_again_while_the_sweep_has_it_in_hand_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = orphan(world)
    rename = Path.rename

    def put_before(self: Path, target: Path) -> Path:
        world.blobs.put_all([b"wees"])  # made young in its place, and taken away in that moment
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", put_before)
    assert sweeping(world).sweep().contents == 0
    assert world.blobs.get(digest) == b"wees"

    def put_after(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        world.blobs.put_all([b"wees"])  # missed in its place, and therefore written anew
        return moved

    all_old(world)
    monkeypatch.setattr(Path, "rename", put_after)
    assert sweeping(world).sweep().contents == 1
    assert world.blobs.get(digest) == b"wees"
    assert [path for path in (world.folder / "blobs").glob("??/*") if "." in path.name] == []


def test_what_a_killed_sweep_had_in_hand_comes_back(world: World) -> None:
    digest = orphan(world)
    place = file_of(world, digest)
    place.rename(place.with_name(f"{digest}.deadbeef"))
    assert sweeping(world).sweep().contents == 0
    assert world.blobs.get(digest) == b"wees"
    assert world.blobs.digests() == {path.name for path in (world.folder / "blobs").glob("??/*")}


def test_half_written_files_go_once_they_are_old(world: World) -> None:
    orphan(world)
    old, young = world.folder / "blobs" / ".0a", world.folder / "blobs" / ".0b"
    for path, by in ((old, AGE + timedelta(minutes=1)), (young, timedelta(minutes=1))):
        path.write_bytes(b"half")
        age(world, path, by)
    assert sweeping(world).sweep() == Swept(contents=1, drafts=1)
    assert (old.exists(), young.exists()) == (False, True)


def test_with_the_wrong_database_nothing_is_removed_unless_it_is_meant(world: World) -> None:
    world.blobs.put_all([b"een", b"twee"])
    world.intake.accept(world.mail("Drie."))
    all_old(world)
    with pytest.raises(Doubtful) as doubt:
        sweeping(world).sweep()
    assert (doubt.value.unnamed, doubt.value.old) == (2, 3)
    assert len(world.blobs.digests()) == 3
    assert sweeping(world).sweep(even_most=True).contents == 2


def test_every_column_that_names_a_content_is_asked(world: World) -> None:
    """A column that is forgotten would have its contents removed."""
    columns = {
        f"{table.name}.{column.name}"
        for table in schema.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and column.type.length == 64
    }
    assert columns - NO_DIGEST == {"message.raw", "attachment.blob", "enclosure.blob"}
