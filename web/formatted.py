"""A mail with its formatting: safe HTML in a document of its own, in which nothing runs and nothing is fetched."""

from base64 import b64encode
from hashlib import sha256

from starlette.responses import HTMLResponse, Response

from core.domain.errors import NotFound
from core.views import MessageView
from web.visits import Visit

STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;margin:16px;color:#1b2a31;overflow-wrap:anywhere}"
    "table{border-collapse:collapse}td,th{padding:2px 8px 2px 0;vertical-align:top;text-align:start}"
    "blockquote{margin:8px 0;padding-inline-start:12px;border-inline-start:3px solid #c9d5da}"
    "pre{white-space:pre-wrap}a{color:#0f5670}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Our one style sheet, known by its hash, and nothing else."""


def page(visit: Visit) -> Response:
    """A page of ours around the mail."""
    message = _message(visit)
    return visit.page("formatted.html", here="", message=message, formatted=bool(_fragment(visit, message)))


def content(visit: Visit) -> Response:
    """The mail itself, for the frame in that page."""
    message = _message(visit)
    document = (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{visit.pages.texts("formatted.title")}'
        f"</title><style>{STYLE}</style></head><body><main>{_fragment(visit, message)}</main></body></html>"
    )
    headers = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(document, headers=headers)


def _message(visit: Visit) -> MessageView:
    message = visit.parts.queries.message(visit.actor, visit.number("message"))
    if message.problem is not None:
        raise NotFound
    return message


def _fragment(visit: Visit, message: MessageView) -> str:
    """The safe HTML, empty when there is none. Raises HeldBack when a file of the mail may hold malware."""
    original = visit.parts.queries.original(visit.actor, message.id)
    return visit.parts.formatted(original.content) if original.content_type == "message/rfc822" else ""
