"""Setting up: `init`, `check`, `user add` and `db upgrade`, as an administrator types them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.faults.relay import Relay, through
from tests.faults.service import Service
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.server import free_port


def checked(gehoord: Service, **settings: str) -> tuple[int, Mapping[str, tuple[bool, str]]]:
    """Exit code of `check`, and what it says of each part."""
    gehoord.settings |= settings
    ended = gehoord.run("check")
    assert ended.stderr == ""
    lines = [line.partition(": ") for line in ended.stdout.splitlines()]
    return ended.returncode, {head.split()[-1]: (head.startswith("ok"), says) for head, _, says in lines}


def test_a_fresh_set_up_is_all_right(gehoord: Service) -> None:
    assert gehoord.run("init").returncode == 0
    code, says = checked(gehoord)
    assert (code, [part for part, (good, _) in says.items() if not good]) == (0, [])
    mail = {"smtp", "lmtp", "access", "relay", "scanner"}
    assert says.keys() == {"storage", "database", "letters", "calendar", "web", "telegram"} | mail


def test_init_twice_keeps_what_is_there(gehoord: Service) -> None:
    first = gehoord.run("init")
    file, note = gehoord.directory / "gehoord.toml", gehoord.folder / "eerste-inlog.txt"
    assert first.stderr.splitlines() == ["wrote gehoord.toml", "database and first account are ready"]
    assert note.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text() + "# mine\n")
    kept = file.read_bytes(), note.read_bytes()
    second = gehoord.run("init")
    assert second.stderr.splitlines()[0] == "kept gehoord.toml"
    assert (file.read_bytes(), note.read_bytes()) == kept
    assert gehoord.count("account") == 1


def test_check_says_how_to_mend_a_folder_that_cannot_be_written(gehoord: Service, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    code, says = checked(gehoord, GEHOORD_STORAGE__FOLDER=str(folder))
    assert code == 1
    assert says["storage"] == (
        False,
        f"cannot write to {folder} (Not a directory): set storage.folder or give the right to write",
    )


def test_check_asks_for_the_migrations(gehoord: Service) -> None:
    code, says = checked(gehoord)
    assert code == 1
    assert says["database"] == (
        False,
        "has not had every migration: run 'gehoord db upgrade' (or 'gehoord init' the first time)",
    )
    assert gehoord.run("db", "upgrade").returncode == 0
    assert checked(gehoord)[0] == 0


def test_check_says_that_the_database_is_away(gehoord: Service) -> None:
    address = f"postgresql+psycopg://gehoord:zeergeheim@127.0.0.1:{free_port()}/gehoord"
    code, says = checked(gehoord, GEHOORD_STORAGE__DATABASE=address)
    assert code == 1
    assert says["database"] == (
        False,
        "cannot be reached (OperationalError): set storage.database, or start the server",
    )


def test_check_says_that_the_relay_refuses(gehoord: Service) -> None:
    gehoord.run("db", "upgrade")
    away = Relay()
    code, says = checked(gehoord, **through(away))
    good, sentence = says["relay"]
    assert (code, good) == (1, False)
    assert sentence.startswith(f"127.0.0.1:{away.port} refuses (relay_away connect ")
    assert sentence.endswith("): check host, tls, user, password")
    with Relay() as here:
        good, sentence = checked(gehoord, **through(here))[1]["relay"]
    assert good
    assert sentence == (
        f"127.0.0.1:{here.port} lets us in; it offers no DSN, so reports are matched by the returned message alone"
    )


@pytest.mark.needs("dovecot")
def test_check_says_what_is_wrong_with_a_mailbox(gehoord: Service, dovecot: Dovecot) -> None:
    gehoord.run("db", "upgrade")
    good = {
        "GEHOORD_IMAP__KLACHTEN__HOST": "localhost",
        "GEHOORD_IMAP__KLACHTEN__PORT": str(dovecot.imaps_port),
        "GEHOORD_IMAP__KLACHTEN__USER": dovecot.address(),
        "GEHOORD_IMAP__KLACHTEN__PASSWORD": PASSWORD,
        "GEHOORD_IMAP__KLACHTEN__CERTIFICATES": str(dovecot.certificate),
    }
    code, says = checked(gehoord, **good)
    found = "let in by password; 0 messages wait in INBOX, 0 older ones are left alone"
    assert (code, says["imap:klachten"]) == (0, (True, found))
    code, says = checked(gehoord, **good | {"GEHOORD_IMAP__KLACHTEN__PASSWORD": "fout-wachtwoord"})
    assert code == 1
    refused = f"localhost:{dovecot.imaps_port} refuses the login: check user and password"
    assert says["imap:klachten"] == (False, refused)
    del gehoord.settings["GEHOORD_IMAP__KLACHTEN__CERTIFICATES"]
    good.pop("GEHOORD_IMAP__KLACHTEN__CERTIFICATES")
    code, says = checked(gehoord, **good)
    assert says["imap:klachten"] == (
        False,
        "the certificate of localhost is not trusted: set certificates, or mend the server",
    )


def test_a_port_in_use_is_said(running: Service, gehoord: Service) -> None:
    gehoord.run("db", "upgrade")
    code, says = checked(gehoord, GEHOORD_WEB__PORT=str(running.web_port))
    assert code == 0
    assert "cannot be listened on (Address already in use); fine when gehoord is running" in says["web"][1]


def add_user(gehoord: Service, login: str, *arguments: str) -> tuple[int, str]:
    gehoord.settings["GEHOORD_NEW_PASSWORD"] = "een lang wachtwoord"
    ended = gehoord.run("user", "add", login, "--name", "A. Jurist", "--role", "jurist", *arguments)
    return ended.returncode, ended.stderr


def test_an_account_is_added_once(gehoord: Service) -> None:
    gehoord.run("init")
    assert add_user(gehoord, "jurist", "--role", "handler") == (0, "added jurist\n")
    assert gehoord.count("account", login="jurist", must_change=True) == 1
    code, says = add_user(gehoord, "jurist")
    assert code == 2
    assert "this login is taken" in says
    code, says = add_user(gehoord, "ander", "--role", "burgemeester")
    assert code == 2
    assert "burgemeester" in says


@pytest.mark.parametrize(
    "command", [("user", "add", "x", "--name", "X", "--role", "jurist", "--password", "een lang wachtwoord")]
)
def test_a_command_on_an_unmade_database_says_what_to_do(gehoord: Service, command: tuple[str, ...]) -> None:
    ended = gehoord.run(*command)
    assert ended.returncode == 1
    assert ended.stderr == "Error: the database has not had every migration: run 'gehoord db upgrade'\n"


def test_db_upgrade_is_safe_to_repeat(gehoord: Service) -> None:
    for _ in range(2):
        ended = gehoord.run("db", "upgrade")
        assert (ended.returncode, ended.stderr) == (0, "the database is up to date\n")


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("GEHOORD_WEB__PORT", "tachtig", "setting web.port: Input should be a valid integer"),
        ("GEHOORD_SMTP__PRT", "25", "setting smtp.prt: there is no such setting"),
        ("GEHOORD_STORAGE__DATABASE", "mysql://x/y", "setting storage.database: must be postgresql+psycopg://"),
        ("GEHOORD_SETTINGS", "weg.toml", "settings file weg.toml does not exist"),
    ],
)
def test_a_wrong_setting_stops_the_start(gehoord: Service, setting: str, value: str, says: str) -> None:
    gehoord.settings[setting] = value
    ended = gehoord.run("serve")
    assert ended.returncode == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not gehoord.folder.exists()


def test_a_settings_file_that_is_no_toml_stops_the_start(gehoord: Service) -> None:
    (gehoord.directory / "gehoord.toml").write_text("[smtp\n")
    ended = gehoord.run("serve")
    assert ended.returncode == 2
    assert "settings file gehoord.toml is not valid TOML" in ended.stderr


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ("mail", "--only needs PostgreSQL: on the embedded SQLite one process does everything\n"),
        ("mail,post", "unknown part: post; there are bot, mail, web, worker\n"),
    ],
)
def test_parts_apart_need_postgresql(gehoord: Service, parts: str, says: str) -> None:
    ended = gehoord.run("serve", "--only", parts)
    assert (ended.returncode, ended.stderr) == (2, says)
