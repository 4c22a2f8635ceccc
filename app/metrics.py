"""Figures for Prometheus. Labels are names of doors, routes and kinds: never anything of a citizen."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The product's own registry, so that two installations in one process (tests) do not share counters."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = Counter(
            "gehoord_messages_accepted", "Messages taken in", ("door", "outcome"), registry=self.registry
        )
        self.refused = Counter(
            "gehoord_messages_refused", "Messages that could not be taken in now", ("door",), registry=self.registry
        )
        self.intake = Histogram(
            "gehoord_intake_seconds", "From door to commit", ("door",), buckets=FAST, registry=self.registry
        )
        self.delivered = Counter("gehoord_deliveries", "Tries to deliver", ("route", "result"), registry=self.registry)
        self.delivery = Histogram(
            "gehoord_delivery_seconds", "Time of one delivery", ("route",), buckets=FAST, registry=self.registry
        )
        self.classified = Counter("gehoord_messages_classified", "Messages classified", registry=self.registry)
        self._jobs = Gauge("gehoord_jobs_waiting", "Jobs that are due", registry=self.registry)
        self._oldest = Gauge("gehoord_jobs_oldest_seconds", "Age of the oldest due job", registry=self.registry)
        self._tasks = Gauge("gehoord_tasks_open", "Open tasks", ("kind",), registry=self.registry)
        self._today = Gauge("gehoord_cases_today", "Cases received today", registry=self.registry)

    def exposition(
        self, waiting: Callable[[], tuple[int, float]], counts: Callable[[], Mapping[str, int]]
    ) -> tuple[bytes, str]:
        """The figures as Prometheus reads them, and their content type; gauges are read at this moment."""
        jobs, oldest = waiting()
        self._jobs.set(jobs)
        self._oldest.set(oldest)
        self._tasks.clear()
        for name, number in counts().items():
            if name == "cases_today":
                self._today.set(number)
            else:
                self._tasks.labels(name.removeprefix("tasks_")).set(number)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
