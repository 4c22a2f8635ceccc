"""Leaves out, by name, the tests whose real part is missing here; with CI=true they fail instead, as does a skip."""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest

from tests.parts import guard
from tests.parts.chromium import Chromium
from tests.parts.clamd import ClamdServer
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix
from tests.parts.postgres import Postgres

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


def _program(name: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else f"not installed: {name}"


# Each part that a machine may lack, with the function that says why, or None when it is there.
PARTS: dict[str, Callable[[], str | None]] = {
    "dovecot": Dovecot.missing,
    "postfix": lambda: Postfix.missing() or Dovecot.missing(),
    "postgres": Postgres.missing,
    "chromium": Chromium.missing,
    "clamav": ClamdServer.missing,
    "swaks": _program("swaks"),
    "openssl": _program("openssl"),
}
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
IN_CI = os.environ.get("CI") == "true"


def pytest_configure(config: pytest.Config) -> None:
    left_out: dict[str, list[str]] = defaultdict(list)
    config.stash[LEFT_OUT] = left_out
    guard.shut()


def parts_of(item: pytest.Item) -> set[str]:
    """The parts that a test needs: those it names in @pytest.mark.needs, and those among its fixtures."""
    named = {str(part) for mark in item.iter_markers("needs") for part in mark.args}
    unknown = named - PARTS.keys()
    if unknown:
        raise pytest.UsageError(f"{item.nodeid} needs an unknown part: {', '.join(sorted(unknown))}")
    return named | (PARTS.keys() & set(getattr(item, "fixturenames", ())))


def reasons(item: pytest.Item) -> dict[str, str]:
    """The parts that a test needs and that are missing here, each with the reason."""
    return {part: reason for part in sorted(parts_of(item)) if (reason := PARTS[part]())}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if IN_CI:
        return
    left_out = []
    for item in items:
        if missing := reasons(item):
            left_out.append(item)
            for part, reason in missing.items():
                config.stash[LEFT_OUT][f"{part} ({reason})"].append(item.nodeid)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if missing := reasons(item):
        pytest.fail("; ".join(f"{part}: {reason}" for part, reason in missing.items()), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} did not run, and CI counts what did not run as failed: {report.longrepr}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of a run over several processes tells the main one what it left out; each worker sees every test."""
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left_out"] = {part: list(tests) for part, tests in session.config.stash[LEFT_OUT].items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: "WorkerController", error: object) -> None:
    """Take over what a worker left out."""
    node.config.stash[LEFT_OUT] |= getattr(node, "workeroutput", {}).get("left_out", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash[LEFT_OUT]
    if not left_out:
        return
    terminalreporter.section("did not run", yellow=True)
    for part, tests in sorted(left_out.items()):
        terminalreporter.write_line(f"did not run, for want of {part}: {len(tests)} tests")
        for test in tests:
            terminalreporter.write_line(f"    {test}")
    terminalreporter.write_line("`make system` (as root) installs what is missing.")
