"""The reading child: the same messages as without it, its limits, and what happens when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from core.domain.labels import Channel
from core.domain.message import Contact, Inbound
from core.ports import Original
from mailin.confined.reader import ConfinedReader, Limits
from mailin.inbound import MailReader
from tests.mailin.misbehaving import Misbehaving

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DIRECT = MailReader(["klachten@gemeente.example"], "gemeente.example", [])
HEAD = b"From: Jan <jan@voorbeeld.example>\nSubject: Klacht\nMessage-ID: <a@voorbeeld.example>\n"
LETTER = HEAD + b"\nDe balie was dicht.\n"
# What a subprocess needs to be measured by coverage; everything else of our environment stays here.
MEASURED = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}  # noqa: TID251
CORPUS = sorted((Path(__file__).parent.parent / "mail" / "corpus").glob("*.eml"))

Make = Callable[..., ConfinedReader]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[ConfinedReader] = []

    def one(reader: MailReader = DIRECT, **limits: float) -> ConfinedReader:
        wanted = Limits(seconds=limits.get("seconds", 60.0), memory=int(limits.get("memory", 1_500_000_000)))
        made.append(ConfinedReader(reader, wanted, MEASURED))
        return made[-1]

    yield one
    for reader in made:
        reader.close()


@pytest.fixture
def misbehaving() -> Misbehaving:
    return Misbehaving(["klachten@gemeente.example"], "gemeente.example", [])


def read(reader: ConfinedReader | MailReader, raw: bytes, envelope_from: str | None = None) -> Inbound:
    return reader.read(raw, door="smtp", received_at=NOW, envelope_from=envelope_from)


def with_file(size: int) -> bytes:
    file = b"".join(b"%075d\n" % number for number in range(size // 76))
    return (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhoi\n--b\n"
        b"Content-Type: application/pdf; name=a.pdf\n\n" + file + b"\n--b\nContent-Type: image/png\n\nx\n--b--\n"
    )


def deep(levels: int) -> bytes:
    """Nested parts with some text in each."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n\n%s\n--b%d\n" % (level, level, b"hoi " * 500, level)
        for level in range(levels)
    )
    return HEAD + opened + b"\n\ndiep\n"


def test_every_mail_of_the_corpus_is_the_same_message(make: Make):
    confined = make()
    assert CORPUS
    for file in CORPUS:
        raw = file.read_bytes()
        assert read(confined, raw) == read(DIRECT, raw), file.name
    first = confined.pid
    assert read(confined, with_file(20_000_000)) == read(DIRECT, with_file(20_000_000))
    assert read(confined, LETTER, "<>").reply is None
    assert confined.pid == first


def test_a_kept_original_is_read_again_with_its_own_identity(make: Make):
    original = Original(
        message=1,
        raw="x",
        raw_type="message/rfc822",
        channel=Channel.EMAIL,
        door="imap:oud",
        external_id="toen",
        content_hash="h",
        received_at=NOW,
        case=None,
        problem=None,
        automatic=False,
        reply=None,
        sender=Contact(),
        subject="",
        references=(),
    )
    assert make().again(original, LETTER) == DIRECT.again(original, LETTER)
    kept = make(seconds=0.05).again(original, deep(9000))
    assert (kept.problem, kept.external_id, kept.content_hash, kept.door) == ("too_slow", "toen", "h", "imap:oud")
    assert kept.raw == deep(9000)


def test_the_real_parser_is_cut_off_at_the_limit(make: Make):
    raw = deep(9000)
    confined = make(seconds=0.05)
    kept = read(confined, raw)
    assert kept.problem == "too_slow"
    assert kept.raw == raw
    assert kept.external_id.startswith("sha256:")
    assert kept.attachments == ()
    assert kept.reply is None


def test_a_mail_that_hangs_ends_and_the_next_is_read_by_a_fresh_child(make: Make, misbehaving: Misbehaving):
    confined = make(misbehaving, seconds=1.0)
    assert read(confined, LETTER) == read(DIRECT, LETTER)
    first = confined.pid
    assert first is not None
    with capture_logs() as lines:
        assert read(confined, LETTER + b"hang").problem == "too_slow"
    assert [(line["event"], line["problem"], line["size"]) for line in lines] == [
        ("mail kept unread", "too_slow", len(LETTER) + 4)
    ]
    assert not psutil.pid_exists(first)
    assert read(confined, LETTER) == read(DIRECT, LETTER)
    assert confined.pid != first


def test_a_mail_that_needs_too_much_memory_is_kept(make: Make, misbehaving: Misbehaving):
    confined = make(misbehaving)
    assert read(confined, LETTER + b"hoard").problem == "too_large_to_read"
    assert read(confined, LETTER) == read(DIRECT, LETTER)


