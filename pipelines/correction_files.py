"""A corrections list as files: a workbook for people, and the same rows as CSV for whoever reads them into a program.

No program takes a delivered value for a formula: in the workbook text is text, and in the CSV a cell that could be taken for
one begins with an apostrophe. The CSV is UTF-8 with a byte-order mark, without which spreadsheets misread accents; but they
also drop the leading zeros of numbers in any CSV, so that people had better open the workbook.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.correction_words import HEADINGS, Correction
from pipelines.csv_cells import csv_cell
from pipelines.workbook_file import has_a_date, shared_formats, write_text

#: A sheet holds 1,048,576 lines.
MOST_ROWS = 1_000_000

SHEET = "Corrections"

_STEPS = (
    "Each row of the sheet Corrections is one thing that is wrong and can be put right, the most urgent first.",
    "Put your own record right, or have the other side put right theirs, and deliver your data as you always do.",
    "A row is withdrawn in the next list when the data show that nothing is wrong any more.",
    "",
    "Change says what a row is beside the lists that you had before:",
    "new: you have not been told of it yet",
    "changed: you have, and something in the row is different now",
    "withdrawn: you have, and nothing has to be done about it any more",
    "unchanged: as you have it (only in a list that gives everything again)",
    "",
    "Flag is the number by which to ask about a row. Grades are shown only when everybody may know them.",
    "This file holds personal data: keep it where such data may lie, and delete it when it is done with.",
)

#: A row and what it is beside what was sent before.
Listed = tuple[Correction, str]


def cells_of(row: Correction, change: str) -> dict[str, str | date | None]:
    """The cells of a row by heading, in the order of the headings."""
    said = {**row.cells, "Change": change}
    return {heading: said.get(heading) for heading in HEADINGS}


def corrections_csv(rows: Sequence[Listed]) -> bytes:
    """The list as CSV: UTF-8 with a byte-order mark, commas, CRLF, ISO dates, a row of headings."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row, change in rows:
        writer.writerow([csv_cell(cell) for cell in cells_of(row, change).values()])
    return content.getvalue().encode("utf-8-sig")


def corrections_workbook(rows: Sequence[Listed], *, title: str, as_of: date) -> bytes:
    """The list as a workbook; the same list is the same file, whenever it is written.

    Args:
        rows: at most MOST_ROWS.
        title: of the first sheet.
        as_of: day of the publication.
    """
    content = io.BytesIO()
    # in memory: else every sheet lies in the machine's folder for temporary files meanwhile
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
        _write_steps(book, title, as_of)
        _write_rows(book, rows)
    return content.getvalue()


def _write_steps(book: xlsxwriter.Workbook, title: str, as_of: date) -> None:
    sheet = book.add_worksheet("How to read")
    bold = book.add_format({"bold": True})
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    for line, text in enumerate([title, f"What was known on {as_of.day} {as_of:%B %Y}.", "", *_STEPS]):
        sheet.write_string(line, 0, text, bold if line == 0 else None)


def _write_rows(book: xlsxwriter.Workbook, rows: Sequence[Listed]) -> None:
    sheet = book.add_worksheet(SHEET)
    formats = shared_formats(book) | {"date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})}
    sheet.set_row(0, 32)
    for place, (heading, width) in enumerate(HEADINGS.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, formats["heading"])
    for line, (row, change) in enumerate(rows, 1):
        for place, cell in enumerate(cells_of(row, change).values()):
            _write_cell(sheet, line, place, cell, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(rows)), len(HEADINGS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(
    sheet: Worksheet, line: int, place: int, cell: str | date | None, formats: Mapping[str, Format]
) -> None:
    if isinstance(cell, date) and has_a_date(cell):
        sheet.write_datetime(line, place, cell, formats["date"])
    elif cell is not None:
        write_text(sheet, line, place, str(cell), plain=formats["text"], quoted=formats["quoted"])
