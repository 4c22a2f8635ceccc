"""A whole house behind the pages: real store and services, and a clock and a classifier that a test tells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.testclient import TestClient

from core.adapters.holidays import netherlands
from core.adapters.pdf import TypstPdf
from core.domain.access import Role
from core.domain.brakes import Brakes
from core.domain.labels import Channel, Kind, RespondentRole
from core.domain.message import Accepted, Attachment, Automatic, Contact, Delivered, Inbound, ReplyRoute, Route
from core.domain.municipality import Municipality
from core.domain.organisation import Appointment, Office, Person, Team
from core.domain.triage import Evidence, Query, Suggestion
from core.letters import Letters
from core.ports import Original
from core.service.accounts import Accounts
from core.service.answering import Answering
from core.service.casework import Casework
from core.service.complainants import Complainants
from core.service.correspondence import Correspondence
from core.service.intake import Intake
from core.service.joining import Joining
from core.service.placing import Placing
from core.service.posting import Posting
from core.service.printing import Printing
from core.service.queries import Queries
from core.service.rereading import Rereading
from core.service.review import Review
from core.service.worker import Worker
from core.store.blobs import FolderBlobs
from core.store.engine import connect
from core.store.migrate import upgrade
from core.store.uow import SqlStore
from web.app import application
from web.forms import reread
from web.parts import Parts

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PASSWORD = "een lang wachtwoord"
KEY = "sleutel-van-de-website"
SURE = Suggestion(
    kinds={Kind.KLACHT: 0.94, Kind.BEZWAAR: 0.06, Kind.VRAAG: 0.03},
    teams={"publiekszaken": 0.8, "belastingen": 0.2},
    respondent_role=RespondentRole.MEDEWERKER,
    model="twin",
)
DOUBT = replace(SURE, kinds={Kind.KLACHT: 0.41, Kind.MELDING: 0.38}, teams={}, abstain="kinds_close")
OBJECTION = replace(SURE, kinds={Kind.BEZWAAR: 0.71, Kind.KLACHT: 0.3}, teams={"belastingen": 0.9})


class PlainPasswords:
    """Argon2 takes a tenth of a second by design; what is tested here does not depend on it."""

    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def matches(self, stored: str, password: str) -> bool:
        return stored == f"plain:{password}"


@dataclass
class Told:
    """A classifier that says what a test told it for a subject, or the same for everything."""

    model: str = "twin"
    otherwise: Suggestion = SURE
    by_subject: dict[str, Suggestion] = field(default_factory=dict)

    def suggest_batch(self, queries: Sequence[Query]) -> list[Suggestion]:
        return [self.by_subject.get(query.subject, self.otherwise) for query in queries]


def why(text: str, *words: tuple[str, str, float]) -> tuple[Evidence, ...]:
    """Evidence at the place where each word stands in the text."""
    return tuple(
        Evidence(start=text.index(word), end=text.index(word) + len(word), text=word, label=label, weight=weight)
        for word, label, weight in words
    )


@dataclass
class House:
    """Everything behind the pages, and short ways to fill it."""

    parts: Parts
    store: SqlStore
    intake: Intake
    worker: Worker
    classifier: Told
    accounts: Accounts
    people: Mapping[str, int]
    time: list[datetime]
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    @property
    def app(self) -> Starlette:
        return application(self.parts)

    def wait(self, **passed: float) -> None:
        """Let time pass."""
        self.time[0] += timedelta(**passed)

    def account(self, login: str, *roles: Role, person: str | None = None, must_change: bool = False) -> None:
        """Add an account with the password of all."""
        number = self.people[person] if person else None
        name = login.capitalize()
        self.accounts.add(login, name, PASSWORD, frozenset(roles), person=number, must_change=must_change)

    def receive(
        self,
        subject: str = "Niet teruggebeld",
        text: str = "Ik ben niet teruggebeld.",
        *,
        suggestion: Suggestion | None = None,
        classify: bool = True,
        deliver: bool = True,
        **changes: object,
    ) -> Accepted:
        """Take a mail in, deliver its acknowledgement and ask the classifier."""
        number = next(iter(self._numbers))
        values = {
            "channel": Channel.EMAIL,
            "door": "smtp",
            "external_id": f"m{number}@voorbeeld.example",
            "content_hash": f"{number:064d}",
            "received_at": self.time[0],
            "sender": Contact(name="M. de Boer", email="m.deboer@voorbeeld.example"),
            "reply": ReplyRoute(route=Route.MAIL, address="m.deboer@voorbeeld.example"),
            "subject": subject,
            "text": text,
            "reply_text": text,
            "raw": b"Subject: x\r\n\r\nraw",
        } | changes
        accepted = self.intake.accept(Inbound(**values))  # type: ignore[arg-type]
        if suggestion is not None:
            self.classifier.by_subject[subject] = suggestion
        if classify:
            self.worker.classify(limit=100)
        if deliver:
            for delivery in self.worker.claim_deliveries(limit=100):
                self.worker.sent(delivery, Delivered())
        return accepted

    def client(self, login: str | None = None, app: Starlette | None = None, **options: object) -> TestClient:
        """A browser without script; signed in when a login is given."""
        client = TestClient(app or self.app, follow_redirects=False, **options)  # type: ignore[arg-type]
        if login is not None:
            sign_in(client, login)
        return client


def field_value(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def sign_in(client: TestClient, login: str, password: str = PASSWORD, **more: str):
    """Fill the sign-in form in and send it."""
    csrf = field_value(client.get("/inloggen").text, "csrf")
    return client.post("/inloggen", data={"login": login, "password": password, "csrf": csrf, **more})


def csrf_of(client: TestClient, path: str = "/zaken") -> str:
    """The token that forms of this session carry."""
    return field_value(client.get(path).text, "csrf")


@cache
def empty_database() -> bytes:
    """The database as the migrations make it; made once, because they take longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = connect(f"sqlite:///{file}")
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()


