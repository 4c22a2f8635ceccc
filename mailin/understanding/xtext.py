"""The xtext of delivery status requests: how an identity or address is written in an SMTP parameter (RFC 3461)."""

import re

_PLAIN = re.compile(rb"[!-*,-<>-~]")
_WRITTEN = re.compile(r"\+(2B|3D)")


def xtext(value: str) -> str:
    """A value as a parameter of MAIL or RCPT carries it (RFC 3461 section 4)."""
    return "".join(
        chr(byte) if _PLAIN.match(bytes([byte])) else f"+{byte:02X}" for byte in value.encode("utf-8", "replace")
    )


def from_xtext(value: str) -> str:
    """What stood in the parameter, out of a report that may or may not have decoded it already.

    RFC 3464 wants it decoded and not every server does so. Only the two printable characters that xtext must change
    are read back: 'jan+20jaar@' is then a plus-address in either case.
    """
    return _WRITTEN.sub(lambda match: chr(int(match.group(1), 16)), value)
