"""The folders of a mailbox: their names as the server spells them, and the making of those that are missing."""

import contextlib
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

INBOX = "INBOX"
_UNUSABLE = {b"\\noselect", b"\\nonexistent"}


@dataclass(frozen=True, slots=True)
class Naming:
    """How a server names the folders of a user (RFC 2342): what stands before each, and between levels."""

    prefix: str = ""
    separator: str = "/"

    def name(self, folder: str) -> str:
        """The name on the server of a folder from the settings, in which "/" stands between levels."""
        if folder.upper() == INBOX:
            return INBOX
        name = folder.replace("/", self.separator)
        return name if name.upper().startswith(self.prefix.upper()) else self.prefix + name


def naming(client: IMAPClient) -> Naming:
    """What the server says of its names; a server that says nothing has no prefix."""
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, separator = personal[0]
            return Naming(prefix or "", separator or "/")
    listed = client.list_folders("", INBOX)
    separator = listed[0][1] if listed else None
    return Naming("", separator.decode() if isinstance(separator, bytes) else separator or "/")


def make(client: IMAPClient, name: str) -> None:
    """Make a folder unless it is there."""
    if _exists(client, name):
        return
    try:
        client.create_folder(name)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if not _exists(client, name):  # else a second instance was faster
            raise
        return
    # Mail programs show it sooner; a server that knows no subscriptions does not need it.
    with contextlib.suppress(IMAPClientError):
        client.subscribe_folder(name)


def _exists(client: IMAPClient, name: str) -> bool:
    """Whether a folder can be used; one that is listed only because of what lies under it cannot."""
    return any(
        found == name and not _UNUSABLE & {flag.lower() for flag in flags}
        for flags, _, found in client.list_folders("", name)
    )