def test_the_real_parser_is_bounded_in_memory(make: Make):
    raw = with_file(60_000_000)
    small = make(memory=150_000_000)
    assert read(small, LETTER) == read(DIRECT, LETTER)
    kept = read(small, raw)
    assert kept.problem == "too_large_to_read"
    assert kept.raw is raw
    assert read(small, LETTER) == read(DIRECT, LETTER)
    assert read(make(), raw).problem is None


def test_a_child_killed_between_two_mails_costs_nothing(make: Make):
    confined = make()
    read(confined, LETTER)
    assert confined.pid is not None
    os.kill(confined.pid, signal.SIGKILL)
    assert read(confined, LETTER) == read(DIRECT, LETTER)


def test_a_child_killed_in_the_middle_reads_the_mail_after_all(make: Make, misbehaving: Misbehaving):
    confined = make(misbehaving)
    confined.start()
    pid = confined.pid
    assert pid is not None
    found: list[Inbound] = []
    reading = threading.Thread(target=lambda: found.append(read(confined, LETTER + b"hang")))
    reading.start()
    busy = psutil.Process(pid)
    begun = busy.cpu_times().user
    while busy.cpu_times().user < begun + 0.2:  # it has begun to hang
        threading.Event().wait(0.01)
    confined.reader = DIRECT  # the next child reads without misbehaving
    busy.kill()
    reading.join(30)
    assert found == [read(DIRECT, LETTER + b"hang")]


def test_a_mail_that_kills_the_child_twice_is_kept(make: Make, misbehaving: Misbehaving):
    confined = make(misbehaving)
    kept = read(confined, LETTER + b"die")
    assert (kept.problem, kept.raw) == ("unreadable", LETTER + b"die")
    assert read(confined, LETTER) == read(DIRECT, LETTER)


def test_an_error_of_the_child_says_nothing_of_the_mail(
    make: Make, misbehaving: Misbehaving, capfd: pytest.CaptureFixture[str]
):
    assert read(make(misbehaving), LETTER + b"crash").problem == "unreadable"
    assert "ArithmeticError" in (said := capfd.readouterr().err)
    assert "balie" not in said


def test_what_the_child_prints_and_logs_breaks_nothing(make: Make, misbehaving: Misbehaving):
    confined = make(misbehaving)
    raw = LETTER + b"print log"
    with capture_logs() as lines:
        assert read(confined, raw) == read(DIRECT, raw)
        read(confined, LETTER)
    assert lines == [{"event": "odd mail", "log_level": "warning", "door": "smtp", "size": len(raw)}]


def test_the_child_sees_nothing_of_our_environment(
    make: Make, misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GEHOORD_RELAY__PASSWORD", "geheim")
    seen = set(read(make(misbehaving), b"environment").subject.split(","))
    assert not {name for name in seen if not name.startswith(("COV", "LC_"))}


def test_threads_share_one_child(make: Make):
    confined = make()
    found: dict[int, Inbound] = {}

    def many(number: int) -> None:
        for turn in range(20):
            found[number * 100 + turn] = read(confined, LETTER + b"%d %d" % (number, turn))

    threads = [threading.Thread(target=many, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(found) == 80
    for key, inbound in found.items():
        number, turn = divmod(key, 100)
        assert inbound == read(DIRECT, LETTER + b"%d %d" % (number, turn))


def test_without_a_child_mails_are_read_all_the_same_and_one_line_says_so(tmp_path: Path):
    confined = ConfinedReader(DIRECT, python=str(tmp_path / "no-python"))
    with capture_logs() as lines:
        assert [read(confined, LETTER), read(confined, LETTER)] == [read(DIRECT, LETTER)] * 2
    assert [line["event"] for line in lines] == ["mails are read without limits of time and memory"]


def test_after_the_end_a_straggler_is_read_and_no_child_is_left(make: Make):
    confined = make()
    read(confined, LETTER)
    pid = confined.pid
    assert pid is not None
    confined.close()
    assert not psutil.pid_exists(pid)
    assert read(confined, LETTER) == read(DIRECT, LETTER)
    assert confined.pid is None


def test_the_child_goes_when_its_service_is_killed():
    told = (
        "import sys; from mailin.confined.reader import ConfinedReader; from mailin.inbound import MailReader\n"
        "reader = ConfinedReader(MailReader([], 'gemeente.example', [])); reader.start()\n"
        "print(reader.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        child = psutil.Process(int(service.stdout.readline()))
        child.send_signal(signal.SIGTERM)  # as a process group gets it while the service still finishes its mails
        child.send_signal(signal.SIGINT)
        assert child.is_running()
        service.kill()
        child.wait(30)
