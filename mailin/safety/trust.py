"""Trust signs of a mail: what the receiving server and the headers say about who sent it.

Signs are for the person who reads the mail. None of them ever drops a mail, sends one, or keeps one from being sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from mailin.safety.authresults import Result, Results, read_results
from mailin.understanding.mail import Mail

NO_ID = "-"
"""As an authserv-id: fields that name no server, as Microsoft 365 writes them."""
MOST_TRACE = 200
"""Fields of servers that are looked at, from the top: an honest mail has some twenty."""
LATE = timedelta(days=7)
"""Between the Date field and receipt: relays give up after five days (RFC 5321 section 4.5.4.1)."""
EARLY = timedelta(days=1)
"""Of a Date field that lies ahead of receipt: a wrong zone explains 14 hours."""

_METHODS = ("spf", "dkim", "dmarc")
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.I)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.){1,10}[a-z]{2,24}", re.I)
_LONGEST = 320
_SPAM_LEVEL = 6
"""Plusses in a spam bar: where Rspamd begins to mark mail as spam."""


def _says(*words: str) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        return value.casefold().replace(";", ",").partition(",")[0].strip() in words

    return check


def _level(least: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        return value.strip().isascii() and value.strip().isdigit() and least <= int(value.strip()[:4]) <= 9

    return check


def _found(pattern: str) -> Callable[[str], bool]:
    expression = re.compile(pattern, re.I)
    return lambda value: expression.search(value[:2_000]) is not None


_SPAM: Mapping[str, Callable[[str], bool]] = {
    "x-spam-flag": _says("yes", "true"),
    "x-spam-status": _says("yes", "true"),
    "x-spam": _says("yes", "true"),
    "x-spamd-bar": lambda value: value.strip().startswith("+" * _SPAM_LEVEL),
    "x-spam-bar": lambda value: value.strip().startswith("+" * _SPAM_LEVEL),
    "x-spamd-result": _found(r"^\w{1,40}: True\b"),
    "x-rspamd-action": _says("add header", "rewrite subject", "quarantine", "reject"),
    "x-bogosity": _says("spam", "yes"),
    "x-barracuda-spam-status": _says("yes"),
    "x-ms-exchange-organization-scl": _level(5),
    "x-forefront-antispam-report": _found(
        r"(?:^|;)\s?(?:SFV:(?:SPM|SKS|SKB)|CAT:(?:SPM|HSPM|PHSH|HPHSH|HPHISH|SPOOF|MALW))(?:;|$)"
    ),
}
TRACE_FIELDS = frozenset({"received", "authentication-results", *_SPAM})
"""The fields whose order and values `Mail.trace` keeps."""


def marks(
    mail: Mail, authserv_ids: Collection[str], own_domains: Collection[str], received_at: datetime
) -> dict[str, str]:
    """Sign -> what it says, as slugs and addresses, for the person who reads the mail.

    ``spf``, ``dkim``, ``dmarc``: result (RFC 8601), as the configured servers saw it; without them there is none.
    ``aligned_domain``: the domain of From, when a result vouches for it; ``other_domain``: the domain that a DMARC
    result is about, when not the one we show; ``claims_ours``: our own domain, in a From that nothing vouches for.
    ``no_from``, ``several_from`` (their number), ``reply_to_differs`` (the address), ``lookalike`` (the address in the
    display name), ``date_lies`` (``past`` or ``future``), ``spam`` (the field that says so).
    """
    found = _vouched(mail, _believed(mail.trace, authserv_ids), own_domains)
    found |= _sender_signs(mail)
    if (lie := _date_lies(mail.date, received_at)) is not None:
        found["date_lies"] = lie
    if (field := next((name for name, value in mail.trace if name in _SPAM and _SPAM[name](value)), None)) is not None:
        found["spam"] = field
    return found


# --- what servers found -----------------------------------------------------------------------------------------


def _believed(trace: Sequence[tuple[str, str]], authserv_ids: Collection[str]) -> list[Result]:
    """The results that our own server wrote.

    Every hop adds its fields on top, and a sender can write any field below those, with our authserv-id too. Only the
    topmost block with our id counts, up to the next Received field; and of that block only the first field is surely
    ours. A good result in a later one counts when the hop that wrote the block stands right below it: a server that
    writes its results under its own Received field has the sender's fields right below them.
    """
    ids = {one.casefold().rstrip(".").removeprefix(NO_ID) for one in authserv_ids}
    block: list[Results] = []
    above: set[str] = set()
    below = ""
    for name, value in trace:
        if name == "received":
            match = _BY.search(value)
            host = match.group(1).casefold().rstrip(".") if match else ""
            if block:
                below = host
                break
            above.add(host)
        elif name == "authentication-results" and (read := read_results(value)).server in ids:
            block.append(read)
    surely = bool(block) and below == block[0].server != "" and below not in above
    results = list(block[0].results) if block else []
    for later in block[1:]:
        results += [result for result in later.results if surely or result.slug != "pass"]
    return results


def _vouched(mail: Mail, results: list[Result], own_domains: Collection[str]) -> dict[str, str]:
    """The results by method, and whether one of them vouches for the domain in From."""
    domain = _domain(mail.from_addr)
    dmarc = next((result for result in results if result.method == "dmarc"), None)
    about = dmarc.properties.get("header.from", domain) if dmarc is not None else domain
    if about != domain and dmarc is not None and dmarc.slug == "pass":
        results = [result for result in results if result is not dmarc]
    found: dict[str, str] = {}
    for method in _METHODS:
        ours = [result for result in results if result.method == method]
        if ours:
            found[method] = min(ours, key=lambda one: (one.slug != "pass", not _is_aligned(one, domain))).slug
    if about != domain:
        found["other_domain"] = about[:_LONGEST]
    if domain and len(mail.senders) < 2 and any(_is_aligned(result, domain) for result in results):
        found["aligned_domain"] = domain[:_LONGEST]
    elif results and domain in {own.casefold() for own in own_domains}:
        found["claims_ours"] = domain[:_LONGEST]
    return found


def _is_aligned(result: Result, domain: str) -> bool:
    """Whether a result vouches for this domain (RFC 7489 section 3.1, relaxed to domains above it)."""
    if result.slug != "pass" or not domain:
        return False
    named = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}[result.method]
    values = [result.properties[name].rpartition("@")[2] for name in named if name in result.properties]
    if result.method == "dmarc" and not values:
        return True
    return any(value == domain or ("." in value and domain.endswith("." + value)) for value in values)


# --- what the mail says of itself -------------------------------------------------------------------------------


def _sender_signs(mail: Mail) -> dict[str, str]:
    found: dict[str, str] = {}
    sender = (mail.from_addr or "").casefold()
    if not sender:
        found["no_from"] = "yes"
    if len(mail.senders) > 1:
        found["several_from"] = str(len(mail.senders))
    other = next((address for address in mail.reply_to if address.casefold() != sender), None)
    if other is not None:
        found["reply_to_differs"] = other[:_LONGEST]
    named = _first_other(_ADDRESS.findall(mail.from_name[:_LONGEST]), sender)
    if named is not None:
        found["lookalike"] = named
    return found


def _first_other(addresses: Iterable[str], sender: str) -> str | None:
    return next((address for address in addresses if address.casefold() != sender), None)


def _date_lies(date: datetime | None, received_at: datetime) -> str | None:
    if date is None:
        return None
    age = received_at - date
    if age > LATE:
        return "past"
    return "future" if age < -EARLY else None


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2].casefold().rstrip(".")
