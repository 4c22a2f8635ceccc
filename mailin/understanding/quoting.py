"""How mail programs mark quoted text: attributions, header blocks and dividers, in the languages of our citizens."""

from __future__ import annotations

import re
from enum import Enum

_VERBS = (
    r"schreef|schreven|geschreven|wrote|writes|said|schrieb|geschrieben|a écrit|écrivait|escribió|ha scritto|"
    r"scrisse|escreveu|skrev|kirjoitti|napisał(?:\(?a\)?)?|pisze|napsal(?:\(a\))?|napísal(?:\(a\))?|"
    r"написал(?:\(а\))?|пишет|написав|написала|yazdı|ezt írta|a scris|je napisa(?:o|la)|rašė|đã viết|menulis|"
    r"έγραψε|כתב|كتب|写道|寫道|のメール|のメッセージ|작성|:written by|citeren|quoting|s message of|zitat von|citaat van"
)
_WRITES = re.compile(rf"(?<!\w)(?:{_VERBS})", re.I)
_DATED = re.compile(
    r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d(?:[:.]\d\d)?\b|"
    r"\d{4}年"
)
_BARE_ATTRIBUTION = re.compile(
    r"(?:\w{2,12}[,.]? )?\d[^<>@]{4,120}?(?:<[^\s<>@]{1,64}@[^\s<>@]{1,255}>|[(\[][^\s()@]{1,64}@[^\s()@]{1,255}[)\]])"
    r"\s?[:：]"
)
_NUMERIC = re.compile(r"\d[./-]\d{1,2}[./-]\d{2,4}")
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_FORM_OPENERS = re.compile(r"(?:op|on|am|le|el|il|em|den|dne|w dniu|dnia)\s", re.I)
_PERSONAL = re.compile(
    r"\b(?:ik|wij|we|mij|me|ons|hem|haar|naar|mijn|onze|jullie|I|us|him|her|ich|mir|wir|uns)\b"
    r"(?![@.\w-])",
    re.I,
)
_ENDS = (":", "：", ":*", ":_")
_ATTRIBUTION_LENGTH = 400
_ATTRIBUTION_LINES = 4

_LABELS = {
    "from": "van|from|von|de|da|fra|från|od|afzender|absender|expéditeur|de la|feladó|lähettäjä|kimden|"
    "от|від|من|מאת|发件人|寄件者|差出人",
    "date": (
        "verzonden|verzonden op|datum|sent|sent on|date|gesendet|gesendet am|verstuurd|verzonddatum|envoyé|"
        "envoyé le|message du|enviado|enviado el|inviato|data|skickat|sendt|dato|fecha|date d'envoi|wysłano|"
        "odesláno|odoslané|trimis|elküldve|lähetetty|gönderildi|gönderme tarihi|tarih|отправлено|дата|"
        "надіслано|تم الإرسال|التاريخ|"
        "נשלח|发送时间|日期|寄件日期|送信日時"
    ),
    "to": "aan|to|an|à|para|a|till|til|destinataire|do|komu|către|címzett|vastaanottaja|kime|кому|إلى|אל|"
    "收件人|收件者|宛先",
    "copy": "cc|kopie|bcc|kopie an|copie|copie à|копия|bilgi|نسخة|抄送",
    "subject": "onderwerp|subject|betreff|objet|sujet|asunto|oggetto|assunto|ämne|emne|betreft|re|temat|předmět|"
    "predmet|subiect|tárgy|aihe|konu|тема|الموضوع|נושא|主题|主旨|件名",
    "other": "prioriteit|priority|importance|urgentie|beantwoorden aan|antwoord aan|reply-to|antwort an|bijlagen|"
    "attachments|anlagen|organisatie|organization|priorität|wichtigkeit|belang|categorie",
}
_LABEL = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items()), re.I)
_LABEL_LINE = re.compile(
    r"\s{0,4}[*_]{0,2}([^\W\d_][\w' -]{0,24}?)\s{0,2}[*_]{0,2}\s?[:：]"
    r"[*_]{0,2}(?:\s|$|(?<=：)|(?=\S*@))(.*)"
)
_BLOCK_LINES = 14

