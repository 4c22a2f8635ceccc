"""clamd: a real virus scanner that knows one harmless test string, so that it starts at once."""

import socket
from typing import ClassVar

from tests.parts.server import Server, free_port, give_to_nobody, run_by_hand, unprivileged

# In two halves, so that no scanner takes this repository for the test file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STAND" + b"ARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Test.Eicar.UNOFFICIAL"
LARGEST = 3_000_000
"""Bytes that it takes in one stream."""

CONFIGURATION = """
Foreground yes
LogFile {directory}/clamd.log
TCPSocket {port}
TCPAddr 127.0.0.1
LocalSocket {directory}/clamd.ctl
DatabaseDirectory {directory}/db
TemporaryDirectory {directory}/tmp
StreamMaxLength {largest}
MaxFileSize 2000000
AlertExceedsMax yes
"""


class ClamdServer(Server):
    """clamd as one unprivileged user, on a TCP port and a unix socket, without the database that freshclam fetches."""

    name = "clamd"
    programs: ClassVar[tuple[str, ...]] = ("clamd",)

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        for folder in ("db", "tmp"):
            (self.directory / folder).mkdir()
        text = EICAR[len(EICAR) // 2 :].hex()
        (self.directory / "db" / "test.ndb").write_text(f"Test.Eicar:0:*:{text}\n")
        self.configuration = self.directory / "clamd.conf"
        self.configuration.write_text(CONFIGURATION.format(directory=self.directory, port=self.port, largest=LARGEST))
        give_to_nobody(self.directory)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    @property
    def path(self) -> str:
        """The unix socket on which it listens too."""
        return str(self.directory / "clamd.ctl")

    def command(self) -> list[str]:
        return unprivileged(["clamd", "-c", str(self.configuration)])

    def ready(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(b"zPING\0")
            return line.recv(20).startswith(b"PONG")

    def describe(self) -> str:
        return self.address


if __name__ == "__main__":
    run_by_hand(ClamdServer())
