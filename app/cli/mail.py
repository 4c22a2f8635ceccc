"""Mails and forms as the product understands them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.root import main, settings_of


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
    from mailin.understanding.inspection import describe
    from mailin.understanding.mime import parse

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
def form() -> None:
    """Forms of other websites."""


@form.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--mapping", metavar="NAME", help="Read it by this mapping of the settings, or by 'ordinary'.")
@click.pass_context
def form_try(context: click.Context, file: str, mapping: str | None) -> None:
    """Show what a form mapping makes of a sample: a mail (.eml), JSON, XML, HTML, form-encoded post or text.

    Works without a database; nothing is stored or sent. Exit code 1 when no story was found.
    """
    from app.reading import mail_reader
    from app.trying import NoSuchMapping, try_form

    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        found, lines = try_form(mail_reader(settings_of(context)), file, raw, mapping)
    except NoSuchMapping as error:
        raise click.UsageError(str(error)) from None
    for line in lines:
        click.echo(line)
    sys.exit(0 if found else 1)
