"""How real a message looks, in words: what deviates first, and calmly what was found in order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.views import MessageView

_FAILED = frozenset({"fail", "softfail", "permerror"})


@dataclass(frozen=True, slots=True)
class Sign:
    """A sentence of the catalogue with its facts."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the signs of a message say."""

    odd: tuple[Sign, ...]
    """What a person should look at before trusting the sender."""
    fine: tuple[Sign, ...]

    def __bool__(self) -> bool:
        return bool(self.odd or self.fine)


def signs(message: MessageView) -> Signs:
    """The signs of a message (``mailin.safety.trust`` says what each means)."""
    return Signs(odd=tuple(_odd(message.marks)), fine=tuple(_fine(message.marks)))


def _odd(marks: Mapping[str, str]) -> Iterator[Sign]:
    if marks.get("dmarc") == "fail":
        yield Sign("trust.dmarc_fail")
    elif marks.get("dmarc") != "pass":
        yield from (Sign(f"trust.{one}_fail") for one in ("spf", "dkim") if marks.get(one) in _FAILED)
    if "claims_ours" in marks:
        yield Sign("trust.claims_ours", {"domain": marks["claims_ours"]})
    for name, fact in (("other_domain", "domain"), ("reply_to_differs", "address"), ("lookalike", "address"),
                       ("several_from", "n")):  # fmt: skip
        if name in marks:
            yield Sign(f"trust.{name}", {fact: marks[name]})
    if "no_from" in marks:
        yield Sign("trust.no_from")
    if marks.get("date_lies") in ("past", "future"):
        yield Sign(f"trust.date_{marks['date_lies']}")
    yield from (Sign(f"trust.{one}") for one in ("spam", "reused_id") if one in marks)


def _fine(marks: Mapping[str, str]) -> Iterator[Sign]:
    if "aligned_domain" in marks:
        yield Sign("trust.aligned_domain", {"domain": marks["aligned_domain"]})
    checks = [f"{one.upper()} {marks[one]}" for one in ("spf", "dkim", "dmarc") if one in marks]
    if checks:
        yield Sign("trust.checks", {"checks": ", ".join(checks)})
