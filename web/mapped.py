"""What the JSON interface asks of the form mappings: the wiring gives the one that the mail doors use as well."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.message import Attachment, Contact, ReplyRoute


class Form(Protocol):
    """What a citizen typed, in the fields of a complaint."""

    @property
    def contact(self) -> Contact: ...

    @property
    def story(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, str]: ...

    @property
    def reply(self) -> ReplyRoute | None:
        """Back to the citizen, never to the forwarder."""

    @property
    def files(self) -> Sequence[Attachment]:
        """Files that the JSON itself held."""


class Understood(Protocol):
    """A post as a mapping understands it."""

    @property
    def name(self) -> str:
        """Of the mapping."""

    @property
    def form(self) -> Form: ...

    @property
    def found(self) -> bool:
        """Whether there is a story: without one the form is unknown."""

    @property
    def whole(self) -> str:
        """Every labelled value, as a person reads it."""


class Forms(Protocol):
    """The mappings of this municipality."""

    def posted(self, key: str, form: str, posted: bytes | Sequence[tuple[str, str]], most: int) -> Understood | None:
        """A post under this API key, None when no mapping is meant for it, or when its JSON (bytes) is none.

        ``form`` is what the post says that it is; ``most`` is the largest JSON in bytes.
        """

    def is_mapped(self, key: str) -> bool:
        """Whether posts under this API key are read by a mapping."""

    def answerable(self, address: str) -> bool:
        """Whether an answer may go there: never to ourselves or to a forwarder."""


class NoForms:
    """A municipality without form mappings."""

    def posted(self, key: str, form: str, posted: bytes | Sequence[tuple[str, str]], most: int) -> None:
        """No post is mapped."""

    def is_mapped(self, key: str) -> bool:
        return False

    def answerable(self, address: str) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPost:
    """What came before under the same idempotency key."""

    same: bool
    """Whether it had the same content; a key may be used for one content only."""
    case_number: str | None = None
    received_at: datetime | None = None


PostedBefore = Callable[[str, str], FirstPost | None]
"""What came before with this identity; the second argument is the hash of the content that comes now."""


def nothing_before(_identity: str, _content_hash: str) -> None:
    """For a house without a memory of posts: repeats are then recognised when they are taken in."""
