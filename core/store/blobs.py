"""Contents by SHA-256 in a folder. A content is durable before the row that names it is committed (decisions 13)."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from core.domain.errors import NotFound


class FolderBlobs:
    """``root/ab/abcdef...``: one file a content, written beside its place, synced, then renamed into it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Store each content durably and give its digest. Raises OSError when the disk refuses."""
        digests = [sha256(content).hexdigest() for content in contents]
        folders: set[Path] = set()
        for digest, content in zip(digests, contents, strict=True):
            target = self._path(digest)
            if not target.exists():
                if not target.parent.exists():
                    target.parent.mkdir(exist_ok=True)
                    folders.add(self._root)
                self._write(target, content)
                folders.add(target.parent)
        for folder in folders:
            _sync_folder(folder)
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

    def _write(self, target: Path, content: bytes) -> None:
        draft = target.parent / f".{uuid4().hex}"
        try:
            with draft.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder durable: fsync of a file says nothing about its name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
