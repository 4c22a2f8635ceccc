"""Backup and restore: rows and contents in one plain folder, taken while the service runs.

Contents are written before the rows that name them and never change, so rows first, then contents, is consistent.
The same backup restores into SQLite and into PostgreSQL; that is also the way from the one to the other.
"""

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import click

from app.wiring import House
from core.store.blobs import FolderBlobs
from core.store.dump import dump, first_filled, load
from core.store.migrate import revision, upgrade

MANIFEST = "manifest.json"


def write_backup(house: House, target: Path) -> str:
    """Write a backup to a new folder; gives a line that says what is in it."""
    if target.exists():
        raise click.UsageError(f"{target} exists; a backup goes into a new folder")
    rows_folder = target / "rows"
    rows_folder.mkdir(parents=True)
    target.chmod(0o700)
    counts = dump(house.engine, rows_folder)
    copy = FolderBlobs(target / "blobs")
    digests = _named_in(rows_folder)
    for digest in digests:
        copy.put_all([house.blobs.get(digest)])
    manifest = {
        "gehoord": version("gehoord"),
        "revision": revision(house.engine),
        "rows": counts,
        "contents": len(digests),
        "files": {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(rows_folder.iterdir())},
    }
    # The manifest comes last: a folder without one is a backup that was cut off.
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return f"backup of {sum(counts.values())} rows and {len(digests)} contents in {target}"


def read_backup(house: House, source: Path) -> str:
    """Restore a backup into an empty installation; gives a line that says what was restored."""
    manifest = _checked_manifest(source)
    copy = FolderBlobs(source / "blobs")
    digests = _named_in(source / "rows")
    if missing := digests - copy.digests():
        raise click.ClickException(f"{len(missing)} contents are missing from the backup")
    upgrade(house.engine)
    if manifest["revision"] != revision(house.engine):
        raise click.UsageError("the backup is of another version: restore with that version, then upgrade")
    if filled := first_filled(house.engine):
        raise click.UsageError(f"the database is not empty (table {filled}); a restore never overwrites")
    for digest in digests:
        try:
            house.blobs.put_all([copy.get(digest)])
        except ValueError:
            raise click.ClickException(f"content {digest} in the backup was altered or damaged") from None
    counts = load(house.engine, source / "rows")
    return f"restored {sum(counts.values())} rows and {len(digests)} contents"


def _checked_manifest(source: Path) -> dict[str, object]:
    try:
        manifest: dict[str, object] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise click.UsageError(f"{source} holds no complete backup") from None
    except ValueError:
        raise click.ClickException("the manifest of the backup is damaged") from None
    files = manifest["files"]
    if not isinstance(files, dict):
        raise click.ClickException("the manifest of the backup is damaged")
    for name, digest in files.items():
        file = source / "rows" / name
        if not file.exists() or sha256(file.read_bytes()).hexdigest() != digest:
            raise click.ClickException(f"{name} in the backup was altered or damaged")
    return manifest


def _named_in(rows_folder: Path) -> set[str]:
    """The contents that the dumped rows name: those of the dump's moment, not of now."""
    named = set()
    for file, column in (("message.jsonl", "raw"), ("attachment.jsonl", "blob"), ("enclosure.jsonl", "blob")):
        with (rows_folder / file).open(encoding="utf-8") as lines:
            named |= {json.loads(line)[column] for line in lines}
    return named
