"""Contents by SHA-256 in a folder. A content is durable before the row that names it is committed (decisions 13)."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from core.domain.errors import NotFound

TOGETHER = 64
"""Files that are open at one time; a process may have a thousand, doors and databases included."""


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
        new = {digest: content for digest, content in zip(digests, contents, strict=True) if not self._has(digest)}
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
        return {path.name for path in self._root.glob("??/*") if len(path.name) == 64}

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest

    def _has(self, digest: str) -> bool:
        return self._path(digest).exists()

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


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder durable: fsync of a file says nothing about its name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
