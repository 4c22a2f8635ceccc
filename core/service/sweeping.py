"""Removing contents that no row names: a message's transaction never committed, so nobody was told that it was taken.

The order makes it safe beside everything that goes on:

1. List the contents that were put for the last time more than ``AGE`` ago.
2. Then read which contents the rows name. A row that comes later names a content that was put after step 1, or that
   was put again after it, which makes it young; no transaction stays open for ``AGE`` between putting and committing.
3. Remove what was listed and is not named, each after one more look whether it is still old.

A backup takes the rows first and then the contents that they name. What it is still to copy is named, and so stays.
Whoever takes a row away that names a content must put that content again before: it then outlives a backup under way.
"""

from dataclasses import dataclass
from datetime import timedelta

from core.ports import Blobs, Clock, Store

AGE = timedelta(hours=24)
"""How long a content is left alone after it was put: far longer than any transaction and any backup takes."""


class Doubtful(Exception):
    """Most of the contents are named by no row: this is more likely the wrong database than so many lost messages."""

    def __init__(self, unnamed: int, old: int) -> None:
        super().__init__(f"{unnamed} of {old} contents are named by no row")
        self.unnamed, self.old = unnamed, old


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep removed."""

    contents: int
    drafts: int
    """Files that a killed process left half written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """Keeps the contents to what the rows name."""

    store: Store
    blobs: Blobs
    clock: Clock

    def sweep(self, *, even_most: bool = False) -> Swept:
        """Remove orphans that are old enough. Raises Doubtful, unless ``even_most`` says that it is meant."""
        before = self.clock() - AGE
        drafts = self.blobs.tidy(before)
        old = self.blobs.older(before)
        with self.store.read() as work:
            unnamed = old - work.messages.digests()
        if len(unnamed) * 2 > len(old) and not even_most:
            raise Doubtful(len(unnamed), len(old))
        return Swept(contents=self.blobs.remove(unnamed, before), drafts=drafts)
