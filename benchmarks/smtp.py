"""Goal 8: messages a second over SMTP with a 250 after the commit, beside a Postfix that queues durably."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calibration
from benchmarks.bare_postfix import BarePostfix
from benchmarks.corpus import fresh, light
from benchmarks.product import Service
from benchmarks.smtp_client import rate
from benchmarks.table import Row

ROUNDS = 2
KINDS = (("kept", 0.5, 0.8, 300), ("new", 0.4, 0.65, 150))
"""How the ten connections are used, the two goals, and the mails of one round."""


def measure() -> list[Row]:
    """Ten at a time; the servers take turns, one waiting while the other works, and the best round of each counts."""
    if why := BarePostfix.missing():
        raise RuntimeError(f"goal 8 needs Postfix: {why}")
    with BarePostfix() as postfix, TemporaryDirectory() as folder, Service(Path(folder)) as service:
        service.until(Service.is_ready)
        for port in (postfix.port, service.smtp_port):
            rate(port, fresh(light()[:50], "warm"), kept=True)
        return [_row(postfix, service, *kind) for kind in KINDS]


def _row(postfix: BarePostfix, service: Service, kind: str, at_least: float, aim: float, mails: int) -> Row:
    figures, bare, machine = [], [], []
    for number in range(ROUNDS):
        service.until(Service.is_done, 120)
        machine.append(max(calibration.processor(), calibration.disc(service.folder)))
        round_mails = fresh(light()[:mails], f"{kind}{number}")
        bare.append(rate(postfix.port, round_mails, kept=kind == "kept"))
        figures.append(rate(service.smtp_port, round_mails, kept=kind == "kept"))
    return Row(
        goal=8, what=f"SMTP, 10 {kind} connections", unit="/s", judged="ratio", more_is_better=True,
        figure=max(figures), bare=max(bare), at_least=at_least, aim=aim, machine=min(machine),
    )  # fmt: skip
