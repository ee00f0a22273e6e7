"""Tables on the terminal, and the same figures as JSON."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any


@dataclass
class Table:
    """Figures of one part. A cell None is shown empty; ``notes`` say what a reader must know."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[Any]]
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        shown = [self.columns, *([_cell(value) for value in row] for row in self.rows)]
        widths = [max(len(row[place]) for row in shown) for place in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in shown
        ]
        rule = "-" * max(len(line) for line in lines)
        return "\n".join([self.title, rule, lines[0], rule, *lines[1:], *self.notes])


def verdict(value: float, goal: float) -> str:
    """What the last column says of a figure that must not be above its goal."""
    return "" if value <= goal else "OVER"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def surroundings() -> dict[str, Any]:
    """What the figures depend on besides the code."""
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "django": version("django"),
        "wagtail": version("wagtail"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def show_surroundings(around: dict[str, Any]) -> None:
    print(
        f"Python {around['python']}, Django {around['django']}, Wagtail {around['wagtail']}, "
        f"{around['cores']} cores, load {around['load']} at the start."
    )
    if around["load"] > around["cores"] / 2:
        print("The machine is busy: trust processor time and ratios, not seconds.")


def save(tables: list[Table], around: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    data = {**around, "tables": [asdict(table) for table in tables]}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def answer(value: Any) -> None:
    """Hand figures from a measuring process to the one that collects them."""
    sys.stdout.write(json.dumps(value) + "\n")
