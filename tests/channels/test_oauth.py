"""Access tokens: fetched over real HTTP, kept until shortly before their end, renewed, and never shown."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailin.oauth import MARGIN, UNSAID, NoToken, TokenSource, xoauth2
from tests.channels.tokens import CLIENT, SECRET, TokenServer


class Elapsed:
    """Seconds, as the test says."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def test_a_client_asks_by_its_own_right_with_its_scope(server: TokenServer) -> None:
    scope = "https://outlook.office365.com/.default"
    assert TokenSource(server.oauth(scope=scope)).token() == "token-1"
    [asked] = server.asked
    assert asked == {
        "grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "scope": scope
    }  # fmt: skip


def test_with_a_refresh_token_that_is_shown(server: TokenServer) -> None:
    server.refresh_tokens = {"ververs"}
    assert TokenSource(server.oauth(refresh_token="ververs")).token() == "token-1"
    [asked] = server.asked
    assert (asked["grant_type"], asked["refresh_token"]) == ("refresh_token", "ververs")


def test_a_token_is_used_until_shortly_before_its_end(server: TokenServer) -> None:
    elapsed = Elapsed()
    source = TokenSource(server.oauth(), elapsed)
    assert source.token() == "token-1"
    elapsed.now += 3600 - MARGIN - 1
    assert source.token() == "token-1"
    elapsed.now += 2
    assert source.token() == "token-2"
    assert len(server.asked) == 2


@pytest.mark.parametrize(("lives", "good"), [(60, 30), ("3600", 3480), (None, UNSAID - MARGIN)])
def test_short_and_unsaid_lives(lives: object, good: float, server: TokenServer) -> None:
    server.lives = lives
    elapsed = Elapsed()
    source = TokenSource(server.oauth(), elapsed)
    source.token()
    elapsed.now += good - 1
    assert source.token() == "token-1"
    elapsed.now += 2
    assert source.token() == "token-2"


def test_a_refused_token_is_fetched_anew_once_and_only_when_it_is_the_latest(server: TokenServer) -> None:
    source = TokenSource(server.oauth())
    first = source.token()
    source.refused(first)
    second = source.token()
    source.refused(first)
    assert source.token() == second != first


def test_threads_share_one_request(server: TokenServer) -> None:
    source = TokenSource(server.oauth())
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(source.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert got == ["token-1"] * 8
    assert len(server.asked) == 1


def test_a_replaced_refresh_token_is_used_next_and_kept_over_a_restart(server: TokenServer, tmp_path: Path) -> None:
    server.refresh_tokens, server.rotates = {"een"}, True
    file = tmp_path / "ververs"
    oauth = server.oauth(refresh_token="een", refresh_token_file=file)
    source = TokenSource(oauth)
    source.refused(source.token())
    source.token()
    assert [asked["refresh_token"] for asked in server.asked] == ["een", "een+"]
    assert file.read_text() == "een++"
    assert file.stat().st_mode & 0o777 == 0o600
    TokenSource(oauth).token()
    assert server.asked[-1]["refresh_token"] == "een++"


def test_a_refresh_token_that_a_person_set_anew_is_used_when_the_kept_one_is_dead(
    server: TokenServer, tmp_path: Path
) -> None:
    file = tmp_path / "ververs"
    file.write_text("dood")
    server.refresh_tokens = {"nieuw"}
    assert TokenSource(server.oauth(refresh_token="nieuw", refresh_token_file=file)).token() == "token-1"


def test_a_refresh_token_that_cannot_be_kept_still_gives_a_token(server: TokenServer, tmp_path: Path) -> None:
    server.refresh_tokens, server.rotates = {"een"}, True
    source = TokenSource(server.oauth(refresh_token="een", refresh_token_file=tmp_path / "nergens" / "ververs"))
    assert source.token() == "token-1"
    source.refused("token-1")
    assert source.token() == "token-2"


@pytest.mark.parametrize(
    ("status", "body", "reason", "refused"),
    [
        (400, b'{"error": "invalid_grant", "error_description": "geheim"}', "invalid_grant", True),
        (400, b'{"error": "geheim: <b>"}', "refused", True),
        (400, b'{"error": {"code": 1}}', "refused", True),
        (503, b"<html>geheim</html>", "http_503", False),
        (429, b"rustig aan", "http_429", False),
        (200, b"<html>geheim</html>", "", False),
        (200, b'["geheim"]', "", False),
        (200, b'{"access_token": "", "expires_in": 5}', "no_token_in_answer", True),
        (200, b'{"access_token": "a\\r\\nb"}', "no_token_in_answer", True),
        (200, b'{"access_token": ["a"]}', "no_token_in_answer", True),
    ],
)
def test_without_a_token_the_reason_is_a_word_and_says_nothing_secret(
    status: int, body: bytes, reason: str, refused: bool, server: TokenServer
) -> None:
    server.answer = (status, body)
    with pytest.raises(NoToken) as raised:
        TokenSource(server.oauth()).token()
    assert raised.value.refused == refused
    assert not reason or raised.value.reason == reason
    assert "geheim" not in str(raised.value)


def test_a_token_server_that_is_away_is_no_refusal(server: TokenServer) -> None:
    oauth = server.oauth(token_url="http://127.0.0.1:1/token")
    with pytest.raises(NoToken) as raised:
        TokenSource(oauth).token()
    assert not raised.value.refused


def test_a_fault_is_not_remembered(server: TokenServer) -> None:
    source = TokenSource(server.oauth())
    server.answer = (503, b"")
    with pytest.raises(NoToken):
        source.token()
    server.answer = None
    assert source.token() == "token-1"


def test_nothing_secret_is_shown_or_logged(
    server: TokenServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.refresh_tokens = {"ververs"}
    oauth = server.oauth(refresh_token="ververs")
    source = TokenSource(oauth)
    source.token()
    shown = repr(oauth) + repr(source) + caplog.text + "".join(capfd.readouterr())
    for secret in (SECRET, "ververs", "token-1"):
        assert secret not in shown


def test_the_form_of_xoauth2() -> None:
    assert (
        xoauth2("someuser@example.com", "ya29.vF9dft4")
        == "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4\x01\x01"
    )
