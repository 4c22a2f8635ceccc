"""The parts themselves: each speaks its protocol, survives what tests do to it, and leaves nothing behind."""

import asyncio
import os
import smtplib
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page

from tests.parts import guard
from tests.parts import postfix as relay
from tests.parts.chromium import Chromium
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.plugin import PARTS
from tests.parts.postfix import Postfix
from tests.parts.postgres import Postgres
from tests.parts.server import PartFailed, Server

MAIL = b"From: burger@voorbeeld.example\r\nTo: klachten@gemeente.example\r\nSubject: Losse tegel\r\n\r\nAl weken.\r\n"


def test_mail_delivered_over_lmtp_is_read_over_imap(dovecot: Dovecot) -> None:
    address = dovecot.address()
    dovecot.deliver(address, MAIL)
    with dovecot.login(address) as client:
        (uid,) = client.search()
        assert b"Al weken." in client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
        client.move([uid], "Verwerkt")
    assert dovecot.messages(address) == []
    assert len(dovecot.messages(address, "Verwerkt")) == 1


def test_mail_through_the_relay_arrives_in_the_mailbox(dovecot: Dovecot, postfix: Postfix) -> None:
    address = dovecot.address()
    postfix.send(address, MAIL)
    (message,) = dovecot.wait_for(address)
    assert b"by relay.example (Postfix)" in message


def test_the_submission_port_wants_tls_and_a_password(dovecot: Dovecot, postfix: Postfix) -> None:
    address, sender = dovecot.address(), dovecot.address("burger", "voorbeeld.example")
    with smtplib.SMTP("localhost", postfix.submission_port, timeout=20) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            smtp.sendmail(sender, [address], MAIL)
        smtp.starttls(context=dovecot.tls())
        with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
            smtp.login(sender, "fout")
        smtp.login(sender, PASSWORD)
        smtp.sendmail(sender, [address], MAIL)
    assert len(dovecot.wait_for(address)) == 1


@pytest.mark.parametrize(("name", "code"), [(relay.TEMPFAIL, 451), (relay.GONE, 550)])
def test_the_relay_refuses_on_request(postfix: Postfix, name: str, code: int) -> None:
    recipient = f"{name}@voorbeeld.example"
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        postfix.send(recipient, MAIL)
    assert refused.value.recipients[recipient][0] == code


def test_no_mail_leaves_the_machine(postfix: Postfix) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        postfix.send("iemand@elders.invalid", MAIL)


def test_a_failed_delivery_comes_back_as_a_notice(dovecot: Dovecot, postfix: Postfix) -> None:
    sender = dovecot.address("burger", "voorbeeld.example")
    postfix.send(f"{relay.BOUNCE}@gemeente.example", MAIL, sender)
    (notice,) = dovecot.wait_for(sender)
    assert b"multipart/report" in notice
    assert b"Status: 5.1.1" in notice


@pytest.mark.needs("dovecot")
def test_only_listed_mailboxes_when_asked() -> None:
    with Dovecot(mailboxes=["klachten@gemeente.example"]) as server:
        server.deliver("klachten@gemeente.example", MAIL)
        assert len(server.messages("klachten@gemeente.example")) == 1
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            server.deliver("onbekend@gemeente.example", MAIL)


@pytest.mark.needs("dovecot")
def test_mail_survives_a_killed_mail_server() -> None:
    with Dovecot() as server:
        address = server.address()
        server.deliver(address, MAIL)
        server.kill()
        with pytest.raises(ConnectionRefusedError):
            server.deliver(address, MAIL)
        server.start()
        assert len(server.messages(address)) == 1


@pytest.mark.needs("postgres")
def test_committed_rows_survive_a_killed_database() -> None:
    with Postgres() as server:
        name = server.create()
        with server.connect(name) as connection:
            connection.execute("CREATE TABLE zaak (nummer text)")
            connection.execute("INSERT INTO zaak VALUES ('2026-0001')")
        server.kill()
        server.start()
        with server.connect(name) as connection:
            assert connection.execute("SELECT nummer FROM zaak").fetchall() == [("2026-0001",)]


