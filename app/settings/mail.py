"""How mail comes in and leaves, and what is believed of it."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.settings.section import Section
from mailin.smtp.access import LOOPBACK


class SmtpLimitSettings(Section):
    """How much the SMTP and LMTP intake takes; over it the sender is asked to try again, so nothing is lost."""

    connections: int = Field(default=200, ge=1, description="open at a time on one port")
    connections_per_address: int = Field(default=20, ge=1, description="of one stranger")
    messages_per_connection: int = Field(default=100, ge=1, description="of a stranger")
    recipients: int = Field(default=100, ge=100, description="of one message; the standard asks for 100 at least")
    errors: int = Field(default=20, ge=1, description="in one connection")
    idle_commands: int = Field(default=100, ge=10, description="in one connection, that bring no message nearer")
    messages_per_minute: int = Field(default=60, ge=1, description="of one stranger's address")
    sender_per_minute: int = Field(default=30, ge=1, description="of one envelope sender, from strangers")
    failed_sign_ins: int = Field(default=10, ge=1, description="in a minute, from one address")
    idle_seconds: float = Field(default=300.0, ge=10, description="of silence, after which a connection is closed")
    transaction_seconds: float = Field(default=1800.0, ge=60, description="for one message, however slowly it comes")


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
    certificate: Path | None = Field(
        default=None, description="PEM file with our certificate and its chain; STARTTLS is offered when it is set"
    )
    key: Path | None = Field(default=None, description="PEM file with its private key, when that is another file")
    require_tls: bool = Field(default=False, description="take mail inside TLS only")
    accounts: dict[str, Annotated[SecretStr, Field(min_length=1)]] = Field(
        default={}, description="name -> password of who may hand in after AUTH, which is offered inside TLS only"
    )
    allowed_from: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="networks that may hand in without an account; all others are then refused"
    )
    proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="networks of proxies that tell the client's address with the PROXY protocol, v1 or v2"
    )
    unlimited_from: tuple[IPvAnyNetwork, ...] = Field(
        default=LOOPBACK, description="networks, besides allowed_from, to which the limits for strangers do not apply"
    )
    limits: SmtpLimitSettings = SmtpLimitSettings()
    forwarders: tuple[str, ...] = Field(
        default=(),
        description="sender addresses of the website's form forwarder; the reply goes to the citizen in the form",
    )

    @model_validator(mode="after")
    def _must_fit_together(self) -> Self:
        for name in ("key", "require_tls", "accounts"):
            if getattr(self, name) and self.certificate is None:
                says = "{name} needs certificate: without one there is no TLS"
                raise PydanticCustomError("tls", says, {"name": name})
        return self


class OAuthSettings(Section):
    """Where access tokens come from, for a mailbox or relay that takes no password (XOAUTH2).

    Microsoft 365: an app registration with the application permission IMAP.AccessAsApp (SMTP.SendAsApp for the relay),
    admitted to the mailbox with New-ServicePrincipal and Add-MailboxPermission. Google Workspace: an OAuth client with
    a refresh token of the mailbox.
    """

    token_url: str = Field(
        description="Microsoft: https://login.microsoftonline.com/TENANT/oauth2/v2.0/token; "
        "Google: https://oauth2.googleapis.com/token"
    )
    client_id: str
    client_secret: SecretStr = SecretStr("")
    scope: str = Field(
        default="",
        description="Microsoft: https://outlook.office365.com/.default with client credentials, with a refresh token "
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access; Google: leave empty",
    )
    refresh_token: SecretStr = Field(default=SecretStr(""), description="empty: the client's own credentials are used")
    refresh_token_file: Path | None = Field(
        default=None, description="file in which a refresh token is kept that the token server replaces at each use"
    )

    @field_validator("token_url")
    @classmethod
    def _must_be_secret_on_the_way(cls, value: str) -> str:
        if not re.match(r"https://|http://(localhost|127\.0\.0\.1|\[::1\])[:/]", value):
            raise PydanticCustomError("token_url", "must begin with https://")
        return value


class ImapSettings(Section):
    """One mailbox that is read."""

    host: str
    port: int = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    certificates: Path | None = Field(
        default=None, description="file with the authorities to trust; empty for the system's"
    )
    user: str
    oauth: OAuthSettings | None = Field(default=None, description="a token instead of a password")
    password: SecretStr = Field(default=SecretStr(""), validate_default=True)
    folder: str = Field(default="INBOX", description="folder that is read; / between levels")
    done: str = Field(default="Verwerkt", description="folder to which taken messages are moved; made when missing")
    unreadable: str = Field(
        default="Niet verwerkt", description="folder for messages that could not be understood; made when missing"
    )
    every: float = Field(default=30.0, gt=0, description="seconds between looks")
    old_mail: Literal["leave", "take"] = Field(
        default="leave", description="mail from before the first start: left alone and counted, or taken like new mail"
    )

    @field_validator("password")
    @classmethod
    def _one_way_in(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        has_password, has_oauth = bool(value.get_secret_value()), info.data.get("oauth") is not None
        if not has_password and not has_oauth and "oauth" in info.data:
            raise PydanticCustomError("missing", "Field required")
        if has_password and has_oauth:
            raise PydanticCustomError("two_ways", "cannot be set beside oauth")
        return value


class RelaySettings(Section):
    """The relay through which mail leaves."""

    host: str
    port: int = 587
    tls: Literal["tls", "starttls", "none"] = "starttls"
    certificates: Path | None = Field(
        default=None, description="file with the authorities to trust; empty for the system's"
    )
    user: str = ""
    oauth: OAuthSettings | None = Field(default=None, description="a token instead of a password")
    password: SecretStr = SecretStr("")
    connections: int = Field(default=2, ge=1, le=20, description="most connections at once")
    per_minute: int = Field(default=300, ge=10, description="most messages in a minute; many relays set a limit")

    @field_validator("password")
    @classmethod
    def _one_way_in(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if value.get_secret_value() and info.data.get("oauth") is not None:
            raise PydanticCustomError("two_ways", "cannot be set beside oauth")
        return value


class MailSettings(Section):
    """What is believed of a mail, and who are colleagues."""

    authserv_ids: tuple[str, ...] = Field(
        default=(),
        description="names of our own servers in Authentication-Results; they must strip what comes in under them. "
        '"-" for results without a name, as Microsoft 365 writes them. Empty: no result is believed or shown',
    )
    staff_domains: tuple[Annotated[str, Field(pattern=r"^[^@\s.][^@\s]*[^@\s.]$")], ...] = Field(
        default=(),
        description="mail domains of colleagues, with those below them: who they pass on is proposed as complainant, "
        "and nobody is answered before a person says so. Empty means the domain of the municipality's address",
    )


class AttachmentSettings(Section):
    """The files of a message: what is over a limit is refused and its sender told, and the rest is taken."""

    most: int = Field(default=50, ge=1, description="files in one message")
    largest: int = Field(default=25_000_000, ge=100_000, description="bytes of one file")
    total: int = Field(default=35_000_000, ge=100_000, description="bytes of all files of one message")
    clamd: str = Field(
        default="", description="virus scanner: host:port or the path of its socket; empty means that none is set up"
    )
    scan_seconds: float = Field(default=60.0, gt=0, description="for the scan of one file")