def build(folder: Path, **changes: object) -> House:
    """A house with three teams, five people and nobody signed in; ``changes`` replace parts."""
    database = folder / "gehoord.db"
    database.write_bytes(empty_database())
    engine = connect(f"sqlite:///{database}")
    store, blobs, time = SqlStore(engine), FolderBlobs(folder / "blobs"), [NOW]
    clock: Callable[[], datetime] = lambda: time[0]  # noqa: E731 - the clock is a value that is passed on
    calendar = netherlands(2024, 2030)
    municipality = Municipality(
        name="Voorbeeld", email="klachten@gemeente.example", phone="14 0591", contact="de klachtencoördinator"
    )
    tokens = count(1)
    letters = Letters(municipality)
    posting = Posting(
        municipality=municipality,
        calendar=calendar,
        mail_domain="gemeente.example",
        plus_addresses=False,
        new_token=lambda: f"{next(tokens):012d}{'0' * 20}",
    )
    answering = Answering(
        letters=letters, municipality=municipality, calendar=calendar, posting=posting, brakes=Brakes()
    )
    intake = Intake(
        store=store,
        blobs=blobs,
        clock=clock,
        calendar=calendar,
        placing=Placing(calendar=calendar, municipality=municipality, answering=answering),
    )
    classifier = Told()
    worker = Worker(store=store, clock=clock, calendar=calendar, classifier=classifier, blobs=blobs)
    accounts = Accounts(
        store=store, clock=clock, passwords=PlainPasswords(), new_token=lambda: f"session{next(tokens):025d}"
    )  # fmt: skip

    def again(original: Original, raw: bytes) -> Inbound:
        if original.raw_type == "application/json":
            return reread(original, raw)
        text = raw.decode(errors="replace")
        return Inbound(
            channel=original.channel, door=original.door, external_id=original.external_id,
            content_hash=original.content_hash, received_at=original.received_at, sender=Contact(name="Alsnog gelezen"),
            reply=None, subject="Alsnog gelezen", text=text, reply_text=text, raw=raw,
            problem="unreadable" if b"kapot" in raw else None,
        )  # fmt: skip

    async def accept(inbound: Inbound) -> Accepted:
        return await run_in_threadpool(intake.accept, inbound)

    parts = Parts(
        queries=Queries(store=store, blobs=blobs),
        review=Review(store=store, clock=clock, calendar=calendar),
        casework=Casework(store=store, clock=clock, calendar=calendar),
        joining=Joining(store=store, clock=clock, calendar=calendar),
        complainants=Complainants(
            store=store, clock=clock, calendar=calendar, municipality=municipality, answering=answering
        ),
        printing=Printing(store=store, calendar=calendar, municipality=municipality, maker=TypstPdf()),
        correspondence=Correspondence(
            store=store, blobs=blobs, clock=clock, calendar=calendar, letters=letters, posting=posting
        ),
        accounts=accounts,
        rereading=Rereading(store=store, blobs=blobs, clock=clock, intake=intake, read=again),
        accept=accept,
        calendar=calendar,
        clock=clock,
        municipality=municipality,
        is_ready=lambda: {"database": True},
        metrics=lambda: (b"gehoord_queue 1\n", "text/plain; version=0.0.4"),
        form_keys={KEY: "website"},
        max_upload=25_000_000,
        secure_cookies=False,
    )
    parts = replace(parts, **changes)  # type: ignore[arg-type]
    return House(
        parts=parts, store=store, intake=intake, worker=worker, classifier=classifier, accounts=accounts,
        people=_organisation(store), time=time,
    )  # fmt: skip


def _organisation(store: SqlStore) -> dict[str, int]:
    people = {}
    with store.write() as work:
        for slug, name in (
            ("publiekszaken", "Publiekszaken"), ("belastingen", "Belastingen en WOZ"),
            ("juridische-zaken", "Juridische Zaken"),
        ):  # fmt: skip
            work.people.add_team(Team(slug=slug, name=name))
        for key, name, team in (
            ("jansen", "P. Jansen", "publiekszaken"), ("smit", "A. Smit", "belastingen"),
            ("kramer", "J. Kramer", "juridische-zaken"), ("balie", "L. Balie", "publiekszaken"),
            ("wolters", "C. Wolters", None),
        ):  # fmt: skip
            people[key] = work.people.add_person(Person(id=0, name=name, team=team))
        for office, key, team in (
            (Office.TEAMLEIDER, "jansen", "publiekszaken"), (Office.TEAMLEIDER, "smit", "belastingen"),
            (Office.TEAMLEIDER, "kramer", "juridische-zaken"), (Office.GEMEENTESECRETARIS, "wolters", None),
        ):  # fmt: skip
            work.people.appoint(Appointment(office=office, person=people[key], team=team))
    return people


def attachment(name: str = "foto.jpg", kind: str = "image/jpeg", content: bytes = b"\xff\xd8foto") -> Attachment:
    """A file that came with a message."""
    return Attachment(filename=name, content_type=kind, content=content)


AUTOMATIC = Automatic(auto_submitted=True)
