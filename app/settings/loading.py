"""Reading the settings, and saying in one line each what is wrong with them."""

import os
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from app.settings import DEFAULT_FILE, Settings


class WrongSettings(Exception):
    """The settings cannot be used; the text names each setting and what it should be."""


def load(file: Path | None = None) -> Settings:
    """Read the settings. Raises WrongSettings with one line for each wrong setting, never showing its value."""
    path = file or DEFAULT_FILE
    if file is not None and not file.is_file():
        raise WrongSettings(f"settings file {file} does not exist; 'gehoord init' makes one")
    source = type("FileSettings", (Settings,), {"model_config": {**Settings.model_config, "toml_file": path}})
    try:
        settings: Settings = source()
    except ValidationError as error:
        raise WrongSettings("\n".join(_line(item) for item in error.errors())) from None
    except SettingsError as error:
        # Before ValueError, which it is: the library names the field and its source, never the value.
        raise WrongSettings(f'in the environment, {error}; a list is written as ["a", "b"]') from None
    except ValueError as error:
        raise WrongSettings(f"settings file {path} is not valid TOML: {error}") from None
    except OSError as error:
        raise WrongSettings(f"settings file {path} cannot be read: {error.strerror}") from None
    if unknown := _unknown_variables():
        raise WrongSettings("\n".join(f"environment variable {name}: there is no such setting" for name in unknown))
    return settings


def _line(error: ErrorDetails) -> str:
    """One wrong setting: its name and what it should be, never what it is."""
    name = ".".join(map(str, error["loc"]))
    says = {"extra_forbidden": "there is no such setting", "missing": "is needed"}.get(error["type"], error["msg"])
    return f"setting {name}: {says}"


def _unknown_variables() -> list[str]:
    """Variables of a section that does not exist; the library checks the names inside a section, not the section."""
    prefix = "GEHOORD_"
    ours = (name for name in os.environ if name.upper().startswith(prefix) and "__" in name)
    sections = Settings.model_fields.keys()
    return sorted(name for name in ours if name[len(prefix) :].partition("__")[0].lower() not in sections)
