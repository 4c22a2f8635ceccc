"""Renews web/static/vendor from its vendor.toml: ``python -m tests.web.vendoring``. Needs npm; the tests do not.

The named files are copied untouched, each package in a folder of its own with its licence, and their checksums are
written back. The icons that the pages use are put together in one sprite.
"""

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parents[2] / "web" / "static"
VENDOR = STATIC / "vendor"
LIST = VENDOR / "vendor.toml"
SPRITE = STATIC / "icons.svg"
HEAD = """\
# What is vendored: the used files of each package, untouched, with their licence. Renewed by tests/web/vendoring.py.
# To take a newer version: change it here, empty its checksums and run the script.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One npm package of which files are copied; ``files`` maps each to its SHA-256."""

    name: str
    version: str
    licence: str
    files: dict[str, str]

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return VENDOR / f"{self.name.lstrip('@').replace('/', '-')}-{self.version}"


def packages() -> list[Package]:
    """The list as it stands."""
    return [Package(**entry) for entry in tomllib.loads(LIST.read_text())["package"]]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sprite() -> str:
    """All vendored icons as symbols of one file, each named after its icon."""
    symbols = []
    for package in packages():
        for name in sorted(file for file in package.files if file.endswith(".svg")):
            drawing = (package.folder / name).read_text()
            inner = re.sub(r"\s*\n\s*", "", "".join(re.findall(r"<(?:path|circle|rect)\b[^>]*/>", drawing)))
            symbols.append(f'<symbol id="{Path(name).stem}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def renew() -> None:
    """Fetch every package again and write files, checksums and sprite."""
    entries = []
    for package in packages():
        with tempfile.TemporaryDirectory() as scratch:
            pack = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
            archive = subprocess.run(pack, cwd=scratch, check=True, capture_output=True, text=True).stdout.strip()
            with tarfile.open(Path(scratch) / archive) as tar:
                tar.extractall(scratch, filter="data")
            shutil.rmtree(package.folder, ignore_errors=True)
            for name in package.files:
                target = package.folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(scratch) / "package" / name, target)
        lines = [f'"{name}" = "{digest(package.folder / name)}"' for name in package.files]
        head = f'[[package]]\nname = "{package.name}"\nversion = "{package.version}"\nlicence = "{package.licence}"'
        entries.append("\n".join([head, "[package.files]", *lines]))
    LIST.write_text(HEAD + "\n" + "\n\n".join(entries) + "\n")
    SPRITE.write_text(sprite())


if __name__ == "__main__":
    renew()
