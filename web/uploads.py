"""Files that came through a form: looked at before the core gets them."""

from dataclasses import replace

from core.domain.message import Inbound
from web.parts import Parts


def examined(parts: Parts, message: Inbound) -> Inbound:
    """The message with its files as what they are; those over a limit are refused by name (Awb 2:15)."""
    taken, refused = parts.examine(message.attachments)
    return replace(message, attachments=taken, refused=refused)
