"""The drawing of the procedure, made from the table."""

from collections.abc import Iterator

from core.domain.procedure.activity import Activity
from core.domain.procedure.table import ACTIVITIES
from core.domain.workflow import TABLE, Stage, Step


def mermaid() -> str:
    """The stages and the steps between them as a mermaid state diagram."""
    return "\n".join(_lines()) + "\n"


def listing() -> str:
    """Every activity on a line: its slug, the process description's numbers, who, where, where to, guards, letters."""
    return "\n".join(_row(activity) for activity in ACTIVITIES.values()) + "\n"


def _row(activity: Activity) -> str:
    leads = dict.fromkeys(activity.leads(stage) for stage in activity.stages if activity.leads(stage) != stage)
    articles = dict.fromkeys(guard.article for guard in activity.guards)
    letters = dict.fromkeys(f"{owed.letter} to {owed.to}" for owed in activity.letters)
    parts = (
        f"{activity.slug} ({', '.join(activity.process)})",
        ", ".join(sorted(activity.by)),
        ", ".join(activity.stages),
        f"-> {', '.join(leads)}" if leads else "",
        f"guards: {'; '.join(articles)}" if articles else "",
        f"letters: {', '.join(letters)}" if letters else "",
    )
    return " | ".join(part for part in parts if part)


def _lines() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {Stage.RECEIVED}"
    for (stage, step), follows in TABLE.items():
        yield f"    {stage} --> {follows}: {step}{_numbers(step)}"
    for stage in (Stage.CLOSED, Stage.REFERRED, Stage.NOT_HANDLED, Stage.WITHDRAWN):
        yield f"    {stage} --> [*]"


def _numbers(step: Step) -> str:
    """The activities of the process description that a step carries out."""
    found = [number for one in ACTIVITIES.values() if one.step == step for number in one.process if number[0].isdigit()]
    return f" ({', '.join(found)})" if found else ""
