"""One signed-in connection to a mailbox. Everything here blocks; the door calls it in a thread."""

import contextlib
import imaplib
import logging
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailin.imap.folders import make, naming
from mailin.oauth import NoToken, Tokens, xoauth2

CHUNK = 50
"""Messages that are taken in with one commit at the most, as in the bridge."""
CHUNK_BYTES = 20_000_000
"""Bytes fetched at once at the most, unless a single message is larger."""
ROUND = 500
"""Messages of which the server is asked something at once."""
TIMEOUT = 30.0
"""Seconds without an answer after which a connection is given up."""

FAULTS = (OSError, imaplib.IMAP4.error, NoToken)
"""What a mailbox that is away raises."""

# Its finest level writes down whole commands and messages.
logging.getLogger("imapclient").setLevel(logging.WARNING)  # noqa: TID251 - a library's logger, to silence it


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox that is read."""

    host: str
    port: int = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    certificates: Path | None = None
    """File with the authorities to trust; None for the system's."""
    user: str
    password: str = field(default="", repr=False)
    tokens: Tokens | None = None
    """Where the token comes from that is used instead of a password."""
    folder: str = "INBOX"
    done: str = "Verwerkt"
    """Folder to which taken messages are moved."""
    unreadable: str = "Niet verwerkt"
    """Folder for messages that could not be understood."""
    every: float = 30.0
    """Seconds between looks; with IDLE the longest time that an announcement lost by the server can cost."""
    old_mail: Literal["leave", "take"] = "leave"
    """What happens to mail from before the first start."""


def trouble(error: BaseException) -> str:
    """What is wrong, in one word for the administrator's check: token, certificate, login, folder or connection."""
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (NoToken, "token"),
        (ssl.SSLCertVerificationError, "certificate"),
        (LoginError, "login"),
        (IMAPClientAbortError, "connection"),
        (IMAPClientError, "folder"),
    )
    return next((word for kind, word in kinds if isinstance(error, kind)), "connection")


class Refused(Exception):
    """The server said no to one command; the connection is still good."""


class Session:
    """One signed-in connection with the folder open. Every method blocks."""

    def __init__(self, mailbox: Mailbox, *, readonly: bool = False, folder: str | None = None) -> None:
        """Connect, make the folders that are missing, and open the one that is read, or another one."""
        self._client = signed_in(mailbox)
        self._dates: dict[int, datetime] = {}
        self._idling = False
        self.quiet = 0
        """Rounds of IDLE in which nothing was heard, since something was."""
        try:
            self._naming = naming(self._client)
            for needed in (mailbox.done, mailbox.unreadable):
                make(self._client, self._naming.name(needed))
            opened = self._client.select_folder(self._naming.name(folder or mailbox.folder), readonly=readonly)
            self.uidvalidity, self.uidnext = self._uids(opened)
            self.can_idle = bool(self._client.has_capability("IDLE"))
            self._can_move = bool(self._client.has_capability("MOVE"))
            self._can_expunge_some = bool(self._client.has_capability("UIDPLUS"))
        except FAULTS:
            close(self._client)
            raise

    def _uids(self, opened: dict[bytes, int]) -> tuple[int, int]:
        """UIDVALIDITY and UIDNEXT at the moment of opening (RFC 3501 section 2.3.1.1)."""
        if b"UIDVALIDITY" not in opened:
            raise ProtocolError("the server gives its messages no lasting numbers")
        # The next number may be left unsaid; then whatever is there now lies before it.
        uidnext = opened.get(b"UIDNEXT") or max(self._client.search("ALL"), default=0) + 1
        return int(opened[b"UIDVALIDITY"]), int(uidnext)

    # --- what is there ------------------------------------------------------------------------------------------

    def waiting_from(self, first: int) -> list[int]:
        """UIDs from this one on that are not marked as deleted, in order."""
        # The last message is always part of such a range, even when its number lies before it.
        return sorted(uid for uid in self._client.search(["UID", f"{first}:*", "UNDELETED"]) if uid >= first)

    def waiting_before(self, end: int, since: datetime | None = None) -> list[int]:
        """UIDs before this one that are not marked as deleted, in order; only those that arrived since then, if given.

        The server knows arrival days only, each in its own time zone: a day more is asked, and times are compared here.
        """
        if end <= 1:
            return []
        uids = ["UID", f"1:{end - 1}"]
        if since is None:
            return sorted(self._client.search([*uids, "UNDELETED"]))
        found = sorted(self._client.search([*uids, "SINCE", since.date() - timedelta(days=1), "UNDELETED"]))
        arrived = self.arrivals(found)
        return [uid for uid in found if uid in arrived and arrived[uid] >= since]

    def since(self, since: datetime) -> list[int]:
        """UIDs of what arrived since then, marked as deleted or not."""
        found = sorted(self._client.search(["SINCE", since.date() - timedelta(days=1)]))
        arrived = self.arrivals(found)
        return [uid for uid in found if uid in arrived and arrived[uid] >= since]

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime]:
        """INTERNALDATE in UTC; it never changes, so each is asked once."""
        for group in in_groups([uid for uid in uids if uid not in self._dates], ROUND):
            for uid, facts in self._client.fetch(group, ["INTERNALDATE"]).items():
                if b"INTERNALDATE" in facts:
                    self._dates[uid] = facts[b"INTERNALDATE"].astimezone(UTC)
        return {uid: self._dates[uid] for uid in uids if uid in self._dates}

    def chunks(self, uids: Sequence[int], alone: Collection[int] = ()) -> list[list[int]]:
        """These messages in groups that fit into one fetch, in order; some stay alone."""
        sizes = self._client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
        chunks: list[list[int]] = []
        room = 0
        for uid in uids:
            size = int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
            if not chunks or len(chunks[-1]) == CHUNK or size > room or uid in alone or chunks[-1][0] in alone:
                chunks.append([])
                room = CHUNK_BYTES
            chunks[-1].append(uid)
            room -= size
        return chunks

    def fetch(self, uids: Sequence[int]) -> dict[int, tuple[bytes, datetime]]:
        """Bytes and INTERNALDATE in UTC: the moment at which the message reached the municipality (Awb 2:20).

        One that vanished meanwhile is not among them. Raises Refused.
        """
        with _refusals():
            found = self._client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
        return {
            uid: (found[uid][b"BODY[]"], found[uid][b"INTERNALDATE"].astimezone(UTC))
            for uid in uids
            if b"INTERNALDATE" in found.get(uid, {}) and found[uid].get(b"BODY[]") is not None
        }

    def message_ids(self, uids: Sequence[int]) -> dict[int, tuple[bytes, int]]:
        """The header line with the Message-ID, and the size in bytes."""
        found = self._client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]", "RFC822.SIZE"]) if uids else {}
        line = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
        return {uid: (facts.get(line) or b"", int(facts.get(b"RFC822.SIZE", 0))) for uid, facts in found.items()}

    # --- putting away -------------------------------------------------------------------------------------------

    def put_away(self, uids: Sequence[int], folder: str) -> None:
        """Mark as read and move; without MOVE (RFC 6851) copy, mark as deleted, and remove just these (RFC 4315).

        Raises Refused, when nothing or not everything of it was done.
        """
        if not uids:
            return
        name = self._naming.name(folder)
        with _refusals():
            self._client.add_flags(uids, [rb"\Seen"], silent=True)
            try:
                self._transfer(uids, name)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                make(self._client, name)  # somebody may have removed the folder meanwhile
                self._transfer(uids, name)

    def _transfer(self, uids: Sequence[int], name: str) -> None:
        if self._can_move:
            self._client.move(uids, name)
            return
        self._client.copy(uids, name)
        self._client.add_flags(uids, [rb"\Deleted"], silent=True)
        if self._can_expunge_some:
            self._client.uid_expunge(uids)

    # --- waiting ------------------------------------------------------------------------------------------------

    def start_idle(self, something_waits: Callable[[], bool]) -> bool:
        """Begin IDLE (RFC 2177), unless something waits already.

        What arrives during a SEARCH is announced (EXISTS) within its answer, without being in the result, and IDLE then
        stays silent about it: search again until a SEARCH brought no such news.
        """
        news: object = True
        while news:
            if something_waits():
                return False
            # imaplib keeps the announcement, and gives and forgets it here; imapclient has no way to ask for it.
            news = self._client._imap.response("EXISTS")[1] != [None]  # noqa: SLF001
        self._client.idle()
        self._idling = True
        return True

    def heard(self, seconds: float) -> bool:
        """Whether the server said something within this time."""
        return bool(self._client.idle_check(timeout=seconds))

    def end_idle(self) -> None:
        """Leave IDLE."""
        self._idling = False
        self._client.idle_done()

    def close(self) -> None:
        """Say goodbye where that is still possible, and close the connection."""
        if self._idling:
            with contextlib.suppress(*FAULTS):
                self.end_idle()
        close(self._client)


