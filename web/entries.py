"""Forms that tasks ask to be filled in: what stands in them, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.message import Contact, Route
from core.domain.people import PartyRole
from core.domain.terms import Calendar
from core.service.complainants import Claim
from core.views import CaseView, LetterView
from web.forms import LONGEST_FIELD, Problem, clean, is_address, line
from web.mapped import Forms

CLAIM_FIELDS = ("name", "email", "phone", "address", "date", "time")
CLOCK = "%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands in the fields of a form, and what is wrong with it."""

    fields: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    wrong: Mapping[str, str] = field(init=False)
    """Field -> key of what is wrong with it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "wrong", {one.field: one.key for one in reversed(self.problems)})


def claim_entry(case: CaseView, calendar: Calendar) -> Entry:
    """Who complains and since when, as it was proposed; the time is local."""
    contact = _contact(case)
    local = case.case.received_at.astimezone(calendar.zone)
    return Entry(fields={
        "name": contact.name, "email": contact.email, "phone": contact.phone, "address": contact.address,
        "date": local.date().isoformat(), "time": local.strftime(CLOCK),
    })  # fmt: skip


def posted_entry(values: Mapping[str, str], names: Sequence[str]) -> Entry:
    """What was filled in, cleaned."""
    return Entry(fields={name: clean(values.get(name, "")).strip() if name == "address" else line(values.get(name))
                         for name in names})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a claim is held against."""

    calendar: Calendar
    proposed: datetime
    """What stood in the form: unchanged, it keeps its seconds."""
    latest: datetime
    """When the message itself came in."""
    forms: Forms


def claimed(entry: Entry, limits: Limits) -> tuple[Claim | None, tuple[Problem, ...]]:
    """The claim in these fields, or everything that is wrong with them."""
    filled = entry.fields
    received_at = _received_at(filled, limits)
    problems = tuple(_problems(filled, received_at, limits))
    if problems or received_at is None:
        return None, problems
    contact = Contact(**{name: filled[name] for name in ("name", "email", "phone", "address")})
    return Claim(contact=contact, received_at=received_at), ()


def _problems(filled: Mapping[str, str], received_at: datetime | None, limits: Limits) -> Iterator[Problem]:
    for name in ("name", "phone", "address"):
        if len(filled[name]) > LONGEST_FIELD:
            yield Problem(name, "too_long")
    if filled["email"]:
        yield from address_problems("email", filled["email"], limits.forms)
    if received_at is None:
        yield Problem("date", "moment_wrong")
    elif received_at > limits.latest:
        yield Problem("date", "moment_late")


def address_problems(name: str, address: str, forms: Forms) -> Iterator[Problem]:
    """What is wrong with a mail address to which we are to write."""
    if not is_address(address):
        yield Problem(name, "email_wrong")
    elif not forms.answerable(address):
        yield Problem(name, "email_ours")


def _received_at(filled: Mapping[str, str], limits: Limits) -> datetime | None:
    zone = limits.calendar.zone
    try:
        local = datetime.strptime(f"{filled['date']} {filled['time']}", f"%Y-%m-%d {CLOCK}").replace(tzinfo=zone)
    except ValueError:
        return None
    before = limits.proposed.astimezone(zone)
    unchanged = local == before.replace(second=0, microsecond=0)
    return limits.proposed if unchanged else local.astimezone(limits.proposed.tzinfo)


def again_entry(case: CaseView, letter: LetterView) -> Entry:
    """Where a letter that did not arrive can go: what is known of the complainant, to be corrected."""
    contact = _contact(case)
    failed = letter.to.address if letter.to.route == Route.MAIL else ""
    known = "\n".join(part for part in (contact.name, contact.address) if part) if contact.address else ""
    post = letter.to.address if letter.to.route == Route.PRINT else known
    return Entry(fields={"email": contact.email or failed, "post": post})


def _contact(case: CaseView) -> Contact:
    found = (party.contact for party in case.parties if party.role == PartyRole.COMPLAINANT)
    return next(found, Contact())
