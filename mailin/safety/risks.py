"""Why a file is dangerous to open: a warning for the person who is about to, never a reason to drop it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.domain.message import Attachment
from mailin.safety.filetypes import OLE, UNKNOWN, ZIP, detected, has_stream
from mailin.safety.zipnames import ZipNames, zip_names


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PROGRAMS = _words(
    "exe com scr pif cpl msi msp msix msixbundle appx appinstaller dll sys ocx jar app apk ipa gadget xll wll "
    "application deb rpm pkg run bin"
)
_SCRIPTS = _words(
    "bat cmd ps1 psm1 ps1xml vbs vbe js jse mjs ws wsf wsh wsc sct hta sh bash zsh py pyw pyz pl rb php reg inf "
    "iqy slk msc scpt command"
)
_SHORTCUTS = _words("lnk url scf desktop website webloc library-ms searchconnector-ms settingcontent-ms rdp")
_DISK_IMAGES = _words("iso img vhd vhdx vmdk dmg udf cue nrg")
_MACRO_FILES = _words("docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm ppa xla")
_ACTIVE = _words("html htm xhtml xht shtml mht mhtml svg svgz chm one onepkg xsl xslt")
_DANGEROUS = _PROGRAMS | _SCRIPTS | _SHORTCUTS | _DISK_IMAGES
_RISK_OF_TYPE: Mapping[str, str] = {
    "application/x-msdownload": "executable",
    "application/x-executable": "executable",
    "application/x-mach-binary": "executable",
    "application/java-vm": "executable",
    "application/java-archive": "executable",
    "application/x-shockwave-flash": "executable",
    "text/x-shellscript": "script",
    "application/x-php": "script",
    "application/x-bat": "script",
    "application/x-ms-shortcut": "shortcut",
    "application/x-iso9660-image": "disk_image",
    "application/x-vhd": "disk_image",
    "application/x-vhdx": "disk_image",
    "application/x-vmdk": "disk_image",
    "text/html": "active_content",
    "image/svg+xml": "active_content",
    "application/vnd.ms-htmlhelp": "active_content",
    "application/onenote": "active_content",
}
_CLOSED = _words(
    "application/x-rar-compressed application/x-7z-compressed application/x-tar application/gzip application/x-bzip2 "
    "application/x-xz application/x-lzip application/zstd application/vnd.ms-cab-compressed"
)
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
"""The class of a Windows Installer package, in the root entry of its OLE directory."""

_IMAGES = "jpg jpeg jpe jfif png gif bmp tif tiff webp heic heif avif ico psd"
_SOUND = "mp3 m4a wav ogg oga opus amr flac aac mp4 m4v mov avi mkv webm 3gp wmv mpg mpeg"
_OFFICE = "docx xlsx pptx dotx xltx potx odt ods odp odg ott epub vsdx"
_OLD_OFFICE = "doc xls ppt dot pps msg vsd"
_ARCHIVES = "zip rar 7z tar gz tgz bz2 xz cab"
_FAMILY: Mapping[str, str] = {
    extension: family
    for family, extensions in (
        ("image", _IMAGES),
        ("sound", _SOUND),
        ("office", _OFFICE + " " + _OLD_OFFICE),
        ("pdf", "pdf"),
        ("text", "txt csv log md ics vcf json eml"),
        ("archive", _ARCHIVES),
    )
    for extension in extensions.split()
}
_DOCUMENTS = frozenset(_FAMILY) | {"rtf"}


def examined(file: Attachment) -> Attachment:
    """The file with the type and the risk that its content shows, whatever its sender called it."""
    kind = detected(file.content, file.filename, file.content_type)
    return replace(file, content_type=kind, risk=risky(file.content, file.filename, kind))


def risky(content: bytes, filename: str, kind: str = "") -> str:
    """Why it is dangerous to open this file, '' when nothing says so. ``kind`` is its type by `detected`.

    The worst comes first: ``double_extension``, ``executable``, ``script``, ``shortcut``, ``disk_image``, ``macro``,
    ``archive_with_executable``, ``encrypted_archive``, ``encrypted_document``, ``active_content``, ``type_disagrees``,
    ``closed_archive`` (an archive whose names we cannot read).
    """
    kind = kind or detected(content, filename, "")
    inside = zip_names(content) if content.startswith(b"PK") else None
    extensions = _extensions(filename)
    last = extensions[-1] if extensions else ""
    if last in _DANGEROUS and len(extensions) > 1 and extensions[-2] in _DOCUMENTS:
        return "double_extension"
    return (
        _worst_of_name(last)
        or _worst_of_type(content, kind)
        or _macro(content, kind, inside, last)
        or _archive(content, kind, inside)
        or ("active_content" if last in _ACTIVE or _RISK_OF_TYPE.get(kind) == "active_content" else "")
        or ("type_disagrees" if _disagrees(last, kind) else "")
        or ("closed_archive" if kind in _CLOSED or (kind == ZIP and inside and not inside.whole) else "")
    )


def _extensions(filename: str) -> list[str]:
    """The last two extensions as Windows sees them, which forgets dots and blanks at the end."""
    pieces = filename.casefold().rstrip(". \u00a0\u200b").split(".")
    return [piece.strip() for piece in pieces[1:]][-2:]


def _worst_of_name(extension: str) -> str:
    groups = ((_PROGRAMS, "executable"), (_SCRIPTS, "script"), (_SHORTCUTS, "shortcut"), (_DISK_IMAGES, "disk_image"))
    return next((slug for group, slug in groups if extension in group), "")


def _worst_of_type(content: bytes, kind: str) -> str:
    slug = _RISK_OF_TYPE.get(kind, "")
    if kind == OLE and _INSTALLER in content:
        return "executable"
    return slug if slug != "active_content" else ""


def _macro(content: bytes, kind: str, inside: ZipNames | None, extension: str) -> str:
    """A document with a program in it: VBA in Microsoft's two formats, Basic in OpenDocument."""
    names = inside.names if inside else ()
    if any(name.casefold().endswith("vbaproject.bin") or "/macrosheets/" in name.casefold() for name in names):
        return "macro"
    if kind.startswith("application/vnd.oasis.") and any(name.startswith(("Basic/", "Scripts/")) for name in names):
        return "macro"
    old = inside is None and content.startswith(bytes.fromhex("d0cf11e0"))
    if old and has_stream(content, "_VBA_PROJECT"):
        return "macro"
    return "macro" if extension in _MACRO_FILES else ""


def _archive(content: bytes, kind: str, inside: ZipNames | None) -> str:
    if kind == OLE and has_stream(content, "EncryptedPackage"):
        return "encrypted_document"
    if inside is None:
        return ""
    if kind == ZIP and any((found := _extensions(name)) and found[-1] in _DANGEROUS for name in inside.names):
        return "archive_with_executable"
    return "encrypted_archive" if inside.encrypted else ""


def _disagrees(extension: str, kind: str) -> bool:
    """Whether a name promises another family of files than the content is; a JPEG called .png fools nobody."""
    promised = _FAMILY.get(extension)
    return promised is not None and promised != _family(kind)


def _family(kind: str) -> str:
    if kind.startswith(("audio/", "video/")):
        return "sound"
    if kind == UNKNOWN:
        return "unknown"
    if kind.startswith("application/vnd.") or kind in (
        "application/msword",
        "application/rtf",
        OLE,
        "application/epub+zip",
    ):
        return "archive" if kind in _CLOSED else "office"
    if kind == ZIP or kind in _CLOSED:
        return "archive"
    if kind in ("message/rfc822", "application/json"):
        return "text"
    return kind.partition("/")[0] if kind != "application/pdf" else "pdf"
