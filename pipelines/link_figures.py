"""The figures of `make bench-links`: kept in the repository as they were, printed beside what they are now, with floors.

`tests/linkage/floors.yaml` holds under `before` what the bench printed when it was last kept (`--keep`), and under
`floors` what a test holds on a smaller set (`--floors`). A figure is found by section, table, row and column.
"""

from collections.abc import Mapping
from math import floor
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from pipelines.settings import ROOT
from schemas.strict_yaml import mapping_of

FILE = ROOT / "tests" / "linkage" / "floors.yaml"

#: Figure by row and column of a table; an integer is a count.
Figures = dict[str, dict[str, float]]
#: Columns that count errors; other counts say how much was measured.
ERRORS = ("false pairs", "merges")


class NotMeasured(Exception):
    """What a section measures on is not here; the message says what, and how to give it."""


#: Tables by section and title.
Sections = dict[str, dict[str, Figures]]


def read_figures(part: str, file: Path = FILE) -> Sections:
    """The committed figures.

    Args:
        part: `before` or `floors`.
        file: where they are.

    Raises:
        ValueError: the file has other parts than these two, or lacks one.
    """
    held = mapping_of(file.read_text(encoding="utf-8"))
    if set(held) != {"before", "floors"}:
        raise ValueError(f"[{file.name}] has the parts [{', '.join(map(str, held))}]; give it before and floors")
    return held[part]  # type: ignore[return-value]


def keep_figures(part: str, now: Sections, file: Path = FILE) -> None:
    """Writes the sections measured now into `before` or `floors`; the comment at the file's head and all else stay."""
    text = file.read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    held = {name: read_figures(name, file) for name in ("before", "floors")}
    held[part].update(now)
    file.write_text(head + yaml.safe_dump(_rounded(held), sort_keys=False, width=120), encoding="utf-8")


def floors_of(now: dict[str, Figures]) -> dict[str, Figures]:
    """The floors that these tables reach: shares rounded down to three decimals; of the counts only those of errors."""
    return {
        title: {
            row: {
                column: figure if isinstance(figure, int) else floor(figure * 1000) / 1000
                for column, figure in figures.items()
                if column in ERRORS or not isinstance(figure, int)
            }
            for row, figures in rows.items()
        }
        for title, rows in now.items()
    }


def _rounded(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, 9) if isinstance(value, float) else value


def print_section(section: str, now: dict[str, Figures], before: Mapping[str, Figures], console: Console) -> None:
    """A table for each title: the figures now, and the committed ones before an arrow where they were others."""
    for title, rows in now.items():
        console.print(f"\n{section}: {title} (before → now)", style="bold")
        table = Table()
        table.add_column("")
        columns = list(dict.fromkeys(column for figures in rows.values() for column in figures))
        for column in columns:
            table.add_column(column, justify="right")
        for row, figures in rows.items():
            known = before.get(title, {}).get(row, {})
            table.add_row(row, *(_compared(known.get(column), figures.get(column)) for column in columns))
        console.print(table)


def _written(figure: float) -> str:
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.5f}"


def _compared(before: float | None, now: float | None) -> str:
    if now is None:
        return ""
    if before is None:
        return f"new: {_written(now)}"
    return _written(now) if _written(before) == _written(now) else f"{_written(before)} → {_written(now)}"


def below_the_floors(now: Mapping[str, Figures], floors: Mapping[str, Figures]) -> list[str]:
    """What falls below its floor, in words; a figure that has a floor and is not measured any more counts as such.

    Args:
        now: tables by title.
        floors: likewise. Errors must not be exceeded, other figures must be reached.
    """
    fallen = []
    for title, rows in floors.items():
        for row, figures in rows.items():
            for column, least in figures.items():
                found = now.get(title, {}).get(row, {}).get(column)
                worse = found is None or (found > least if column in ERRORS else found < least)
                if worse:
                    fallen.append(f"{title}, {row}, {column}: [{found}] where [{least}] must hold")
    return fallen
