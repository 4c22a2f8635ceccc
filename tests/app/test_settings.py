"""Settings: the environment wins, a misspelt name is an error, and a secret is never shown."""

from pathlib import Path

import pytest

from app.settings import Settings
from app.settings.loading import WrongSettings, load

SECRET = "zeer-geheim-wachtwoord"


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "gehoord.toml"


def refusal(file: Path | None = None) -> str:
    with pytest.raises(WrongSettings) as error:
        load(file)
    return str(error.value)


def test_the_environment_wins_over_the_file(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text('[smtp]\nport = 1025\nhost = "127.0.0.2"\n[municipality]\nname = "Uit het bestand"\n')
    monkeypatch.setenv("GEHOORD_SMTP__PORT", "1026")
    settings = load(toml)
    assert (settings.smtp.port, settings.smtp.host) == (1026, "127.0.0.2")
    assert settings.municipality.name == "Uit het bestand"


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert settings.embedded
    assert settings.database_url == "sqlite:///var/gehoord.db"
    assert settings.recipients == ("klachten@gemeente.example",)


def test_the_example_that_init_writes_is_valid(tmp_path: Path) -> None:
    file = Path(__file__).parents[2] / "app" / "gehoord.example.toml"
    assert load(file).model_dump() == load(empty(tmp_path)).model_dump()


def empty(folder: Path) -> Path:
    file = folder / "empty.toml"
    file.touch()
    return file


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[smtp]\nprt = 1", "setting smtp.prt: there is no such setting"),
        ("[post]\nx = 1", "setting post: there is no such setting"),
        ("[smtp]\nport = 'veel'", "setting smtp.port: Input should be a valid integer"),
        ("[smtp]\nport = 70000", "setting smtp.port: Input should be less than or equal to 65535"),
        ("[smtp]\nmax_size = 1", "setting smtp.max_size: Input should be greater than or equal to 100000"),
        ("[relay]\nport = 25", "setting relay.host: is needed"),
        ("[relay]\nhost='r'\ntls = 'soms'", "setting relay.tls: Input should be 'tls', 'starttls' or 'none'"),
        ("[imap.klachten]\nhost = 'h'\nuser = 'u'", "setting imap.klachten.password: is needed"),
        ("classifier = 'misschien'", "setting classifier: Input should be a valid boolean"),
        ("[storage]\ndatabase = 'mysql://x/y'", "setting storage.database: must be postgresql+psycopg://"),
        ("[storage]\ndatabase = 'zomaar'", "setting storage.database: must be postgresql+psycopg://"),
        ("[storage]\ndatabase = 'sqlite://'", "setting storage.database: must be postgresql+psycopg://"),
        ("[smtp", "is not valid TOML: "),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_should_be(toml: Path, text: str, says: str) -> None:
    toml.write_text(text)
    assert says in refusal(toml)


def test_all_that_is_wrong_is_told_at_once(toml: Path) -> None:
    toml.write_text("[smtp]\nprt = 1\n[web]\nport = 'x'\n")
    assert len(refusal(toml).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GEHOORD_SMTP__PRT", "1", "setting smtp.prt: there is no such setting"),
        ("GEHOORD_SMPT__PORT", "1", "environment variable GEHOORD_SMPT__PORT: there is no such setting"),
        ("GEHOORD_WEB__PORT", "x", "setting web.port: Input should be a valid integer"),
        ("GEHOORD_SMTP__RECIPIENTS", "a@b.example", '"smtp"'),
    ],
)
def test_a_wrong_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    assert says in refusal(empty(tmp_path))


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "weg.toml")
    assert "does not exist" in refusal(tmp_path)


def test_secrets_are_never_shown(toml: Path) -> None:
    toml.write_text(
        f"[imap.klachten]\nhost='h'\nuser='u'\npassword='{SECRET}'\n"
        f"[relay]\nhost='h'\npassword='{SECRET}'\n[telegram]\ntoken='{SECRET}'\n[web.form_keys]\nwebsite='{SECRET}'\n"
    )
    settings = load(toml)
    assert settings.imap["klachten"].password.get_secret_value() == SECRET
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.parametrize(
    "text",
    [
        f"[relay]\nhost='h'\npassword=['{SECRET}']",
        f"[relay]\npassword='{SECRET}'",
        f"[storage]\ndatabase='mysql://gehoord:{SECRET}@localhost/x'",
        f"[telegram]\ntoken={{x='{SECRET}'}}",
        f"[telegram]\ntoken='{SECRET}'\nbase='{SECRET}'",
    ],
)
def test_an_error_never_shows_a_value(toml: Path, text: str) -> None:
    toml.write_text(text)
    assert SECRET not in refusal(toml)


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings: Settings = load(empty(tmp_path))
    with pytest.raises(ValueError, match="frozen"):
        settings.classifier = False
