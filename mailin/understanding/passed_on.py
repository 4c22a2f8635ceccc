"""The citizen's message inside a mail of a colleague: who wrote it, and when the municipality first had it.

What is found is a proposal. A person confirms it, and until then nothing is sent to anybody, which settles every doubt:
when a mail of a colleague may be about somebody else's words, it counts as passed on. Taken for a forward by mistake,
it waits for a person; taken for the colleague's own complaint by mistake, what the citizen wrote in confidence would go
to the wrong one, and the citizen would hear nothing (Awb 9:6 wants the receipt confirmed to who complains).

How each kind of mail from a staff domain is taken:

- A forward, by its subject (FW, Fwd, WG, Doorst), a divider ("Doorgestuurd bericht") or a message in an attachment: is
  passed on. Without an outside sender in it a person says who complains: ``Contact()``.
- An answer, or a mail of any subject, that quotes an outside sender by address ("RE: uw klacht" to the citizen, with us
  in Cc): is passed on too. The colleague had the citizen's mail, so its date counts; and a confirmation would otherwise
  go to the colleague. Quotes of colleagues only are no forward.
- An answer in a thread of ours: the handler or the person complained about writes to us. Only a forward by its subject,
  or a divider below a subject that is no answer, makes it one.
- A redirect (Resent-From of a colleague, RFC 5322 section 3.6.6): From is the citizen, so it is an ordinary mail.
- A colleague's own complaint, without anybody's message in it: an ordinary mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from core.domain.message import Contact, Forwarded
from mailin.understanding.addresses import mailbox_of
from mailin.understanding.mail import Mail, MailAttachment
from mailin.understanding.mime import parse
from mailin.understanding.quoted import LONGEST_ADDRESS, Quoted, Reading, quoted_messages
from mailin.understanding.reply import Evidence
from mailin.understanding.written_dates import written_date

MOST_DEPTH = 5
"""Messages attached to attached messages that are opened."""
MOST_ATTACHED = 10
"""Attached messages that are opened, at all depths together."""
MOST_DATES = 300
"""Unreadable dates after which no more are tried."""
_LATE = timedelta(days=7)
"""Between the Date field and receipt, as in `safety.trust`; an older date says nothing about when it was passed on."""
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global"})
_OUTLOOK_TYPE = "application/vnd.ms-outlook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """What tells colleagues from citizens, and the zone of times that are written without one."""

    domains: frozenset[str]
    """Domains from which colleagues write, in small letters; those below them count too."""
    mailboxes: frozenset[str]
    """Our own complaint mailboxes, as `addresses.mailbox_of` writes them: nobody's, and no colleague's."""
    zone: tzinfo

    def is_inside(self, address: str) -> bool:
        """Whether an address is a colleague's or our own."""
        domain = address.rpartition("@")[2].casefold().rstrip(".")
        below = any(domain == one or domain.endswith(f".{one}") for one in self.domains)
        return below or mailbox_of(address) in self.mailboxes

    def is_colleague(self, address: str) -> bool:
        """Whether a colleague writes from this address."""
        return self.is_inside(address) and mailbox_of(address) not in self.mailboxes


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """The proposal, and the whole text with that of attached messages: here the quote is the message."""

    forwarded: Forwarded
    text: str


def passed_on(mail: Mail, staff: Staff, received_at: datetime, *, answers_us: bool) -> PassedOn | None:
    """What a colleague passed on with this mail, None when it is an ordinary one. Pure, and total on any mail.

    ``answers_us`` tells that it answers a message of staff.
    """
    if mail.bounce or not mail.from_addr or not staff.is_colleague(mail.from_addr):
        return None
    subject = Evidence(subject=mail.subject)
    here = quoted_messages(mail.text)
    if answers_us and not subject.forwards and (subject.replies or not here.announced):
        return None
    inside = _Inside(staff.zone, here)
    inside.open(mail.attachments, 1)
    citizen = _citizen(inside.messages, mail, staff)
    forwards = subject.forwards or here.announced or inside.attached
    if not forwards and (citizen is None or not citizen.address):
        return None
    forwarded = Forwarded(
        contact=Contact(name=citizen.name[:300], email=citizen.address) if citizen else Contact(),
        received_at=_first_had(inside.messages, citizen, staff, _passed_at(mail, received_at)),
    )
    texts = (text for text in inside.texts if text and text not in mail.text)
    return PassedOn(forwarded=forwarded, text="\n\n".join(filter(None, (mail.text, *texts))))


