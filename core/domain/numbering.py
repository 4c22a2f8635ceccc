"""Case numbers: ``YYYY-NNNN``, the local year of receipt and a counter; neutral of kind and final (decisions 9)."""

import re

_NUMBER = re.compile(r"(?<![\d-])(20\d{2})-(\d{4,6})(?![\d-])")


def case_number(year: int, counter: int) -> str:
    """The number as people read it; gaps are allowed."""
    if counter < 1:
        raise ValueError("case counters start at 1")
    return f"{year}-{counter:04d}"


def numbers_in(text: str) -> tuple[str, ...]:
    """Every case number that stands in a text, in order, each once. A hint only: anyone can type a number."""
    return tuple(dict.fromkeys(match.group(0) for match in _NUMBER.finditer(text)))
