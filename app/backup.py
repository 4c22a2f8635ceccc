"""Backup and restore: rows and contents in one plain folder, taken while the service runs.

Contents are written before the rows that name them and never change, so rows first, then contents, is consistent.
The same backup restores into SQLite and into PostgreSQL; that is also the way from the one to the other.
"""

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import click

from app.settings import Settings
from core.store.blobs import FolderBlobs
from core.store.dump import dump, load
from core.store.engine import connect
from core.store.migrate import revision, upgrade
from core.store.uow import SqlStore

MANIFEST = "manifest.json"


def write_backup(settings: Settings, target: Path) -> str:
    """Write a backup to a new folder; gives a line that says what is in it."""
    if target.exists():
        raise click.UsageError(f"{target} exists; a backup goes into a new folder")
    rows_folder = target / "rows"
    rows_folder.mkdir(parents=True)
    target.chmod(0o700)
    engine = connect(settings.database_url)
    counts = dump(engine, rows_folder)
    contents = FolderBlobs(settings.storage.folder / "blobs")
    copy = FolderBlobs(target / "blobs")
    digests = _named_in(rows_folder)
    for digest in digests:
        copy.put_all([contents.get(digest)])
    manifest = {
        "gehoord": version("gehoord"),
        "revision": revision(engine),
        "rows": counts,
        "contents": len(digests),
        "files": {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(rows_folder.iterdir())},
    }
    # The manifest comes last: a folder without one is a backup that was cut off.
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return f"backup of {sum(counts.values())} rows and {len(digests)} contents in {target}"


def read_backup(settings: Settings, source: Path) -> str:
    """Restore a backup into an empty installation; gives a line that says what was restored."""
    manifest = _checked_manifest(source)
    engine = connect(settings.database_url)
    settings.storage.folder.mkdir(parents=True, exist_ok=True)
    upgrade(engine)
    if manifest["revision"] != revision(engine):
        raise click.UsageError("the backup is of another version: restore with that version, then upgrade")
    contents = FolderBlobs(settings.storage.folder / "blobs")
    copy = FolderBlobs(source / "blobs")
    digests = copy.digests()
    for digest in digests:
        contents.put_all([copy.get(digest)])
    try:
        counts = load(engine, source / "rows")
    except ValueError as error:
        raise click.UsageError(f"the database is not empty ({error}); a restore never overwrites") from None
    with SqlStore(engine).read() as work:
        missing = work.messages.digests() - contents.digests()
    if missing:
        raise click.ClickException(f"{len(missing)} contents are missing from the backup")
    return f"restored {sum(counts.values())} rows and {len(digests)} contents"


def _checked_manifest(source: Path) -> dict[str, object]:
    try:
        manifest: dict[str, object] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise click.UsageError(f"{source} holds no complete backup") from None
    files = manifest["files"]
    if not isinstance(files, dict):
        raise click.ClickException("the manifest of the backup is damaged")
    for name, digest in files.items():
        if sha256((source / "rows" / name).read_bytes()).hexdigest() != digest:
            raise click.ClickException(f"{name} in the backup was altered or damaged")
    return manifest


def _named_in(rows_folder: Path) -> set[str]:
    """The contents that the dumped rows name: those of the dump's moment, not of now."""
    named = set()
    for file, column in (("message.jsonl", "raw"), ("attachment.jsonl", "blob")):
        with (rows_folder / file).open(encoding="utf-8") as lines:
            named |= {json.loads(line)[column] for line in lines}
    return named
