"""The classifier behind the core's port: rules plus a small trained model, loaded on first use."""

import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.triage import Query, Suggestion

if TYPE_CHECKING:
    from nlp.engine import Engine

MODEL = Path(__file__).parent / "model"


class SpacyClassifier:
    """Suggests kind, team, role and details for a message; suggestions only, a person decides (law.md AI-2)."""

    def __init__(self, model: Path = MODEL, municipality: str = "emmen") -> None:
        self._model, self._municipality = model, municipality
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def suggest(self, query: Query) -> Suggestion:
        """What one message seems to be; the first call loads the model."""
        return self.suggest_batch([query])[0]

    def suggest_batch(self, queries: Sequence[Query]) -> list[Suggestion]:
        """Suggestions for several messages, in order."""
        with self._lock:
            return self._loaded().suggest(queries)

    def load(self) -> str:
        """Load the model now and tell its name, for a service that warms up or a check of the installation."""
        with self._lock:
            return self._loaded().name

    def _loaded(self) -> "Engine":
        if self._engine is None:
            # Imported by name: spaCy takes seconds, and commands that do not classify must not pay for it.
            engine: Engine = import_module("nlp.engine").Engine(self._model, self._municipality)
            self._engine = engine
        return self._engine
