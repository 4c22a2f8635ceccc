"""The command itself, and what every command begins with: settings, and the house joined from them."""

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


def settings_of(context: click.Context) -> "Settings":
    """The settings, or an end with what is wrong with them."""
    from app.settings.loading import WrongSettings, load

    try:
        return load(context.find_root().obj)
    except WrongSettings as error:
        raise click.UsageError(str(error)) from None


def house_of(context: click.Context, *, current: bool = True) -> "House":
    """Everything joined over a database that answers, and that has this version's shape unless that is to be made."""
    from app.wiring import build
    from core.store.engine import trouble
    from core.store.migrate import is_current

    house = build(settings_of(context))
    if trouble(house.engine) is not None:
        raise click.ClickException("the database cannot be reached; 'gehoord check' says more")
    if current and not is_current(house.engine):
        raise click.ClickException("the database has not had every migration: run 'gehoord db upgrade'")
    return house
