"""Accounts, people and who is away."""

from datetime import datetime

import click

from app.cli.root import house_of, main

DAY = click.DateTime(formats=["%Y-%m-%d"])


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
        house_of(context).accounts.add(login, name, password, frozenset(Role(role) for role in roles), person=person)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"added {login}", err=True)


@main.group()
def person() -> None:
    """The people of the organisation."""


@person.command("list")
@click.pass_context
def person_list(context: click.Context) -> None:
    """List everybody with their number, team and offices."""
    from app.organising import people

    for line in people(house_of(context)):
        click.echo(line)


@main.group()
def absence() -> None:
    """Who is away: the routing proposes somebody else on those days."""


@absence.command("add")
@click.argument("person")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY)
@click.pass_context
def absence_add(context: click.Context, person: str, first: datetime, last: datetime) -> None:
    """Note that PERSON (a number, or the exact name) is away from FIRST up to and including LAST (YYYY-MM-DD).

    In force at once, also while the service runs.
    """
    from app.organising import add_absence

    click.echo(add_absence(house_of(context), person, first.date(), last.date()), err=True)


@absence.command("list")
@click.pass_context
def absence_list(context: click.Context) -> None:
    """List every absence with its number, by first day."""
    from app.organising import absences

    for line in absences(house_of(context)):
        click.echo(line)


@absence.command("remove")
@click.argument("number", type=int)
@click.pass_context
def absence_remove(context: click.Context, number: int) -> None:
    """Take the absence with this NUMBER back."""
    from app.organising import remove_absence

    click.echo(remove_absence(house_of(context), number), err=True)
