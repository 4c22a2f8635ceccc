"""Where mail goes while there is no relay: a folder that any mail program can read, for development."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from anyio import to_thread

from core.domain.errors import Permanent, Temporary
from core.domain.message import Delivered, Outgoing, Route
from core.domain.municipality import Municipality
from mailin.sending.answers import MAIL_LIMITS, Reason
from mailin.sending.compose import compose


class MaildirSender:
    """Keeps mail in a Maildir, for development: exactly once, because the file's name follows from the Message-ID."""

    route = Route.MAIL
    limits = MAIL_LIMITS

    def __init__(self, folder: Path, municipality: Municipality) -> None:
        self._folder = folder
        self._municipality = municipality

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Write one message durably; a repeat changes nothing. Raises Temporary or Permanent."""
        try:
            content = await to_thread.run_sync(compose, outgoing, self._municipality)
        except ValueError:
            raise Permanent(Reason.NO_ADDRESS) from None
        digest = hashlib.sha256(outgoing.message_id.encode()).hexdigest()[:32]
        name = f"{int(outgoing.created_at.timestamp())}.{digest}.gehoord"
        try:
            await to_thread.run_sync(self._write, name, content)
        except OSError as error:
            raise Temporary(f"{Reason.DISK} {type(error).__name__}") from None
        return Delivered(provider_id=name)

    def _write(self, name: str, content: bytes) -> None:
        """Write beside, then link into place: a kill leaves the whole message or none, and no link replaces one."""
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        if any((self._folder / "cur").glob(f"{name}*")):  # a mail program has seen it and moved it there
            return
        draft = self._folder / "tmp" / f"{name}.{secrets.token_hex(4)}"
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                (self._folder / "new" / name).hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
        directory = os.open(self._folder / "new", os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
