"""The wiring hands its mail reader to a child, which starts when it is needed and not before."""

from datetime import UTC, datetime
from pathlib import Path

from app.settings.loading import load
from app.wiring import build

LETTER = b"From: Jan <jan@voorbeeld.example>\nSubject: Klacht\n\nDe balie was dicht.\n"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_the_reader_of_the_product_can_be_handed_to_a_child(tmp_path: Path):
    file = tmp_path / "gehoord.toml"
    file.write_text(f"classifier = false\n[storage]\nfolder = '{tmp_path}'\n", encoding="utf-8")
    house = build(load(file))
    reader = house.reader
    try:
        before = reader.pid
        reader.start()
        assert (before, reader.pid is None) == (None, False)
        there, here = (one.read(LETTER, door="smtp", received_at=NOW) for one in (reader, reader.reader))
        assert there == here
    finally:
        reader.close()
        house.engine.dispose()
