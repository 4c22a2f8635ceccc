"""Finds citizen service numbers and bank accounts and blanks them before anything else reads the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from stdnum import iban
from stdnum.nl import bsn

MASK = "*"
"""Stands for each masked character, so that offsets in the masked text hold in the original."""

_DIGITS = re.compile(r"\d+")
_JOINT = re.compile("[\\s.\\-\u2010-\u2015\u2212/_\u00b7\u00ad\u200b-\u200d\u2060\ufeff]{1,3}")
_NAMED = re.compile(r"bsn|burger\s?-?service\s?-?nummer|sofi\s?-?nummer|sofinr", re.IGNORECASE)
_BREAK = re.compile(r"[!?;]|\.\s|tel|bel\b|mobiel", re.IGNORECASE)
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?\d\d")
_IBAN_BODY = re.compile(r"[ ]?[A-Za-z0-9]")
_REACH_BEFORE, _REACH_AFTER = 40, 12
_LONGEST_IBAN = 34


@dataclass(frozen=True, slots=True)
class Identifier:
    """One number that must not be stored or shown in the clear; ``certain`` when its check digits are right."""

    start: int
    end: int
    text: str
    kind: str
    certain: bool


def identifiers(text: str) -> list[Identifier]:
    """Every BSN and IBAN in the text, in order, not overlapping."""
    accounts = list(_accounts(text))
    taken = [(found.start, found.end) for found in accounts]
    numbers = [n for n in _service_numbers(text) if not any(s < n.end and n.start < e for s, e in taken)]
    return sorted(accounts + numbers, key=lambda found: (found.start, found.end))


def mask(text: str) -> str:
    """The text with every BSN and IBAN replaced by as many mask characters (Wabb art. 10: no BSN without need)."""
    letters = list(text)
    for found in identifiers(text):
        letters[found.start : found.end] = MASK * (found.end - found.start)
    return "".join(letters)


def _service_numbers(text: str) -> Iterator[Identifier]:
    groups = list(_DIGITS.finditer(text))
    named = [(hit.start(), hit.end()) for hit in _NAMED.finditer(text)]
    for first in range(len(groups)):
        for window in _windows(text, groups, first):
            start, end = window[0].start(), window[-1].end()
            near = any(_names(text, mark, (start, end)) for mark in named)
            digits = "".join(str(int(digit)) for group in window for digit in group.group())
            certain = bsn.is_valid(digits.zfill(9))
            if near or (certain and _plausible(text, groups, first, window)):
                yield Identifier(start, end, text[start:end], "bsn", certain)


def _names(text: str, mark: tuple[int, int], number: tuple[int, int]) -> bool:
    """Whether the word "bsn" at ``mark`` is about the number: close by, and with no other number between them."""
    if mark[1] <= number[0]:
        between, reach = text[mark[1] : number[0]], _REACH_BEFORE
    else:
        between, reach = text[number[1] : mark[0]], _REACH_AFTER
    return len(between) <= reach and not _DIGITS.search(between) and not _BREAK.search(between)


def _windows(text: str, groups: list[re.Match[str]], first: int) -> Iterator[list[re.Match[str]]]:
    """The runs of whole digit groups from ``first`` on that hold eight or nine digits together."""
    length, window = 0, list[re.Match[str]]()
    for group in groups[first : first + 9]:
        if window and not _JOINT.fullmatch(text, window[-1].end(), group.start()):
            return
        window.append(group)
        length += len(group.group())
        if length > 9:
            return
        if length >= 8:
            yield list(window)


def _plausible(text: str, groups: list[re.Match[str]], first: int, window: list[re.Match[str]]) -> bool:
    """Whether people write a BSN this way; one nine-digit number in eleven passes the check by chance."""
    if len(window) == 1:
        if len(window[0].group()) == 9:
            return True
        return not _joined(text, groups, first - 1) and not _joined(text, groups, first)
    joints = {text[a.end() : b.start()] for a, b in pairwise(window)}
    small = len(window) >= 3 and all(len(group.group()) <= 4 for group in window)
    return small and len(joints) == 1 and sum(len(group.group()) for group in window) == 9


def _joined(text: str, groups: list[re.Match[str]], left: int) -> bool:
    """Whether the digit group ``left`` and the next one are parts of one number."""
    if left < 0 or left + 1 >= len(groups):
        return False
    return _JOINT.fullmatch(text, groups[left].end(), groups[left + 1].start()) is not None


def _accounts(text: str) -> Iterator[Identifier]:
    done = 0
    for head in _IBAN_HEAD.finditer(text):
        if head.start() < done:
            continue
        end = _account_end(text, head)
        if end:
            done = end
            yield Identifier(head.start(), end, text[head.start() : end], "iban", True)


def _account_end(text: str, head: re.Match[str]) -> int | None:
    """Where the longest valid account that starts here ends, or None when the check digits are wrong."""
    compact, place, best = head.group().replace(" ", ""), head.end(), None
    while len(compact) < _LONGEST_IBAN and (step := _IBAN_BODY.match(text, place)):
        compact, place = compact + step.group().strip(), step.end()
        whole = place >= len(text) or not text[place].isalnum()
        if len(compact) >= 15 and whole and iban.is_valid(compact):
            best = place
    return best
