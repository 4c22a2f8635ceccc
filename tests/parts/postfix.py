"""Postfix: a real relay with STARTTLS and AUTH, delivering into Dovecot; no mail ever leaves the machine."""

import json
import shutil
import smtplib
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.server import Server, free_port, run_by_hand

DOMAINS = ("gemeente.example", "voorbeeld.example", "example.org")

# What the relay does with some recipients, at any of DOMAINS. All others are delivered to Dovecot.
TEMPFAIL = "tempfail"  # 451 at RCPT
GONE = "gone"  # 550 5.1.1 at RCPT
SLOW = "slow"  # 250, after 4 seconds
LATER = "later"  # accepted, then deferred: the next hop refuses the connection
BOUNCE = "bounce"  # accepted, then a delivery failure notice (5.1.1) to the sender

MAIN = """
compatibility_level = 3.7
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/maillog.log
maillog_file_prefixes = /var, {directory}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtp_host_lookup = native
message_size_limit = 40000000
mailbox_size_limit = 0
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = static:x
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
default_transport = error:5.1.2 no outside mail from a test relay
transport_maps = inline:{{ {routes} }}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_restriction_classes = slow
slow = sleep 4, permit
smtpd_recipient_restrictions = check_recipient_access inline:{{ {access} }}, reject_unlisted_recipient
minimal_backoff_time = 5s
maximal_backoff_time = 10s
queue_run_delay = 5s
"""

# No chroot, and no local, virtual or pipe delivery.
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
postlog unix-dgram n - n - 1 postlogd
pickup  unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr    unix n - n 300 1 qmgr
tlsmgr  unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce  unix - - n - 0 bounce
defer   unix - - n - 0 bounce
trace   unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp    unix - - n - - smtp
showq   unix n - n - - showq
error   unix - - n - - error
retry   unix - - n - - error
lmtp    unix - - n - - lmtp
anvil   unix - - n - 1 anvil
scache  unix - - n - 1 scache
"""


class Postfix(Server):
    """Postfix 3.7 in front of a Dovecot; its state survives restart, and `route` sends an address elsewhere."""

    name = "postfix"
    programs = ("postfix", "postconf", "postqueue")
    needs_root = True

    def __init__(self, dovecot: Dovecot) -> None:
        super().__init__()
        self.dovecot = dovecot
        self.port, self.submission_port = free_port(), free_port()
        self.routes: dict[str, str] = {}
        for each in DOMAINS:
            self.routes[f"{LATER}@{each}"] = "lmtp:inet:127.0.0.1:1"
        self.configuration = self.directory / "conf"
        for name in ("conf", "queue", "data"):
            (self.directory / name).mkdir()
        shutil.chown(self.directory / "data", "postfix")
        self._configure()
        self._daemons = subprocess.check_output(["postconf", "-d", "-h", "daemon_directory"], text=True).strip()

    def _configure(self) -> None:
        answers = {
            TEMPFAIL: "451 4.3.0 try again later",
            GONE: "550 5.1.1 no such user",
            SLOW: "slow",
            BOUNCE: "FILTER error:5.1.1 no such mailbox",  # a route to error: would be refused at RCPT already
        }
        text = MAIN.format(
            directory=self.directory,
            domains=" ".join(DOMAINS),
            lmtp_port=self.dovecot.lmtp_port,
            routes=_inline(self.routes),
            certificate=self.dovecot.certificate,
            key=self.dovecot.certificate.with_name("key.pem"),
            sasl=self.dovecot.sasl_socket,
            access=_inline({f"{name}@{each}": answer for name, answer in answers.items() for each in DOMAINS}),
        )
        (self.configuration / "main.cf").write_text(text)
        (self.configuration / "master.cf").write_text(
            MASTER.format(port=self.port, submission_port=self.submission_port)
        )

    def command(self) -> list[str]:
        # The master itself, not `postfix start-fg`: that shell would die of SIGTERM and leave the master behind.
        self._postfix("check")
        return [str(Path(self._daemons) / "master"), "-c", str(self.configuration), "-s"]

    def _postfix(self, verb: str) -> None:
        """Creates what the queue needs (check) or has the running server read its settings again (reload)."""
        subprocess.run(["postfix", "-c", str(self.configuration), verb], check=True, capture_output=True)

    def ready(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 5) as smtp:
            return smtp.recv(200).startswith(b"220 ")

    def describe(self) -> str:
        return (
            f"smtp 127.0.0.1:{self.port}  submission 127.0.0.1:{self.submission_port} (STARTTLS and AUTH: "
            f"any address, password {PASSWORD})\n{self.dovecot.describe()}"
        )

    def route(self, address: str, port: int) -> None:
        """Sends mail for one address (or domain) to an LMTP server of our own on this port, from now on."""
        self.routes[address] = f"lmtp:inet:127.0.0.1:{port}"
        self._configure()
        self._postfix("reload")

    def send(self, recipient: str, message: bytes, sender: str = "burger@voorbeeld.example") -> None:
        """Hands a message in at the public port, without signing in, as any mail server in the world would."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="voorbeeld.example", timeout=20) as smtp:
            smtp.sendmail(sender, [recipient], message)

    def flush(self) -> None:
        """Tries everything in the queue now instead of after the back-off."""
        subprocess.run(["postqueue", "-c", str(self.configuration), "-f"], check=True, capture_output=True)

    def queue(self) -> list[dict[str, object]]:
        """What waits for delivery, as postqueue tells it: queue_id, sender, recipients with delay_reason."""
        command = ["postqueue", "-c", str(self.configuration), "-j"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return [json.loads(line) for line in lines]


def _inline(table: Mapping[str, str]) -> str:
    """A lookup table written in main.cf itself."""
    return " ".join(f"{{ {key} = {value} }}" for key, value in table.items())


if __name__ == "__main__":
    with Dovecot() as mailboxes:
        run_by_hand(Postfix(mailboxes))
