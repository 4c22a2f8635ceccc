"""From a MIME tree to what a person sees: the text of the body, the HTML, and everything that can be saved."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailin.understanding.charsets import clean_text, decode
from mailin.understanding.cms import signed_content
from mailin.understanding.flowed import unflow
from mailin.understanding.htmltext import html_to_text
from mailin.understanding.mail import MailAttachment
from mailin.understanding.parameters import file_name
from mailin.understanding.tnef import is_winmail, open_winmail
from mailin.understanding.transfer import decode_text, decode_transfer, split_uuencoded
from mailin.understanding.tree import Part, read_tree

_META_CHARSET = re.compile(rb"<meta\b[^<>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-:]{2,40})", re.I)
_ENRICHED = re.compile(r"<param>(?:(?!<param>).)*?</param>|</?[a-z]{1,30}>", re.I | re.S)
_HTML_START = re.compile(rb"\s*(?:<!doctype html|<html[\s>])", re.I)
_BODY_TYPES = frozenset(
    {
        "text/plain",
        "text/html",
        "text/enriched",
        "text/richtext",
        "text/markdown",
        "text/x-markdown",
        "text/x-plain",
        "text/unknown",
        "text/*",
        "text/ascii",
        "text/x-amp-html",
        "text/watch-html",
        "application/xhtml+xml",
    }
)
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_MACHINE = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
        "message/global-disposition-notification",
        "text/rfc822-headers",
        "message/global-headers",
        "message/rfc822-headers",
        "application/pgp-encrypted",
        "application/applefile",
    }
)
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP = re.compile(rb"^-----BEGIN PGP MESSAGE-----", re.M)
_STUB_LENGTH = 400
_FILE_PLACE = re.compile(r"[^/\\:?#]{1,150}\.[A-Za-z0-9]{1,8}")


@dataclass(slots=True)
class _Piece:
    """One text of a body; that of HTML is only worked out when somebody looks at it."""

    plain: str = ""
    html: str = ""

    def text(self) -> str:
        """The readable text."""
        if self.html and not self.plain:
            self.plain = html_to_text(self.html) or " "
        return self.plain


@dataclass(slots=True)
class _Body:
    """What one subtree shows: its texts in order, and the HTML among them."""

    texts: list[_Piece] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    plain: bool = False


@dataclass(slots=True)
class Content:
    """The understood body of a message."""

    text: str = ""
    html: str | None = None
    attachments: list[MailAttachment] = field(default_factory=list)
    encrypted: bool = False
    problems: set[str] = field(default_factory=set)


def understand(data: bytes, parts: list[Part]) -> Content:
    """Text, HTML and attachments of a message from its tree; children come after their parent in `parts`."""
    inner = _opaque(data, parts[0])
    if inner is not None:
        data, (parts, problems) = inner, read_tree(inner)
        content = Content(problems=problems)
    else:
        content = Content()
    lonely = not any(_is_body(part) for part in parts)
    bodies: dict[int, _Body] = {}
    reader = _LeafReader(data, content, lonely)
    leaves = {id(part): reader.read(part) for part in parts if not part.children}
    for part in reversed(parts):
        bodies[id(part)] = leaves.get(id(part)) or _combine(part, [bodies.pop(id(child)) for child in part.children])
    root = bodies[id(parts[0])]
    content.text = _join(root.texts) or _join(reader.spare)
    content.html = root.html[0] if root.html else reader.spare_html
    return content


def _opaque(data: bytes, root: Part) -> bytes | None:
    """The message wrapped in an opaque S/MIME signature: readable, and the signature is no attachment."""
    if root.kind not in _SMIME:
        return None
    return signed_content(decode_transfer(data[root.start : root.end], root.encoding))


def _is_body(part: Part) -> bool:
    return (
        part.kind in _BODY_TYPES
        and part.disposition != "attachment"
        and not part.children
        and not file_name(part.parameters, part.disposition_parameters)
    )


def _combine(part: Part, bodies: list[_Body]) -> _Body:
    if part.kind == "multipart/alternative" and len(bodies) > 1:
        return _choose(bodies)
    whole = _Body()
    for body in bodies:
        if not whole.texts and not whole.html:
            whole = body  # shared, not copied: 1,500 levels hand the same lists upward
            continue
        whole.texts.extend(body.texts)
        whole.html.extend(body.html)
        whole.plain = whole.plain or body.plain
    return whole


def _choose(bodies: list[_Body]) -> _Body:
    """The plain text of an alternative, unless it is empty or a stub that only asks for another program."""
    rich = next((body for body in reversed(bodies) if body.html), _Body())
    plain = next((body for body in bodies if body.plain and _join(body.texts)), None)
    if plain is None:
        return rich if rich.html else next((body for body in reversed(bodies) if body.texts), _Body())
    words = " ".join(_join(plain.texts).split())
    if len(words) < _STUB_LENGTH and rich.html and rich is not plain:
        other = " ".join(_join(rich.texts).split())
        if len(other) > 3 * len(words) and words[:60] not in other:
            return rich
    return _Body(plain.texts, rich.html or plain.html, plain=True)


def _join(pieces: list[_Piece]) -> str:
    texts = (piece.text().strip("\n") for piece in pieces)
    return "\n\n".join(text for text in texts if text.strip()).rstrip()


class _LeafReader:
    """Reads leaf after leaf: each becomes body text, an attachment, or both."""

    def __init__(self, data: bytes, content: Content, lonely: bool) -> None:
        self.data = data
        self.content = content
        self.lonely = lonely
        self.spare: list[_Piece] = []
        self.spare_html: str | None = None

    def read(self, part: Part) -> _Body:
        """The body text of one leaf; attachments go to the content."""
        raw = self.data[part.start : part.end]
        name = file_name(part.parameters, part.disposition_parameters)
        if part.kind.startswith("multipart/"):
            return self._text(part, raw, "text/plain")
        if is_winmail(part.kind, name):
            return self._winmail(part, raw, name)
        if self._is_text(part, name):
            body = self._text(part, raw, part.kind)
            if name and part.disposition:
                self._attach(part, decode_transfer(raw, part.encoding), name)
            return body
        if _is_signature(part, name) or (part.kind in _MACHINE and not name):
            return _Body()
        if part.kind in _SMIME:
            self.content.encrypted |= "enveloped" in part.parameters.get("smime-type", "enveloped-data").lower()
        if part.parent is not None and part.parent.kind == "multipart/encrypted":
            self.content.encrypted = True
        if part.kind in ("text/enriched", "text/x-amp-html") and not name:
            return _Body()
        self._attach(part, decode_transfer(raw, part.encoding), name)
        return _Body()

    def _is_text(self, part: Part, name: str) -> bool:
        if part.kind not in _BODY_TYPES:
            return part.kind.startswith("text/") and part.parent is None and not name and not part.disposition
        if part.disposition == "attachment":
            return self.lonely and not name and self._first(part)
        return not name or (self.lonely and self._first(part))

    def _first(self, part: Part) -> bool:
        while part.parent is not None:
            if part.parent.children[0] is not part:
                return False
            part = part.parent
        return True

    def _text(self, part: Part, raw: bytes, kind: str) -> _Body:
        data, problem = decode_text(raw, part.encoding)
        if problem:
            self.content.problems.add(problem)
        if part.parent is None and "content-type" not in part.headers and _HTML_START.match(data):
            kind = "text/html"
        if kind in ("text/html", "application/xhtml+xml", "text/watch-html", "text/x-amp-html"):
            return self._html(part, data, kind)
        if _PGP.search(data):
            self.content.encrypted = True
        data, files = split_uuencoded(data)
        for file, content in files:
            name = file_name({}, {"filename": decode(file)[0]})
            self._add(name, "application/octet-stream", content, inline=False)
        text = clean_text(self._decoded(data, part.parameters.get("charset", ""))).replace("\ufeff", "")
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
        if kind in ("text/enriched", "text/richtext"):
            text = _ENRICHED.sub("", text).replace("<<", "<")
        return _Body([_Piece(text)], [], plain=True)

    def _html(self, part: Part, data: bytes, kind: str) -> _Body:
        charset = part.parameters.get("charset", "")
        if not charset and (meta := _META_CHARSET.search(data[:2048])):
            charset = meta.group(1).decode("ascii")
        html = clean_text(self._decoded(data, charset))
        if kind in ("text/x-amp-html", "text/watch-html"):
            return _Body()
        return _Body([_Piece(html=html)], [html])

    def _decoded(self, data: bytes, charset: str) -> str:
        text, problem = decode(data, charset)
        if "\x00" in text:
            self.content.problems.add("nul_bytes")
        if problem:
            self.content.problems.add(problem)
        return text

    def _winmail(self, part: Part, raw: bytes, name: str) -> _Body:
        content = decode_transfer(raw, part.encoding)
        opened = open_winmail(content)
        if opened is None:
            self.content.problems.add("winmail_unreadable")
            self._attach(part, content, name)
            return _Body()
        for file in opened.files:
            self._add(file.name, file.content_type, file.content, inline=file.inline)
        if opened.text or opened.html:
            self.spare.append(_Piece(opened.text, opened.html))
            self.spare_html = self.spare_html or opened.html or None
        return _Body()

    def _attach(self, part: Part, content: bytes, name: str) -> None:
        name = name or _location(part)
        inline = part.disposition == "inline" or (part.disposition != "attachment" and "content-id" in part.headers)
        self._add(name, part.kind, content, inline=inline)

    def _add(self, name: str, kind: str, content: bytes, *, inline: bool) -> None:
        self.content.attachments.append(
            MailAttachment(filename=name, content_type=kind, content=content, inline=inline)
        )


def _location(part: Part) -> str:
    """The name in a Content-Location (RFC 2557 section 4) that is nothing but a file name, '' for any other."""
    place = part.headers.text("content-location").strip('"<> ')
    return file_name({}, {"filename": place}) if _FILE_PLACE.fullmatch(place) else ""


def _is_signature(part: Part, name: str) -> bool:
    if part.kind in _SIGNATURES:
        return True
    if part.parent is None or part.parent.kind != "multipart/signed":
        return False
    return name.lower().endswith((".p7s", ".asc", ".sig")) and part.parent.children[0] is not part
