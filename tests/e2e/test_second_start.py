"""A second start on the same folder: everything is reused, and no start waits for the classifier."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.dump import dump
from tests.e2e.desk import case_numbered, printed_login
from tests.faults.mta import mail
from tests.faults.service import Service


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that has taken and classified one mail, and was stopped."""
    with Service(settings={"GEHOORD_CLASSIFIER": "true"}) as running:
        assert not has_classifier(running)
        running.send(mail(1, "eerste").as_bytes())
        settled(running, 1)
        assert has_classifier(running)
        running.stop()
        yield running


def has_classifier(service: Service) -> bool:
    """Whether spaCy's compiled parts are in the memory of the process."""
    assert service.process
    return "/spacy/" in Path(f"/proc/{service.process.pid}/maps").read_text()


def settled(service: Service, messages: int) -> None:
    service.until(lambda: service.count("suggestion") == messages and not service.count("job"), "everything done")


def rows(service: Service, folder: Path) -> dict[str, str]:
    """All rows of all tables."""
    folder.mkdir()
    with service.engine() as engine:
        dump(engine, folder)
    return {file.stem: file.read_text() for file in folder.iterdir()}


def test_a_second_start_changes_nothing_and_goes_on_where_the_first_ended(service: Service, tmp_path: Path) -> None:
    login, letters = printed_login(service), [letter.as_bytes() for letter in service.letters()]
    before = rows(service, tmp_path / "before")
    (service.directory / "output.log").unlink()
    service.start()
    assert rows(service, tmp_path / "after") == before
    assert printed_login(service) == login
    assert [letter.as_bytes() for letter in service.letters()] == letters
    assert [before[table].count("\n") for table in ("account", "case", "message", "outgoing")] == [1, 1, 1, 1]

    service.send(mail(2, "tweede").as_bytes())
    settled(service, 2)
    (year,) = {letter["Subject"].split("(")[1][:4] for letter in service.letters()}
    assert case_numbered(service, f"{year}-0002").messages[0].suggestion is not None


def test_it_is_ready_before_the_classifier_is_loaded(service: Service) -> None:
    service.start()
    assert service.get("/readyz")[0] == 200
    with service.smtp() as smtp:
        assert smtp.noop()[0] == 250
    assert not has_classifier(service)
    service.send(mail(2, "tweede").as_bytes())
    service.until(lambda: has_classifier(service), "a classifier in memory")
