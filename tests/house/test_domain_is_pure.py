"""The domain is arithmetic: no clock, no file, no network, no chance, so that the law can be read and tested alone."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import imported, modules, name_of

# The standard library less everything that looks outside: clock, file, network, environment, chance, log.
ALLOWED = {
    "__future__", "abc", "bisect", "calendar", "collections", "collections.abc", "dataclasses", "datetime", "decimal",
    "difflib", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "itertools", "math", "operator", "re",
    "statistics", "string", "textwrap", "types", "typing", "unicodedata",
}  # fmt: skip
READS_THE_CLOCK = {"now", "utcnow", "today"}
LOOKS_OUTSIDE = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint"}


def violations(source: str) -> Iterator[str]:
    """What in a piece of source is not pure, with its line."""
    tree = ast.parse(source)
    for line, module in imported(tree):
        if module not in ALLOWED and not module.startswith("core.domain"):
            yield f"{line}: imports {module}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in LOOKS_OUTSIDE:
                yield f"{node.lineno}: calls {node.func.id}"
            elif isinstance(node.func, ast.Attribute) and node.func.attr in READS_THE_CLOCK:
                yield f"{node.lineno}: reads the clock ({node.func.attr})"


def test_the_domain_is_pure() -> None:
    found = [f"{name_of(path)}:{each}" for path in modules("core/domain") for each in violations(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from pathlib import Path",
        "import sqlalchemy",
        "from core.store import schema",
        "def f():\n    import socket",
        "from datetime import date\ndate.today()",
        "import datetime\ndatetime.datetime.now()",
        "open('x')",
    ],
)
def test_what_is_not_pure_is_found(source: str) -> None:
    assert list(violations(source))


def test_what_is_pure_is_left_alone() -> None:
    source = "from datetime import date\nfrom core.domain.case import Case\ndef f(today: date): return today.weekday()"
    assert list(violations(source)) == []
