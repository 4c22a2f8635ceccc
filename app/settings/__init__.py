"""One typed settings object: a TOML file, overridden by environment variables ``GEHOORD_SECTION__KEY``.

The only place that reads the environment. Every other part gets what it needs as an argument. Organisation data (teams,
people, absence) are not here: they live in the database and are in force at once (decisions 17).
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from app.settings.forms import FormSettings
from app.settings.house import (
    AnswersSettings,
    LettersSettings,
    MunicipalitySettings,
    StorageSettings,
    TelegramSettings,
    WebSettings,
)
from app.settings.mail import AttachmentSettings, ImapSettings, MailSettings, RelaySettings, SmtpSettings
from core.domain.municipality import Municipality, Ombudsman
from mailin.forms.mapping import FormMapping

DEFAULT_FILE = Path("gehoord.toml")


class Settings(BaseSettings):
    """Everything technical, in one frozen object."""

    model_config = SettingsConfigDict(
        env_prefix="GEHOORD_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=DEFAULT_FILE
    )

    municipality: MunicipalitySettings = MunicipalitySettings()
    storage: StorageSettings = StorageSettings()
    web: WebSettings = WebSettings()
    smtp: SmtpSettings = SmtpSettings()
    forms: dict[str, FormSettings] = Field(default={}, description="forms of other websites, in order of preference")
    imap: dict[str, ImapSettings] = {}
    relay: RelaySettings | None = None
    answers: AnswersSettings = AnswersSettings()
    mail: MailSettings = MailSettings()
    attachments: AttachmentSettings = AttachmentSettings()
    letters: LettersSettings = LettersSettings()
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

    def form_mappings(self) -> tuple[FormMapping, ...]:
        """The forms of other websites, in order of preference."""
        return tuple(form.mapping(name) for name, form in self.forms.items())

    def municipality_value(self) -> Municipality:
        """The municipality as the core knows it."""
        facts = self.municipality.model_dump()
        return Municipality(**{**facts, "ombudsman": Ombudsman(**facts["ombudsman"])})
