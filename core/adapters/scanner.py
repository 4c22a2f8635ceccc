"""The port for virus scanning over clamd."""

from dataclasses import dataclass

from core.adapters.clamd import Clamd, Unavailable, Unscannable
from core.domain.errors import Temporary
from core.domain.message import ScanState
from core.ports import Scanned


@dataclass(frozen=True, slots=True)
class ClamdScanner:
    """A ``Scanner`` that asks clamd."""

    clamd: Clamd

    def scan(self, content: bytes) -> Scanned:
        """What clamd says of a file. Raises Temporary when it gives no verdict."""
        try:
            verdict = self.clamd.scan(content)
        except Unscannable:
            return Scanned(state=ScanState.UNSCANNABLE)
        except Unavailable as error:
            raise Temporary(f"scanner {error}") from None
        if verdict.clean:
            return Scanned(state=ScanState.CLEAN)
        return Scanned(state=ScanState.INFECTED, malware=verdict.infected)
