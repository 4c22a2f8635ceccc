"""A backup's rows are restored exactly, into either database."""

import json
from pathlib import Path

import pytest

from core.domain.organisation import Office
from core.domain.tasks import TaskKind
from core.store.dump import dump, load
from tests.core.world import KLACHT, World


def filled(world: World) -> None:
    world.official("T. Leider", Office.TEAMLEIDER, "openbare-ruimte")
    coordinator = world.coordinator()
    for text in ("eerste", "tweede"):
        accepted = world.intake.accept(world.mail(text))
        world.worker.classify()
        [task] = world.tasks(world.case_id(accepted.case_number), kind=TaskKind.REVIEW)
        world.review.confirm(coordinator, task.id, KLACHT, version=0)
    world.deliver_all()


def lines(folder: Path) -> dict[str, list[object]]:
    return {
        file.name: [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for file in folder.iterdir()
    }


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("way", ["sqlite to postgres", "postgres to sqlite"])
def test_rows_move_between_the_databases(way: str, sqlite_world: World, postgres_world: World, tmp_path: Path) -> None:
    worlds = [sqlite_world, postgres_world]
    source, target = worlds if way.startswith("sqlite") else worlds[::-1]
    filled(source)
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    counts = dump(source.engine, first)
    assert load(target.engine, first) == counts
    assert counts["case"] == 2
    dump(target.engine, second)
    assert lines(first) == lines(second)
    third = target.intake.accept(target.mail("derde")).case_number
    assert third is not None and third not in {"2026-0001", "2026-0002"}


def test_a_restore_never_overwrites(world: World, tmp_path: Path) -> None:
    filled(world)
    dump(world.engine, tmp_path)
    with pytest.raises(ValueError, match="not empty"):
        load(world.engine, tmp_path)
