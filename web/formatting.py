"""Which messages can be shown with their formatting."""

from core.views import MessageView


def has_formatting(message: MessageView) -> bool:
    """Whether there may be formatting to show: of a mail that was understood and is not held back."""
    by_mail = not message.door.startswith(("form", "telegram", "webchat"))
    return by_mail and message.problem is None and not message.held
