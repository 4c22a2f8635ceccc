"""``gehoord workflow --mermaid`` prints the drawing from the table."""

from click.testing import CliRunner

from app.cli import main
from core.domain.workflow import TABLE, Stage


def test_the_drawing_shows_every_stage_and_every_step() -> None:
    done = CliRunner().invoke(main, ["workflow", "--mermaid"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "stateDiagram-v2"
    drawn = {line.partition(" (")[0].strip() for line in lines}
    assert {f"{stage} --> {follows}: {step}" for (stage, step), follows in TABLE.items()} <= drawn
    assert all(any(stage in line for line in lines) for stage in Stage)


def test_as_a_list_it_says_who_does_what_where() -> None:
    done = CliRunner().invoke(main, ["workflow"])
    assert done.exit_code == 0
    [line] = [line for line in done.stdout.splitlines() if line.startswith("find ")]
    assert all(
        part in line for part in ("9.1", "coordinator", "handler", "drafting", "found", "Awb 9:9", "bevindingen")
    )
