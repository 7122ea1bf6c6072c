"""Any sheet of an xlsx or ods workbook by a mapping: which sheet, where its headings stand, and what its columns mean.

The workbook is measured, packed anew and parsed in a process of its own (`assets.landed.workbook_reading`). Cells are
text: a date is told as yyyy-mm-dd, a number as it is kept, not as it is shown, so without the leading zeros it has lost
and without a decimal point where it is whole. Of cells that are merged the first holds the value and the others are
empty, so a heading over several columns names the first. Rows without anything and rows that `only` leaves out are set
aside; rows above the headings and the footer are skipped. A hidden sheet is read only if it is named. A formula counts
as what it last came to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import polars as pl
from pydantic import model_validator

from assets.landed.limits import GIGABYTE, MEGABYTE, Limits
from assets.landed.mapping.damage import fixed_length
from assets.landed.mapping.headings import Headings, match_headings
from assets.landed.mapping.options import FeedRule, FileMapping, Texts
from assets.landed.mapping.tables import Table, parts_of
from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.refusals import RefusedDelivery
from assets.landed.workbook_reading import Sheet, UnreadableWorkbook, packed_anew, read_sheet_cells
from schemas.feeds import FEEDS

#: Whoever has more than this fits into sends text. The parser keeps a whole sheet in memory.
_DELIVERED_BYTES, _EXPANDED_BYTES = 200 * MEGABYTE, 2 * GIGABYTE
_MEMORY_BYTES = 6 * GIGABYTE

#: A date of the spreadsheet, as the parser tells those of xlsx and of ods.
_OWN_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00:00)?$"
_OWN_MOMENT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})(?::00)?$"

_ADVICE = {
    "no_such_sheet": "Correct [sheet] in the source file, or send the workbook with that sheet.",
    "several_sheets": "Name the sheet with [sheet] in the source file.",
    "empty_file": "Send the workbook again with its rows.",
    "too_large": "Save the sheet as CSV and deliver that with a source of the reader [delimited].",
    "too_many_rows": "Save the sheet as CSV and deliver that, or raise the limit in the settings.",
    "too_many_columns": "Remove the columns that nobody reads; formatted empty ones count.",
    "suspicious_ratio": "Save the sheet as CSV and deliver that if its contents are genuine.",
    "takes_too_long": "Save the sheet as CSV and deliver that with a source of the reader [delimited].",
    "damaged_workbook": "Open it in a spreadsheet program, save it as .xlsx without a password and send it again.",
}


class WorkbookOptions(FileMapping):
    """What the source says.

    Attributes:
        feeds: the feeds that are in it: of each where its columns come from, which rows are its records, and its
            `sheet` and `header_row` if they are its own.
        sheet: the name of the sheet, or several of which a workbook has one; by default its only visible sheet that
            holds anything.
        header_row: the row of the headings, from 1; by default the first that holds anything. Rows above it are
            skipped.
        footer: how the rows below the last record begin; only rows at the end of the sheet are taken for such.
        empty: what is written where nothing is held, in any column.
        spreadsheet: whether numbers of fixed length may have lost a leading zero to cells that are numbers.
        tables: lists to look up in, by their first column.
    """

    sheet: Texts = ()

    @model_validator(mode="after")
    def _sheets_named(self) -> Self:
        if not all(
            name.strip() for name in (*self.sheet, *(name for feed in self.feeds.values() for name in feed.sheet))
        ):
            raise ValueError("[sheet] is empty; name it or leave it out")
        return self


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a feed stands: on which sheet, under which row of headings."""

    sheet: tuple[str, ...]
    header_row: int | None


def read(delivered: Delivered, options: WorkbookOptions) -> Iterator[Part]:
    """The workbook in parts; see `Reader.read`."""
    limits = replace(
        delivered.limits,
        delivered_bytes=min(delivered.limits.delivered_bytes, _DELIVERED_BYTES),
        expanded_bytes=min(delivered.limits.expanded_bytes, _EXPANDED_BYTES),
    )
    places: dict[_Place, dict[str, FeedRule]] = {}
    for feed, rule in options.feeds.items():
        place = _Place(sheet=rule.sheet or options.sheet, header_row=rule.header_row or options.header_row)
        places.setdefault(place, {})[feed] = rule
    try:
        with delivered.path.open("rb") as file:
            content = packed_anew(file.read(limits.delivered_bytes + 1), limits)
        for place, feeds in places.items():
            yield from _of_sheet(content, place, feeds, options, limits)
    except UnreadableWorkbook as unreadable:
        raise RefusedDelivery(unreadable.reason, f"The workbook {unreadable}.", _ADVICE[unreadable.reason]) from None


