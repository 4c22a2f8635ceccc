"""Contents by SHA-256 in a folder. A content is durable before the row that names it is committed (decisions 13)."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from core.domain.errors import NotFound

TOGETHER = 64
"""Files that are open at one time; a process may have a thousand, doors and databases included."""
DIGEST = 64
"""Characters of a digest, and of the name of a content in its place."""


class FolderBlobs:
    """``root/ab/abcdef...``: one file a content, written beside its place, synced, then renamed into it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Store each content durably and give its digest. Raises OSError when the disk refuses.

        All are written before the first is synced, and all renamed before the first folder is: the file system then
        commits them together, which makes a chunk several times faster than one by one.
        """
        digests = [sha256(content).hexdigest() for content in contents]
        new = {digest: content for digest, content in zip(digests, contents, strict=True) if not self._kept(digest)}
        pairs = list(new.items())
        for start in range(0, len(pairs), TOGETHER):
            self._put(dict(pairs[start : start + TOGETHER]))
        return digests

    def get(self, digest: str) -> bytes:
        """The content, checked against its digest."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound from None
        if sha256(content).hexdigest() != digest:
            raise ValueError(f"content {digest} was altered on disk")
        return content

    def digests(self) -> set[str]:
        """Everything that is stored; half-written files do not count."""
        return {path.name for path in self._root.glob("??/*") if len(path.name) == DIGEST}

    def older(self, before: datetime) -> set[str]:
        """What was put for the last time before this instant."""
        limit = before.timestamp()
        return {path.name for path in self._root.glob("??/*") if len(path.name) == DIGEST and _older(path, limit)}

    def remove(self, digests: Iterable[str], before: datetime) -> int:
        """Remove these contents, but none that was put again since this instant; gives how many went.

        Each is set aside under another name before its age is looked at for the last time: ``put_all`` either finds it
        in its place and makes it young, and it is put back, or misses it and writes it anew.
        """
        limit, removed = before.timestamp(), 0
        for digest in digests:
            place = self._path(digest)
            aside = place.with_name(f"{digest}.{uuid4().hex}")
            with suppress(FileNotFoundError):  # somebody else sweeps as well
                if not _older(place, limit):
                    continue
                place.rename(aside)
                if _older(aside, limit):
                    aside.unlink()
                    removed += 1
                else:
                    _put_back(aside, place)
        return removed

    def tidy(self, before: datetime) -> int:
        """Remove what a killed process left half written before this instant; gives how many files went.

        What a killed sweep had set aside goes back to its place, as young as if it were put now.
        """
        for aside in self._root.glob("??/*.*"):
            with suppress(FileNotFoundError):
                os.utime(aside)
                _put_back(aside, self._path(aside.name[:DIGEST]))
        drafts = [path for path in self._root.glob(".*") if path.is_file() and _older(path, before.timestamp())]
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest

    def _kept(self, digest: str) -> bool:
        """Whether the content is there, and then as young as a new one: no sweep takes it before its row is committed.

        Looked for after it was made young, because a sweep may have had it in hand at that moment.
        """
        path = self._path(digest)
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return path.exists()

    def _put(self, new: Mapping[str, bytes]) -> None:
        drafts = {digest: self._root / f".{uuid4().hex}" for digest in new}
        try:
            with ExitStack() as opened:
                streams = [opened.enter_context(draft.open("wb")) for draft in drafts.values()]
                for stream, content in zip(streams, new.values(), strict=True):
                    stream.write(content)
                    stream.flush()
                for stream in streams:
                    os.fsync(stream.fileno())
            self._put_in_place(drafts)
        finally:
            for draft in drafts.values():
                draft.unlink(missing_ok=True)

    def _put_in_place(self, drafts: Mapping[str, Path]) -> None:
        folders = set()
        for digest, draft in drafts.items():
            target = self._path(digest)
            if not target.parent.exists():
                target.parent.mkdir(exist_ok=True)
                folders.add(self._root)
            draft.replace(target)
            folders.add(target.parent)
        for folder in folders:
            _sync_folder(folder)


def _older(path: Path, limit: float) -> bool:
    """Whether a file was written or made young before this time; one that is gone is not."""
    try:
        return path.stat().st_mtime < limit
    except FileNotFoundError:
        return False


def _put_back(aside: Path, place: Path) -> None:
    """Give a file its name back, unless it was written anew meanwhile: that one is younger."""
    with suppress(FileExistsError):
        place.hardlink_to(aside)
    aside.unlink()


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder durable: fsync of a file says nothing about its name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
