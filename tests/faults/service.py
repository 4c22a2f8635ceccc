"""Gehoord itself as a server of the tests: started as its administrator does, with settings from the environment."""

import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import Engine, func, select

from core.store import schema
from core.store.blobs import FolderBlobs
from core.store.engine import connect
from core.store.uow import SqlStore
from tests.parts.server import PartFailed, Server, free_port

MUNICIPALITY = "klachten@gemeente.example"
PATIENCE = 30.0
"""Seconds after which something that must happen counts as not happening."""


class Service(Server):
    """One `gehoord serve`; `folder` and `database` outlive it, so that several can share them."""

    name = "gehoord"

    def __init__(
        self,
        *,
        folder: Path | None = None,
        database: str = "",
        only: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder or self.directory / "data"
        self.url = database or f"sqlite:///{self.folder / 'gehoord.db'}"
        self.only = only
        self.web_port, self.smtp_port, self.lmtp_port = free_port(), free_port(), free_port()
        self.settings = {
            "GEHOORD_STORAGE__FOLDER": str(self.folder),
            "GEHOORD_STORAGE__DATABASE": database,
            "GEHOORD_WEB__PORT": str(self.web_port),
            "GEHOORD_SMTP__PORT": str(self.smtp_port),
            "GEHOORD_SMTP__LMTP_PORT": str(self.lmtp_port),
            "GEHOORD_CLASSIFIER": "false",
            "GEHOORD_LOG_FORMAT": "json",
            **(settings or {}),
        }

    def _gehoord(self, *arguments: str) -> list[str]:
        """A command of the product with this service's settings; `env` becomes the product, so the process is ours."""
        settings = [f"{name}={value}" for name, value in self.settings.items()]
        return ["env", "-u", "GEHOORD_SETTINGS", *settings, sys.executable, "-m", "app.cli", *arguments]

    def command(self) -> list[str]:
        return self._gehoord("serve", *(["--only", self.only] if self.only else []))

    def run(self, *arguments: str, given: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run another command of the product beside the service, to its end."""
        command = self._gehoord(*arguments)
        return subprocess.run(
            command, input=given, capture_output=True, text=True, cwd=self.directory, timeout=60, check=False
        )

    def ready(self) -> bool:
        if not self.only or "web" in self.only:
            return self.get("/readyz")[0] == 200
        if "mail" in self.only:
            with self.smtp():
                return True
        return "Gehoord is running" in self.log()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def smtp(self) -> smtplib.SMTP:
        """A connection whose banner has been read."""
        return smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="voorbeeld.example", timeout=PATIENCE)

    def send(self, mail: bytes, recipient: str = MUNICIPALITY, sender: str = "burger@voorbeeld.example") -> None:
        """Send one mail; returns after the 250 and raises smtplib's error after anything else."""
        with self.smtp() as client:
            client.sendmail(sender, [recipient], mail)

    # --- ends

    def murder(self) -> None:
        """SIGKILL to the process at this very moment; what is left is cleared away afterwards."""
        if self.process is None:
            raise PartFailed("gehoord is not running")
        self.process.kill()
        self.kill()

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        if self.process is None:
            raise PartFailed("gehoord is not running")
        self.process.send_signal(signal.SIGTERM)

    def ended(self, seconds: float = 15) -> int:
        """Wait for the process to end by itself; gives its exit code."""
        if self.process is None:
            raise PartFailed("gehoord is not running")
        code = self.process.wait(seconds)
        self.kill()
        return code

    def until_gone(self) -> None:
        """Return once the process that another thread kills is gone and cleared away."""
        while self.process is not None:
            threading.Event().wait(0.01)

    # --- what it left

    @contextlib.contextmanager
    def engine(self) -> Iterator[Engine]:
        """The database, opened beside the service."""
        engine = connect(self.url)
        try:
            yield engine
        finally:
            engine.dispose()

    @contextlib.contextmanager
    def store(self) -> Iterator[SqlStore]:
        """The database, as the core reads it."""
        with self.engine() as engine:
            yield SqlStore(engine)

    @property
    def blobs(self) -> FolderBlobs:
        """The contents."""
        return FolderBlobs(self.folder / "blobs")

    def count(self, table: str, **values: object) -> int:
        """Rows of a table with these values."""
        rows = schema.metadata.tables[table]
        query = select(func.count()).select_from(rows).where(*(rows.c[name] == value for name, value in values.items()))
        with self.engine() as engine, engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def journal(self, kind: str) -> list[int]:
        """The cases in whose histories an event of this type stands, once for each time."""
        event = schema.event
        query = select(event.c.case).where(event.c.type == kind).order_by(event.c.id)
        with self.engine() as engine, engine.connect() as connection:
            return [int(number) for number in connection.execute(query).scalars()]

    def letters(self) -> list[EmailMessage]:
        """The mails in the Maildir."""
        return [
            message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
            for part in ("new", "cur")
            for file in sorted((self.folder / "postvak" / part).glob("*"))
        ]

    def until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Return once something holds that the service brings about; fail when it does not in time."""
        give_up = time.monotonic() + seconds
        while not holds():
            if not self.running or time.monotonic() > give_up:
                raise AssertionError(f"{what}: not seen; the service says:\n{self.log()[-3000:]}")
            threading.Event().wait(0.02)

    def until_delivered(self, seconds: float = PATIENCE) -> None:
        """Return once the outbox is empty."""
        self.until(lambda: self.count("job", kind="deliver") == 0, "an empty outbox", seconds)

    def logged(self, event: str) -> list[dict[str, object]]:
        """The lines of the log about one event."""
        lines = (json.loads(line) for line in self.log().splitlines() if line.startswith("{"))
        return [line for line in lines if line.get("event") == event]


@contextlib.contextmanager
def serving(
    *,
    folder: Path | None = None,
    database: str = "",
    only: str = "",
    settings: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """A service that runs during a block."""
    with Service(folder=folder, database=database, only=only, settings=settings) as service:
        yield service


def together(services: Sequence[Service]) -> None:
    """Start several at the same moment."""
    failures: list[BaseException] = []

    def start(service: Service) -> None:
        try:
            service.start()
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            failures.append(error)

    starting = [threading.Thread(target=start, args=(service,)) for service in services]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    if failures:
        raise failures[0]


def is_root() -> bool:
    """Whether file permissions do not hold for us."""
    return os.geteuid() == 0
