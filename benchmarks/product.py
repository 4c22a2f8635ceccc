"""The product as the benchmarks meet it: through app/settings.py, app/wiring.py and the `gehoord` command only."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from app.initialise import prepare
from app.settings.loading import load
from app.wiring import House, build
from benchmarks.bare_start import resident_of
from benchmarks.corpus import OUR_ADDRESS
from mailin.confined.reader import ConfinedReader
from mailin.inbound import MailReader
from tests.parts.dovecot import PASSWORD, Dovecot
from tests.parts.server import free_port

COMMAND = "from app.cli import main; main()"
"""What the installed `gehoord` script does."""

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def house(folder: Path, database: str = "", more: str = "") -> House:
    """Everything of the product but its running doors, on a database that is up to date; ``more`` settings in TOML."""
    file = folder / "gehoord.toml"
    settings = f"classifier = false\n[storage]\nfolder = '{folder}'\ndatabase = '{database}'\n{more}"
    file.write_text(settings, encoding="utf-8")
    made = build(load(file))
    if made.settings.storage.folder != folder:
        raise RuntimeError("the environment sends a benchmark to another folder")
    prepare(made)
    return made


def imap_settings(server: Dovecot, address: str) -> str:
    """A mailbox from which everything is taken, as a section of the settings."""
    lines = [f"{name.lower()} = {value!r}" for name, value in _mailbox(server, address).items()]
    return "\n".join(["[imap.bench]", *lines, ""])


def imap_environment(server: Dovecot, address: str) -> dict[str, str]:
    """The same for the environment of a service."""
    return {f"GEHOORD_IMAP__BENCH__{name}": str(value) for name, value in _mailbox(server, address).items()}


def _mailbox(server: Dovecot, address: str) -> dict[str, str | int]:
    return {
        "HOST": "localhost",
        "PORT": server.imaps_port,
        "CERTIFICATES": str(server.certificate),
        "USER": address,
        "PASSWORD": PASSWORD,
        "OLD_MAIL": "take",
    }


def reader() -> MailReader:
    """What reads a mail in every mail door, here in this process and without limits."""
    return MailReader(own_addresses=(OUR_ADDRESS,), mail_domain="gemeente.example", forwarders=())


def confined() -> ConfinedReader:
    """The same in a process of its own, as the doors have it."""
    return ConfinedReader(reader())


def family(process: int) -> list[int]:
    """A process and those that it started."""
    return [process, *(child.pid for child in psutil.Process(process).children(recursive=True))]


def processor_of(process: int | None) -> float:
    """Seconds of processor time that another process has used."""
    if process is None:
        raise RuntimeError("nothing reads mails")
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


class Service:
    """`gehoord serve` as a process of its own, on a folder of its own; a context manager that stops it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.smtp_port, self.web_port = free_port(), free_port()
        self._environment: Mapping[str, str] = {
            **os.environ,
            "GEHOORD_STORAGE__FOLDER": str(folder / "var"),
            "GEHOORD_SMTP__PORT": str(self.smtp_port),
            "GEHOORD_SMTP__LMTP_ENABLED": "false",
            "GEHOORD_WEB__PORT": str(self.web_port),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.begun = 0.0

    def __enter__(self) -> Self:
        with (self.folder / "service.log").open("ab") as log:
            self.begun = time.perf_counter()
            self._process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "serve"], env=self._environment, cwd=self.folder, stdout=log, stderr=log
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._running
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("the service was not started")
        return self._process

    def page(self, path: str) -> str:
        """A page of the running service; OSError while there is none."""
        with DIRECT.open(f"http://127.0.0.1:{self.web_port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def until(self, happened: "Callable[[Service], bool]", seconds: float = 60) -> float:
        """Seconds from the start of the process until something holds, looked at every 5 ms."""
        give_up = time.perf_counter() + seconds
        while time.perf_counter() < give_up and self._running.poll() is None:
            try:
                if happened(self):
                    return time.perf_counter() - self.begun
            except OSError:
                pass
            time.sleep(0.005)
        raise TimeoutError((self.folder / "service.log").read_text()[-3000:])

    def memory(self) -> float:
        """Resident memory in MB, with the process that reads mails."""
        return sum(resident_of(process) for process in family(self._running.pid))

    def peak(self) -> float:
        """The most resident memory in MB that its processes ever had, each at its own worst moment."""
        return sum(resident_of(process, "VmHWM") for process in family(self._running.pid))

    def is_ready(self) -> bool:
        """Whether every part says that it can be used."""
        return self.page("/readyz") != ""

    def is_done(self) -> bool:
        """Whether nothing is left to deliver or to classify."""
        return "\ngehoord_jobs_waiting 0.0\n" in self.page("/metrics")
