"""STARTTLS and AUTH at the SMTP and LMTP doors: what is said before TLS counts for nothing inside it."""

import os
import shutil
import smtplib
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from mailin.inbound import MailReader
from mailin.smtp.access import Access, Certificate, Network, WrongCertificate
from mailin.smtp.doors import LmtpDoor, SmtpDoor
from mailin.smtp.limits import Limits
from tests.channels.letters import CITIZEN, KLACHTEN, letter
from tests.channels.line import Line, plain
from tests.channels.listening import PATIENCE, Core, Listening
from tests.channels.ways import LARGEST
from tests.parts.server import make_certificate

READER = MailReader([KLACHTEN], "gemeente.example", [])
PASSWORD = "een-lang-wachtwoord-é"
ACCOUNTS = {"website": PASSWORD}
ELSEWHERE: tuple[Network, ...] = (ip_network("192.0.2.0/24"),)

pytestmark = pytest.mark.needs("openssl")


class Opened(Listening):
    """A listening door of which the port is wanted."""

    def __init__(self, door: SmtpDoor | LmtpDoor, core: Core) -> None:
        super().__init__(door, core)
        self._made = door

    @property
    def port(self) -> int:
        return self._made.port


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cert.pem and key.pem for localhost."""
    return make_certificate(tmp_path_factory.mktemp("tls")).parent


@pytest.fixture
def trust(pem: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(pem / "cert.pem"))


@pytest.fixture
def opened(pem: Path, core: Core) -> Open:
    def open_(
        door: type[SmtpDoor] | type[LmtpDoor] = SmtpDoor, limits: Limits | None = None, **rules: object
    ) -> Opened:
        given: dict[str, object] = {"certificate": Certificate(pem / "cert.pem", pem / "key.pem"), **rules}
        access = Access(**given)  # type: ignore[arg-type]  # the tests' own names
        made = door("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock, access=access, limits=limits)
        return Opened(made, core)

    return open_


@contextmanager
def inside(port: int, trust: ssl.SSLContext) -> Iterator[Line]:
    with Line(port) as line:
        line.ask("EHLO x")
        line.begin_tls(trust)
        line.ask("EHLO x")
        yield line


def offers(line: Line, hello: str = "EHLO x") -> set[str]:
    line.send(hello.encode() + b"\r\n")
    return {answer[4:] for answer in line.answers()}


def test_a_message_comes_in_over_verified_tls(opened: Open, trust: ssl.SSLContext, core: Core) -> None:
    with opened() as door, smtplib.SMTP("localhost", door.port, "x", timeout=PATIENCE) as client:
        client.starttls(context=trust)
        assert isinstance(client.sock, ssl.SSLSocket)
        assert client.sock.version() in {"TLSv1.2", "TLSv1.3"}
        client.sendmail(CITIZEN, [KLACHTEN], letter())
    assert [inbound.raw for inbound, _ in core.taken] == [letter()]


def test_old_tls_is_refused_and_the_door_stays_open(opened: Open, trust: ssl.SSLContext) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with opened() as door:
        with Line(door.port) as line, pytest.raises(ssl.SSLError):
            line.begin_tls(old)
        with inside(door.port, trust) as line:
            assert line.ask("NOOP").startswith("250 ")


def test_what_was_pipelined_before_tls_is_thrown_away(opened: Open, trust: ssl.SSLContext, core: Core) -> None:
    """Command injection (CVE-2011-0411): a man in the middle puts commands before the handshake."""
    injected = f"EHLO boef\r\nMAIL FROM:<boef@voorbeeld.example>\r\nRCPT TO:<{KLACHTEN}>\r\n".encode()
    with opened() as door, Line(door.port) as line:
        line.ask("EHLO x")
        line.begin_tls(trust, pipelined=injected)
        assert line.ask("DATA").startswith("503 ")  # the first answer is to this, not to what was injected
        assert line.ask(f"MAIL FROM:<{CITIZEN}>").startswith("503 ")  # not even EHLO was heard
        assert line.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>").startswith("250 ")
    assert core.called == []


def test_tls_begins_with_nothing_remembered_and_only_once(opened: Open, trust: ssl.SSLContext) -> None:
    with opened() as door, Line(door.port) as line:
        assert "STARTTLS" in offers(line)
        line.ask(f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>")
        line.begin_tls(trust)
        assert line.ask("DATA").startswith("503 ")
        assert "STARTTLS" not in offers(line)
        assert line.ask("STARTTLS").startswith("503 5.5.1")
        assert line.ask("NOOP").startswith("250 ")


def test_who_hangs_up_in_the_handshake_is_forgotten(opened: Open, trust: ssl.SSLContext) -> None:
    """Of one connection at a time, the second is let in only when the first is counted as gone."""
    with opened(limits=Limits(connections_per_address=1), unlimited_from=()) as door:
        for sent in (b"", b"geen handdruk\r\n"):
            line = Line(door.port)
            while not line.answer().startswith("220 "):  # the door may not yet have noticed that the last one left
                line.close()
                line = Line(door.port)
            line.send(b"STARTTLS\r\n")
            assert line.answer().startswith("220 ")
            line.send(sent)
            line.close()
        line = Line(door.port)
        while not line.answer().startswith("220 "):
            line.close()
            line = Line(door.port)
        line.close()


@pytest.mark.parametrize("door", [SmtpDoor, LmtpDoor])
def test_with_tls_required_nothing_is_taken_without(
    door: type[SmtpDoor] | type[LmtpDoor], opened: Open, trust: ssl.SSLContext, core: Core
) -> None:
    proxied = b"PROXY TCP4 192.0.2.9 192.0.2.1 1 2\r\n"
    hello = "EHLO x" if door is SmtpDoor else "LHLO x"
    proxies = (ip_network("127.0.0.1"),)
    with opened(door, require_tls=True, proxies=proxies) as port, Line(port.port, proxied) as line:
        assert line.ask(hello, f"MAIL FROM:<{CITIZEN}>").startswith("530 5.7.0 Must issue a STARTTLS")
        line.begin_tls(trust)
        assert line.ask(hello, f"MAIL FROM:<{CITIZEN}>").startswith("250 ")
    assert core.called == []


def test_the_mail_server_on_this_machine_needs_neither_tls_nor_account_for_lmtp(opened: Open) -> None:
    with opened(LmtpDoor, require_tls=True, accounts=ACCOUNTS) as door, Line(door.port) as line:
        assert line.ask("LHLO x", f"MAIL FROM:<{CITIZEN}>").startswith("250 ")


def test_who_has_no_account_is_refused(opened: Open, trust: ssl.SSLContext) -> None:
    with opened(accounts=ACCOUNTS) as door:
        with Line(door.port) as line:
            assert not [line for line in offers(line) if line.startswith("AUTH")]  # never outside TLS
            assert line.ask(f"MAIL FROM:<{CITIZEN}>").startswith("530 5.7.0 Authentication required")
            assert line.ask(plain("website", PASSWORD)).startswith("538 5.7.11")
        with inside(door.port, trust) as line:
            assert "AUTH LOGIN PLAIN" in offers(line)
            assert line.ask(f"MAIL FROM:<{CITIZEN}>").startswith("530 5.7.0")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_who_signs_in_may_hand_in_but_not_relay(
    mechanism: str, opened: Open, trust: ssl.SSLContext, core: Core
) -> None:
    with opened(accounts=ACCOUNTS) as door, smtplib.SMTP("localhost", door.port, "x", timeout=PATIENCE) as client:
        client.starttls(context=trust)
        client.ehlo()
        assert _sign_in(client, mechanism) == 235
        client.sendmail(CITIZEN, [KLACHTEN], letter())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(CITIZEN, ["iemand@elders.example"], letter())
    assert len(core.taken) == 1


def _sign_in(client: smtplib.SMTP, mechanism: str) -> int:
    """The answer; smtplib's own way cannot send a password with an accent."""
    if mechanism == "PLAIN":
        return client.docmd(plain("website", PASSWORD))[0]
    assert client.docmd("AUTH LOGIN")[0] == 334
    assert client.docmd(b64encode(b"website").decode())[0] == 334
    return client.docmd(b64encode(PASSWORD.encode()).decode())[0]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (plain("website", "fout"), "535 5.7.8"),
        (plain("website", ""), "535 5.7.8"),
        (plain("", ""), "535 5.7.8"),
        (plain("onbekend", PASSWORD), "535 5.7.8"),
        ("AUTH PLAIN !!!", "501 5.5.2"),
        ("AUTH PLAIN AAAA AAAA", "501 5.5.4"),
        ("AUTH CRAM-MD5", "504 5.5.4"),
        ("AUTH", "501 5.5.4"),
        (plain("website", PASSWORD), "235 2.7.0"),
        (plain("website", PASSWORD).replace("AUTH PLAIN", "auth plain"), "235 2.7.0"),
    ],
)
def test_signing_in_is_answered_by_the_book(said: str, answer: str, opened: Open, trust: ssl.SSLContext) -> None:
    with opened(accounts=ACCOUNTS) as door, inside(door.port, trust) as line:
        assert line.ask(said).startswith(answer)
        allowed = answer.startswith("235")
        assert line.ask(f"MAIL FROM:<{CITIZEN}> AUTH=<>").startswith("250 2.1.0" if allowed else "530 5.7.0")
        assert line.ask(plain("website", PASSWORD)).startswith("503 5.5.1" if allowed else "235 2.7.0")


