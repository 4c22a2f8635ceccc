"""winmail.dat (application/ms-tnef): the files and the text that Outlook hides in it."""

from __future__ import annotations

from dataclasses import dataclass

from tnefparse.tnef import TNEF

from mailin.charsets import clean_text, decode
from mailin.parameters import file_name
from mailin.rtf import rtf_text

_MAX_EMBEDDED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Winmail:
    """What was found in one winmail.dat."""

    files: tuple[tuple[str, bytes], ...]
    text: str
    html: str


def is_winmail(kind: str, name: str) -> bool:
    """Whether a part by this type and name is TNEF."""
    return kind in ("application/ms-tnef", "application/vnd.ms-tnef") or (
        kind in ("application/octet-stream", "application/x-tnef") and name.lower() in ("winmail.dat", "win.dat"))


def open_winmail(content: bytes) -> Winmail | None:
    """The files, text and HTML in a winmail.dat, None when it cannot be read."""
    try:
        tnef = TNEF(content, do_checksum=False)
        files = tuple((_name(attachment.long_filename() or attachment.name), _bytes(attachment.data))
                      for attachment in tnef.attachments[:_MAX_EMBEDDED])
        text, html = _text(tnef.body), _text(tnef.htmlbody)
        rich = "" if text or html else clean_text(rtf_text(_first(tnef.rtfbody)))
        return Winmail(files=files, text=text or rich, html=html)
    except Exception:  # noqa: BLE001 - tnefparse raises whatever its struct and codec calls raise on damaged input
        return None


def _bytes(data: object) -> bytes:
    return bytes(data) if isinstance(data, bytes | bytearray | memoryview) else b""


def _first(body: object) -> bytes:
    return _bytes(body[0] if isinstance(body, list) and body else body)


def _text(body: object) -> str:
    if isinstance(body, list):
        body = body[0] if body else ""
    text = body if isinstance(body, str) else decode(_bytes(body))[0]
    return clean_text(text).strip()


def _name(name: object) -> str:
    text = name if isinstance(name, str) else decode(_bytes(name))[0]
    return file_name({}, {"filename": text.rstrip("\x00")})