_FORWARD = re.compile(
    r"\s*[-_*=>\s]{0,80}(?:begin )?(?:doorgestuurd bericht|doorgezonden bericht|forwarded message|forwarded by|"
    r"weitergeleitete nachricht|message transféré|mensaje reenviado|messaggio inoltrato|"
    r"anfang der weitergeleiteten nachricht|videresendt besked|vidarebefordrat meddelande|"
    r"begin doorgestuurd bericht|begin forwarded message|doorgestuurde mail|doorgestuurde e-mail)"
    r"(?:\s+(?:van|from|von|door|by)\b.{0,200})?[-_*=:\s]{0,80}",
    re.I,
)
_ORIGINAL = re.compile(
    r"\s*+[-_*=]{2,80}+\s*+(?:oorspronkelijk(?:e)? (?:bericht|e-?mail|mail)|origineel bericht|original message|"
    r"original (?:e-?mail|appointment)|"
    r"(?:ursprüngliche|originale?)-?\s?(?:nachricht|e-?mail)|message d'origine|mensaje original|messaggio originale|"
    r"reply message|antwoordbericht|beantwoord bericht|ursprungligt meddelande|oprindelig meddelelse|"
    r"mensagem original|reacties? boven deze lijn.{0,60}|wiadomość oryginalna|orijinal ileti|"
    r"исходное сообщение|原始邮件|元のメッセージ)\s*[-_*=]{2,80}\s*",
    re.I,
)
# What helpdesks put between their sender's room to answer and everything older.
_REPLY_ABOVE = re.compile(
    r"\s{0,8}+[-_*=#~]{2,60}+\s{0,20}+(?:(?:please )?(?:type|write|enter|add)? ?(?:your )?"
    r"(?:reply|response|comment) above this line|(?:typ|schrijf|plaats|geef)? ?(?:alstublieft )?(?:uw |je )?"
    r"(?:antwoord|reactie|bericht) (?:hier)?boven deze (?:lijn|regel)|(?:bitte )?(?:geben sie )?"
    r"(?:ihre |deine )?antwort (?:bitte )?"
    r"(?:über|oberhalb) diese[rn]? (?:linie|zeile)|répond(?:re|ez) au-dessus de cette ligne)[^\w]{0,80}",
    re.I,
)
_BETWEEN_MARKS = re.compile(r"\s{0,4}>>> .{3,250} >>>\s*")  # GroupWise: the quote below it is unmarked
_DASHED = re.compile(r"\s*-{3,20}\s*(?:op|on|am|le) .{5,300}?\s*-{3,20}\s*", re.I)
_DRAWN = frozenset("-_*=#~>")
_RULE = re.compile(r"\s*(?:_{10,200}|-{10,200}|={10,200}|\*{10,200})\s*")


class Mark(Enum):
    """What a line opens."""

    ATTRIBUTION = "attribution"
    BLOCK = "block"
    ORIGINAL = "original"
    FORWARD = "forward"


def is_rule(line: str) -> bool:
    """Whether a line is nothing but a drawn line."""
    return _RULE.fullmatch(line) is not None


def is_forward(line: str) -> bool:
    """Whether a line announces a forwarded message."""
    return len(line) < 300 and _FORWARD.fullmatch(line) is not None


def is_original(line: str) -> bool:
    """Whether a line is a divider such as '-----Oorspronkelijk bericht-----'."""
    if line.lstrip()[:1] not in _DRAWN or len(line) >= 400:
        return False
    return (
        _ORIGINAL.fullmatch(line) is not None
        or (_BETWEEN_MARKS.fullmatch(line) is not None and _DATED.search(line) is not None)
        or (_DASHED.fullmatch(line) is not None and _WRITES.search(line) is not None)
    )


def is_helpdesk_line(line: str) -> bool:
    """Whether a line says that answers go above it: what stands below it is the helpdesk's, whoever wrote above."""
    return line.lstrip()[:1] in _DRAWN and len(line) < 400 and _REPLY_ABOVE.fullmatch(line) is not None


