"""A report as a workbook: what it is, a sheet a list, and of a centre's report the sheet to send back.

Text is written as text whatever it begins with, and marked so that it stays text when somebody edits the cell: no program
takes a delivered value for a formula. What the report says belongs in `report_centre` and `report_owner`.
"""

import io
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.declaration_sheet import ASKED, CHOICES, CORRECTIONS, HOW_TO, SHEET, SHOWN
from pipelines.report_content import Cell, Declaration, Report, Section
from pipelines.workbook_file import CELL_CHARACTERS, has_a_date, offer, shared_formats, write_text

#: From so many rows on a workbook is written line by line through a file, and not kept in memory.
_LARGE = 20_000


def report_workbook(report: Report, as_of: date, folder: Path) -> bytes:
    """The workbook of a report.

    Args:
        report: what it says.
        as_of: the day of the publication that it was written from.
        folder: for parts of a large workbook meanwhile; only its owner may read it.
    """
    content = io.BytesIO()
    large = sum(len(section.rows) for section in report.sections) > _LARGE
    options = {"constant_memory": True, "tmpdir": str(folder)} if large else {"in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        # the same report is the same file, whenever it is written
        book.set_properties({"title": report.title, "created": datetime(as_of.year, as_of.month, as_of.day)})
        formats = _formats(book)
        _write_summary(book, report, as_of, formats)
        for section in report.sections:
            _write_section(book, section, formats)
        if report.declaration is not None:
            _write_declaration(book, report.declaration, formats)
    return content.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    return shared_formats(book) | {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True}),
        "date": book.add_format(top | {"num_format": "d mmm yyyy", "align": "left"}),
        "number": book.add_format(top | {"num_format": "#,##0"}),
        "asked": book.add_format(top | {"num_format": "@", "bg_color": "#F2F9EE"}),
    }


def _write_summary(book: xlsxwriter.Workbook, report: Report, as_of: date, formats: dict[str, Format]) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, report.title[:CELL_CHARACTERS], formats["title"])
    lines: list[tuple[str, Cell]] = [(f"What was known on {as_of.day} {as_of:%B %Y}.", None), ("", None)]
    lines += [(paragraph, None) for paragraph in report.words]
    lines += [("", None), *report.contacts, ("", None)]
    lines += [(section.heading, section.count) for section in report.sections]
    if report.declaration is not None:
        lines += [("", None), *((step, None) for step in HOW_TO)]
    for line, (label, value) in enumerate(lines, 1):
        sheet.write_string(line, 0, label)
        _write(sheet, line, 1, value, formats)


def _write_section(book: xlsxwriter.Workbook, section: Section, formats: dict[str, Format]) -> None:
    sheet = book.add_worksheet(section.name)
    sheet.set_row(0, 32)
    for place, column in enumerate(section.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, formats["heading"])
    for line, row in enumerate(section.rows, 1):
        for place, cell in enumerate(row):
            _write(sheet, line, place, cell, formats)
    if not section.rows:
        sheet.write_string(1, 0, section.none)
    _lay_out(sheet, len(section.rows), len(section.columns), frozen=1)


def _lay_out(sheet: Worksheet, rows: int, columns: int, *, frozen: int) -> None:
    """What makes a sheet usable: headings that stay, a filter, and pages that a printer can make of it."""
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _write(sheet: Worksheet, line: int, place: int, value: Cell, formats: dict[str, Format]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        write_text(sheet, line, place, value, plain=formats["text"], quoted=formats["quoted"])
    elif isinstance(value, date):
        if has_a_date(value):
            sheet.write_datetime(line, place, value, formats["date"])
        else:
            sheet.write_string(line, place, value.isoformat(), formats["text"])
    else:
        sheet.write_number(line, place, value, formats["number"])


def _write_declaration(book: xlsxwriter.Workbook, declaration: Declaration, formats: dict[str, Format]) -> None:
    sheet = book.add_worksheet(SHEET)
    first = len(SHOWN)
    sheet.set_row(0, 48)
    for place, column in enumerate(SHOWN):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, formats["heading"])
    # cells that stay empty are not written: their format is the column's
    sheet.set_column(first, first + len(ASKED) - 1, 15, formats["asked"])
    for place, heading in enumerate(ASKED, first):
        sheet.write_string(0, place, heading, formats["asked heading"])
    for line, row in enumerate(declaration.rows, 1):
        *on_record, answer = row
        for place, cell in enumerate(on_record):
            _write(sheet, line, place, cell, formats)
        if isinstance(answer, str):
            sheet.write_string(line, first, answer, formats["asked"])
    if rows := len(declaration.rows):
        for place, codes in (
            (first, ("Y", "N")),
            *((first + ASKED.index(CORRECTIONS[n]), c) for n, c in CHOICES.items()),
        ):
            message = f"Choose {', '.join(codes)}, or leave the cell empty."
            offer(sheet, rows, place, codes, title="Not possible here", message=message)
    _lay_out(sheet, len(declaration.rows), first + len(ASKED), frozen=3)
