"""Short texts by key: ``texts("web")("queue.empty", at="09:12")``. Catalogues are gettext files, read once."""

from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

SOURCE = "nl"


class Texts:
    """The short texts of one part of the product in one language."""

    def __init__(self, part: str, language: str = SOURCE) -> None:
        with (files(__name__) / language / f"{part}.po").open("rb") as stream:
            catalogue = read_po(stream, locale=language, domain=part)
        self.language = language
        self._texts = {str(entry.id): str(entry.string) for entry in catalogue if entry.id}

    def __call__(self, key: str, **facts: object) -> str:
        """The text with its placeholders filled. Raises KeyError for a key or placeholder that does not exist."""
        return self._texts[key].format(**facts)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    @property
    def keys(self) -> frozenset[str]:
        """Every key of this catalogue, for the completeness test."""
        return frozenset(self._texts)


@cache
def texts(part: str, language: str = SOURCE) -> Texts:
    """The catalogue of a part (``web``, ``chat``, ``letters``), read once."""
    return Texts(part, language)
