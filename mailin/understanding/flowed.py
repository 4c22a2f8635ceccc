"""format=flowed (RFC 3676): soft line breaks undone, so that a paragraph is one line again."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool = False) -> str:
    """The text with its soft breaks joined; quote depths and signature lines are respected (sections 4.1 to 4.5)."""
    lines: list[str] = []
    pieces: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth, content = _depth(line)
        flowed = content.endswith(" ") and content != "-- "
        if open_depth >= 0 and depth == open_depth and content != "-- ":
            pieces.append(content)
        else:
            if pieces:
                lines.append("".join(pieces))
            pieces = ["> " * depth + content if depth else content]
        if flowed and delsp:
            pieces[-1] = pieces[-1][:-1]
        open_depth = depth if flowed else -1
        if not flowed:
            lines.append("".join(pieces))
            pieces = []
    if pieces:
        lines.append("".join(pieces))
    return "\n".join(lines)


def _depth(line: str) -> tuple[int, str]:
    depth = len(line) - len(line.lstrip(">"))
    content = line[depth:]
    return depth, content.removeprefix(" ")
