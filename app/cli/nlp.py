"""The classifier."""

import json
import sys

import click

from app.cli.root import main


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