class _Inside:
    """All messages inside a mail from the outside in, and the texts of those in attachments."""

    def __init__(self, zone: tzinfo, here: Reading) -> None:
        self.zone = zone
        self.messages = list(here.messages)
        self.texts: list[str] = []
        self.attached = False
        self.opened = 0

    def open(self, files: Iterable[MailAttachment], depth: int) -> None:
        """Read the attached messages; one of Outlook (.msg) is kept whole, and only tells that something is passed."""
        for file in files:
            name = file.filename.casefold()
            self.attached |= file.content_type == _OUTLOOK_TYPE or name.endswith(".msg")
            if file.content_type not in _MESSAGE_TYPES and not name.endswith(".eml"):
                continue
            self.attached = True
            if depth > MOST_DEPTH or self.opened >= MOST_ATTACHED:
                continue
            self.opened += 1
            mail = parse(file.content)
            self.messages.append(_attached(mail, self.zone))
            self.messages.extend(quoted_messages(mail.text).messages)
            self.texts.append("\n\n".join(filter(None, (mail.subject, mail.text))))
            self.open(mail.attachments, depth + 1)


def _attached(mail: Mail, zone: tzinfo) -> Quoted:
    """An attached message; it came in when the last server says so in its Received field (RFC 5321 section 4.4)."""
    stamps = (value.rpartition(";")[2] for name, value in mail.trace if name == "received")
    came_in = written_date(next(stamps, ""), zone)
    address = mail.from_addr if mail.from_addr and len(mail.from_addr) <= LONGEST_ADDRESS else ""
    return Quoted(name=mail.from_name, address=address, recipients=mail.to, came_in=came_in or mail.date)


def _citizen(messages: list[Quoted], mail: Mail, staff: Staff) -> Quoted | None:
    """The innermost outside sender who wrote to the municipality.

    Where no recipient says so it is the outermost one, because whatever reached a colleague was written to one, and
    what an outside sender quotes need not be. A sender without an address counts when there is no other, unless a
    colleague has that name.
    """
    outside = [one for one in messages if one.address and not staff.is_inside(one.address)]
    to_us = [one for one in outside if _came_in(one, staff)]
    if to_us or outside:
        return _named(to_us[-1] if to_us else outside[0], messages)
    colleagues = {one.name.casefold() for one in messages if one.address} | {mail.from_name.casefold()}
    bare = [one for one in messages if not one.address and one.name and one.name.casefold() not in colleagues]
    return bare[-1] if bare else None


def _named(citizen: Quoted, messages: list[Quoted]) -> Quoted:
    """The same sender with the name that stands elsewhere, when none stands here."""
    if citizen.name:
        return citizen
    same = (one.name for one in messages if one.name and one.address.casefold() == citizen.address.casefold())
    return replace(citizen, name=next(same, ""))


def _came_in(message: Quoted, staff: Staff) -> bool:
    return any(staff.is_inside(address) for address in message.recipients)


def _first_had(messages: list[Quoted], citizen: Quoted | None, staff: Staff, latest: datetime) -> datetime | None:
    """When the first mailbox of the municipality got it (Awb 2:20): the innermost readable date of a message to us."""
    inmost = islice(_received(reversed(messages), citizen, staff), MOST_DATES)
    date = next(filter(None, (one.moment(staff.zone) for one in inmost)), None)
    return min(date, latest) if date else None


def _received(messages: Iterable[Quoted], citizen: Quoted | None, staff: Staff) -> Iterator[Quoted]:
    """Messages to us, and that of the citizen when only names or nothing stand for its recipients."""
    for one in messages:
        mine = citizen is not None and (one.name, one.address) == (citizen.name, citizen.address)
        if _came_in(one, staff) or (mine and not one.recipients):
            yield one


def _passed_at(mail: Mail, received_at: datetime) -> datetime:
    """When the colleague passed it on: by the Date field, unless that is impossible."""
    if mail.date is not None and received_at - _LATE <= mail.date <= received_at:
        return mail.date
    return received_at
