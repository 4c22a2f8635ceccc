"""Who may hand in mail over SMTP and LMTP: the certificate we show, the accounts, and the networks that need none."""

import hashlib
import hmac
import secrets
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

import structlog

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
ANONYMOUS = IPv6Address(0)
"""Stands for a client that was gone before its address could be asked for; it is in no sensible network."""

log = structlog.get_logger(__name__)


class WrongCertificate(OSError):
    """The certificate or its key cannot be used; the text names the setting and what it should be."""


class Certificate:
    """A certificate with its key, read from files; renewed files are used without a restart."""

    def __init__(self, certificate: Path, key: Path | None = None) -> None:
        self._certificate = certificate
        self._key = key or certificate
        self._key_setting = "key" if key else "certificate"
        self._read_of: tuple[int, ...] = ()
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or better with the certificate as it is now. Raises WrongCertificate when there never was a good one.

        A renewal that went wrong leaves the last good certificate in use.
        """
        try:
            now = tuple(path.stat().st_mtime_ns for path in (self._certificate, self._key))
            if self._context is None or now != self._read_of:
                self._context, self._read_of = self._load(), now
        except OSError as error:
            if self._context is not None:
                log.warning("renewed certificate cannot be used", error=type(error).__name__)
                return self._context
            raise self._wrong(error) from None
        return self._context

    def _load(self) -> ssl.SSLContext:
        for path in (self._certificate, self._key):
            path.read_bytes()  # its errors name the file; those of the TLS library do not
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION  # each costs us much more than the client
        context.load_cert_chain(self._certificate, self._key, password="")  # else a locked key asks at the terminal
        return context

    def _wrong(self, error: OSError) -> WrongCertificate:
        key = f"setting smtp.{self._key_setting}:"
        if isinstance(error, ssl.SSLError):
            if error.reason == "KEY_VALUES_MISMATCH":
                return WrongCertificate(f"{key} {self._key} is not the key of {self._certificate}: name the one it is")
            if b"-----BEGIN CERTIFICATE-----" in self._certificate.read_bytes():
                return WrongCertificate(f"{key} {self._key} should hold the private key in PEM, without a password")
            key, should = "setting smtp.certificate:", "should hold the certificate and its chain in PEM"
            return WrongCertificate(f"{key} {self._certificate} {should}")
        if error.filename == str(self._key):
            return WrongCertificate(f"{key} {self._key} should be a file that we may read ({error.strerror})")
        says = f"{self._certificate} should be a file that we may read ({error.strerror})"
        return WrongCertificate(f"setting smtp.certificate: {says}")


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may hand in; as it is made without arguments, everybody who reaches the port, as at any mail exchanger."""

    certificate: Certificate | None = None
    """STARTTLS is offered when there is one."""
    require_tls: bool = False
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Name -> password, for AUTH."""
    allowed_from: tuple[Network, ...] = ()
    """Networks that need no account; with these or with accounts, all others are refused."""
    proxies: tuple[Network, ...] = ()
    """Networks of proxies that tell the real client's address (PROXY protocol)."""
    unlimited_from: tuple[Network, ...] = LOOPBACK
    """Networks, besides those allowed, to which the limits for strangers do not apply."""

    def __post_init__(self) -> None:
        digests = {name.encode(): _digest(password.encode()) for name, password in self.accounts.items()}
        object.__setattr__(self, "_digests", digests)

    @property
    def closed(self) -> bool:
        """Whether not everybody may hand in."""
        return bool(self.accounts or self.allowed_from)

    def allows(self, address: Address) -> bool:
        """Whether a client at this address may hand in without an account."""
        return not self.closed or is_in(address, self.allowed_from)

    def unlimited(self, address: Address) -> bool:
        """Whether a client at this address is known well enough to have no limits."""
        return is_in(address, self.allowed_from) or is_in(address, self.unlimited_from)

    def signs_in(self, name: bytes, password: bytes) -> bool:
        """Whether this is an account with its password; takes as long for a wrong name as for a wrong password."""
        digests: dict[bytes, bytes] = self.__dict__["_digests"]
        return hmac.compare_digest(digests.get(name) or secrets.token_bytes(32), _digest(password))


def _digest(password: bytes) -> bytes:
    return hashlib.sha256(password).digest()  # not to keep it: of one length, so that comparing tells nothing


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of these networks."""
    return any(address in network for network in networks)


def address_of(text: object) -> Address:
    """The address that a socket or a proxy names; an IPv4 address in the form of IPv6 is the IPv4 one."""
    try:
        address = ip_address(text) if isinstance(text, str) else ANONYMOUS
    except ValueError:
        return ANONYMOUS
    return getattr(address, "ipv4_mapped", None) or address


def household(address: Address) -> str:
    """The key under which a client is counted: its address, or the /64 that one IPv6 customer has to choose from."""
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
