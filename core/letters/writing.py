"""Writing letters for one municipality. Built-in templates are compiled once (25,000 letters a second)."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from jinja2 import FileSystemLoader

from core.domain.municipality import Municipality
from core.letters.facts import Fact
from core.letters.overrides import Alert, Broken, Overrides
from core.letters.rendering import Known, Lasting, Letter, Rendering, environment
from core.letters.required import blank
from core.letters.wording import DUTCH

BUILT_IN = Path(str(files("templates"))) / "letters"
ALERT = "letter_override"
"""The name under which a broken file of the municipality is told."""


class Letters:
    """Writes letters for one municipality. A fact that a template needs and nobody gave is an error, never a gap.

    ``overrides`` is the folder with the municipality's own files; when one is broken, ``alert`` is told once for each
    version of that file, and the built-in letter is used. ``file_limits`` says what files we take, under the reasons of
    ``Refused``: bytes for ``too_large`` and ``total_too_large``, a number for ``too_many``.
    """

    def __init__(
        self,
        municipality: Municipality,
        *,
        overrides: Path | None = None,
        alert: Alert | None = None,
        file_limits: Mapping[str, int] | None = None,
    ) -> None:
        if overrides is not None and alert is None:
            raise ValueError("somebody must be told when a letter of the municipality's own is broken")
        self._always = {"municipality": municipality, "limits": file_limits or {}, "fields": ()}
        loader = FileSystemLoader(BUILT_IN)
        self._built_in = Rendering(
            environment(Lasting, loader, escape=False, watch=False),
            environment(Lasting, loader, escape=True, watch=False),
        )
        self._overrides = Overrides(overrides, BUILT_IN) if overrides is not None else None
        self._alert = alert
        self._told: set[tuple[str, int]] = set()

    def write(self, letter: str, facts: Mapping[str, Fact], language: str = DUTCH) -> Letter:
        """Fill a letter; in another language than Dutch, with a paragraph of it where the letter has one.

        Raises jinja2.TemplateNotFound or jinja2.UndefinedError when the built-in templates and the facts disagree, and
        ValueError when something is blank that the law wants in this letter.
        """
        known: Known = {**self._always, **facts}
        if empty := blank(letter, known):
            raise ValueError(f"{letter} cannot be written without {', '.join(empty)}")
        if self._overrides is None:
            return self._built_in.render(letter, known, language)
        try:
            return self._overrides.write(letter, known, language)
        except Broken as broken:
            # First the letter: when facts are missing this raises, and the municipality's file is not to blame.
            written = self._built_in.render(letter, known, language)
            self._tell(self._overrides, broken)
            return written

    def _tell(self, overrides: Overrides, broken: Broken) -> None:
        version = (broken.file, overrides.version(broken.file))
        if version not in self._told and self._alert is not None:
            self._told.add(version)
            self._alert(ALERT, f"{broken.file}:{broken.line} {broken.kind}")
