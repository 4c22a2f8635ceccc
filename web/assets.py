"""Style, script, icons and fonts: read once, kept compressed, under addresses that change with their content."""

from dataclasses import dataclass
from gzip import compress
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

ROOT = Path(str(files("web"))) / "static"
UTRECHT = (
    "alert-css-4.0.2", "breadcrumb-nav-css-3.0.1", "checkbox-css-3.0.1", "form-label-css-3.0.1", "link-css-3.0.1",
    "radio-button-css-3.0.1", "select-css-3.0.1", "status-badge-css-2.0.1", "table-css-3.0.1", "textarea-css-4.0.1",
    "textbox-css-4.0.1",
)  # fmt: skip
COMPONENTS = (
    "nl-design-system-unstable-voorbeeld-design-tokens-7.4.1/dist/theme.css",
    "nl-design-system-candidate-button-css-1.1.0/dist/button.css",
    "nl-design-system-candidate-skip-link-css-1.0.5/dist/skip-link.css",
    *(f"utrecht-{name}/dist/index.min.css" for name in UTRECHT),
)
"""Vendored files that the browser gets as one, in this order."""
FONTS = "fontsource-variable-source-sans-3-5.3.0/files"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire."""

    content: bytes
    packed: bytes | None
    """Compressed; None where that gains nothing."""
    content_type: str
    mark: str
    """Short hash of the content."""


class Assets:
    """Every static file of the pages, by its name below /static/."""

    def __init__(self) -> None:
        own = ("chevron.svg", "gehoord.css", "gehoord.js", "icon.svg", "icons.svg")
        found = {name: (ROOT / name).read_bytes() for name in own}
        found["components.css"] = b"\n".join((ROOT / "vendor" / name).read_bytes() for name in COMPONENTS)
        found |= {f"fonts/{path.name}": path.read_bytes() for path in (ROOT / "vendor" / FONTS).glob("*.woff2")}
        self._assets = {name: _asset(name, content) for name, content in found.items()}

    def address(self, name: str) -> str:
        """Where a page finds this file. Raises KeyError for a name that does not exist."""
        return f"/static/{name}?v={self._assets[name].mark}"

    async def serve(self, request: Request) -> Response:
        """Answer with a file; one asked for under its current address may be kept for ever."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        current = request.query_params.get("v") == asset.mark or asset.content_type == TYPES[".woff2"]
        headers = {
            "Cache-Control": FOR_EVER if current else "no-cache",
            "ETag": f'"{asset.mark}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.packed, media_type=asset.content_type, headers=headers)
        return Response(asset.content, media_type=asset.content_type, headers=headers)


def _asset(name: str, content: bytes) -> Asset:
    suffix = Path(name).suffix
    packed = None if suffix == ".woff2" else compress(content, 9, mtime=0)
    return Asset(content, packed, TYPES[suffix], sha256(content).hexdigest()[:12])
