"""A disk that a test can fill: a small file system where we may mount one, and a limit on files elsewhere."""

import contextlib
import resource
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from tests.faults.service import Service

PAGE = 4096


class Disk(ABC):
    """Where a service keeps its data."""

    folder: Path | None

    @abstractmethod
    def fill(self, service: Service, left: int) -> None:
        """Leave only so many bytes to be written."""

    @abstractmethod
    def free(self, service: Service) -> None:
        """Make room again."""


class SmallDisk(Disk):
    """A file system in memory; what does not fit is refused with ENOSPC."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, service: Service, left: int) -> None:
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(PAGE)) == PAGE:
                pass
        with self._ballast.open("r+b") as file:
            file.truncate(max(0, self._ballast.stat().st_size - left))

    def free(self, service: Service) -> None:
        self._ballast.unlink()


class LimitedFiles(Disk):
    """No file may grow beyond a size: what does is refused with EFBIG. Works for everybody and everywhere."""

    folder = None

    def fill(self, service: Service, left: int) -> None:
        self._limit(service, left)

    def free(self, service: Service) -> None:
        self._limit(service, resource.RLIM_INFINITY)

    def _limit(self, service: Service, size: int) -> None:
        assert service.process is not None
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk of 8 MB, mounted for a block."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=True, capture_output=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


def may_mount(folder: Path) -> bool:
    """Whether this process can have a file system of its own (root, and not every container)."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError), small_disk(folder):
        return True
    return False