def in_groups(uids: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """These numbers in groups of at most so many."""
    return (uids[start : start + most] for start in range(0, len(uids), most))


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Tell a "no" to one command (Refused) from a connection that is lost (one of FAULTS)."""
    try:
        yield
    except (IMAPClientAbortError, ProtocolError):
        raise
    except IMAPClientError as error:
        raise Refused(type(error).__name__) from None


def signed_in(mailbox: Mailbox) -> IMAPClient:
    """A connection with verified TLS on which the login succeeded; a token that is not taken is renewed once."""
    if mailbox.tokens is None:
        return _connected(mailbox, lambda client: client.login(mailbox.user, mailbox.password))
    token = mailbox.tokens.token()
    try:
        return _connected(mailbox, lambda client: _present(client, mailbox.user, token))
    except LoginError:
        mailbox.tokens.refused(token)
    fresh = mailbox.tokens.token()
    return _connected(mailbox, lambda client: _present(client, mailbox.user, fresh))


def _connected(mailbox: Mailbox, log_in: Callable[[IMAPClient], object]) -> IMAPClient:
    context = ssl.create_default_context(cafile=mailbox.certificates)
    client = IMAPClient(mailbox.host, mailbox.port, ssl=mailbox.tls == "tls", ssl_context=context, timeout=TIMEOUT)
    try:
        client.normalise_times = False  # aware times instead of naive local ones
        if mailbox.tls == "starttls":
            client.starttls(context)
        log_in(client)
    except FAULTS:
        close(client)
        raise
    return client


def _present(client: IMAPClient, user: str, token: str) -> None:
    """Log in with a token: SASL XOAUTH2, or OAUTHBEARER (RFC 7628) on a server that has only that."""
    if client.has_capability("AUTH=OAUTHBEARER") and not client.has_capability("AUTH=XOAUTH2"):
        client.oauthbearer_login(user, token)
        return
    first = xoauth2(user, token).encode()
    # A refusal comes as a challenge with its reason, which must be answered with nothing.
    client.sasl_login("XOAUTH2", lambda challenge: b"" if challenge else first)


def close(client: IMAPClient) -> None:
    """Say goodbye where that is still possible, and close the connection."""
    try:
        client.logout()
    except FAULTS:
        with contextlib.suppress(*FAULTS):
            client.shutdown()
