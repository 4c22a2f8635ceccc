"""The real core over a real database in a temporary folder, with a clock that the test moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

from core.adapters.holidays import netherlands
from core.adapters.passwords import Argon2Passwords
from core.domain.access import Actor, Role
from core.domain.brakes import Brakes
from core.domain.case import Case
from core.domain.events import Event
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.message import Automatic, Contact, Delivered, Inbound, Outgoing, ReplyRoute, Route
from core.domain.municipality import Municipality
from core.domain.organisation import Appointment, Office, Person, Team
from core.domain.tasks import Task, TaskKind
from core.domain.triage import Decision, Query, Suggestion
from core.letters import Letters
from core.ports import Original
from core.service.accounts import Accounts
from core.service.answering import Answering
from core.service.casework import Casework
from core.service.complainants import Complainants
from core.service.correspondence import Correspondence
from core.service.doors import Doors
from core.service.intake import Intake
from core.service.joining import Joining
from core.service.placing import Placing
from core.service.posting import Posting
from core.service.queries import Queries
from core.service.rereading import Rereading
from core.service.review import Review
from core.service.worker import Worker
from core.store.blobs import FolderBlobs
from core.store.engine import connect
from core.store.uow import SqlStore

MONDAY = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
JAN = Contact(name="Jan Jansen", email="jan@voorbeeld.example")
CALENDAR = netherlands(2020, 2035)
MUNICIPALITY = Municipality(
    name="Voorbeeld", email="klachten@gemeente.example", phone="14 0591", contact="de klachtencoördinator"
)
KLACHT = Decision(kinds=(Kind.KLACHT,), team="openbare-ruimte", respondent_role=RespondentRole.MEDEWERKER)


@dataclass
class FixedClassifier:
    """A twin of the classifier that says the same of everything, or fails when told to."""

    says: Suggestion = Suggestion(
        kinds={Kind.KLACHT: 0.9},
        teams={"openbare-ruimte": 1.0},
        respondent_role=RespondentRole.MEDEWERKER,
        model="twin",
    )
    broken: bool = False

    def suggest_batch(self, queries: Sequence[Query]) -> list[Suggestion]:
        if self.broken:
            raise RuntimeError("the model is broken")
        return [self.says for _ in queries]


@dataclass
class World:
    """Everything of the core, joined as in production, over one database."""

    url: str
    folder: Path
    now: datetime = MONDAY
    classifier: FixedClassifier = field(default_factory=FixedClassifier)
    reread: Inbound | None = None
    """What a second reading of a kept message gives."""

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.engine = connect(self.url)
        self.store = SqlStore(self.engine)
        self.blobs = FolderBlobs(self.folder / "blobs")
        self.letters = Letters(MUNICIPALITY)
        self.posting = Posting(
            municipality=MUNICIPALITY,
            calendar=CALENDAR,
            mail_domain="gemeente.example",
            plus_addresses=True,
            new_token=lambda: f"{next(self.numbers):012d}{sha256(self.url.encode()).hexdigest()[:20]}",
        )
        self.answering = Answering(
            letters=self.letters,
            municipality=MUNICIPALITY,
            calendar=CALENDAR,
            posting=self.posting,
            brakes=Brakes(per_address=8, per_case=4),
        )
        self.intake = Intake(
            store=self.store,
            blobs=self.blobs,
            clock=self.clock,
            calendar=CALENDAR,
            placing=Placing(calendar=CALENDAR, municipality=MUNICIPALITY, answering=self.answering),
        )
        self.worker = Worker(
            store=self.store, clock=self.clock, calendar=CALENDAR, classifier=self.classifier, blobs=self.blobs
        )
        self.casework = Casework(store=self.store, clock=self.clock, calendar=CALENDAR)
        self.joining = Joining(store=self.store, clock=self.clock, calendar=CALENDAR)
        self.complainants = Complainants(
            store=self.store, clock=self.clock, calendar=CALENDAR, municipality=MUNICIPALITY, answering=self.answering
        )
        self.correspondence = Correspondence(
            store=self.store,
            blobs=self.blobs,
            clock=self.clock,
            calendar=CALENDAR,
            letters=self.letters,
            posting=self.posting,
        )
        self.books = Doors(store=self.store, clock=self.clock, calendar=CALENDAR)
        self.review = Review(store=self.store, clock=self.clock, calendar=CALENDAR)
        self.queries = Queries(store=self.store, blobs=self.blobs)
        self.rereading = Rereading(
            store=self.store, blobs=self.blobs, clock=self.clock, intake=self.intake, read=self._read_again
        )
        self.accounts = Accounts(
            store=self.store, clock=self.clock, passwords=Argon2Passwords(), new_token=lambda: f"t{next(self.numbers)}"
        )

    def clock(self) -> datetime:
        return self.now

    def later(self, **ago: float) -> None:
        self.now += timedelta(**ago)

    def _read_again(self, _original: Original, _raw: bytes) -> Inbound:
        assert self.reread is not None
        return self.reread

    def mail(
        self,
        text: str = "Ik ben drie keer niet teruggebeld.",
        *,
        message_id: str | None = None,
        sender: Contact = JAN,
        subject: str = "Niet teruggebeld",
        references: tuple[str, ...] = (),
        automatic: Automatic = Automatic(),
        problem: str | None = None,
        answerable: bool = True,
    ) -> Inbound:
        number = next(self.numbers)
        return Inbound(
            channel=Channel.EMAIL,
            door="smtp",
            external_id=message_id or f"mail{number}@voorbeeld.example",
            content_hash=sha256(f"{subject}\n{text}".encode()).hexdigest(),
            received_at=self.now,
            sender=sender,
            reply=ReplyRoute(route=Route.MAIL, address=sender.email) if answerable and not automatic else None,
            subject=subject,
            text=text,
            reply_text=text,
            references=references,
            raw=text.encode(),
            automatic=automatic,
            problem=problem,
        )

    def account(self, login: str, *roles: Role, person: int | None = None) -> Actor:
        number = self.accounts.add(login, login.title(), "een lang wachtwoord", frozenset(roles), person=person)
        return Actor(user=number, person=person, roles=frozenset(roles), name=login.title())

    def coordinator(self) -> Actor:
        return self.account("coordinator", Role.COORDINATOR, Role.SUPPORT)

    def official(self, name: str, office: Office, team: str | None = None) -> int:
        with self.store.write() as work:
            if team:
                work.people.add_team(Team(slug=team, name=team))
            person = work.people.add_person(Person(id=0, name=name, team=team))
            work.people.appoint(Appointment(office=office, person=person, team=team))
        return person

    def case_id(self, number: str | None) -> int:
        assert number is not None
        with self.store.read() as work:
            return work.cases.by_number([number])[number].case

    def tasks(self, case: int, *, kind: TaskKind | None = None) -> list[Task]:
        with self.store.read() as work:
            found = [task for task in work.tasks.of_case(case) if task.done_at is None]
        return [task for task in found if kind is None or task.kind == kind]

    def stored(self, case: int) -> Case:
        with self.store.read() as work:
            return work.cases.get(case)

    def letters_of(self, case: int) -> list[Outgoing]:
        """Everything that was written in a case, oldest first."""
        with self.store.read() as work:
            return [work.outbox.get(letter.id) for letter in work.outbox.of_case(case)]

    def happened(self, case: int) -> list[Event]:
        """The journal of a case, oldest first."""
        with self.store.read() as work:
            return [entry.event for entry in work.cases.history(case)]

    def alerts(self, kind: TaskKind) -> list[str]:
        """The notes of what the administrator was told and what still stands open."""
        with self.store.read() as work:
            found = [item for _, item in work.tasks.open_for(Role.ADMINISTRATOR) if item.kind == kind]
            return [work.tasks.get(item.task).note for item in found]

    def deliver_all(self) -> list[int]:
        """Hand everything that is due over to a sender that always succeeds; gives the numbers."""
        numbers = []
        while deliveries := self.worker.claim_deliveries():
            for delivery in deliveries:
                self.worker.sent(delivery, Delivered(provider_id="queued"))
                numbers.append(delivery.outgoing.id)
        return numbers