def test_every_test_gets_an_empty_database_made_from_the_template(postgres: Postgres) -> None:
    def prepare(url: str) -> None:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE zaak (nummer text)")

    template = postgres.template("self-test", prepare)
    assert postgres.template("self-test", prepare) == template
    first, second = postgres.create(template), postgres.create(template)
    with postgres.connect(first) as connection:
        connection.execute("INSERT INTO zaak VALUES ('2026-0001')")
    with postgres.connect(second) as connection:
        assert connection.execute("SELECT count(*) FROM zaak").fetchone() == (0,)
    for name in (first, second):
        postgres.drop(name)


def test_the_database_address_works_as_it_is(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT to_tsvector('dutch', 'klachten')::text").fetchone() == ("'klacht':1",)


def test_the_browser_shows_a_page(page: Page) -> None:
    page.goto("data:text/html,<html lang=nl><title>-</title><h1>Klacht</h1><script>document.title='js'</script>")
    assert page.title() == "js"
    assert page.get_by_role("heading").inner_text() == "Klacht"
    assert len(page.screenshot()) > 1000


def test_the_browser_without_scripts_and_without_the_network(chromium: Chromium) -> None:
    with chromium.page(javascript=False) as page:
        page.goto("data:text/html,<title>-</title><script>document.title='js'</script>")
        assert page.title() == "-"
        with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
            page.goto("http://voorbeeld.example/")


def test_no_browser_keeps_an_event_loop_in_this_thread(chromium: Chromium) -> None:
    with chromium.page() as page:
        page.goto("about:blank")
    asyncio.run(asyncio.sleep(0))


@pytest.mark.parametrize("host", ["voorbeeld.example", "192.0.2.1", "2001:db8::1"])
def test_the_network_is_shut(host: str) -> None:
    with pytest.raises(guard.OutsideConnection):
        socket.create_connection((host, 80), timeout=1)
    with pytest.raises(guard.OutsideConnection):
        urllib.request.urlopen(f"http://{'[' + host + ']' if ':' in host else host}/", timeout=1)


class Broken(Server):
    """A server that ends before it is ready."""

    name = "broken"

    def command(self) -> list[str]:
        return [sys.executable, "-c", "raise SystemExit('de schijf is vol')"]

    def ready(self) -> bool:
        return False


def test_a_server_that_does_not_start_says_why_and_leaves_nothing() -> None:
    server = Broken()
    with pytest.raises(PartFailed, match="de schijf is vol"), server:
        pass
    assert not server.directory.exists()


@pytest.mark.needs("dovecot")
def test_started_by_hand_it_tells_its_ports_and_cleans_up() -> None:
    with subprocess.Popen([sys.executable, "-m", "tests.parts.dovecot"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "imap 127.0.0.1:" in process.stdout.readline()
        certificate = Path(process.stdout.readline().split()[-1])
        assert certificate.exists()
        process.terminate()
        assert process.wait(30) == 0
    assert not certificate.parent.exists()


NEEDY = """
import pytest
@pytest.mark.needs("chromium")
def test_browser(): pass
def test_plain(): pass
def test_shy(): pytest.skip("geen zin")
"""


def _run_needy(tmp_path: Path, *, ci: bool) -> "subprocess.CompletedProcess[str]":
    """Runs three tests in a pytest of their own, on a machine that seems to have no program at all."""
    (tmp_path / "test_needy.py").write_text(NEEDY)
    environment = {**os.environ, "PATH": str(tmp_path), "CI": "true" if ci else ""}
    arguments = [
        "-p",
        "tests.parts.plugin",
        "--rootdir",
        str(tmp_path),
        "-c",
        "pyproject.toml",
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", *arguments, str(tmp_path / "test_needy.py")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_what_did_not_run_is_named(tmp_path: Path) -> None:
    done = _run_needy(tmp_path, ci=False)
    assert done.returncode == 0, done.stdout
    assert "did not run, for want of chromium (not installed: chromium): 1 tests" in done.stdout
    assert "test_needy.py::test_browser" in done.stdout


def test_what_did_not_run_fails_in_ci(tmp_path: Path) -> None:
    done = _run_needy(tmp_path, ci=True)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed, 1 error" in done.stdout
    assert "chromium: not installed: chromium" in done.stdout


def test_every_part_is_known_to_the_list_of_packages() -> None:
    packages = Path(__file__).with_name("debian-packages.txt").read_text().split()
    for part in PARTS.keys() - {"postgres"}:
        assert any(package.startswith(part) for package in packages), part
