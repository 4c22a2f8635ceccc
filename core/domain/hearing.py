"""Hearing both sides (Awb 9:10): the record of each, and when the complainant's hearing may be left out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class WaiverGround(StrEnum):
    """Why a complainant was not heard (Awb 9:10 lid 2). For the respondent the law gives none."""

    KENNELIJK_ONGEGROND = "kennelijk_ongegrond"
    VERKLAARD_NIET = "verklaard_niet"
    GEEN_REACTIE = "geen_reactie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A hearing that was left out, its ground, and for silence the day until which could be answered."""

    ground: WaiverGround
    reply_by: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the ground may be used on this day: silence counts only once the set term is over (law.md A-10.2)."""
        return self.ground != WaiverGround.GEEN_REACTIE or (self.reply_by is not None and self.reply_by < day)
