"""Goal 5: from the start of `gehoord serve` to its first 220 and its first 200, beside the bare imports."""

import socket
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calibration
from benchmarks.bare_start import SERVICE, wall
from benchmarks.product import Service
from benchmarks.table import Row

TIMES = 3


def measure() -> list[Row]:
    """A start on a folder that is there already (as after every reboot); the shortest of three, as for the imports."""
    machine = calibration.processor()
    with TemporaryDirectory() as folder:
        with Service(Path(folder)) as first:
            first.until(answers)
        times = [_start(Path(folder)) for _ in range(TIMES)]
    bare = wall(SERVICE, times=TIMES)
    return [
        _row("start to the first 220", min(banner for banner, _ in times), bare, machine),
        _row("start to the first 200", min(page for _, page in times), bare, machine),
    ]


def _row(what: str, figure: float, bare: float, machine: float) -> Row:
    return Row(
        goal=5, what=what, figure=figure, bare=bare, unit="s", judged="ratio", at_least=2, aim=1.3, machine=machine
    )


def _start(folder: Path) -> tuple[float, float]:
    with Service(folder) as service:
        opened = service.until(lambda it: greets(it) or answers(it))
        return (opened, service.until(answers)) if greets(service) else (service.until(greets), opened)


def greets(service: Service) -> bool:
    """Whether the SMTP port says 220."""
    with socket.create_connection(("127.0.0.1", service.smtp_port), 5) as connection:
        return connection.recv(100).startswith(b"220")


def answers(service: Service) -> bool:
    """Whether the web answers 200."""
    return service.page("/healthz") != ""
