"""An SMTP client that does nothing but the dialogue (RFC 5321), equally plain towards both servers; no pipelining."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence

from benchmarks.corpus import OUR_ADDRESS

SENDER = "burger@voorbeeld.example"


class SmtpRefused(RuntimeError):
    """The server answered something else than was expected."""


class SmtpClient:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer(b"220")
        self._say(b"EHLO voorbeeld.example\r\n", b"250")

    def send(self, stuffed: bytes) -> None:
        """Hands one message over; returns after the 250 that takes it."""
        self._say(b"MAIL FROM:<%s>\r\n" % SENDER.encode(), b"250")
        self._say(b"RCPT TO:<%s>\r\n" % OUR_ADDRESS.encode(), b"250")
        self._say(b"DATA\r\n", b"354")
        self._say(stuffed, b"250")

    def close(self) -> None:
        self._say(b"QUIT\r\n", b"221")
        self.socket.close()

    def _say(self, command: bytes, expected: bytes) -> None:
        self.socket.sendall(command)
        self._answer(expected)

    def _answer(self, expected: bytes) -> None:
        answer = b""
        while not answer.endswith(b"\r\n") or answer.rstrip().split(b"\r\n")[-1][3:4] == b"-":
            received = self.socket.recv(4096)
            if not received:
                raise SmtpRefused("the server hung up")
            answer += received
        if not answer.startswith(expected):
            raise SmtpRefused(answer.decode("latin-1").strip())


def stuff(mail: bytes) -> bytes:
    """The mail as DATA wants it: dots doubled at the start of a line, a dot alone at the end (section 4.5.2)."""
    dotted = mail.replace(b"\r\n.", b"\r\n..")
    return dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def rate(port: int, mails: Sequence[bytes], *, connections: int = 10, kept: bool) -> float:
    """Messages a second over so many connections at a time: kept open, or a new one for each message."""
    waiting: Iterator[bytes] = iter([stuff(mail) for mail in mails])
    guard, failures = threading.Lock(), list[Exception]()

    def take() -> bytes | None:
        with guard:
            return next(waiting, None)

    def work() -> None:
        try:
            _deliver(port, iter(take, None), kept=kept)
        except (OSError, SmtpRefused) as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return len(mails) / (time.perf_counter() - start)


def _deliver(port: int, mails: Iterator[bytes], *, kept: bool) -> None:
    if not kept:
        for mail in mails:
            client = SmtpClient(port)
            client.send(mail)
            client.close()
        return
    client = SmtpClient(port)
    for mail in mails:
        client.send(mail)
    client.close()


def latencies(port: int, mails: Sequence[bytes], pause: float) -> list[float]:
    """Seconds from MAIL FROM to the 250 of each message over one kept connection, with a pause in between."""
    client = SmtpClient(port)
    durations = []
    for mail in mails:
        stuffed = stuff(mail)
        time.sleep(pause)
        start = time.perf_counter()
        client.send(stuffed)
        durations.append(time.perf_counter() - start)
    client.close()
    return durations
