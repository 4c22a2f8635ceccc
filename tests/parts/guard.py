"""Shuts the network: a test may speak to this machine and to nobody else."""

import ipaddress
import socket
import sys

LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::"}


class OutsideConnection(RuntimeError):
    """A test tried to leave the machine."""


def shut() -> None:
    """Refuses, from now on in this process, every connection and every name look-up beyond loopback."""
    LOCAL_NAMES.add(socket.gethostname())
    LOCAL_NAMES.add(socket.getfqdn())
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    match event, arguments:
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (_, (host, *_))) if not is_local(host):
            raise OutsideConnection(f"{event} to {host!r}")
        case (("socket.getaddrinfo" | "socket.gethostbyname"), (host, *_)) if not is_local(host):
            raise OutsideConnection(f"{event} of {host!r}")


def is_local(host: object) -> bool:
    """Whether an address or name means this machine; None and unix sockets do."""
    if not isinstance(host, (str, bytes)):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
