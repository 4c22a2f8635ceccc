"""The drawing of the procedure, made from the table."""

from collections.abc import Iterator

from core.domain.procedure.table import ACTIVITIES
from core.domain.workflow import TABLE, Stage, Step


def mermaid() -> str:
    """The stages and the steps between them as a mermaid state diagram."""
    return "\n".join(_lines()) + "\n"


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
