"""The IMAP door on a mailbox that takes tokens only: a real Dovecot that asks a token server whether each is good."""

import logging
from collections.abc import Iterator

import pytest

from mailin.imap.door import ImapDoor
from mailin.imap.tally import look
from mailin.inbound import MailReader
from mailin.oauth import NoToken, TokenSource
from tests.channels.letters import KLACHTEN, letter
from tests.channels.listening import Core, Listening
from tests.channels.tokens import SECRET, TokenServer
from tests.channels.ways import books, long_ago, mailbox
from tests.parts.dovecot import Dovecot

pytestmark = pytest.mark.needs("dovecot")

READER = MailReader([KLACHTEN], "gemeente.example", [])

TOKENS_ONLY = """
auth_mechanisms = plain {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {directory}/oauth2.conf
}}
"""
ASKED = """
tokeninfo_url = http://127.0.0.1:{port}/tokeninfo?access_token=
username_attribute = username
active_attribute = active
active_value = true
"""


class TokenDovecot(Dovecot):
    """Dovecot that takes tokens, besides the password with which tests look into it."""

    mechanisms = "xoauth2 oauthbearer"

    def __init__(self, tokens: TokenServer) -> None:
        self._tokens = tokens
        super().__init__()

    def _configuration(self, *, listed: bool) -> str:
        (self.directory / "oauth2.conf").write_text(ASKED.format(port=self._tokens.port))
        usual = super()._configuration(listed=listed)
        usual = usual.replace("passdb {\n  driver = static", "passdb {\n  driver = static\n  mechanisms = plain")
        return usual + TOKENS_ONLY.format(directory=self.directory, mechanisms=self.mechanisms)


class BearerDovecot(TokenDovecot):
    """Dovecot that knows the standard's mechanism only (RFC 7628)."""

    mechanisms = "oauthbearer"


@pytest.fixture(scope="module")
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as tokens:
        yield tokens


@pytest.fixture(scope="module")
def server(tokens: TokenServer) -> Iterator[TokenDovecot]:
    with TokenDovecot(tokens) as server:
        yield server


@pytest.fixture
def address(server: TokenDovecot, tokens: TokenServer) -> str:
    tokens.user = server.address()
    tokens.good.clear()
    tokens.asked.clear()
    tokens.answer = None
    return tokens.user


def door(server: Dovecot, core: Core, address: str, source: TokenSource) -> ImapDoor:
    box = mailbox(server, address, password="", tokens=source)
    return ImapDoor("klachten", box, READER, books(core.world), long_ago)


def test_a_mailbox_is_read_with_a_token(server: TokenDovecot, tokens: TokenServer, address: str, core: Core) -> None:
    server.deliver(address, letter())
    with Listening(door(server, core, address, TokenSource(tokens.oauth())), core):
        server.wait_for(address, folder="Verwerkt")
    assert len(tokens.asked) == 1


def test_the_mechanism_of_the_standard_is_used_where_there_is_no_other(
    tokens: TokenServer, address: str, core: Core
) -> None:
    with BearerDovecot(tokens) as server:
        server.deliver(address, letter())
        with Listening(door(server, core, address, TokenSource(tokens.oauth())), core):
            server.wait_for(address, folder="Verwerkt")


def test_a_token_that_is_no_longer_good_is_renewed_at_the_next_login(
    server: TokenDovecot, tokens: TokenServer, address: str, core: Core
) -> None:
    with Listening(door(server, core, address, TokenSource(tokens.oauth())), core):
        server.deliver(address, letter())
        core.wait_taken(1)
        tokens.good.clear()  # withdrawn, long before its end
        server.kick(address)
        server.deliver(address, letter("<twee@voorbeeld.example>", subject="Nog iets"))
        core.wait(lambda core: len(core.numbers) == 2)
    assert len(tokens.asked) == 2


def test_a_token_that_is_never_good_is_renewed_once_for_each_try(
    server: TokenDovecot, tokens: TokenServer, address: str, core: Core, capfd: pytest.CaptureFixture[str]
) -> None:
    tokens.user = "somebody-else@gemeente.example"
    listening = Listening(door(server, core, address, TokenSource(tokens.oauth())), core)
    listening.start()
    said = ""
    while "mailbox away" not in said:
        said += capfd.readouterr().out
    listening.stop()
    assert "LoginError" in said
    assert len(tokens.asked) == 2


def test_a_token_server_that_is_away_or_refuses_is_tried_again(
    server: TokenDovecot,
    tokens: TokenServer,
    address: str,
    core: Core,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens.answer = (401, b'{"error": "invalid_client", "error_description": "heel-geheim"}')
    server.deliver(address, letter())
    listening = Listening(door(server, core, address, TokenSource(tokens.oauth())), core)
    listening.start()
    said = ""
    while "mailbox away" not in said:
        said += capfd.readouterr().out
    tokens.answer = None
    core.wait_taken(1)
    listening.stop()
    assert "NoToken: invalid_client" in said
    said += caplog.text + "".join(capfd.readouterr())
    for secret in (SECRET, *tokens.good):
        assert secret not in said


def test_the_check_says_that_there_is_no_token(server: TokenDovecot, tokens: TokenServer, address: str) -> None:
    source = TokenSource(tokens.oauth(client_secret="fout"))
    with pytest.raises(NoToken, match="invalid_client"):
        look(mailbox(server, address, password="", tokens=source), None)
