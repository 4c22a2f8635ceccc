"""Who is complained about: the functions people name, and which of them the complaint is aimed at.

The role decides who handles the complaint (process description, section 5), so a role that is only addressed or
mentioned in passing must not win from the one whose conduct is described.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

NOBODY = "onbekend"
MEDEWERKER = "medewerker"
PERSON_LIKELY = 0.4
"""On held-out writers this found .73 of the roles, and nobody in .87 of the messages that are about nobody."""

FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    role: tuple(words)
    for role, words in tomllib.loads((files("nlp") / "functions.toml").read_text(encoding="utf-8")).items()
}
"""Words for each role, from ``functions.toml``."""

_ARTICLE = r"(?:(?:de|het|een|uw|jullie|die|deze|mijn|onze)\s+)?"
_AIMED = re.compile(
    r"\b(?:klacht|klachten|klagen|klaag|beklag|beklagen|ongenoegen|ontevreden)\b[^.!?\n]{0,45}$"
    r"|\b(?:door|over|tegen|gedrag|houding|optreden|handelwijze|handelen|toon|bejegening)\s+(?:van\s+)?"
    + _ARTICLE
    + "$",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"(?:^|\n)\s*(?:(?:geachte?|beste|t\.?a\.?v\.?|hooggeachte?)[^.!?\n]{0,40}|aan\s+(?:de|het|uw)?\s*)$"
    r"|\b(?:cc|kopie)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"\b(?:aan|naar|bij|via|met|voor|namens|richting)\s+" + _ARTICLE + "$"
    r"|\b(?:besluit|beschikking|brief)\s+van\s+" + _ARTICLE + "$",
    re.IGNORECASE,
)
_CONDUCT = re.compile(
    r"onbeschoft|\bbot\b|\bbotte|\bgrof|\bgrove|brutaal|arrogant|schreeuw|\bschold|scheld|gescholden|uitgelach|\blachte"
    r"|denigrer|neerbuigend|onvriendelijk|beledig|\bliegt|\bloog|gelogen|\bliegen|\bnegeer|genegeerd|belo[fo]|toegezegd"
    r"|toezegging|teruggebeld|terugbel|afgewimpeld|weggestuurd|discrimin|bedreig|intimid|onheus|respectloos|weiger"
    r"|behandeld|bejegen|hing\s+op|ophing|opgehangen|snauw|\bkort\s?af|minacht|kleiner|verwijt|beschuldig"
    r"|verkeerde?\s+informatie|niet\s+(?:op\s+komen\s+dagen|gereageerd|geluisterd|geholpen|nagekomen)|reageert\s+niet"
    r"|luister|schandalig|onbehoorlijk|onfatsoen|ongepast|partijdig|vooringenomen|duwde|rookte|rijdt|reed",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[.!?\n]")
_FLOOR, _PLAIN_FLOOR = 0.6, 1.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A function named in the text, as characters from ``start`` to ``end``."""

    role: str
    start: int
    end: int


def respondent(text: str, mentions: Sequence[Mention], person: float) -> tuple[str, Mention | None]:
    """The role complained about, with the mention that shows it if there is one, or "onbekend".

    A function that the text aims at decides. Else ``person``, the model's probability that the message is about what
    somebody did, tells an unnamed medewerker ("die vent achter het glas") from nobody at all.
    """
    scored = sorted(((score(text, mention), mention) for mention in mentions), key=lambda p: (-p[0], p[1].start))
    points, best = scored[0] if scored else (0.0, None)
    if best and points >= (_PLAIN_FLOOR if best.role == MEDEWERKER else _FLOOR):
        return best.role, best
    if person >= PERSON_LIKELY:
        return MEDEWERKER, next((mention for _, mention in scored if mention.role == MEDEWERKER), None)
    return NOBODY, None


def score(text: str, mention: Mention) -> float:
    """How strongly the text aims at this mention; an addressee scores nothing."""
    before = text[max(0, mention.start - 70) : mention.start]
    if _ADDRESSED.search(before):
        return 0.0
    points = 0.5 if mention.role == MEDEWERKER else 0.7
    if _AIMED.search(before):
        points += 2.0
    elif _INDIRECT.search(before):
        points -= 0.6
    return points + _conduct(text, mention)


def _conduct(text: str, mention: Mention) -> float:
    """Up to 1.5 for words of conduct in the same sentence, less with distance, half before the function."""
    ahead = text[mention.end : mention.end + 160]
    stop = _STOPS.search(ahead)
    after = _CONDUCT.search(ahead[: stop.start()] if stop else ahead)
    behind = _STOPS.split(text[max(0, mention.start - 120) : mention.start])[-1]
    earlier = list(_CONDUCT.finditer(behind))
    points = 1.5 / (1 + after.start() / 40) if after else 0.0
    return max(points, 0.75 / (1 + (len(behind) - earlier[-1].end()) / 40) if earlier else 0.0)
