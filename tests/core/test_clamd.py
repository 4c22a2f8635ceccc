"""Files through a real clamd; what a broken one may answer comes from a small server of our own."""

import io
import socket
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from core.adapters.clamd import Clamd, Unavailable, Unscannable
from tests.parts.clamd import EICAR, LARGEST, SIGNATURE, ClamdServer


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bijlage.txt", content)
    return buffer.getvalue()


@pytest.mark.parametrize("over", ["address", "path"])
def test_clean_files_pass_and_infected_ones_are_named(clamav: ClamdServer, over: str) -> None:
    scanner = Clamd(clamav.address if over == "address" else clamav.path)
    scanner.ping()
    assert scanner.version().startswith("ClamAV ")
    assert scanner.scan(b"Beste gemeente").clean
    assert scanner.scan(b"").clean
    assert scanner.scan(b"x" * 200_000).clean
    for content in (EICAR, b"lang " * 50_000 + EICAR, zipped(EICAR)):
        verdict = scanner.scan(content)
        assert not verdict.clean
        assert verdict.infected == SIGNATURE


def test_a_file_over_a_limit_is_never_called_clean(clamav: ClamdServer) -> None:
    scanner = Clamd(clamav.address)
    for size in (LARGEST * 3, LARGEST + 1, LARGEST - 100):  # the last is over MaxFileSize only
        with pytest.raises(Unscannable):
            scanner.scan(b"y" * size)
    assert scanner.scan(b"kort").clean


@pytest.mark.needs("clamav")
def test_a_killed_scanner_gives_no_verdict_until_it_is_back() -> None:
    with ClamdServer() as server:
        scanner = Clamd(server.address, seconds=20)
        server.freeze()
        outcome: list[object] = []
        scanning = threading.Thread(target=lambda: outcome.append(tried(scanner, b"midden in een scan")))
        scanning.start()
        while not any(one.raddr and one.raddr.port == server.port for one in psutil.Process().net_connections("tcp")):
            threading.Event().wait(0.01)
        server.kill()
        scanning.join(60)
        assert outcome == [Unavailable]
        with pytest.raises(Unavailable):
            scanner.ping()
        server.start()
        assert scanner.scan(EICAR).infected == SIGNATURE


def tried(scanner: Clamd, content: bytes) -> object:
    try:
        return scanner.scan(content)
    except Unavailable as error:
        return type(error)


# --- a scanner that does not do as it should --------------------------------------------------------------------


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one connection, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as line:
                line.settimeout(30)
                answer(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(60)


def read_stream(line: socket.socket) -> bytes:
    """The content that a client sends, after its command."""
    with line.makefile("rb") as stream:
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">L", stream.read(4))[0]:
            content += stream.read(length)
        return content


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0",
        b"stream: OK maybe\0",
        b"OK\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"stream: FOUND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"\xff\xfe\x00",
        b"stream: OK" * 1000,
    ],
)
def test_an_answer_that_is_no_verdict_is_no_verdict(said: bytes) -> None:
    def say(line: socket.socket) -> None:
        read_stream(line)
        line.sendall(said)

    with answering(say) as address, pytest.raises(Unavailable):
        Clamd(address, seconds=20).scan(b"iets")


def test_a_verdict_without_the_whole_file_is_none() -> None:
    def hang_up(line: socket.socket) -> None:
        line.recv(10)
        line.sendall(b"stream: OK\0")

    with answering(hang_up) as address, pytest.raises(Unavailable):
        Clamd(address, seconds=20).scan(b"z" * 20_000_000)


def test_the_answer_may_come_in_pieces_and_the_content_arrives_whole() -> None:
    seen: list[bytes] = []

    def slowly(line: socket.socket) -> None:
        seen.append(read_stream(line))
        for byte in b"stream: Win.Test FOUND\0":
            line.sendall(bytes([byte]))

    content = bytes(range(256)) * 1000
    with answering(slowly) as address:
        assert Clamd(address).scan(content).infected == "Win.Test"
    assert seen == [content]


def test_a_silent_scanner_is_given_up_at_the_deadline() -> None:
    done = threading.Event()

    def wait(line: socket.socket) -> None:
        read_stream(line)
        done.wait(60)

    with answering(wait) as address:
        with pytest.raises(Unavailable, match="TimeoutError"):
            Clamd(address, seconds=0.2).scan(b"iets")
        done.set()


def test_a_scanner_that_trickles_does_not_hold_us_beyond_the_deadline() -> None:
    def trickle(line: socket.socket) -> None:
        read_stream(line)
        try:
            while True:
                line.sendall(b"s")
                threading.Event().wait(0.05)
        except OSError:
            return

    with answering(trickle) as address, pytest.raises(Unavailable, match="TimeoutError"):
        Clamd(address, seconds=0.5).scan(b"iets")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "/bestaat/niet.ctl", "", "host.invalid:x"])
def test_no_scanner_there(address: str) -> None:
    with pytest.raises(Unavailable):
        Clamd(address, seconds=5).scan(b"iets")
    with pytest.raises(Unavailable):
        Clamd(address, seconds=5).ping()