def _of_sheet(
    content: bytes, place: _Place, feeds: dict[str, FeedRule], options: WorkbookOptions, limits: Limits
) -> Iterator[Part]:
    """The parts of the feeds that stand on a sheet."""
    sheet = read_sheet_cells(content, place.sheet or None, limits=limits, memory=_MEMORY_BYTES)
    cells = sheet.cells
    filled = [] if cells.is_empty() else cells.select(_is_filled()).to_series().arg_true().to_list()
    row = place.header_row - 1 if place.header_row else filled[0] if filled else 0
    if row >= cells.height:
        raise RefusedDelivery(
            "empty_file", f"The sheet has no row [{row + 1}] for its headings.", _ADVICE["empty_file"]
        )
    headings = match_headings(_without_tail(cells.row(row)), feeds, limits)
    wanted = {cells.columns[place_]: heading for heading, place_ in headings.places.items()}
    end = _end(cells, [place_ for place_ in filled if place_ > row], row + 1, options.footer)
    body = cells[row + 1 : end]
    rows = body.select(_own_dates(name).alias(heading) for name, heading in wanted.items())
    lines = pl.int_range(row + 2, row + 2 + rows.height, dtype=pl.Int64, eager=True)
    asked = _numbers_asked(feeds, headings, options)
    numbers: dict[str, pl.Series] = {}
    if asked:
        told = read_sheet_cells(
            content, place.sheet or None, numbers=sorted(asked), limits=limits, memory=_MEMORY_BYTES
        ).cells
        for number, column in enumerate(sorted(asked)):
            numbers[asked[column]] = told[:, number].is_not_null()[row + 1 : end]
    table = Table(
        rows=rows.with_columns(line=lines),
        sheet=True,
        numbers=numbers,
        errors=_errors(sheet, headings),
    )
    yield from parts_of(table, options, headings, feeds)


def _without_tail(names: tuple[str | None, ...]) -> list[str | None]:
    """The headings without the empty ones after the last: formatted empty columns are none."""
    last = max((place for place, name in enumerate(names) if (name or "").strip()), default=-1)
    return list(names[: last + 1])


def _is_filled() -> pl.Expr:
    return pl.any_horizontal(pl.all().str.strip_chars().fill_null("") != "")


def _end(cells: pl.DataFrame, filled: list[int], begin: int, footer: tuple[str, ...]) -> int:
    """The row after the last that is neither empty nor of the footer.

    Args:
        cells: the sheet.
        filled: the rows below the headings that hold anything.
        begin: the first row below the headings.
        footer: how rows of the footer begin.
    """
    begins = tuple(text.strip().casefold() for text in footer)
    for row in reversed(filled):
        first = next(text for cell in cells.row(row) if (text := (cell or "").strip()))
        if not first.casefold().startswith(begins):
            return row + 1
    return begin


def _own_dates(name: str) -> pl.Expr:
    """Dates of the spreadsheet as yyyy-mm-dd, with a time as yyyy-mm-ddThh:mm; everything else as it is."""
    text = pl.col(name)
    return text.str.replace(_OWN_DATE, "${1}").str.replace(_OWN_MOMENT, "${1}T${2}")


def _numbers_asked(feeds: dict[str, FeedRule], headings: Headings, options: WorkbookOptions) -> dict[int, str]:
    """Of which columns it must be known which cells are numbers, by their places."""
    asked = {}
    for feed, rule in feeds.items():
        meanings = {column.name: column.field for column in FEEDS[feed].columns}
        for column, heading in headings.taken[feed].items():
            marked = options.spreadsheet or rule.columns[column].spreadsheet
            if marked and fixed_length(meanings[column]) is not None:
                asked[headings.places[heading]] = heading
    return asked


def _errors(sheet: Sheet, headings: Headings) -> pl.DataFrame:
    """Cells of columns that are taken which hold an error of the spreadsheet."""
    names = {place: heading for heading, place in headings.places.items()}
    found = [(row + 1, names[column]) for row, column in sheet.errors if column in names]
    return pl.DataFrame(found, schema={"line": pl.Int64, "heading": pl.String}, orient="row")


READER = Reader(
    name="workbook",
    title="Workbook by a mapping",
    meaning="A sheet of an xlsx or ods workbook whose columns a mapping names: lists that centres and awarding "
    "organisations keep or send.",
    endings=("xlsx", "xlsm", "ods"),
    text=False,
    options=WorkbookOptions,
    feeds=lambda options: tuple(options.feeds),
    read=read,
    facts=(Fact(what="sheet, headings, codes, formats of dates written as text", mark="configuration"),),
)
