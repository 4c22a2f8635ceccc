"""The product's command, on a folder of its own."""

import contextlib
import subprocess
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from app.cli import main
from tests.faults.service import Service


class SetUp(Service):
    """A set-up whose commands run in this process, which saves the seconds that each needs to import the product."""

    def run(self, *arguments: str, given: str | None = None) -> "subprocess.CompletedProcess[str]":
        with contextlib.chdir(self.directory):
            ended = CliRunner().invoke(main, arguments, input=given, env=self.settings, prog_name="gehoord")
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture
def gehoord() -> Iterator[SetUp]:
    """A set-up that does not run: `run` a command, or `start` the service. It starts with an empty folder."""
    service = SetUp()
    yield service
    service.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    """A service that runs, for tests that only add to it."""
    with Service() as service:
        yield service
