"""Setting up, running, checking and showing the service."""

import sys

import click

from app.cli.root import house_of, main, settings_of


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
    prepare(house_of(context, current=False))
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

    sys.exit(run(settings_of(context), frozenset(part.strip() for part in only.split(",") if part.strip())))


@main.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Test everything that is set up, a line each: what is wrong and how to mend it."""
    from app.check import findings

    failed = False
    for finding in findings(settings_of(context)):
        failed = failed or not finding.good
        click.echo(f"{'ok  ' if finding.good else 'FAIL'} {finding.part}: {finding.says}")
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--stay/--stop", default=True, help="Keep running after the messages were sent.")
@click.option(
    "--with-bot",
    is_flag=True,
    help="Run the configured Telegram bot at the real service, for your own phone; what it is told is thrown away too.",
)
@click.pass_context
def demo(context: click.Context, stay: bool, with_bot: bool) -> None:
    """Start on a throw-away folder and send 25 fictional messages through the real channels.

    With a Telegram token some citizens chat with the bot, over a stand-in of Telegram's server on this machine.
    """
    from app.demo import run_demo

    sys.exit(run_demo(settings_of(context), stay=stay, with_bot=with_bot))


@main.command()
@click.option("--mermaid", "drawn", is_flag=True, help="Print a mermaid state diagram instead of a list.")
def workflow(drawn: bool) -> None:
    """Print the procedure from its table: who may do what at which stage, what follows, and which article guards it."""
    from core.domain.procedure.drawing import listing, mermaid

    click.echo(mermaid() if drawn else listing(), nl=False)
