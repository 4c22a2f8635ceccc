"""Dovecot: a real IMAP server with an LMTP door and SASL for Postfix; every address is a mailbox of its own."""

import contextlib
import imaplib
import smtplib
import socket
import ssl
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from imapclient import IMAPClient

from tests.parts.server import (
    Server,
    free_port,
    give_to_nobody,
    make_certificate,
    run_by_hand,
    runs_as_root,
    unprivileged,
)

PASSWORD = "geheim"

CONFIGURATION = """
base_dir = {directory}/run
state_dir = {directory}/run
log_path = {directory}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
{run_as}
first_valid_uid = 1
ssl = yes
ssl_cert = <{directory}/cert.pem
ssl_key = <{directory}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
# without these two, wrong passwords and many logins in a row are slowed down or refused
auth_failure_delay = 0
mail_max_userip_connections = 50
mail_location = maildir:~/Maildir
{users}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Verwerkt {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener auth-postfix {{
    mode = 0666
  }}
}}
"""

ANY_ADDRESS = """
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={directory}/mail/%d/%n allow_all_users=yes
}}
"""

LISTED_ADDRESSES = """
passdb {{
  driver = passwd-file
  args = {directory}/users
}}
userdb {{
  driver = passwd-file
  args = {directory}/users
  default_fields = uid={uid} gid={gid} home={directory}/mail/%d/%n
}}
"""


class Dovecot(Server):
    """Dovecot 2.3 as one unprivileged user.

    Any address is a mailbox with the password `PASSWORD`; give `mailboxes` to have all others refused with 550 5.1.1.
    """

    name = "dovecot"
    programs = ("dovecot", "doveadm", "openssl")

    def __init__(self, mailboxes: Sequence[str] | None = None) -> None:
        super().__init__()
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()
        self.certificate = make_certificate(self.directory)
        self.configuration = self.directory / "dovecot.conf"
        (self.directory / "mail").mkdir()
        (self.directory / "run").mkdir()
        if mailboxes is not None:
            lines = [f"{address}:{{PLAIN}}{PASSWORD}::::::\n" for address in mailboxes]
            (self.directory / "users").write_text("".join(lines))
        self.configuration.write_text(self._configuration(listed=mailboxes is not None))
        give_to_nobody(self.directory)

    def _configuration(self, *, listed: bool) -> str:
        owner, group = self.directory.owner(), self.directory.group()
        if runs_as_root():
            owner, group = "nobody", "nogroup"
        values = {"directory": self.directory, "uid": owner, "gid": group, "password": PASSWORD}
        return CONFIGURATION.format(
            directory=self.directory,
            run_as=f"default_internal_user = {owner}\ndefault_internal_group = {group}\ndefault_login_user = {owner}",
            users=(LISTED_ADDRESSES if listed else ANY_ADDRESS).format(**values),
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
        )

    def command(self) -> list[str]:
        return unprivileged(["dovecot", "-F", "-c", str(self.configuration)])

    def ready(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.lmtp_port), 5) as lmtp:
            if not lmtp.recv(100).startswith(b"220 "):
                return False
        with imaplib.IMAP4("127.0.0.1", self.imap_port, 5) as imap:
            return imap.state == "NONAUTH"

    def describe(self) -> str:
        return (
            f"imap 127.0.0.1:{self.imap_port} (STARTTLS)  imaps 127.0.0.1:{self.imaps_port}  "
            f"lmtp 127.0.0.1:{self.lmtp_port}\nany address, password {PASSWORD}, certificate {self.certificate}"
        )

    @property
    def sasl_socket(self) -> Path:
        """Where Postfix asks whether a password is right."""
        return self.directory / "run" / "auth-postfix"

    def tls(self) -> ssl.SSLContext:
        """A client's TLS context that trusts this server's certificate and nothing else."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def address(self, name: str = "klachten", domain: str = "gemeente.example") -> str:
        """A fresh address, and so a fresh and empty mailbox."""
        return f"{name}-{uuid.uuid4().hex[:12]}@{domain}"

    def deliver(self, recipient: str, message: bytes, sender: str = "burger@voorbeeld.example") -> None:
        """Puts a message in the recipient's mailbox over LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [recipient], message)

    @contextlib.contextmanager
    def login(self, address: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """A logged-in IMAP client with the folder selected."""
        client = IMAPClient("localhost", self.imaps_port, ssl_context=self.tls(), timeout=20)
        with client:
            client.login(address, PASSWORD)
            client.select_folder(folder)
            yield client

    def messages(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """All raw messages in a folder, oldest first; sets no flag."""
        with self.login(address, folder) as client:
            fetched = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [fetched[uid][b"BODY[]"] for uid in sorted(fetched)]

    def wait_for(self, address: str, count: int = 1, seconds: float = 30, folder: str = "INBOX") -> list[bytes]:
        """The folder's messages once there are at least `count`: waits in IDLE, and fails after `seconds`."""
        with self.login(address, folder) as client:
            for _ in range(max(1, round(seconds))):
                if len(client.search()) >= count:
                    return self.messages(address, folder)
                client.idle()
                client.idle_check(timeout=1)
                client.idle_done()
        raise AssertionError(f"fewer than {count} messages for {address} after {seconds} s")

    def kick(self, address: str) -> None:
        """Throws a user's connections out, as an administrator would: an idling client gets BYE."""
        command = ["doveadm", "-c", str(self.configuration), "kick", address]
        subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    run_by_hand(Dovecot())
