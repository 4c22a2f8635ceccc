"""`gehoord check` and the letters of the municipality's own."""

from pathlib import Path

import pytest

from app.check import Problem, _letters
from app.settings import Settings


def test_check_stops_at_a_broken_letter_and_names_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEHOORD_LETTERS__FOLDER", str(tmp_path))
    assert _letters(Settings()) == f"every letter can be written, 0 files of {tmp_path} are used"
    broken = tmp_path / "ontvangst" / "text.txt"
    broken.parent.mkdir()
    broken.write_text("{{ number }}\n{{ nummer }}\n")
    with pytest.raises(Problem, match=r"ontvangst/text.txt:2 'nummer' is undefined"):
        _letters(Settings())


def test_no_folder_means_the_built_in_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEHOORD_LETTERS__FOLDER", "")
    assert Settings().letters.folder is None
    assert _letters(Settings()) == "every letter can be written, with the built-in templates"
