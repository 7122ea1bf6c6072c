"""What a report says, apart from how it looks: sections of rows, projected by `report_page` and `report_workbook` alike.

A section's rows are plain values. What goes into a centre's report is put together in `report_centre`, into an awarding
organisation's and UCAS's in `report_owner`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Cell = str | int | date | datetime | None
Row = Mapping[str, Any]

#: Raised whenever the pages or workbooks come to look different, so that all are written again.
LAYOUT = 1


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a section: its heading, and its width in a workbook, in characters."""

    heading: str
    width: int


@dataclass(frozen=True, kw_only=True)
class Section:
    """One list of a report.

    Attributes:
        name: name of its sheet; at most 31 characters.
        heading: of the page.
        words: what the list is and what to do with it.
        columns: its columns; the first says what a row is about.
        rows: a value for each column.
        none: what is said in place of an empty list.
        page_rows: as many rows as the page shows; the workbook has them all.
        counted: how many things it lists, where a row is not one thing.
    """

    name: str
    heading: str
    words: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    none: str
    page_rows: int = 5_000
    counted: int | None = None

    @property
    def count(self) -> int:
        """How many things it lists."""
        return len(self.rows) if self.counted is None else self.counted


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The rows of a declaration sheet, each the columns of `published.checkpoint` that the sheet shows."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report.

    Attributes:
        kind: `centres`, `organisations` or `ucas`.
        key: the centre's or organisation's number; `ucas`.
        title: of the page and the workbook.
        words: paragraphs under the title.
        contacts: lines of label and value.
        sections: the lists, in order.
        declaration: the rows to send back, of a centre's report.
        figures: numbers for the index of reports.
    """

    kind: str
    key: str
    title: str
    words: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    declaration: Declaration | None = None
    figures: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hash of all that the report says, but for the day on which it was written."""
        said = (
            LAYOUT,
            self.title,
            self.words,
            self.contacts,
            self.sections,
            self.declaration,
            sorted(self.figures.items()),
        )
        return hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()


def columns(*pairs: tuple[str, int]) -> tuple[Column, ...]:
    """Columns from headings and widths."""
    return tuple(Column(heading=heading, width=width) for heading, width in pairs)


def day_words(value: date) -> str:
    """A day, and the time if it has one, as people write it."""
    day = f"{value.day} {value:%B %Y}"
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{day}, {value:%H:%M}"
    return day
