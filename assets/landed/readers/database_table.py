"""A table or view of a database by a mapping: the Parquet file that `reconcile fetch` makes of a query's rows, or its like.

Columns of any type are read as the text that they would be in a CSV file. How they become those of a feed is
`assets.landed.mapping`'s business, and asking the database that of `pipelines.fetch_database`.
"""

from collections.abc import Iterator
from typing import Self

import polars as pl
from pydantic import model_validator

from assets.landed.mapping.headings import match_headings
from assets.landed.mapping.options import Mapping
from assets.landed.mapping.tables import Table, parts_of
from assets.landed.parquet_reading import parquet_columns, parquet_texts
from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.refusals import RefusedDelivery

#: Rows that a sheet can hold, and that are held in memory at once where something rests on whole columns.
_SHEET_ROWS = 1_048_576


class DatabaseTableOptions(Mapping):
    """What the source says.

    Attributes:
        feeds: the feeds that are in the rows: of each where its columns come from, and which rows are its records. `from`
            names columns of the query's result; upper and lower case are the same.
        empty: what is written where nothing is held, in any column, beside the database's own NULL.
        spreadsheet: whether identifiers were kept as numbers, so that leading zeros may be lost.
        tables: lists to look up in, by their first column.
    """

    @model_validator(mode="after")
    def _one_table(self) -> Self:
        if apart := [name for name, feed in self.feeds.items() if feed.sheet or feed.header_row]:
            raise ValueError(f"[feeds.{apart[0]}] names a sheet or a row of its own; a query's result has neither")
        return self


def read(delivered: Delivered, options: DatabaseTableOptions) -> Iterator[Part]:
    """The rows in parts; see `Reader.read`."""
    names, rows = parquet_columns(delivered.path, delivered.limits)
    headings = match_headings(names, options.feeds, delivered.limits)
    frames = parquet_texts(delivered.path, headings.places)
    if options.spreadsheet or any(
        rule.spreadsheet for feed in options.feeds.values() for rule in feed.columns.values()
    ):
        frames = _as_one(frames, rows)
    for frame in frames:
        yield from parts_of(Table(rows=frame), options, headings, options.feeds)


def _as_one(frames: Iterator[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """All rows at once: that a zero was lost shows only in whole columns."""
    if rows > _SHEET_ROWS:
        raise RefusedDelivery(
            "too_many_for_lost_zeros",
            f"The source file says that leading zeros may be lost, and there are more than [{_SHEET_ROWS}] rows.",
            "Give the identifiers as text in the query, and take [spreadsheet] out of the source file.",
        )
    held = list(frames)
    if held:
        yield pl.concat(held)


READER = Reader(
    name="database_table",
    title="Database table by a mapping",
    meaning="The rows of a query, as `reconcile fetch` brings them from a database: a student system, an organisation's "
    "tracking tables. A mapping names their columns.",
    endings=("parquet",),
    text=False,
    options=DatabaseTableOptions,
    feeds=lambda options: tuple(options.feeds),
    read=read,
    facts=(Fact(what="the query, its columns, codes and formats of dates", mark="configuration"),),
)
