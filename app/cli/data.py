"""Database, contents, backup and restore, and importing old mail."""

from pathlib import Path

import click

from app.cli.root import FILE, house_of, main


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_context
def db_upgrade(context: click.Context) -> None:
    """Bring the database to the shape that this version expects."""
    from core.store.migrate import upgrade

    upgrade(house_of(context, current=False).engine)
    click.echo("the database is up to date", err=True)


@main.group()
def blobs() -> None:
    """The originals and attachments."""


@blobs.command("sweep")
@click.option("--even-most", is_flag=True, help="Also when most contents are named by no message.")
@click.pass_context
def blobs_sweep(context: click.Context, even_most: bool) -> None:
    """Remove contents older than a day that no message names. The service does it every night.

    They are left when a message could not be stored after its contents were; its sender was never told that it arrived.
    """
    from core.service.sweeping import Doubtful

    try:
        swept = house_of(context).sweeping.sweep(even_most=even_most)
    except Doubtful as doubt:
        raise click.ClickException(
            f"{doubt}: is this the database that belongs to them? If it is, --even-most removes them"
        ) from None
    click.echo(f"removed {swept.contents} contents and {swept.drafts} half-written files", err=True)


@main.command()
@click.argument("target", type=FILE)
@click.pass_context
def backup(context: click.Context, target: Path) -> None:
    """Write database and contents to the new folder TARGET, consistently while the service runs."""
    from app.backup import write_backup

    click.echo(write_backup(house_of(context), target), err=True)


@main.command()
@click.argument("source", type=FILE)
@click.pass_context
def restore(context: click.Context, source: Path) -> None:
    """Put the backup SOURCE into the configured, still empty data folder and database."""
    from app.backup import read_backup

    click.echo(read_backup(house_of(context, current=False), source), err=True)


@main.command("import")
@click.argument("source")
@click.option("--dry-run", is_flag=True, help="Only look: nothing is stored, moved or sent.")
@click.option("--acknowledge", is_flag=True, help="Answer each message as if it had come in now.")
@click.pass_context
def import_(context: click.Context, source: str, dry_run: bool, acknowledge: bool) -> None:
    """Take old mail in from SOURCE: an mbox, an .eml, a Maildir, a folder of these, or imap:NAME.

    imap:NAME is the mailbox with that name in the settings: the mail from before its first start. Nobody is answered
    unless you ask for it; each message gets a case to review. What is known already is recognised, so that a second
    import of the same mail changes nothing. Try --dry-run first.
    """
    from app.edges import mailbox_of
    from app.importing import import_files, import_mailbox, said

    house = house_of(context)
    kind, _, name = source.partition(":")
    if kind == "imap" and name:
        if name not in house.settings.imap:
            raise click.UsageError(f"there is no mailbox {name} in the settings")
        mailbox = mailbox_of(house.settings.imap[name])
        tally = import_mailbox(house, name, mailbox, acknowledge=acknowledge, dry=dry_run)
    else:
        tally = import_files(house, Path(source), acknowledge=acknowledge, dry=dry_run)
    click.echo(said(tally, dry=dry_run))
