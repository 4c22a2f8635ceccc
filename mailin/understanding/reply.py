"""The new text of a reply: quotes are folded on evidence only, and the full text always stays beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailin.understanding.quoting import (
    attribution_length,
    block_length,
    is_forward,
    is_helpdesk_line,
    is_original,
    is_rule,
    label,
    plain_attribution,
)

_REPLY_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|antw|antwoord|aw|sv|vs|odp|res|rif|réf|betr|ynt|atb|回复|答复|回覆)"
    r"(?:\s?\[\d+\]|\s?\(\d+\))?\s?[:：]",
    re.I,
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|fw|doorst|doorgestuurd|doorsturen|wg|tr|rv|enc|i|vl|vb|pd|转发|doorgezonden)"
    r"\s?[:：]",
    re.I,
)
_INLINE_ANSWER = re.compile(
    r"\b(?:zie|antwoord\w*|reactie\w*|reageer\w*|opmerking\w*|commentaar|toelichting|answers?|comments?|see|replies|"
    r"antworten|kommentare?)\b.{0,60}\b(?:hieronder|onderstaand\w*|eronder|in (?:het )?(?:rood|blauw|groen|geel)|"
    r"tussen de regels|in de tekst|tussendoor|inline|below|in (?:red|blue)|unten|in rot|rode tekst|blauwe tekst)\b",
    re.I | re.S,
)
_SEE_BELOW = re.compile(r"\bzie (?:onder|bijgaand|verder)\b", re.I)
_CLOSING = re.compile(
    r"\s*(?:met )?(?:(?:vriendelijke|hartelijke) )?(?:groet\w*|mvg|hoogachtend|"
    r"(?:kind |best )?regards|mit freundlichen grüßen|cheers)[,.!]?\s*",
    re.I,
)
_MAX_LINES = 20_000
_HEADER_LINES = 8
_FURNITURE = re.compile(
    r"\s*(?:verzonden (?:vanaf|met|via|van)\b.*|verstuurd (?:vanaf|met|via|van)\b.*|sent (?:from|via|with)\b.*|"
    r"gesendet (?:mit|von|aus)\b.*|von meinem .{0,40} gesendet.*|envoyé (?:de|depuis)\b.*|"
    r"(?:download|get|haal|hol) .{0,30}outlook\b.*|outlook voor .*|outlook for .*|_{2,}|-{2,}|"
    r"(?:beste|geachte|dag|hallo|hoi|hi|hello|dear|goede(?:morgen|middag|avond|ndag)|lieber?|"
    r"sehr geehrte\w*)\b.{0,60},?|"
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?,?.{0,40}|mvg,?.{0,40}|groet(?:en|jes)?,?.{0,40}|"
    r"(?:kind |best )?regards,?.{0,40}|mit freundlichen grüßen,?.{0,40}|"
    r"(?:t\.?k\.?n\.?|t\.?i\.?|fyi|ter info(?:rmatie)?|ter kennisname|"
    r"zie (?:hieronder|onder(?:staand\w*)?)(?: (?:bericht|mail|e-mail|correspondentie))?|see below|siehe unten)"
    r"[.!:]?)\s*",
    re.I,
)
_DEVICE = re.compile(
    r"\s*(?:(?:verzonden|verstuurd) (?:vanaf|met|via|van)|sent (?:from|via|with)|gesendet (?:mit|von|aus)|"
    r"envoyé (?:de|depuis))\b.*",
    re.I,
)
_BARE_GREETING = re.compile(r"\s*(?:hallo|hello|hoi|hi|hey|dag|bonjour|salut|guten tag)[.! ]*", re.I)
_WORD = re.compile(r"\w{2,}|\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What besides the text says that a mail answers another one."""

    subject: str = ""
    threaded: bool = False  # In-Reply-To, References, or an address with a key that only a message of ours gave
    recipients: tuple[str, ...] = ()  # bare addresses of To and Cc, in small letters

    @property
    def replies(self) -> bool:
        """Whether the mail says of itself that it answers."""
        return self.threaded or _REPLY_SUBJECT.match(self.subject) is not None

    @property
    def forwards(self) -> bool:
        """Whether the subject says that the mail passes another one on."""
        return _FORWARD_SUBJECT.match(self.subject) is not None


@dataclass(slots=True)
class _Cut:
    """The state of one walk through the lines."""

    kept: list[str]
    quoting: bool = False  # an attribution has been seen, so '>' means quoted
    introduced: bool = False  # somewhere in this text an attribution introduces its quotes
    folded: bool = False
    own_until: int = 0  # lines before this one were judged the sender's own, marks and all


def new_text(text: str, evidence: Evidence) -> str:
    """The sender's own words in this mail; the full text whenever folding would leave little or is in doubt."""
    if evidence.forwards or not _may_quote(text):
        return text
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        return text
    walk = _Cut([], introduced=_introduces(lines))
    index = 0
    while index < len(lines):
        step = _fold_at(lines, index, walk, evidence)
        if step is None:
            return text
        if step == 0:
            walk.kept.append(lines[index])
            step = 1
        else:
            walk.folded = True
        index += step
    if not walk.folded:
        return text
    return _tidy(walk.kept) if _says_something(walk.kept) or _greets_only(walk.kept) else text


def _introduces(lines: list[str]) -> bool:
    """Whether an attribution stands right above a quoted line anywhere in the text."""
    for index, line in enumerate(lines):
        if _is_quoted(line) and (index == 0 or not _is_quoted(lines[index - 1])):
            above = [lines[position] for position in range(max(0, index - 4), index) if lines[position].strip()]
            if above and plain_attribution(" ".join(above[-3:])):
                return True
    return False


