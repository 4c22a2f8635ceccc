"""Who the municipality is, where everything is kept, and what it says by itself."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from app.settings.section import Section
from core.store.engine import ADDRESS, is_address


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


class AnswersSettings(Section):
    """What the machine answers by itself."""

    plus_addresses: bool = Field(
        default=False, description="whether the mailbox takes klachten+anything@: answers then name their case"
    )
    most_per_address: int = Field(default=10, ge=1, description="letters to one address in 24 hours, against loops")
    most_per_case: int = Field(default=5, ge=1, description="letters in one case in 24 hours, against loops")


class LettersSettings(Section):
    """The letters to citizens."""

    folder: Path | None = Field(
        default=None, description="the municipality's own letters: files in it replace the built-in ones of that name"
    )

    @field_validator("folder", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None


class TelegramSettings(Section):
    """The Telegram bot; off until a token is set."""

    token: SecretStr
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
