"""A module is one idea and a function fits on a screen; what is longer is listed here with its reason."""

import ast

from tests.house.sources import PACKAGES, functions, imported, modules, name_of

MODULE_LINES = 400
FUNCTION_LINES = 40  # without signature and docstring

# Longer on purpose: a file is cut by idea, never by length (decision 26).
LONG_MODULES = {
    "core/domain/procedure/events.py": "everything that happens in the procedure, to be read in one place",
    "core/ports.py": "what the core needs from the world, to be read in one place",
}
LONG_FUNCTIONS = {
    "web/routes.py:routes": "the route table (decisions 26)",
    "app/wiring.py:build": "every object of the house, once, to be read in one place",
}


def test_no_module_is_longer_than_one_idea() -> None:
    lines = {name_of(path): len(path.read_text().splitlines()) for path in modules()}
    too_long = {name: count for name, count in lines.items() if count > MODULE_LINES}
    assert {name: count for name, count in too_long.items() if name not in LONG_MODULES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lines = {name: _length(node) for path in modules() for name, node in functions(path)}
    too_long = {name: count for name, count in lines.items() if count > FUNCTION_LINES}
    assert {name: length for name, length in too_long.items() if name not in LONG_FUNCTIONS} == {}
    assert LONG_FUNCTIONS.keys() <= too_long.keys(), "this exemption is not needed any more"


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_our_own_packages_are_imported_at_the_top() -> None:
    """An import inside a function is the first sign of a tangle; the command line alone may import late."""
    late = [
        f"{name}:{line} {module}"
        for path in modules()
        if not name_of(path).startswith("app/")
        for name, node in functions(path)
        for line, module in imported(node)
        if module.partition(".")[0] in PACKAGES
    ]
    assert late == []


def test_every_module_says_what_it_is_for() -> None:
    sources = {name_of(path): path.read_text() for path in modules()}
    silent = [name for name, text in sources.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert silent == []
