"""Files are held back until the scanner has looked, for ever when it found something, and never longer than needed."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from core.domain.errors import HeldBack, Temporary
from core.domain.events import MalwareFound
from core.domain.message import Attachment, Automatic, Contact, Inbound, ScanState
from core.domain.tasks import TaskKind
from core.ports import Scanned
from core.service.intake import Intake
from core.service.scanning import LEASE, PAUSE, Scanning
from core.views import AttachmentView
from tests.core.world import World

GOOD, BAD, LOCKED = b"een gewone brief", b"X5O! een proef met een virus", b"PK een versleuteld archief"


@dataclass
class TwinScanner:
    """A twin of the scanner that knows one virus and one locked archive, and is away when told to."""

    away: bool = False
    seen: list[bytes] = field(default_factory=list)

    def scan(self, content: bytes) -> Scanned:
        if self.away:
            raise Temporary("scanner away")
        self.seen.append(content)
        if content == BAD:
            return Scanned(state=ScanState.INFECTED, malware="Proef-Virus")
        return Scanned(state=ScanState.UNSCANNABLE if content == LOCKED else ScanState.CLEAN)


@dataclass
class Guarded:
    """The core with a scanner set up."""

    world: World
    intake: Intake
    scanner: TwinScanner
    scanning: Scanning

    def __post_init__(self) -> None:
        self.coordinator = self.world.coordinator()

    def mail(self, *contents: bytes, text: str = "Zie de bijlage.") -> Inbound:
        files = tuple(
            Attachment(filename=f"bijlage{number}.pdf", content_type="application/pdf", content=content)
            for number, content in enumerate(contents)
        )
        mail = replace(self.world.mail(text), attachments=files)
        return replace(mail, raw=b"\r\n\r\n".join((mail.raw, *contents)))

    def take(self, *contents: bytes) -> int:
        return self.intake.accept(self.mail(*contents)).message

    def files(self, message: int) -> tuple[AttachmentView, ...]:
        return self.world.queries.message(self.coordinator, message).attachments

    def read(self, message: int, file: int = 0) -> bytes:
        number = self.files(message)[file].id
        return self.world.queries.attachment(self.coordinator, number).content

    def read_original(self, message: int) -> bytes:
        return self.world.queries.original(self.coordinator, message).content

    def scan_all(self) -> None:
        while self.scanning.scan():
            pass


@pytest.fixture
def guarded(world: World) -> Guarded:
    scanner = TwinScanner()
    scanning = Scanning(
        store=world.store, blobs=world.blobs, clock=world.clock, calendar=world.intake.calendar, scanner=scanner
    )
    return Guarded(world, replace(world.intake, scans=True), scanner, scanning)


def test_without_a_scanner_files_are_handed_over(guarded: Guarded) -> None:
    message = guarded.world.intake.accept(guarded.mail(GOOD)).message
    assert guarded.files(message)[0].scan == ScanState.OFF
    assert guarded.read(message) == GOOD
    assert not guarded.scanning.scan()


def test_until_it_was_looked_at_a_file_is_held_back(guarded: Guarded) -> None:
    message = guarded.take(GOOD)
    assert guarded.files(message)[0].scan == ScanState.WAITING
    with pytest.raises(HeldBack):
        guarded.read(message)
    with pytest.raises(HeldBack):
        guarded.read_original(message)


def test_a_clean_file_is_released(guarded: Guarded) -> None:
    message = guarded.take(GOOD)
    assert guarded.scanning.scan()
    assert guarded.scanner.seen == [GOOD]
    assert guarded.files(message)[0].scan == ScanState.CLEAN
    assert guarded.read(message) == GOOD
    assert GOOD in guarded.read_original(message)


def test_the_story_is_read_and_answered_without_waiting(guarded: Guarded) -> None:
    message = guarded.take(GOOD)
    assert guarded.world.queries.message(guarded.coordinator, message).text == "Zie de bijlage."
    assert len(guarded.world.deliver_all()) == 1


def test_a_message_without_files_waits_for_nothing(guarded: Guarded) -> None:
    message = guarded.take()
    assert guarded.read_original(message)
    assert not guarded.scanning.scan()


def test_an_infected_file_stays_held_back_and_a_person_is_told(guarded: Guarded) -> None:
    message = guarded.take(BAD)
    case = guarded.world.case_id("2026-0001")
    guarded.scan_all()
    assert guarded.files(message)[0].scan == ScanState.INFECTED
    with pytest.raises(HeldBack):
        guarded.read(message)
    with pytest.raises(HeldBack):
        guarded.read_original(message)
    [task] = guarded.world.tasks(case, kind=TaskKind.INFECTED)
    assert task.message == message
    found = [event for event in guarded.world.happened(case) if isinstance(event, MalwareFound)]
    assert [(event.message, event.name) for event in found] == [(message, "Proef-Virus")]


def test_of_two_files_the_clean_one_is_handed_over_and_the_original_is_not(guarded: Guarded) -> None:
    message = guarded.take(GOOD, BAD)
    guarded.scan_all()
    assert guarded.read(message, 0) == GOOD
    with pytest.raises(HeldBack):
        guarded.read(message, 1)
    with pytest.raises(HeldBack):
        guarded.read_original(message)


def test_what_the_scanner_cannot_look_into_is_handed_over_with_a_warning(guarded: Guarded) -> None:
    message = guarded.take(LOCKED)
    guarded.scan_all()
    assert guarded.files(message)[0].scan == ScanState.UNSCANNABLE
    assert guarded.read(message) == LOCKED
    assert not guarded.world.tasks(guarded.world.case_id("2026-0001"), kind=TaskKind.INFECTED)


def test_files_of_an_addition_are_looked_at_too(guarded: Guarded) -> None:
    first = guarded.mail(GOOD)
    guarded.intake.accept(first)
    further = replace(guarded.mail(BAD, text="Nog iets."), references=(first.external_id,))
    message = guarded.intake.accept(further).message
    guarded.scan_all()
    assert guarded.files(message)[0].scan == ScanState.INFECTED
    assert guarded.world.tasks(guarded.world.case_id("2026-0001"), kind=TaskKind.INFECTED)


def test_files_of_a_message_without_a_case_are_looked_at_too(guarded: Guarded) -> None:
    automatic = replace(guarded.mail(BAD), automatic=Automatic(auto_submitted=True), reply=None)
    message = guarded.intake.accept(automatic).message
    with pytest.raises(HeldBack):
        guarded.read(message)
    guarded.scan_all()
    with pytest.raises(HeldBack):
        guarded.read(message)
    kinds = [item.kind for item in guarded.world.queries.queue(guarded.coordinator)]
    assert TaskKind.INFECTED in kinds


def test_files_that_a_second_reading_finds_are_held_back_too(guarded: Guarded) -> None:
    world = guarded.world
    kept = world.mail("?", problem="unreadable", sender=Contact(), answerable=False)
    message = guarded.intake.accept(kept).message
    world.reread = guarded.mail(BAD)
    [item] = [item for item in world.queries.queue(guarded.coordinator) if item.kind == TaskKind.UNPROCESSED]
    assert replace(world.rereading, intake=guarded.intake).try_again(guarded.coordinator, item.task) == "2026-0001"
    with pytest.raises(HeldBack):
        guarded.read(message)
    guarded.scan_all()
    assert guarded.files(message)[0].scan == ScanState.INFECTED


def test_the_original_of_what_could_not_be_read_is_not_handed_over_unseen(guarded: Guarded) -> None:
    """Nobody knows what is in it: the scanner has not looked, and no file of it is known either."""
    kept = replace(guarded.world.mail("?", problem="unreadable", answerable=False), raw=BAD)
    message = guarded.intake.accept(kept).message
    with pytest.raises(HeldBack):
        guarded.read_original(message)


# --- the scanner is away ------------------------------------------------------------------------------------------


def test_as_long_as_the_scanner_is_away_files_are_held_back_and_tried_again(guarded: Guarded) -> None:
    message = guarded.take(GOOD)
    guarded.scanner.away = True
    guarded.scan_all()
    assert guarded.files(message)[0].scan == ScanState.WAITING
    with pytest.raises(HeldBack):
        guarded.read(message)
    guarded.scanner.away = False
    assert not guarded.scanning.scan()
    guarded.world.now += PAUSE + timedelta(seconds=1)
    assert guarded.scanning.scan()
    assert guarded.read(message) == GOOD


def test_however_long_it_is_away_it_is_never_given_up(guarded: Guarded) -> None:
    message = guarded.take(GOOD)
    guarded.scanner.away = True
    for _ in range(50):
        guarded.scan_all()
        guarded.world.now += timedelta(hours=12)
    guarded.scanner.away = False
    guarded.scan_all()
    assert guarded.read(message) == GOOD


def test_the_administrator_is_told_once_and_no_longer_once_it_works(guarded: Guarded) -> None:
    for _ in range(3):
        guarded.take(GOOD)
    guarded.scanner.away = True
    for _ in range(4):
        guarded.scan_all()
        guarded.world.now += PAUSE + timedelta(seconds=1)
    assert len(guarded.world.alerts(TaskKind.SCANNER_AWAY)) == 1
    guarded.scanner.away = False
    guarded.scan_all()
    assert guarded.world.alerts(TaskKind.SCANNER_AWAY) == []


def test_away_a_second_time_is_told_again(guarded: Guarded) -> None:
    for _ in range(2):
        guarded.take(GOOD)
        guarded.scanner.away = True
        guarded.scan_all()
        assert len(guarded.world.alerts(TaskKind.SCANNER_AWAY)) == 1
        guarded.scanner.away = False
        guarded.world.now += PAUSE + timedelta(seconds=1)
        guarded.scan_all()
        assert guarded.world.alerts(TaskKind.SCANNER_AWAY) == []


def test_citizens_are_answered_while_the_scanner_is_away(guarded: Guarded) -> None:
    guarded.scanner.away = True
    guarded.take(GOOD)
    guarded.scan_all()
    assert len(guarded.world.deliver_all()) == 1


def test_a_scan_that_was_killed_is_done_by_the_next(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def killed(_content: bytes) -> Scanned:
        raise KilledError

    message = guarded.take(GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(guarded.scanner, "scan", killed)
        with pytest.raises(KilledError):
            guarded.scanning.scan()
    with pytest.raises(HeldBack):
        guarded.read(message)
    guarded.world.now += LEASE + timedelta(seconds=1)
    guarded.scan_all()
    assert guarded.read(message) == GOOD
