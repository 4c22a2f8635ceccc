"""The ``gehoord`` command. Nouns, then verbs. Every command imports what it needs when it runs: help is instant."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.settings import Settings
    from app.wiring import House

FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--settings", "settings_file", type=FILE, envvar="GEHOORD_SETTINGS", help="Settings file [gehoord.toml].")
@click.version_option(package_name="gehoord")
@click.pass_context
def main(context: click.Context, settings_file: Path | None) -> None:
    """Gehoord: complaints heard, on time, by the right person.

    \b
    First time here?
      gehoord init     write gehoord.toml, make the database and the first account
      gehoord serve    run everything
      gehoord check    test every connection that is set up

    Exit codes: 0 done, 1 it failed, 2 wrong use or wrong settings.
    """
    context.obj = settings_file


def _settings(context: click.Context) -> "Settings":
    from app.settings import WrongSettings, load

    try:
        return load(context.find_root().obj)
    except WrongSettings as error:
        raise click.UsageError(str(error)) from None


def _house(context: click.Context, *, current: bool = True) -> "House":
    """Everything joined over a database that answers, and that has this version's shape unless that is to be made."""
    from app.wiring import build
    from core.store.engine import trouble
    from core.store.migrate import is_current

    house = build(_settings(context))
    if trouble(house.engine) is not None:
        raise click.ClickException("the database cannot be reached; 'gehoord check' says more")
    if current and not is_current(house.engine):
        raise click.ClickException("the database has not had every migration: run 'gehoord db upgrade'")
    return house


@main.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Write the settings file, make or upgrade the database, and add the first account.

    Safe to repeat: what exists is kept.
    """
    from app.initialise import prepare, write_settings
    from app.settings import DEFAULT_FILE

    file = context.find_root().obj or DEFAULT_FILE
    click.echo(f"{'wrote' if write_settings(file) else 'kept'} {file}", err=True)
    prepare(_house(context, current=False))
    click.echo("database and first account are ready", err=True)


@main.command()
@click.option(
    "--only",
    default="",
    metavar="PARTS",
    help="Comma-separated: mail, bot, web, worker. Needs PostgreSQL; all if left out.",
)
@click.pass_context
def serve(context: click.Context, only: str) -> None:
    """Run the doors, the worker and the web until SIGTERM or Ctrl-C.

    On the embedded SQLite one process does everything and holds a lock on the data folder. On PostgreSQL the parts can
    run apart, and several workers beside each other.
    """
    from app.running import run

    sys.exit(run(_settings(context), frozenset(part.strip() for part in only.split(",") if part.strip())))


@main.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Test everything that is set up, a line each: what is wrong and how to mend it."""
    from app.check import findings

    failed = False
    for finding in findings(_settings(context)):
        failed = failed or not finding.good
        click.echo(f"{'ok  ' if finding.good else 'FAIL'} {finding.part}: {finding.says}")
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--stay/--stop", default=True, help="Keep running after the messages were sent.")
@click.option(
    "--with-bot", is_flag=True, help="Let the configured Telegram bot take part. What it is told is thrown away too."
)
@click.pass_context
def demo(context: click.Context, stay: bool, with_bot: bool) -> None:
    """Start on a throw-away folder and send 25 fictional messages through the real channels."""
    from app.demo import run_demo

    sys.exit(run_demo(_settings(context), stay=stay, with_bot=with_bot))


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_context
def db_upgrade(context: click.Context) -> None:
    """Bring the database to the shape that this version expects."""
    from core.store.migrate import upgrade

    upgrade(_house(context, current=False).engine)
    click.echo("the database is up to date", err=True)


@main.group()
def user() -> None:
    """Local accounts."""


@user.command("add")
@click.argument("login")
@click.option("--name", prompt=True, help="Name as shown to colleagues.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(["coordinator", "handler", "support", "jurist", "administrator", "auditor"]),
    help="May be given several times.",
)
@click.option("--person", type=int, help="Number of this person in the organisation (for handlers).")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="GEHOORD_NEW_PASSWORD")
@click.pass_context
def user_add(
    context: click.Context, login: str, name: str, roles: tuple[str, ...], person: int | None, password: str
) -> None:
    """Add an account. Its password must be changed at the first sign-in."""
    from core.domain.access import Role

    try:
        _house(context).accounts.add(login, name, password, frozenset(Role(role) for role in roles), person=person)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"added {login}", err=True)


@main.command()
@click.argument("target", type=FILE)
@click.pass_context
def backup(context: click.Context, target: Path) -> None:
    """Write database and contents to the new folder TARGET, consistently while the service runs."""
    from app.backup import write_backup

    click.echo(write_backup(_house(context), target), err=True)


@main.command()
@click.argument("source", type=FILE)
@click.pass_context
def restore(context: click.Context, source: Path) -> None:
    """Put the backup SOURCE into the configured, still empty data folder and database."""
    from app.backup import read_backup

    click.echo(read_backup(_house(context, current=False), source), err=True)


@main.group()
def mail() -> None:
    """Mail as the product understands it."""


@mail.command("inspect")
@click.argument("files", nargs=-1)
@click.option("--jsonl", is_flag=True, help="One line of JSON for each message.")
@click.option("--paths-from", metavar="FILE", help="Read paths from FILE (- for standard input), one a line.")
def mail_inspect(files: tuple[str, ...], jsonl: bool, paths_from: str | None) -> None:
    """Print what is understood of raw messages (FILE, or - for standard input) as JSON.

    Works without settings and without a database; nothing is stored or sent. With --jsonl --paths-from - one line is
    answered for each path as it comes.
    """
    from mailin.inspection import describe
    from mailin.mime import parse

    failed = False
    for path in _paths(files, paths_from):
        try:
            raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        except OSError as error:
            failed = True
            answer: object = {"error": f"cannot read: {error.strerror}", "path": path}
        else:
            answer = describe(parse(raw))
        click.echo(json.dumps(answer, ensure_ascii=False, indent=None if jsonl else 2))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


def _paths(files: tuple[str, ...], paths_from: str | None) -> Iterator[str]:
    yield from files
    if paths_from is not None:
        with click.open_file(paths_from, encoding="utf-8", errors="surrogateescape") as lines:
            for line in iter(lines.readline, ""):
                if line.strip():
                    yield line.rstrip("\r\n")


@main.group()
def nlp() -> None:
    """The classifier."""


@nlp.command("suggest")
@click.option("--jsonl", is_flag=True, help="Lines of JSON in and out (the only form there is).")
def nlp_suggest(jsonl: bool) -> None:
    """Suggest kinds, teams and role for messages on standard input: {"id", "subject", "text", "channel"} a line.

    Works without settings and offline; each line is answered as it comes.
    """
    from nlp.lines import answer

    del jsonl
    failed = False
    for line in iter(sys.stdin.buffer.readline, b""):
        if not line.strip():
            continue
        try:
            reply: object = answer(json.loads(line))
        except ValueError as error:
            failed = True
            reply = {"error": f"not a line of JSON as described: {type(error).__name__}"}
        click.echo(json.dumps(reply, ensure_ascii=False))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
