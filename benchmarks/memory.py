"""Goal 4: resident memory of everything in one process, with and without the classifier, beside the bare imports."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calibration
from benchmarks.bare_start import CLASSIFIER, SERVICE, resident
from benchmarks.corpus import light
from benchmarks.product import Service
from benchmarks.smtp_client import rate
from benchmarks.table import Row

MAILS = 200


def measure() -> list[Row]:
    """The larger of two looks: when everything is ready, and when 200 mails are taken, answered and classified."""
    machine = calibration.processor()
    return [
        Row(goal=4, what="memory of everything", unit="MB", at_least=350, aim=200, machine=machine,
            figure=_memory(), bare=resident(CLASSIFIER)),
        Row(goal=4, what="memory without the classifier", unit="MB", at_least=100, aim=70, machine=machine,
            figure=_memory(GEHOORD_CLASSIFIER="false"), bare=resident(SERVICE)),
    ]  # fmt: skip


def _memory(**settings: str) -> float:
    with TemporaryDirectory() as folder, Service(Path(folder), **settings) as service:
        service.until(Service.is_ready)
        at_first = service.memory()
        rate(service.smtp_port, light()[:MAILS], connections=2, kept=True)
        service.until(Service.is_done)
        return max(at_first, service.memory())