def test_signing_in_can_be_broken_off(opened: Open, trust: ssl.SSLContext) -> None:
    with opened(accounts=ACCOUNTS) as door, inside(door.port, trust) as line:
        assert line.ask("AUTH LOGIN").startswith("334 ")
        assert line.ask("*").startswith("501 5.7.0")
        assert line.ask(plain("website", PASSWORD)).startswith("235 ")


def test_guessing_passwords_ends_and_the_owner_comes_in_a_minute_later(
    pem: Path, trust: ssl.SSLContext, core: Core
) -> None:
    now = [0.0]
    access = Access(certificate=Certificate(pem / "cert.pem", pem / "key.pem"), accounts=ACCOUNTS)
    limits = Limits(failed_sign_ins=2)
    door = SmtpDoor(
        *("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock),
        access=access, limits=limits, monotonic=lambda: now[0],
    )  # fmt: skip
    with Listening(door, core):
        with inside(door.port, trust) as line:
            assert line.ask(plain("website", "a"), plain("website", "b")).startswith("535 ")
            assert line.ask(plain("website", PASSWORD)).startswith("421 4.7.0")
            assert line.is_over()
        with inside(door.port, trust) as line:
            assert line.ask(plain("website", PASSWORD)).startswith("421 4.7.0")
        now[0] = 61.0
        with inside(door.port, trust) as line:
            assert line.ask(plain("website", PASSWORD)).startswith("235 ")


def test_a_network_may_hand_in_and_others_hear_why_not(opened: Open, trust: ssl.SSLContext) -> None:
    mine = (ip_network("127.0.0.1"),)
    with opened(allowed_from=ELSEWHERE) as door, Line(door.port) as line:
        assert line.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>").startswith("550 5.7.1")
    with opened(allowed_from=mine, accounts=ACCOUNTS) as door, Line(door.port) as line:
        assert line.ask("EHLO x", f"MAIL FROM:<{CITIZEN}>").startswith("250 ")
    with opened(allowed_from=ELSEWHERE, accounts=ACCOUNTS) as door, inside(door.port, trust) as line:
        assert line.ask(plain("website", PASSWORD), f"MAIL FROM:<{CITIZEN}>").startswith("250 ")


def test_a_door_that_stops_lets_a_transfer_over_tls_finish(opened: Open, trust: ssl.SSLContext, core: Core) -> None:
    listening = opened()
    with listening as door, inside(door.port, trust) as busy, inside(door.port, trust) as idle:
        busy.ask(f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{KLACHTEN}>", "DATA")
        busy.send(letter()[:50])
        listening.ask_to_stop()
        assert idle.answer().startswith("421 4.3.2")
        busy.send(letter()[50:] + b".\r\n")
        assert busy.answer().startswith("250 ")
        assert busy.answer().startswith("421 4.3.2")
        assert busy.is_over()
    assert [inbound.raw for inbound, _ in core.taken] == [letter()]


def test_a_renewed_certificate_is_used_at_once_and_a_broken_one_not(pem: Path, tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        shutil.copy(pem / name, tmp_path)
    certificate = Certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    first = certificate.context()
    assert certificate.context() is first
    make_certificate(tmp_path)
    os.utime(tmp_path / "cert.pem", ns=(1, 1))
    second = certificate.context()
    assert second is not first
    (tmp_path / "cert.pem").write_text("kapot")
    os.utime(tmp_path / "cert.pem", ns=(2, 2))
    assert certificate.context() is second


def test_a_certificate_that_cannot_be_used_is_told_by_its_setting(pem: Path, tmp_path: Path, core: Core) -> None:
    other = make_certificate(tmp_path).with_name("key.pem")
    empty, locked, absent = tmp_path / "leeg.pem", tmp_path / "slot.pem", tmp_path / "weg.pem"
    empty.touch()
    command = ["openssl", "rsa", "-aes128", "-passout", "pass:geheim", "-in", str(other), "-out", str(locked)]
    subprocess.run(command, check=True, capture_output=True)
    certificate = pem / "cert.pem"
    for cert, key, says in (
        (absent, None, f"setting smtp.certificate: {absent} should be a file that we may read"),
        (certificate, absent, f"setting smtp.key: {absent} should be a file that we may read"),
        (empty, pem / "key.pem", f"setting smtp.certificate: {empty} should hold the certificate"),
        (certificate, None, f"setting smtp.certificate: {certificate} should hold the private key"),
        (certificate, empty, f"setting smtp.key: {empty} should hold the private key"),
        (certificate, locked, f"setting smtp.key: {locked} should hold the private key in PEM, without a password"),
        (certificate, other, f"setting smtp.key: {other} is not the key of {certificate}"),
    ):
        access = Access(certificate=Certificate(cert, key))
        door = SmtpDoor("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock, access=access)
        with pytest.raises(WrongCertificate) as error, Listening(door, core):
            pass
        assert str(error.value).startswith(says)


def test_certificate_and_key_may_be_one_file(pem: Path, tmp_path: Path) -> None:
    both = tmp_path / "beide.pem"
    both.write_bytes((pem / "cert.pem").read_bytes() + (pem / "key.pem").read_bytes())
    assert Certificate(both).context().minimum_version == ssl.TLSVersion.TLSv1_2


def test_passwords_show_nowhere() -> None:
    assert PASSWORD not in repr(Access(accounts=ACCOUNTS))


def test_a_door_that_stops_does_not_wait_for_a_handshake(opened: Open) -> None:
    with opened() as door:
        line = Line(door.port)
        assert line.answer().startswith("220 ")
        line.send(b"STARTTLS\r\n")
        assert line.answer().startswith("220 ")
    assert line.is_over()
    line.close()
