"""The settings of the SMTP and LMTP doors: what does not fit together is told before the start, by its name."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from app.check import Problem, _smtp_access
from app.edges import smtp_access
from app.settings import Settings
from app.settings.loading import WrongSettings, load
from app.settings.mail import SmtpLimitSettings, SmtpSettings
from mailin.smtp.access import Access
from mailin.smtp.limits import Limits
from tests.parts.server import make_certificate


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "gehoord.toml"
    file.write_text(f"[smtp]\n{text}")
    return load(file)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('key = "k.pem"', "setting smtp: key needs certificate"),
        ("require_tls = true", "setting smtp: require_tls needs certificate"),
        ('accounts = {website = "geheim"}', "setting smtp: accounts needs certificate"),
        ('certificate = "c.pem"\naccounts = {website = ""}', "setting smtp.accounts.website: "),
        ('allowed_from = ["10.0.0.1/8"]', "setting smtp.allowed_from.0: "),
        ('proxies = ["overal"]', "setting smtp.proxies.0: "),
        ("limits = {connections = 0}", "setting smtp.limits.connections: "),
        ("limits = {recipients = 10}", "setting smtp.limits.recipients: "),
        ("limits = {mails = 10}", "setting smtp.limits.mails: there is no such setting"),
    ],
)
def test_what_cannot_work_is_told_by_its_setting(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSettings) as error:
        loaded(tmp_path, text)
    assert str(error.value).startswith(says)
    assert "geheim" not in str(error.value)


def test_what_is_set_reaches_the_door(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        'certificate = "c.pem"\nrequire_tls = true\naccounts = {website = "geheim"}\n'
        'allowed_from = ["192.0.2.0/24", "2001:db8::/32"]\nproxies = ["198.51.100.1"]\nunlimited_from = []',
    )
    access = smtp_access(settings.smtp)
    assert access.certificate is not None
    assert access.require_tls
    assert access.signs_in(b"website", b"geheim")
    assert access.allowed_from == (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
    assert access.proxies == (ip_network("198.51.100.1"),)
    assert access.unlimited_from == ()
    assert "geheim" not in repr(settings)


def test_without_settings_the_doors_are_as_they_are_made() -> None:
    assert smtp_access(SmtpSettings()) == Access()
    assert Limits(**SmtpLimitSettings().model_dump()) == Limits()


def test_check_warns_of_a_port_that_is_open_to_the_world_and_of_no_other(tmp_path: Path) -> None:
    assert "WARNING" in _smtp_access(loaded(tmp_path, 'host = "0.0.0.0"').smtp)
    assert "WARNING" not in _smtp_access(loaded(tmp_path, 'host = "0.0.0.0"\nallowed_from = ["192.0.2.0/24"]').smtp)
    assert _smtp_access(SmtpSettings()) == "no STARTTLS; mail is taken from this machine"


@pytest.mark.needs("openssl")
def test_check_tries_the_certificate(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with pytest.raises(Problem, match=r"^setting smtp.certificate: .* should hold the private key"):
        _smtp_access(SmtpSettings(certificate=certificate))
    good = SmtpSettings(certificate=certificate, key=certificate.with_name("key.pem"))
    assert _smtp_access(good).startswith("STARTTLS is offered")
