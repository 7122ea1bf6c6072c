"""Any delimited text by a mapping: what parts its fields, where its headings stand, and what its columns mean.

A record may go on over several lines within quotes; `line` is its first. Lines above the headings and a footer are
skipped and accounted for. How columns become those of a feed is `assets.landed.mapping`'s business.
"""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Self

import polars as pl
from pydantic import field_validator, model_validator

from assets.landed.delimited_blocks import RECORD_LINES, Block, Body, Dialect, delimited_blocks
from assets.landed.header import Header
from assets.landed.limits import Limits
from assets.landed.line_blocks import BLANK
from assets.landed.mapping.headings import Headings, known_among, match_headings
from assets.landed.mapping.options import FileMapping
from assets.landed.mapping.tables import Table, parts_of
from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.refusals import RefusedDelivery

#: Rows that a sheet can hold: a file said to have been in one and longer than that was not.
_SHEET_ROWS = 1_048_576
#: A footer is looked for in as many bytes at the end of a file.
_FOOTER_BYTES = 1 << 16
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


class DelimitedOptions(FileMapping):
    """What the source says.

    Attributes:
        feeds: the feeds that are in the file: of each where its columns come from, and which rows are its records.
        delimiter: the character between fields, `tab` for a tab; a comma by default.
        quote: the character around fields that hold a delimiter or a line break; empty: quotes mean nothing.
        header_row: the line of the headings, from 1; by default the first that is not blank. Lines above it are
            skipped.
        footer: how the lines below the last record begin; only lines at the end of the file are taken for such.
        empty: what is written where nothing is held, in any column.
        spreadsheet: whether all values passed through cells of a spreadsheet, so that leading zeros may be lost.
        tables: lists to look up in, by their first column.
    """

    delimiter: str = ","
    quote: str = '"'

    @field_validator("delimiter", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        return "\t" if value == "tab" else value

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if (
            len(self.delimiter) != 1
            or not self.delimiter.isascii()
            or self.delimiter.isalnum()
            or self.delimiter in "\n\r\0"
        ):
            raise ValueError("[delimiter] must be one character that is neither letter nor digit, or [tab]")
        if len(self.quote) > 1 or not self.quote.isascii() or self.quote.isalnum() or self.quote in ("\n", "\r", "\0"):
            raise ValueError("[quote] must be one character that is neither letter nor digit, or empty")
        if self.quote == self.delimiter:
            raise ValueError("[quote] and [delimiter] are one character; correct one")
        if apart := [name for name, feed in self.feeds.items() if feed.sheet or feed.header_row]:
            raise ValueError(f"[feeds.{apart[0]}] names a sheet or a row of its own; a text file has neither")
        return self


def read(delivered: Delivered, options: DelimitedOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`."""
    dialect = Dialect(options.delimiter, options.quote, across_lines=True)
    headings, body, skipped = _opened(delivered, options, dialect)
    header = Header(width=headings.width, positions=headings.places, extra=headings.extra)
    blocks = delimited_blocks(body, header, dialect, delivered.limits)
    if options.spreadsheet or any(
        rule.spreadsheet for feed in options.feeds.values() for rule in feed.columns.values()
    ):
        blocks = _as_one(blocks)
    lines = skipped
    for block in blocks:
        table = Table(rows=block.records, irregular=block.irregular, lines=block.lines + lines)
        lines = 0
        yield from parts_of(table, options, headings, options.feeds)
    if lines:
        empty = pl.DataFrame(schema={**dict.fromkeys(headings.places, pl.String), "line": pl.Int64})
        yield from parts_of(Table(rows=empty, lines=lines), options, headings, options.feeds)


def _as_one(blocks: Iterator[Block]) -> Iterator[Block]:
    """All records at once, because what a spreadsheet has done shows in whole columns; a sheet fits into memory."""
    held: list[Block] = []
    for block in blocks:
        held.append(block)
        if sum(one.records.height for one in held) > _SHEET_ROWS:
            raise RefusedDelivery(
                "too_large_for_a_sheet",
                f"The values were in a spreadsheet, says the source file, and there are more than [{_SHEET_ROWS}] records.",
                "Take [spreadsheet] out of the source file.",
            )
    if held:
        yield Block(
            records=pl.concat([one.records for one in held]),
            irregular=pl.concat([one.irregular for one in held]),
            lines=sum(one.lines for one in held),
        )


def _opened(delivered: Delivered, options: DelimitedOptions, dialect: Dialect) -> tuple[Headings, Body, int]:
    """The headings, where the records stand, and how many lines that are not blank stand above and below these.

    Raises:
        RefusedDelivery: `empty_file`, `unreadable_header`, `wrong_delimiter`, or as `match_headings`.
    """
    with delivered.path.open("rb") as file:
        above = [line for line in islice(file, (options.header_row or 1) - 1) if line.strip()]
        number = options.header_row or 1
        first = file.readline()
        while first and not first.strip(f"{BLANK}\n".encode()) and options.header_row is None:
            first, number = file.readline(), number + 1
        if not first:
            raise RefusedDelivery("empty_file", f"The file has no line [{number}] for its headings.")
        texts = [first.decode(), *(line.decode() for line in _rest_of_header(first, file, dialect, delivered.limits))]
        begin = file.tell()
    names = _names(texts, dialect)
    try:
        headings = match_headings(names, options.feeds, delivered.limits)
    except RefusedDelivery as refused:
        _refuse_delimiter(refused, texts, options)
        raise
    end, below = _footer(delivered, options, begin)
    filled = sum(1 for text in texts if text.strip(f"{BLANK}\n"))
    return (
        headings,
        Body(path=delivered.path, first_line=number + len(texts), begin=begin, end=end),
        len(above) + filled + below,
    )


def _rest_of_header(first: bytes, lines: Iterator[bytes], dialect: Dialect, limits: Limits) -> list[bytes]:
    """The lines on which headings with line breaks go on."""
    rest: list[bytes] = []
    quote = dialect.quote.encode()
    if not quote or first.count(quote) % 2 == 0:
        return rest
    read = len(first)
    for line in islice(lines, RECORD_LINES):
        rest.append(line)
        read += len(line)
        if line.count(quote) % 2:
            return rest
        if read > limits.line_bytes:
            break
    raise RefusedDelivery("unreadable_header", "A quote in the headings is not closed.")


def _names(texts: list[str], dialect: Dialect) -> list[str]:
    text = "".join(texts).rstrip("\r\n")
    if not dialect.quote:
        return text.split(dialect.delimiter)
    try:
        rows = csv.reader(
            text.splitlines(keepends=True), delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True
        )
        return next(rows, [])
    except csv.Error:
        raise RefusedDelivery("unreadable_header", "The quotes of the headings do not match.") from None


def _refuse_delimiter(refused: RefusedDelivery, texts: list[str], options: DelimitedOptions) -> None:
    """Says that another delimiter parts the headings, if one does."""
    if refused.refusal.reason != "missing_column":
        return
    line = "".join(texts).rstrip("\r\n")
    for delimiter, in_words in _DELIMITERS.items():
        names = [name.strip(f" {options.quote}") for name in line.split(delimiter)]
        if delimiter != options.delimiter and known_among(names, options.feeds) > 1:
            raise RefusedDelivery(
                "wrong_delimiter",
                f"The columns are parted by {in_words}.",
                "Correct [delimiter] in the source file, or send the file as it was before.",
            )


def _footer(delivered: Delivered, options: DelimitedOptions, begin: int) -> tuple[int, int]:
    """Where the records end, and how many lines that are not blank the footer has."""
    size = delivered.path.stat().st_size
    if not options.footer:
        return size, 0
    from_ = max(begin, size - _FOOTER_BYTES)
    with delivered.path.open("rb") as file:
        file.seek(from_)
        tail = file.read()
    lines = tail.splitlines(keepends=True)
    if from_ > begin:
        lines = lines[1:]
    found = 0
    for line in reversed(lines):
        text = line.decode().lstrip(f"{BLANK}{options.delimiter}{options.quote}").casefold()
        if text.strip() and not text.startswith(tuple(begins.strip().casefold() for begins in options.footer)):
            break
        size -= len(line)
        found += bool(line.strip(f"{BLANK}\n".encode()))
    return size, found


READER = Reader(
    name="delimited",
    title="Delimited text by a mapping",
    meaning="Any CSV-like export, parted by commas, semicolons, tabs or bars, whose columns a mapping names: lists of "
    "a student system, downloads of an awarding organisation, spreadsheets saved as text.",
    endings=("csv", "tsv", "txt"),
    text=True,
    options=DelimitedOptions,
    feeds=lambda options: tuple(options.feeds),
    read=read,
    facts=(
        Fact(
            what="values over several lines within quotes, dates dd/mm/yyyy: as in the list of approved qualifications",
            mark="primary source",
            source="SkillsFundingAgency/das-aodp-jobs (GitHub), Data/approved.csv",
        ),
        Fact(
            what="dates with the month first and an offset: as in a download of the register",
            mark="primary source",
            source="OfqualGovUK/ofqual-register-prototype (GitHub), compare-qualifications-download.csv",
        ),
        Fact(what="headings, codes, formats of dates", mark="configuration"),
    ),
)
