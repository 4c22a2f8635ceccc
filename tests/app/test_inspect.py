"""`gehoord mail inspect` and `gehoord nlp suggest`: stable interfaces, answered line by line."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.faults.mta import mail

KEYS = {
    "subject", "from_addr", "from_name", "to", "text", "reply_text", "attachments", "auto_submitted", "bounce",
    "message_id", "references",
}  # fmt: skip
# No network at all: what a command needs is on this machine.
OFFLINE = "import sys; from tests.parts import guard; guard.shut(); from app.cli import main; main(prog_name='gehoord')"
ROOT = Path(__file__).parents[2]


def offline(*arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", OFFLINE, *arguments]
    return subprocess.run(command, input=given, capture_output=True, cwd=ROOT, timeout=100, check=False)


@contextlib.contextmanager
def conversation(*arguments: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """The command's two ends, open until the block ends; it must then end well."""
    command = [sys.executable, "-c", OFFLINE, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0


def asked(ends: tuple[IO[str], IO[str]], line: str) -> dict[str, object]:
    """The answer to one line, while the command still waits for the next."""
    there, back = ends
    there.write(line + "\n")
    there.flush()
    answer: dict[str, object] = json.loads(back.readline())
    return answer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "klacht.eml"
    path.write_bytes(mail(3, "inspectie").as_bytes())
    return path


def test_a_file_is_described(file: Path) -> None:
    ended = offline("mail", "inspect", str(file))
    assert ended.returncode == 0
    said = json.loads(ended.stdout)
    assert said.keys() >= KEYS
    assert said["subject"] == "Niet teruggebeld, bericht 3 van inspectie"
    assert (said["from_addr"], said["from_name"]) == ("burger3@voorbeeld.example", "Burger 3")
    assert said["to"] == ["klachten@gemeente.example"]
    assert "niet teruggebeld" in said["reply_text"]
    [attached] = said["attachments"]
    assert (attached["filename"], attached["content_type"], attached["size"]) == ("brief3.pdf", "application/pdf", 5000)
    assert (said["auto_submitted"], said["bounce"]) == (False, False)
    assert "3.inspectie@voorbeeld.example" in said["message_id"]


def test_standard_input_is_described_the_same(file: Path) -> None:
    ended = offline("mail", "inspect", "-", given=file.read_bytes())
    assert json.loads(ended.stdout) == json.loads(offline("mail", "inspect", str(file)).stdout)


def test_several_files_make_several_lines(file: Path) -> None:
    ended = offline("mail", "inspect", "--jsonl", str(file), str(file))
    assert len(ended.stdout.splitlines()) == 2


def test_paths_are_answered_as_they_come(file: Path, tmp_path: Path) -> None:
    empty = tmp_path / "leeg é.eml"
    empty.touch()
    with conversation("mail", "inspect", "--jsonl", "--paths-from", "-") as ends:
        assert asked(ends, str(file))["from_name"] == "Burger 3"
        assert asked(ends, str(empty)).keys() >= KEYS
        assert asked(ends, str(file))["from_name"] == "Burger 3"


def test_a_path_that_cannot_be_read_is_said_and_the_others_go_on(file: Path, tmp_path: Path) -> None:
    ended = offline("mail", "inspect", "--jsonl", str(tmp_path / "weg.eml"), str(tmp_path), str(file))
    assert ended.returncode == 1
    missing, folder, found = map(json.loads, ended.stdout.splitlines())
    assert missing == {"error": "cannot read: No such file or directory", "path": str(tmp_path / "weg.eml")}
    assert folder["error"] == "cannot read: Is a directory"
    assert found.keys() >= KEYS


def test_suggestions_are_answered_as_they_come_and_offline() -> None:
    with conversation("nlp", "suggest", "--jsonl") as ends:
        said = asked(ends, json.dumps({
            "id": "a1", "subject": "Niet teruggebeld", "channel": "email",
            "text": "Ik ben drie keer niet teruggebeld door uw medewerker. Bel mij op 0591-123456.",
        }))  # fmt: skip
        assert said["id"] == "a1"
        assert said.keys() >= {"kinds", "teams", "subject_role", "entities", "language", "why"}
        kinds, entities = said["kinds"], said["entities"]
        assert isinstance(kinds, dict)
        assert isinstance(entities, dict)
        assert all(0 <= share <= 1 for share in kinds.values())
        assert entities.keys() >= {"kenmerk", "phone", "iban", "bsn", "dates", "places"}
        assert entities["phone"] == ["0591-123456"]
        assert said["language"] == "nl"
        assert asked(ends, json.dumps({"id": "a2", "subject": "", "text": "", "channel": "email"}))["id"] == "a2"


def test_a_line_that_is_no_message_is_said_without_its_words() -> None:
    given = b'geheime tekst\n[1]\n{"id": "a3", "subject": "", "text": 5}\n{"id": "a4", "subject": "", "text": "x"}\n'
    ended = offline("nlp", "suggest", "--jsonl", given=given)
    assert ended.returncode == 1
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True, True, True, False]
    assert b"geheime" not in ended.stdout + ended.stderr
