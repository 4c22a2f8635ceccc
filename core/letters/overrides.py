"""A municipality's own letters: files in a folder that take the place of the built-in ones of the same name.

They render in jinja2's sandbox and cannot leave a citizen's words unescaped. What goes wrong in them is told with file
and line, and is never a reason to leave a citizen without a letter: the caller then uses the built-in one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import walk_tb

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import SandboxedEnvironment

from core.letters.rendering import Known, Letter, Rendering, environment
from core.letters.required import absent, unlawful

Alert = Callable[[str, str], None]
"""Told a name and a line of what is wrong; it is called while a letter is being written, so it must not wait."""


class Broken(Exception):
    """A municipality's own file cannot be used."""

    def __init__(self, file: str, line: int, message: str, *, kind: str) -> None:
        super().__init__(f"{file}:{line} {message}")
        self.file, self.line, self.message = file, line, message
        self.kind = kind
        """The message without words of a letter's facts: what may stand in a log."""


class Overrides:
    """Letters of which some files are a municipality's own."""

    def __init__(self, folder: Path, built_in: Path) -> None:
        self.folder = folder
        loader = _OwnFirst(folder, built_in)
        self._rendering = Rendering(
            environment(_Sandbox, loader, escape=False, watch=True),
            environment(_Sandbox, loader, escape=True, watch=True),
        )

    def write(self, letter: str, known: Known, language: str) -> Letter:
        """Write a letter with the municipality's own files. Raises Broken, whatever goes wrong in them."""
        try:
            written = self._rendering.render(letter, known, language)
        except Exception as error:  # their files may raise whatever a template can, and none of it may stop a letter
            raise self._broken(error, letter) from error
        if (missing := absent(letter, written, known)) is not None:
            part, what = missing
            raise Broken(f"{letter}/{part}", 1, f"{what} must be in this letter and is not", kind=f"{what} is missing")
        if (wrong := unlawful(letter, written, known)) is not None:
            part, road = wrong
            message = f"'{road}' must not be in this letter (Awb 9:3)"
            raise Broken(f"{letter}/{part}", 1, message, kind=message)
        return written

    def version(self, file: str) -> int:
        """Changes when the file does: its time of change in nanoseconds, 0 when there is no such file."""
        try:
            return (self.folder / file).stat().st_mtime_ns
        except OSError:
            return 0

    def _broken(self, error: Exception, letter: str) -> Broken:
        name = type(error).__name__
        if isinstance(error, TemplateSyntaxError) and error.filename is not None:
            file, line = self._relative(error.filename), error.lineno
            return Broken(file or error.filename, line, str(error.message), kind=str(error.message))
        lines = [(self._relative(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
        file, line = next(((file, line) for file, line in reversed(lines) if file), (f"{letter}/text.txt", 1))
        return Broken(file, line, f"{error} ({name})", kind=name)

    def _relative(self, filename: str) -> str | None:
        """The name of one of the municipality's own files, None for any other file."""
        path = Path(filename)
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else None


class _OwnFirst(BaseLoader):
    """Files of the municipality before the built-in ones; a file that appears, changes or goes is noticed."""

    def __init__(self, own: Path, built_in: Path) -> None:
        self._own, self._built_in = own, FileSystemLoader(built_in)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self._own.joinpath(*_parts(template))
        version = _changed_at(path)
        if version is None:
            source, filename, _ = self._built_in.get_source(environment, template)
            return source, filename, lambda: _changed_at(path) is None
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            says = "cannot be read" if isinstance(error, OSError) else "is not written in UTF-8"
            raise TemplateSyntaxError(f"the file {says}", 1, template, str(path)) from error
        return source, str(path), lambda: _changed_at(path) == version


def _parts(template: str) -> list[str]:
    """The path of a template below its folder, which it cannot leave."""
    parts = template.split("/")
    if any(part in {"", ".", ".."} or "\\" in part for part in parts):
        raise TemplateNotFound(template)
    return parts


def _changed_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


class _AlwaysEscaped(Extension):
    """Refuses to switch escaping off: what citizens write is hostile until escaped."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        tag = False
        for token in stream:
            if tag and token.test("name:autoescape"):
                raise TemplateSyntaxError(
                    "'autoescape' cannot be used here", token.lineno, stream.name, stream.filename
                )
            tag = token.type == "block_begin"
            yield token


class _Sandbox(SandboxedEnvironment):
    def __init__(self, **options: object) -> None:
        super().__init__(**options, extensions=[_AlwaysEscaped])
        del self.filters["safe"]
