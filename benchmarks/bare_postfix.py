"""The bare SMTP server: a Postfix that answers 250 once the message is fsynced in its queue, and then throws it away.

Written from Postfix's manual (QSHAPE, TUNING, postconf(5)), before and without the code in mailin/.

Why nobody would take mail faster: it is a C server whose only work before the 250 is the queue file; chroot, TLS,
SASL, milters, content filters, DNS and limits are off, and delivery is `discard`, so that nothing is written twice.
What it leaves out: it does not look into the message, and no acknowledgement is written.
"""

import shutil
import smtplib
import subprocess
from pathlib import Path

from tests.parts.server import Server, free_port

MAIN = """
compatibility_level = 3.7
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/maillog.log
maillog_file_prefixes = /var, {directory}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bare.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtp_host_lookup = native
relay_domains = gemeente.example
relay_transport = discard
default_transport = error:5.1.2 no outside mail from a benchmark
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
in_flow_delay = 0
message_size_limit = 40000000
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr    unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce  unix - - n - 0 bounce
defer   unix - - n - 0 bounce
trace   unix - - n - 0 bounce
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error   unix - - n - - error
retry   unix - - n - - error
anvil   unix - - n - 1 anvil
"""


class BarePostfix(Server):
    """A durable SMTP server that only queues."""

    name = "barepostfix"
    programs = ("postfix", "postconf")
    needs_root = True

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.configuration = self.directory / "conf"
        for name in ("conf", "queue", "data"):
            (self.directory / name).mkdir()
        shutil.chown(self.directory / "data", "postfix")
        (self.configuration / "main.cf").write_text(MAIN.format(directory=self.directory))
        (self.configuration / "master.cf").write_text(MASTER.format(port=self.port))
        self._daemons = subprocess.check_output(["postconf", "-d", "-h", "daemon_directory"], text=True).strip()

    def command(self) -> list[str]:
        subprocess.run(["postfix", "-c", str(self.configuration), "check"], check=True, capture_output=True)
        return [str(Path(self._daemons) / "master"), "-c", str(self.configuration), "-s"]

    def ready(self) -> bool:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as smtp:
            return smtp.noop()[0] == 250
