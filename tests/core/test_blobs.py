"""Contents are stored once, durable, and never given back altered."""

from hashlib import sha256
from pathlib import Path

import pytest

from core.domain.errors import NotFound
from core.store.blobs import FolderBlobs


def test_contents_come_back_by_their_hash(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    digests = blobs.put_all([b"een", b"twee", b"een"])
    assert digests == [sha256(content).hexdigest() for content in (b"een", b"twee", b"een")]
    assert [blobs.get(digest) for digest in digests] == [b"een", b"twee", b"een"]
    assert blobs.digests() == set(digests)


def test_an_altered_content_is_refused(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    [digest] = blobs.put_all([b"een"])
    next(tmp_path.glob("*/*")).write_bytes(b"iets anders")
    with pytest.raises(ValueError, match="altered"):
        blobs.get(digest)


def test_a_missing_content_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        FolderBlobs(tmp_path).get("0" * 64)


def test_a_full_disk_leaves_no_half_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put_all([b"een"])
    assert blobs.digests() == set()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
