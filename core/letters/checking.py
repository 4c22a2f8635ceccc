"""Trying every letter before citizens get one: what is wrong in a municipality's own files, with file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.domain.municipality import Municipality
from core.letters.overrides import Broken, Overrides
from core.letters.samples import LIMITS, SAMPLES
from core.letters.wording import DUTCH, LANGUAGES
from core.letters.writing import BUILT_IN, Letters

OWN_PARTS = "eigen"
"""Folder for pieces that a municipality includes in its own files, under names of its own."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One thing that is wrong with a municipality's own file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} {self.message}".lstrip()


def check(municipality: Municipality, overrides: Path | None) -> list[Problem]:
    """Write every letter with sample facts, in every variant and language, and say what is wrong.

    The built-in letters are no problem of the municipality: when one cannot be written, jinja2's own error is raised.
    """
    built_in = Letters(municipality, file_limits=LIMITS)
    for letter, variants in SAMPLES.items():
        for facts in variants:
            built_in.write(letter, facts)
    return sorted(set(_problems(municipality, overrides))) if overrides is not None else []


def own_files(overrides: Path) -> list[str]:
    """The names of the municipality's own files, hidden files left out."""
    found = (path.relative_to(overrides) for path in overrides.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def _problems(municipality: Municipality, folder: Path) -> Iterator[Problem]:
    if not folder.is_dir():
        yield Problem(file="", line=0, message="is not a folder")
        return
    for name in own_files(folder):
        if not name.startswith(f"{OWN_PARTS}/") and not (BUILT_IN / name).is_file():
            yield Problem(file=name, line=0, message=f"no letter has a file of this name; own parts go in {OWN_PARTS}/")
    overrides = Overrides(folder, BUILT_IN)
    variants = [replace(municipality, committee=on, privacy_page=page) for on, page in ((False, ""), (True, "x"))]
    for letter, samples in SAMPLES.items():
        for facts in samples:
            for one in variants:
                known = {"fields": (), "limits": LIMITS, **facts, "municipality": one}
                yield from _tried(overrides, letter, known)


def _tried(overrides: Overrides, letter: str, known: Mapping[str, object]) -> Iterator[Problem]:
    translations = [f"{letter}/languages/{language}.txt" for language in LANGUAGES]
    translated = any((root / file).is_file() for root in (BUILT_IN, overrides.folder) for file in translations)
    for language in (DUTCH, *LANGUAGES) if translated else (DUTCH,):
        try:
            overrides.write(letter, known, language)
        except Broken as broken:
            yield Problem(file=broken.file, line=broken.line, message=broken.message)
