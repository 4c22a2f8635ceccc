"""Goal 8: messages a second over SMTP with a 250 after the commit, beside a Postfix that queues durably."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calibration
from benchmarks.bare_postfix import BarePostfix
from benchmarks.corpus import fresh, light
from benchmarks.product import Service
from benchmarks.smtp_client import rate
from benchmarks.table import Row

KEPT, NEW = (0.5, 0.8), (0.4, 0.65)


def measure() -> list[Row]:
    """Ten at a time, over kept connections and over a new one for each message; the letters leave meanwhile."""
    if why := BarePostfix.missing():
        raise RuntimeError(f"goal 8 needs Postfix: {why}")
    mails = light()
    with TemporaryDirectory() as folder:
        machine = max(calibration.processor(), calibration.disc(Path(folder)))
    with BarePostfix() as postfix:
        bare = _rates(postfix.port, mails)
    with TemporaryDirectory() as folder, Service(Path(folder)) as service:
        service.until(Service.is_ready)
        figure = _rates(service.smtp_port, mails)
    return [
        Row(goal=8, what=f"SMTP, 10 {kind} connections", unit="/s", judged="ratio", more_is_better=True,
            figure=mine, bare=theirs, at_least=goals[0], aim=goals[1], machine=machine)
        for kind, goals, mine, theirs in zip(("kept", "new"), (KEPT, NEW), figure, bare, strict=True)
    ]  # fmt: skip


def _rates(port: int, mails: list[bytes]) -> tuple[float, float]:
    rate(port, fresh(mails[:50], "warm"), kept=True)
    return rate(port, mails, kept=True), rate(port, fresh(mails[:500], "new"), kept=False)
