"""One figure with its bare figure and its goal, and the table that is printed of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HEADINGS = ("goal", "what", "figure", "bare", "ratio", "at least", "aim", "machine", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line; ``goal`` is the number in shared/design/speed.md, 0 for a figure that explains another."""

    goal: int
    what: str
    figure: float
    unit: str
    bare: float
    at_least: float = 0
    aim: float = 0
    judged: Literal["figure", "ratio", "nothing"] = "figure"
    """Whether the goal is about the figure itself or about figure / bare."""
    more_is_better: bool = False
    machine: float = 1
    """The calibration loop beside this figure against a quiet machine: 1.3 means that everything took 30 % longer."""

    @property
    def ratio(self) -> float:
        return self.figure / self.bare if self.bare else float("nan")

    @property
    def reached(self) -> str:
        if self.judged == "nothing":
            return ""
        value = self.figure if self.judged == "figure" else self.ratio

        def meets(goal: float) -> bool:
            return value >= goal if self.more_is_better else value <= goal

        return "aim" if meets(self.aim) else "at least" if meets(self.at_least) else "MISSED"

    def cells(self) -> tuple[str, ...]:
        unit = self.unit if self.judged == "figure" else "x"
        goals = ("", "") if self.judged == "nothing" else (f"{self.at_least:g} {unit}", f"{self.aim:g} {unit}")
        return (
            str(self.goal or ""),
            self.what,
            f"{_short(self.figure)} {self.unit}",
            f"{_short(self.bare)} {self.unit}" if self.bare else "",
            f"{self.ratio:.2f} x" if self.bare else "",
            *goals,
            f"{self.machine:.2f} x",
            self.reached,
        )


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows: Sequence[Row]) -> str:
    """The rows below their headings, in columns."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADINGS))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([texts[0], "-" * len(texts[0]), *texts[1:]])
