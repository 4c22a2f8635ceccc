"""The bodies of an outgoing mail: texts in quoted-printable, files in base64, and what joins them, always as ASCII."""

import hashlib
import quopri
import re
from base64 import encodebytes
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from core.domain.message import Attachment
from mailin.sending.writing import encoded_words, on_one_line, pieces

NAME_LENGTH = 200
"""Characters of a file name; the file systems of readers take no more."""
NAME_BYTES = 16
"""UTF-8 bytes of a file name on one line, each written with three characters."""

_TYPE = re.compile(r"[a-z]{1,40}/[a-z0-9][a-z0-9.+-]{0,100}")
_BASE64_FORBIDDEN = ("message/", "multipart/")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()+,-]{1,50}")
_UNKNOWN = "application/octet-stream"


def part(kind: str, text: str) -> bytes:
    """One text with its headers, in quoted-printable."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").encode("utf-8", "replace") + b"\n"
    encoded = quopri.encodestring(lines, quotetabs=False).replace(b"\n", b"\r\n")
    header = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return header.encode() + encoded


def enclosed(file: Attachment) -> bytes:
    """One file with its headers, in base64."""
    name = on_one_line(re.sub(r"[/\\]", "_", file.filename))[:NAME_LENGTH].strip()
    lines = [
        ";\r\n ".join((f"Content-Type: {_type(file)}", *_old_name(name))),
        ";\r\n ".join(("Content-Disposition: attachment", *_file_name(name))),
        "Content-Transfer-Encoding: base64",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + encodebytes(file.content).replace(b"\n", b"\r\n")


def joined(kind: str, message_id: str, parts: Sequence[bytes]) -> bytes:
    """A multipart with its header; its boundary follows from the Message-ID, so that a repeat is byte-equal.

    Neither quoted-printable nor base64 can contain "=_" (RFC 2045 section 6.7), so the boundary cannot stand in a part.
    """
    subject = message_id if kind == "alternative" else f"{kind} {message_id}"
    boundary = f"=_{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
    start = f"--{boundary}\r\n".encode()
    header = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return header + b"".join(start + one for one in parts) + f"--{boundary}--\r\n".encode()


def _type(file: Attachment) -> str:
    """The content type, or that of any bytes: where it is none, or where base64 is forbidden (RFC 2046 5.2.1)."""
    kind = file.content_type.partition(";")[0].strip().lower()
    if _TYPE.fullmatch(kind) is None or kind.startswith(_BASE64_FORBIDDEN):
        return _UNKNOWN
    if not kind.startswith("text/"):
        return kind
    try:
        file.content.decode()
    except UnicodeDecodeError:
        return _UNKNOWN  # in a character set that nobody told us
    return f"{kind}; charset=utf-8"


def _file_name(name: str) -> Iterator[str]:
    """The name as every standard reader takes it (RFC 2183, RFC 2231)."""
    if _PLAIN_NAME.fullmatch(name):
        yield f'filename="{name}"'
    elif name:
        written = [quote(piece, safe="") for piece in pieces(name, NAME_BYTES)]
        written[0] = f"utf-8''{written[0]}"
        for number, piece in enumerate(written):
            yield f"filename*{number}*={piece}" if len(written) > 1 else f"filename*={piece}"


def _old_name(name: str) -> Iterator[str]:
    """The name once more for old readers, who know no RFC 2231: against the letter of RFC 2047, and widely read."""
    if _PLAIN_NAME.fullmatch(name):
        yield f'name="{name}"'
    elif name:
        yield 'name="' + "\r\n ".join(encoded_words(name)) + '"'