def _may_quote(text: str) -> bool:
    """A cheap look: no line that starts with '>', no colon and no drawn line means no quote."""
    return ":" in text or any(mark in text for mark in ("\n>", "：", "--", "##", "==")) or text.startswith(">")


def _fold_at(lines: list[str], index: int, walk: _Cut, evidence: Evidence) -> int | None:
    """How many lines to fold at `index`: 0 keeps the line, None gives up and keeps the whole mail."""
    line = lines[index]
    if not line.strip() or index < walk.own_until:
        return 0
    if is_helpdesk_line(line):
        return _rest(lines, index, walk, evidence, certain=True)
    if is_original(line):
        return _rest(lines, index, walk, evidence, certain=False)
    if _is_quoted(line):
        return _quoted_block(lines, index, walk, evidence)
    if is_forward(line):
        return None if not walk.folded else 0
    length = attribution_length(lines, index)
    if length:
        return _attributed(lines, index, length, walk, evidence)
    following = _next_filled(lines, index + 1)
    if plain_attribution(line) and following - index <= 2 and _quoted_run(lines, following) >= 1:
        walk.quoting = walk.quoting or evidence.replies or _quoted_run(lines, following) >= 2
        return 1 if walk.quoting else 0
    if is_rule(line) and block_length(lines, following):
        return _rest(lines, index, walk, evidence, certain=False)
    if block_length(lines, index):
        return _rest(lines, index, walk, evidence, certain=False)
    return 0


def _is_quoted(line: str) -> bool:
    # ">From" at the start of a line is mbox escaping, not quoting.
    return line.lstrip(" \t").startswith(">") and not line.startswith(">From ")


def _quoted_run(lines: list[str], index: int) -> int:
    """How many quoted lines follow each other from `index`; blank lines between quoted ones count too."""
    end = position = index
    while position < len(lines) and (_is_quoted(lines[position]) or not lines[position].strip()):
        if _is_quoted(lines[position]):
            end = position + 1
        elif position - end >= 1:
            break
        position += 1
    return end - index


def _quoted_block(lines: list[str], index: int, walk: _Cut, evidence: Evidence) -> int:
    length = _quoted_run(lines, index)
    block = lines[index : index + length]
    nested = any(line.lstrip(" \t>").strip() and line.replace(" ", "").startswith(">>") for line in block)
    if walk.quoting or (nested and evidence.replies):
        return length
    if walk.introduced:  # an attribution comes later: these marks above it are the writer's own
        walk.own_until = index + length
        return 0
    quoted = evidence.threaded or (evidence.replies and length >= 3)
    if quoted and not _looks_like_bullets(lines, index, block):
        return length
    walk.own_until = index + length
    return 0


def _looks_like_bullets(lines: list[str], index: int, block: list[str]) -> bool:
    """'>' as a bullet: below the writer's own line with a colon, every line a short point of its own."""
    before = next(
        (lines[position] for position in range(index - 1, max(index - 3, -1), -1) if lines[position].strip()), ""
    )
    return before.rstrip().endswith(":") and not plain_attribution(before) and all(len(line) < 70 for line in block)


def _attributed(lines: list[str], index: int, length: int, walk: _Cut, evidence: Evidence) -> int | None:
    following = _next_filled(lines, index + length)
    if following >= len(lines):
        return length if walk.folded or _says_something(walk.kept) else 0
    if _is_quoted(lines[following]):
        walk.quoting = True
        return length
    if is_forward(lines[following]):
        return None
    if any(_is_quoted(line) for line in lines[following : following + 3]):
        walk.quoting = True
        return length
    return _rest(lines, index, walk, evidence, certain=False)


def _rest(lines: list[str], index: int, walk: _Cut, evidence: Evidence, *, certain: bool) -> int | None:
    """Folds everything from `index`: an unmarked quote has no end, so this needs a reply and words above it."""
    if not (certain or evidence.replies or _quotes_recipient(lines[index : index + _HEADER_LINES], evidence)):
        return 0
    if not (_says_something(walk.kept) or _greets_only(walk.kept)):
        return None
    above = "\n".join(walk.kept)
    if _INLINE_ANSWER.search(above) or _SEE_BELOW.search(above):
        return None
    return len(lines) - index


def _quotes_recipient(lines: list[str], evidence: Evidence) -> bool:
    """Whether the quoted message is from somebody whom this mail goes to: then it answers, whatever its subject."""
    naming = (line.casefold() for number, line in enumerate(lines) if number == 0 or label(line) == "from")
    return any(address in line for line in naming for address in evidence.recipients)


def _next_filled(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def _says_something(lines: list[str]) -> bool:
    """Whether words of the sender's own are left, besides greetings, closings and the marks of mail programs."""
    name_lines = 0
    for line in lines:
        if not line.strip():
            continue
        if _CLOSING.fullmatch(line[:200]):
            name_lines = 2  # what follows a closing is a name, not a message
        elif name_lines and len(line) < 60:
            name_lines -= 1
        elif _WORD.search(line) and not _FURNITURE.fullmatch(line[:200]):
            return True
    return False


def _greets_only(lines: list[str]) -> bool:
    """Whether the whole message is one bare "Hallo": without name or comma it opens nothing, so it is the answer."""
    filled = [line for line in lines if line.strip() and not _DEVICE.fullmatch(line[:200])]
    return len(filled) == 1 and _BARE_GREETING.fullmatch(filled[0]) is not None


def _tidy(lines: list[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    while kept and (not kept[-1].strip() or is_rule(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip("\n")
