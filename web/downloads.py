"""Files that citizens sent: always handed over as a download, never shown by the browser (law.md S-4)."""

from urllib.parse import quote

from starlette.responses import Response

from core.views import Download
from web.visits import Visit

KNOWN_TYPES = frozenset({
    "application/pdf", "image/gif", "image/heic", "image/jpeg", "image/png", "image/webp", "text/plain",
    "application/msword", "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
})  # fmt: skip
"""Types that a file may keep; any other becomes a stream of bytes, whatever its sender called it."""


def attachment(visit: Visit) -> Response:
    """A file that came with a message."""
    return handed_over(visit.parts.queries.attachment(visit.actor, visit.number("attachment")))


def original(visit: Visit) -> Response:
    """A message exactly as it came in."""
    return handed_over(visit.parts.queries.original(visit.actor, visit.number("message")))


def letter(visit: Visit) -> Response:
    """A letter on the municipality's paper, to print and post."""
    return handed_over(visit.parts.printing.pdf(visit.actor, visit.number("letter")))


def handed_over(download: Download) -> Response:
    """The answer that makes a browser save the file under its own name."""
    name = "".join(sign for sign in download.filename if sign.isprintable() and sign not in '/\\"').strip(". ")
    name = name[:150] or "bestand"
    plain = "".join(sign if sign.isascii() and sign not in "%;" else "_" for sign in name)
    declared = download.content_type.partition(";")[0].strip().casefold()
    return Response(
        download.content,
        headers={
            "Content-Type": declared if declared in KNOWN_TYPES else "application/octet-stream",
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
