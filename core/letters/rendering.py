"""From the files of one letter to a written letter, whichever folder the files come from."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound

from core.letters import wording

Known = Mapping[str, object]
"""Everything that a template can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A written letter, not yet addressed."""

    subject: str
    text: str
    html: str


class Rendering:
    """Renders letters with two environments that differ in escaping alone: one for text, one for html."""

    def __init__(self, plain: Environment, html: Environment) -> None:
        self._plain, self._html = plain, html
        self._files: dict[str, tuple[Template, Template, Template]] = {}
        self._translations: dict[tuple[str, str], Template | None] = {}

    def render(self, letter: str, known: Known, language: str) -> Letter:
        """Fill a letter. Raises jinja2.TemplateNotFound or jinja2.UndefinedError when template and facts disagree."""
        subject, text, html = self._letter(letter)
        line = " ".join(subject.render(known).split())
        translation = self._translation(letter, language)
        told = {
            **known,
            "subject": line,
            "language": language,
            "right_to_left": language in wording.RIGHT_TO_LEFT,
            "translation": () if translation is None else tuple(translation.render(known).splitlines()),
        }
        return Letter(subject=line, text=text.render(told), html=html.render(told))

    def _letter(self, letter: str) -> tuple[Template, Template, Template]:
        """The compiled files; looked up anew where an environment watches them for changes."""
        if letter not in self._files or self._plain.auto_reload:
            self._files[letter] = (
                self._plain.get_template(f"{letter}/subject.txt"),
                self._plain.get_template(f"{letter}/text.txt"),
                self._html.get_template(f"{letter}/html.html"),
            )
        return self._files[letter]

    def _translation(self, letter: str, language: str) -> Template | None:
        """The paragraph of this letter in another language; None for Dutch and for what was never translated."""
        if language not in wording.LANGUAGES:
            return None
        key = (letter, language)
        if key not in self._translations or self._plain.auto_reload:
            try:
                self._translations[key] = self._plain.get_template(f"{letter}/languages/{language}.txt")
            except TemplateNotFound:
                self._translations[key] = None
        return self._translations[key]


class Lasting(Environment):
    """An environment whose templates never change: its global names are one flat mapping, which renders faster."""

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        return {**self.globals, **(d or {})}


def environment(kind: type[Environment], loader: BaseLoader, *, escape: bool, watch: bool) -> Environment:
    """An environment for letters: a name that nobody gave is an error, never a gap."""
    made = kind(
        loader=loader,
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=watch,
    )
    made.filters |= {
        "day": wording.written_day,
        "size": wording.written_size,
        "paragraphs": wording.paragraphs,
        "ltr": wording.left_to_right,
        "rtl": wording.right_to_left,
    }
    return made