def attribution_length(lines: list[str], index: int) -> int:
    """How many lines from `index` form a wrapped 'Op … schreef …:', 0 when they do not.

    The verb alone is never enough: a date, a time or an address must stand with it, and the last line must end in
    a colon or open with the form that a mail program uses.
    """
    window = [line.strip() for line in lines[index : index + _ATTRIBUTION_LINES]]
    if not any(line.endswith(_ENDS) for line in window):
        return 0  # true of most lines, and cheap to see
    opens = _FORM_OPENERS.match(window[0]) is not None and _DATED.search(window[0]) is not None
    joined = ""
    for count, line in enumerate(window, 1):
        if not line and (count == 1 or not _WRITES.search(joined)):
            return 0
        if count > 1 and line and not _opens_angle(joined) and _later_start(joined, line, opens):
            return 0
        joined = f"{joined}{line}" if joined.endswith("<") else f"{joined} {line}".strip()
        if len(joined) > _ATTRIBUTION_LENGTH:
            return 0
        if joined.endswith(_ENDS):
            return count if _is_attribution(joined) or _is_bare(joined) else 0
    return 0


def _opens_angle(text: str) -> bool:
    """Whether an address was begun and goes on in the next line."""
    return text.rfind("<") > text.rfind(">")


def _later_start(before: str, line: str, opens: bool) -> bool:
    """Whether a wrapped attribution begins at this line rather than at an earlier one."""
    if _FORM_OPENERS.match(line) and _DATED.search(line):
        return True
    if not opens and _DATED.match(line) and not _WRITES.search(before):
        return True
    if line.startswith("<"):
        return False  # an address whose name stands in the line before
    written = _WRITES.match(line)
    return not opens and written is None and line.endswith(_ENDS) and _is_attribution(line)


def _is_bare(text: str) -> bool:
    """Whether this is the attribution without a verb of some web mail: a date, a name and '<address>:'."""
    return _DATED.search(text) is not None and _BARE_ATTRIBUTION.fullmatch(text) is not None


def _is_attribution(text: str) -> bool:
    verb = _WRITES.search(text)
    if verb is None or _PERSONAL.search(text):
        return False
    dated, addressed = _DATED.search(text), _ADDRESS.search(text)
    before, after = text[: verb.start()], text[verb.end() :].strip(" :：*_")
    if addressed and (dated or len(after.split()) <= 8):
        return True
    if not dated or (not _FORM_OPENERS.match(before) and dated.start() < verb.start()):
        return False  # "In 2023 schreef de gemeente ...:" is a sentence
    # Without an address: the form of a mail program has a full date with a time or a numeric date, and a name.
    exact = len(_DATED.findall(text)) >= 2 or _NUMERIC.search(text)
    return bool(exact) and len(after.split() or before.split()[5:]) <= 8


def plain_attribution(line: str) -> bool:
    """Whether a short 'Jan schreef:' could introduce the quoted line right below it."""
    text = line.strip()
    return (
        len(text) < 200
        and text.endswith(_ENDS)
        and (
            _WRITES.search(text) is not None or (_ADDRESS.search(text) is not None and _DATED.search(text) is not None)
        )
    )


def block_length(lines: list[str], index: int) -> int:
    """How many lines from `index` form a header block of a quoted message (Van, Verzonden, Aan, Onderwerp), else 0.

    It takes a sender and at least two other different fields, one of them the date or the subject, in lines that
    follow each other with at most one blank line between.
    """
    kinds: set[str] = set()
    end = index
    blanks = 0
    for position in range(index, min(index + _BLOCK_LINES, len(lines))):
        line = lines[position]
        if not line.strip():
            blanks += 1
            if blanks > 1 or not kinds:
                break
            continue
        kind = label(line)
        if kind is None or (position == index and kind not in ("from", "date", "subject")):
            if not kinds or blanks or not _continues(line, lines[position - 1]):
                break
        elif kind in kinds and kind != "other":
            break
        else:
            kinds.add(kind)
        blanks = 0
        end = position + 1
    named = kinds - {"other"}
    return end - index if "from" in named and len(named) >= 3 and named & {"date", "subject"} else 0


def label(line: str) -> str | None:
    """Which header field of a quoted message this line states, None for any other line."""
    match = _LABEL_LINE.match(line[:200])
    found = _LABEL.fullmatch(match.group(1).strip()) if match else None
    return found.lastgroup if found else None


def _continues(line: str, before: str) -> bool:
    """Whether a line goes on with a long list of addresses or a long subject."""
    long = label(before) is not None and (len(before) > 60 or line[:1] in " \t")
    return long or "@" in line or before.rstrip().endswith((",", ";"))
