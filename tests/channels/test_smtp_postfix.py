"""A real Postfix hands in over verified TLS with an account, as the municipality's own mail server would."""

import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from mailin.inbound import MailReader
from mailin.smtp.access import Access, Certificate
from mailin.smtp.doors import SmtpDoor
from tests.channels.letters import CITIZEN, KLACHTEN, letter
from tests.channels.listening import PATIENCE, Core, Listening
from tests.channels.ways import LARGEST
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix
from tests.parts.server import make_certificate

PASSWORD = "geheim-van-de-website"
READER = MailReader([KLACHTEN], "gemeente.example", [])

SECURE = """
transport_maps = inline:{{ {{ {address} = smtp:[localhost]:{port} }} }}
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = hostname
smtp_tls_CAfile = {certificate}
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{{ {{ [localhost]:{port} = website:{password} }} }}
smtp_sasl_security_options = noanonymous
smtp_sasl_mechanism_filter = {mechanism}
"""


class Forwarder(Postfix):
    """A Postfix that signs in at our door; plain Postfix until it is told where that is."""

    secure = ""

    def forward(self, port: int, certificate: Path, mechanism: str, password: str) -> None:
        self.secure = SECURE.format(
            address=KLACHTEN, port=port, certificate=certificate, mechanism=mechanism, password=password
        )
        self._configure()
        self._postfix("reload")

    def wait_queued(self, reason: str) -> None:
        """Return once a message waits for this reason."""
        give_up = time.monotonic() + PATIENCE
        while reason not in str(self.queue()):
            assert time.monotonic() < give_up

    def _configure(self) -> None:
        super()._configure()
        main = self.configuration / "main.cf"
        lines = main.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not self.secure or not line.startswith("transport_maps")]
        main.write_text("".join(kept) + self.secure)


@pytest.fixture(scope="module")
def forwarder(dovecot: Dovecot) -> Iterator[Forwarder]:
    with Forwarder(dovecot) as server:
        yield server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


@pytest.fixture
def door(core: Core, certificate: Path) -> Iterator[SmtpDoor]:
    access = Access(
        certificate=Certificate(certificate, certificate.with_name("key.pem")),
        require_tls=True,
        accounts={"website": PASSWORD},
    )
    door = SmtpDoor("127.0.0.1", 0, [KLACHTEN], LARGEST, READER, core.world.clock, access=access)
    with Listening(door, core):
        yield door


@pytest.mark.needs("postfix")
@pytest.mark.parametrize("mechanism", ["plain", "login"])
def test_postfix_signs_in_over_verified_tls_and_tries_again_after_a_451(
    mechanism: str, forwarder: Forwarder, door: SmtpDoor, certificate: Path, core: Core
) -> None:
    core.failures = 1
    forwarder.forward(door.port, certificate, mechanism, PASSWORD)
    forwarder.send(KLACHTEN, letter())
    core.wait(lambda core: len(core.called) == 1)
    forwarder.flush()
    core.wait_taken(1)
    [(inbound, _)] = core.taken
    assert inbound.reply is not None
    assert inbound.reply.address == CITIZEN
    assert message_from_bytes(inbound.raw)["Message-ID"] == "<een@voorbeeld.example>"


@pytest.mark.needs("postfix")
def test_postfix_keeps_the_message_while_its_password_is_wrong(
    forwarder: Forwarder, door: SmtpDoor, certificate: Path, core: Core
) -> None:
    forwarder.forward(door.port, certificate, "plain", "verouderd")
    forwarder.send(KLACHTEN, letter())
    forwarder.wait_queued("535 5.7.8")
    assert core.called == []
    forwarder.forward(door.port, certificate, "plain", PASSWORD)
    forwarder.flush()
    core.wait_taken(1)
