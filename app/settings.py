"""One typed settings object: a TOML file, overridden by environment variables ``GEHOORD_SECTION__KEY``.

The only place that reads the environment. Every other part gets what it needs as an argument. Organisation data (teams,
people, absence) are not here: they live in the database and are in force at once (decisions 17).
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from core.domain.municipality import Municipality, Ombudsman
from core.store.engine import ADDRESS, is_address

DEFAULT_FILE = Path("gehoord.toml")


class Section(BaseModel):
    """A part of the settings; an unknown key is an error, because a misspelt one would be ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OmbudsmanSettings(Section):
    """Where a citizen can go next (Awb 9:17)."""

    name: str = "Nationale ombudsman"
    address: str = "Postbus 93122, 2509 AC Den Haag"
    phone: str = "0800-33 55 555"
    website: str = "www.nationaleombudsman.nl"


class MunicipalitySettings(Section):
    """What letters and pages say about the municipality."""

    name: str = "Voorbeeld"
    email: str = Field(
        default="klachten@gemeente.example", description="the address that citizens write to and hear from"
    )
    phone: str = "14 0591"
    contact: str = "de klachtencoördinator"
    address: str = ""
    website: str = ""
    privacy_page: str = ""
    call_within: int = Field(default=5, ge=1, le=20, description="working days within which citizens are called")
    committee: bool = Field(default=False, description="whether a committee advises on complaints (Awb 9:14)")
    ombudsman: OmbudsmanSettings = OmbudsmanSettings()


class StorageSettings(Section):
    """Where everything is kept."""

    database: str = Field(default="", description="database address; empty means SQLite in the data folder")
    folder: Path = Field(default=Path("var"), description="the data folder: database, originals and attachments")

    @field_validator("database")
    @classmethod
    def _must_be_address(cls, value: str) -> str:
        if value and not is_address(value):
            raise PydanticCustomError("address", "{should}", {"should": ADDRESS})
        return value


class WebSettings(Section):
    """The pages."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    secure_cookies: bool = Field(default=False, description="true behind HTTPS")
    max_upload: int = Field(default=25_000_000, ge=100_000, description="bytes in one form post")
    form_keys: dict[str, SecretStr] = Field(default={}, description="name of a form forwarder -> its API key")


class SmtpSettings(Section):
    """The SMTP and LMTP intake."""

    host: str = "127.0.0.1"
    port: int = Field(default=2525, ge=0, le=65535, description="SMTP; leave the door out with enabled = false")
    enabled: bool = True
    lmtp_port: int = Field(default=2424, ge=0, le=65535)
    lmtp_enabled: bool = True
    recipients: tuple[str, ...] = Field(
        default=(), description="accepted addresses; empty means the municipality's address"
    )
    max_size: int = Field(default=35_000_000, ge=100_000, description="bytes of one message; over it the answer is 552")
    forwarders: tuple[str, ...] = Field(
        default=(),
        description="sender addresses of the website's form forwarder; the reply goes to the citizen in the form",
    )


class ImapSettings(Section):
    """One mailbox that is read."""

    host: str
    port: int = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    certificates: Path | None = Field(
        default=None, description="file with the authorities to trust; empty for the system's"
    )
    user: str
    password: SecretStr
    folder: str = "INBOX"
    done: str = Field(default="Verwerkt", description="folder to which taken messages are moved")
    unreadable: str = Field(default="Niet verwerkt", description="folder for messages that could not be understood")
    every: float = Field(default=30.0, gt=0, description="seconds between looks")


class RelaySettings(Section):
    """The relay through which mail leaves."""

    host: str
    port: int = 587
    tls: Literal["tls", "starttls", "none"] = "starttls"
    certificates: Path | None = None
    user: str = ""
    password: SecretStr = SecretStr("")


class TelegramSettings(Section):
    """The Telegram bot; off until a token is set."""

    token: SecretStr
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"


class Settings(BaseSettings):
    """Everything technical, in one frozen object."""

    model_config = SettingsConfigDict(
        env_prefix="GEHOORD_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=DEFAULT_FILE
    )

    municipality: MunicipalitySettings = MunicipalitySettings()
    storage: StorageSettings = StorageSettings()
    web: WebSettings = WebSettings()
    smtp: SmtpSettings = SmtpSettings()
    imap: dict[str, ImapSettings] = {}
    relay: RelaySettings | None = None
    telegram: TelegramSettings | None = None
    classifier: bool = Field(default=True, description="whether messages are classified")
    log_format: Literal["auto", "console", "json"] = "auto"

    @field_validator("relay", "telegram", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return env_settings, TomlConfigSettingsSource(settings_cls, cls.model_config.get("toml_file"))

    @property
    def database_url(self) -> str:
        """The database address, with the embedded default filled in."""
        return self.storage.database or f"sqlite:///{self.storage.folder / 'gehoord.db'}"

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one, which one process owns."""
        return self.database_url.startswith("sqlite")

    @property
    def mail_domain(self) -> str:
        """The domain in our Message-IDs."""
        return self.municipality.email.rpartition("@")[2]

    @property
    def recipients(self) -> tuple[str, ...]:
        """Addresses for which the SMTP and LMTP doors take mail."""
        return self.smtp.recipients or (self.municipality.email,)

    def municipality_value(self) -> Municipality:
        """The municipality as the core knows it."""
        facts = self.municipality.model_dump()
        return Municipality(**{**facts, "ombudsman": Ombudsman(**facts["ombudsman"])})


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
