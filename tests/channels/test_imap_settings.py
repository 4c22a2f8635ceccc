"""From the settings to a mailbox: the ways in, and what is never shown."""

import pytest
from pydantic import ValidationError

from app.edges import mailbox_of
from app.settings.mail import ImapSettings

TOKEN = {"token_url": "https://login.example/tenant/oauth2/v2.0/token", "client_id": "c", "client_secret": "geheim"}
USUAL = {"host": "mail.example", "user": "klachten@gemeente.example"}


def test_a_mailbox_has_its_settings_and_leaves_old_mail_alone() -> None:
    mailbox = mailbox_of(ImapSettings.model_validate({**USUAL, "password": "geheim", "done": "Gedaan"}))
    assert (mailbox.password, mailbox.tokens, mailbox.done, mailbox.old_mail) == ("geheim", None, "Gedaan", "leave")


def test_a_mailbox_with_tokens_has_a_source_of_them_and_no_password() -> None:
    settings = ImapSettings.model_validate({**USUAL, "oauth": {**TOKEN, "refresh_token": "geheim"}})
    mailbox = mailbox_of(settings)
    assert mailbox.tokens is not None
    assert mailbox.password == ""
    assert "geheim" not in repr(settings) + repr(mailbox)


@pytest.mark.parametrize(
    ("changes", "where", "kind"),
    [
        ({}, ("password",), "missing"),
        ({"password": "geheim", "oauth": TOKEN}, ("password",), "two_ways"),
        ({"oauth": {**TOKEN, "token_url": "http://login.example/token"}}, ("oauth", "token_url"), "token_url"),
        ({"password": "geheim", "old_mail": "weg"}, ("old_mail",), "literal_error"),
    ],
)
def test_what_cannot_be_used_is_named(changes: dict[str, object], where: tuple[str, ...], kind: str) -> None:
    with pytest.raises(ValidationError) as raised:
        ImapSettings.model_validate({**USUAL, **changes})
    [error] = raised.value.errors()
    assert (error["loc"], error["type"]) == (where, kind)
    assert "geheim" not in error["msg"]
