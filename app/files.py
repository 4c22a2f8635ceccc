"""What the forms and chats need of the mail reader's knowledge: what a file is, and a mail with its formatting."""

from collections.abc import Callable

from app.settings.mail import AttachmentSettings
from core.domain.message import Attachment, Refused
from mailin.safety.limits import FileLimits, within
from mailin.safety.risks import examined
from mailin.safety.safehtml import safe_html
from mailin.understanding.mime import parse

Files = tuple[Attachment, ...]


def file_limits(settings: AttachmentSettings) -> FileLimits:
    """How many files of a message are kept, and how large."""
    return FileLimits(**settings.model_dump(include={"most", "largest", "total"}))


def examiner(settings: AttachmentSettings) -> Callable[[Files], tuple[Files, tuple[Refused, ...]]]:
    """Tells by their content what files are, and which of them are over a limit."""
    limits = file_limits(settings)

    def examine(files: Files) -> tuple[Files, tuple[Refused, ...]]:
        kept, refused = within(files, limits)
        return tuple(examined(one) for one in kept), refused

    return examine


def formatted(raw: bytes) -> str:
    """The safe HTML of a mail, empty when it has none; only for a mail that was read within its limits before."""
    html = parse(raw).html
    return safe_html(html) if html else ""
