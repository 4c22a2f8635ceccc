"""Terms of the Awb, chapter 9, as arithmetic on calendar dates (law.md section 2). Dates in, dates out.

Nothing here reads a clock: callers pass the day. Holidays come in as a :class:`Calendar` value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days that no statutory term ends on, and the zone in which a day is a day."""

    zone: tzinfo
    holidays: Mapping[date, str]
    """Generally recognised holidays and the days equated with them (Algemene termijnenwet art. 3), with their names."""
    known_until: date
    """Last day for which the equated days are known; later deadlines carry a warning (law.md T-5b)."""
    version: str
    """Names the holiday table, so that a deadline can be explained afterwards."""

    def day_of(self, instant: datetime) -> date:
        """The local calendar day of a UTC instant (law.md T-8)."""
        if instant.tzinfo is None:
            raise ValueError("instant must be aware")
        return instant.astimezone(self.zone).date()

    def rest(self, day: date) -> str | None:
        """Why ``day`` is no working day: the holiday's name or ``weekend``; None for a working day."""
        if day in self.holidays:
            return self.holidays[day]
        return "weekend" if day.weekday() >= SATURDAY else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Lengths in days, each with its source."""

    target: int = 28
    """The municipality's own four weeks; not statutory, so never extended (law.md T-10)."""
    notice: int = 28
    """Telling that a complaint is not handled (Awb 9:8 lid 3)."""
    limit: int = 42
    """Settling a complaint (Awb 9:11 lid 1)."""
    limit_with_committee: int = 70
    """The same where a committee advises (Awb 9:11 lid 1, 9:14)."""
    adjournment: int = 28
    """Longest total adjournment (Awb 9:11 lid 2)."""
    objection: int = 42
    """Filing an objection (Awb 6:7)."""


AWB = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day of a term, and why it is not the nominal one."""

    nominal: date
    day: date
    skipped: tuple[tuple[date, str], ...] = ()
    """The days that were passed over, each with its reason."""
    certain: bool = True
    """False when it lies beyond the known table of equated days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The dates of one case. ``basis`` says what the limit rests on: statutory, adjourned or agreed."""

    target: date
    notice: Deadline
    limit: Deadline
    basis: str = "statutory"
    calendar: str = ""
    committee: bool = False
    """Whether a committee advises: ten weeks instead of six (Awb 9:11 lid 1)."""
    adjourned: int = 0
    """Days of adjournment (Awb 9:11 lid 2)."""
    ended: date | None = None
    """The day on which handling ended, however it did: as a rule that on which the letter about it was sent."""
    ombudsman_until: date | None = None
    """Until when the ombudsman can be asked about it; see ``ombudsman_on`` for a case that is still open (Awb 9:24)."""
    objection: Deadline | None = None
    """A hint: until when an objection could be filed, where the decision's date is known (law.md B-5)."""


def extended(nominal: date, calendar: Calendar) -> Deadline:
    """A statutory end runs on to the next day that is no Saturday, Sunday or holiday (Termijnenwet art. 1 lid 1)."""
    day, skipped = nominal, []
    while (reason := calendar.rest(day)) is not None:
        skipped.append((day, reason))
        day += timedelta(days=1)
    return Deadline(nominal=nominal, day=day, skipped=tuple(skipped), certain=day <= calendar.known_until)


def deadlines(
    receipt: date,
    calendar: Calendar,
    *,
    adjourned: int = 0,
    agreed: date | None = None,
    committee: bool = False,
    ended: date | None = None,
    announced: date | None = None,
    terms: Terms = AWB,
) -> Deadlines:
    """The dates that follow from the day of receipt, in whole weeks so that the weekday stays (law.md T-1 to T-10).

    ``adjourned`` is the total adjournment in days (Awb 9:11 lid 2); ``agreed`` the date to which the complainant
    agreed in writing (lid 3), which replaces the limit and is not extended (law.md T-7d). ``ended`` is the day on which
    handling ended (Awb 9:24), ``announced`` that of the citizen's decision, for the objection term (Awb 6:7).

    Raises ValueError when the adjournment is negative or longer than the law allows.
    """
    if not 0 <= adjourned <= terms.adjournment:
        raise ValueError(f"adjournment must be 0 to {terms.adjournment} days, not {adjourned}")
    length = (terms.limit_with_committee if committee else terms.limit) + adjourned
    limit = extended(receipt + timedelta(days=length), calendar)
    basis = "adjourned" if adjourned else "statutory"
    if agreed is not None:
        limit, basis = Deadline(nominal=agreed, day=agreed), "agreed"
    return Deadlines(
        target=receipt + timedelta(days=terms.target),
        notice=extended(receipt + timedelta(days=terms.notice), calendar),
        limit=limit,
        basis=basis,
        calendar=calendar.version,
        committee=committee,
        adjourned=adjourned,
        ended=ended,
        ombudsman_until=ombudsman_until(ended) if ended is not None else None,
        objection=objection_until(announced, calendar, terms) if announced is not None else None,
    )


def year_after(day: date) -> date:
    """The last day of a year's term; not extended, and a year from 29 February ends on 28 February (decisions 37)."""
    last_of_february = date(day.year + 1, 2, 28)
    return last_of_february if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def ombudsman_until(ended: date) -> date:
    """Until when the ombudsman can be asked, counted from the day handling ended or should have (Awb 9:24)."""
    return year_after(ended)


def ombudsman_on(dates: Deadlines, today: date) -> date | None:
    """Until when the ombudsman can be asked, seen from ``today``; None while handling runs within its term.

    Handling that should have ended counts as ended (Awb 9:24 lid 1 b; law.md T-9b) while no findings have gone out.
    """
    if dates.ombudsman_until is not None:
        return dates.ombudsman_until
    return ombudsman_until(dates.limit.day) if today > dates.limit.day else None


def over_a_year_ago(conduct: date, filed: date) -> bool:
    """Whether the conduct lies more than a year before filing (Awb 9:8 lid 1 b): a hint, never a refusal."""
    return filed > year_after(conduct)


def objection_until(announced: date, calendar: Calendar, terms: Terms = AWB) -> Deadline:
    """Until when an objection against a decision announced on this day can be filed (Awb 6:7, 6:8)."""
    return extended(announced + timedelta(days=terms.objection), calendar)


def working_days_after(day: date, count: int, calendar: Calendar) -> date:
    """The day that lies ``count`` working days after ``day``; for promises of our own, not for statutory terms."""
    while count > 0:
        day += timedelta(days=1)
        if calendar.rest(day) is None:
            count -= 1
    return day
