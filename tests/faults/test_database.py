"""PostgreSQL goes away and comes back, and several processes share it."""

import tomllib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

import pytest

from tests.faults.looks import all_is_well
from tests.faults.mta import Mta, answer_to, mail
from tests.faults.relay import Relay, through
from tests.faults.service import Service, together
from tests.parts.postgres import Postgres

ORGANISATION = tomllib.loads((files("app") / "organisation.toml").read_text(encoding="utf-8"))
"""What an empty installation starts with."""

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that this test may stop and kill."""
    with Postgres() as server:
        yield server


@pytest.mark.parametrize("end", [Postgres.stop, Postgres.kill], ids=["stopped", "killed"])
def test_mail_waits_at_its_sender_while_the_database_is_away(
    own_postgres: Postgres, end: Callable[[Postgres], None]
) -> None:
    first, second, third = mails = [mail(number, "weg") for number in range(1, 4)]
    with Service(database=own_postgres.url(own_postgres.create())) as service:
        service.send(first.as_bytes())
        service.until_delivered()
        end(own_postgres)
        assert [answer_to(service, one) for one in (second, third)] == [451, 451]
        status, body = service.get("/readyz")
        assert (status, '"database":false' in body) == (503, True)
        assert service.get("/healthz")[0] == 200
        own_postgres.start()
        for one in (second, third):
            service.send(one.as_bytes())
        service.until_delivered()
        all_is_well(service, mails)


def test_a_letter_that_left_while_the_database_was_away_is_still_written_down(own_postgres: Postgres) -> None:
    """The worker outlives the database: it notes the delivery once the database is back, and repeats nothing."""
    mails = [mail(1, "werk"), mail(2, "werk")]
    database = own_postgres.url(own_postgres.create())
    with (
        Relay(before_answer=own_postgres.kill) as relay,
        Service(database=database, settings=through(relay)) as service,
    ):
        service.send(mails[0].as_bytes())
        service.until(lambda: bool(service.logged("deliveries not recorded")), "a record that failed")
        own_postgres.start()
        service.until_delivered()
        service.send(mails[1].as_bytes())
        service.until_delivered()
        assert service.count("outgoing", state="sent") == 2
        assert len(relay.received) == 2
        assert len(service.journal("letter_sent")) == 2


def test_several_processes_share_the_work_and_do_nothing_twice(postgres_url: str, tmp_path: Path) -> None:
    mails = [mail(number, "samen") for number in range(1, 41)]
    with ExitStack() as stack:
        services = [
            Service(folder=tmp_path, database=postgres_url, only=only)
            for only in ("mail", "mail", "worker", "worker", "web")
        ]
        for service in services:
            stack.callback(service.close)
        together(services)  # all find an empty database, and only one may fill it
        senders = [Mta(services[0], deque(mails[::2])), Mta(services[1], deque(mails[1::2]))]
        for sender in senders:
            sender.send_all()
        services[2].until_delivered()
        all_is_well(services[0], mails)
        handed = Counter(line["outgoing"] for service in services[2:4] for line in service.logged("delivered"))
        assert set(handed.values()) == {1}
        assert services[0].count("account") == 1
        assert services[0].count("team") == len(ORGANISATION["teams"])
        for service in services:
            service.terminate()
        assert [service.ended() for service in services] == [0] * len(services)
