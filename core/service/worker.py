"""The worker's claims and records; the loop that awaits the senders lives in ``app.serve`` (decisions 16).

A job is leased, the work is done outside the transaction, and the result is recorded. A kill in between brings the job
back when the lease ends: a receipt is then repeated with a byte-equal Message-ID, any other letter is never resent by
the machine but shown to a person (decisions 11).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.errors import DeliveryError, Permanent, Temporary
from core.domain.events import LetterFailed, LetterSent, Suggested
from core.domain.message import Attachment, Delivered, DeliveryState, Outgoing
from core.domain.reactions import JobKind
from core.domain.tasks import TaskKind
from core.domain.terms import Calendar
from core.domain.triage import Query
from core.ports import Blobs, Classifier, Clock, Job, Store, Work
from core.service.following import About, Following

LEASE = timedelta(minutes=5)
"""Longer than any sender's time-out."""
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1200))
"""Growing pauses between tries, about two days in all; after the last one a person takes over."""
CLASSIFY_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An outgoing message that this worker is to hand over now."""

    job: Job
    outgoing: Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Delivers the outbox and asks the classifier."""

    store: Store
    clock: Clock
    calendar: Calendar
    classifier: Classifier | None
    blobs: Blobs

    def recover(self) -> None:
        """Take back what a former process of an embedded installation had leased when it died."""
        with self.store.write() as work:
            work.jobs.release()

    def claim_deliveries(self, limit: int = 10) -> list[Delivery]:
        """Lease outgoing messages and mark them as being sent."""
        now = self.clock()
        with self.store.write() as work:
            jobs = work.jobs.claim([JobKind.DELIVER], now, now + LEASE, limit)
            found = (self._prepare(work, job, now) for job in jobs)
            return [delivery for delivery in found if delivery is not None]

    def sent(self, delivery: Delivery, delivered: Delivered) -> None:
        """Record that a message reached a system outside our responsibility (Awb 2:19)."""
        self.record([(delivery, delivered)])

    def failed(self, delivery: Delivery, error: DeliveryError) -> None:
        """Record a failure: try again later, or give the message to a person once there is no hope."""
        self.record([(delivery, error)])

    def record(self, results: Sequence[tuple[Delivery, Delivered | DeliveryError]]) -> None:
        """Record what became of several deliveries with one commit."""
        now = self.clock()
        with self.store.write() as work:
            for delivery, result in results:
                if isinstance(result, Delivered):
                    self._sent(work, delivery, result, now)
                else:
                    self._failed(work, delivery, result, now)

    def _sent(self, work: Work, delivery: Delivery, delivered: Delivered, now: datetime) -> None:
        outgoing = delivery.outgoing
        state = work.outbox.state(outgoing.id)
        if state == DeliveryState.SENT:
            return
        if state == DeliveryState.FAILED:  # the notice that it came back was faster than this record
            work.jobs.finish(delivery.job.id)
            return
        work.outbox.record(outgoing.id, DeliveryState.SENT, now, provider_id=delivered.provider_id)
        work.jobs.finish(delivery.job.id)
        if outgoing.case is not None:
            case = work.cases.get(outgoing.case)
            event = LetterSent(outgoing=outgoing.id, letter=outgoing.letter, route=outgoing.to.route)
            about = About(outgoing=outgoing.id)
            Following(calendar=self.calendar).record(work, case, [event], now, actor=None, about=about)

    def _failed(self, work: Work, delivery: Delivery, error: DeliveryError, now: datetime) -> None:
        outgoing = delivery.outgoing
        if work.outbox.state(outgoing.id) == DeliveryState.FAILED:
            work.jobs.finish(delivery.job.id)
            return
        tries_left = delivery.job.attempts < len(PAUSES)
        uncertain = isinstance(error, Temporary) and error.handed_over and not outgoing.receipt
        if isinstance(error, Permanent) or uncertain or not tries_left:
            self._give_up(work, delivery.job, outgoing, now, error.reason, certain=not uncertain)
            return
        pause = PAUSES[delivery.job.attempts]
        if isinstance(error, Temporary) and error.retry_after is not None:
            pause = max(timedelta(seconds=error.retry_after), timedelta(seconds=1))
        work.outbox.record(outgoing.id, DeliveryState.QUEUED, now, error=error.reason)
        work.jobs.retry(delivery.job.id, now + pause, error.reason)

    def classify(self, limit: int = 16) -> int:
        """Ask the classifier about waiting messages; gives how many were looked at. Never raises for a bad model."""
        now = self.clock()
        with self.store.write() as work:
            jobs = work.jobs.claim([JobKind.CLASSIFY], now, now + LEASE, limit)
            queries = [self._query(work, job.subject) for job in jobs]
            if self.classifier is None:  # by choice: messages then come to a person without a suggestion
                for job in jobs:
                    work.jobs.finish(job.id)
        if not jobs or self.classifier is None:
            return 0
        try:
            suggestions = self.classifier.suggest_batch(queries)
        except Exception as error:  # noqa: BLE001 - whatever a model does, messages must reach a person without it
            self._classifier_failed(jobs, type(error).__name__)
            return len(jobs)
        with self.store.write() as work:
            for job, suggestion in zip(jobs, suggestions, strict=True):
                number = work.triage.suggested(job.subject, suggestion, self.clock())
                case = work.messages.original(job.subject).case
                if case is not None:
                    event = Suggested(message=job.subject, suggestion=number, model=suggestion.model)
                    work.cases.append(case, [event], self.clock(), None)
                work.jobs.finish(job.id)
        return len(jobs)

    def _prepare(self, work: Work, job: Job, now: datetime) -> Delivery | None:
        outgoing, state = work.outbox.get(job.subject), work.outbox.state(job.subject)
        if state not in (DeliveryState.QUEUED, DeliveryState.SENDING):
            work.jobs.finish(job.id)
            return None
        if state == DeliveryState.SENDING and not outgoing.receipt:
            self._give_up(work, job, outgoing, now, "interrupted", certain=False)
            return None
        work.outbox.record(outgoing.id, DeliveryState.SENDING, now)
        files = tuple(
            Attachment(filename=name, content_type=kind, content=self.blobs.get(digest))
            for name, kind, digest in work.outbox.enclosed(outgoing.id)
        )
        return Delivery(job=job, outgoing=replace(outgoing, attachments=files))

    def _give_up(self, work: Work, job: Job, outgoing: Outgoing, now: datetime, reason: str, *, certain: bool) -> None:
        """Give a letter to a person: it did not arrive, or nobody knows whether it did."""
        state = DeliveryState.FAILED if certain else DeliveryState.UNKNOWN
        work.outbox.record(outgoing.id, state, now, error=reason)
        work.jobs.finish(job.id)
        if outgoing.case is None:
            return
        case = work.cases.get(outgoing.case)
        event = LetterFailed(outgoing=outgoing.id, letter=outgoing.letter, reason=reason, certain=certain)
        messages = work.messages.of_case(outgoing.case)
        about = About(message=messages[0].id if messages else None, outgoing=outgoing.id)
        Following(calendar=self.calendar).record(work, case, [event], now, actor=None, about=about)

    def _query(self, work: Work, message: int) -> Query:
        query, original = work.messages.query(message), work.messages.original(message)
        day = self.calendar.day_of(original.received_at)
        return Query(subject=query.subject, text=query.text, channel=query.channel, received=day)

    def _classifier_failed(self, jobs: list[Job], reason: str) -> None:
        """Try again later; after the last try the message stays without a suggestion and the administrator is told."""
        now = self.clock()
        with self.store.write() as work:
            gave_up = False
            for job in jobs:
                if job.attempts + 1 < CLASSIFY_TRIES:
                    work.jobs.retry(job.id, now + PAUSES[job.attempts], reason)
                else:
                    work.jobs.finish(job.id)
                    gave_up = True
            if gave_up:
                Following(calendar=self.calendar).alert(work, TaskKind.CLASSIFIER_AWAY, reason, now)
