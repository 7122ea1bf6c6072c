"""What a reader of a delivered format is: it names its format, and turns a file of it into rows of canonical feeds.

A reader is one module in `assets.landed.readers` that holds a `READER`; being there registers it (`assets.landed.readers`).
It knows a format and nothing else: which files there are is `deliveries`' business, unpacking and encodings are
`unpacking`'s, checks of the canonical rows are `validating`'s, and what counts in the end `source_parsing`'s.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from assets.landed.limits import Limits

#: How sure the world is of a part of a format.
Mark = Literal["primary source", "executed", "secondary source", "configuration"]

#: Reasons of a reader's own for rows that it puts aside. `row` is given where records carry one.
REFUSED_ROWS = {
    "line": pl.Int64,
    "row": pl.Int64,
    "column_name": pl.String,
    "rule": pl.String,
    "value_class": pl.String,
    "message": pl.String,
}

NONE_REFUSED = pl.DataFrame(schema=REFUSED_ROWS)


class Options(BaseModel):
    """What a source file says to a reader under `options`. Keys that are not known fail, and so do values of other types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A file as a reader sees it.

    Attributes:
        path: its contents: unpacked, and for a reader of text UTF-8 without byte order mark, held to the limits on size
            and on the length of lines, without NUL bytes.
        name: the name under which it was delivered, without folder; the ending of an archive is taken off.
        delivered_on: date of the delivery.
        kind: whether it replaces all earlier rows of its senders (`full`) or some (`delta`).
        limits: bounds that the reader must hold itself: `columns`, `rows`, and for what unpacks itself (workbooks) all.
    """

    path: Path
    name: str
    delivered_on: date
    kind: Literal["full", "delta"] = "full"
    limits: Limits


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some of what a file holds for one feed.

    Attributes:
        feed: the feed.
        records: text (String, null where empty) in columns named as the feed's, those that the format has; and `line`
            (Int64), where in the file the record stands: the line of text, the row of a sheet, counted from 1 with its
            header, or for XML the number of the record. For a reader with `rows_a_line` also `row` (Int64): a number of
            its own for each record of the feed in the file, rising.
        refused: reasons of the reader's own (`REFUSED_ROWS`). A record with one is quarantined even if its canonical form
            would pass. A line that made no record at all is counted as one landed row. `value_class` never holds a
            value, nor does `message`.
        lines: for a reader of text: how many lines that are not blank this part accounts for, headers and trailers included.
            Their sum is held against a count made without the reader.
        set_aside: records of the file that belong to no feed, by the format's own rules (a line of another type, an aim
            that is no qualification). They are counted and not quarantined.
        extra_columns: names of columns that the reader knows nothing of. Never a value: only where the header is known
            to be one.
        repaired: values repaired because the repair is certain (a lost leading zero); they are counted.
    """

    feed: str
    records: pl.DataFrame
    refused: pl.DataFrame = field(default_factory=lambda: NONE_REFUSED)
    lines: int = 0
    set_aside: int = 0
    extra_columns: tuple[str, ...] = ()
    repaired: int = 0


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A part of a format and what it rests on, for the table of formats.

    Attributes:
        what: the part, in a few words.
        mark: how sure it is; `configuration`: no public source states it, and the user must.
        source: where it is stated; empty for configuration.
    """

    what: str
    mark: Mark
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A format that can be delivered.

    Attributes:
        name: as a source file names it; the name of its module.
        title: the format's name in words, for the table of formats.
        meaning: one or two sentences: what it is, who sends it, what is made of it.
        endings: endings of file names without the dot, in small letters; each may be followed by `.gz` or `.zip`.
        text: whether the file is text, so that the frame makes UTF-8 of it and counts its lines.
        options: what a source file says under `options`.
        feeds: the feeds that a file can hold rows of, given the options.
        read: the file in parts, read once from its beginning to its end.
        facts: what of the format is proved, and by which source.
        rows_a_line: whether one line can make several rows of one feed.
        named: pattern that a whole file name in small letters matches instead of an ending, for formats whose names end in
            numbers.
        shown: what stands in a file's contents on a line, in lines of text, for a format that is not text.
        version: raised whenever the reader reads the same bytes differently.

    `read` raises `assets.landed.refusals.RefusedDelivery` for a file that cannot be used as a whole, before or after parts
    were given; nothing of such a file is used.
    """

    name: str
    title: str
    meaning: str
    endings: tuple[str, ...]
    text: bool
    options: type[Options]
    feeds: Callable[[Any], tuple[str, ...]]
    read: Callable[[Delivered, Any], Iterator[Part]]
    facts: tuple[Fact, ...]
    rows_a_line: bool = False
    named: re.Pattern[str] | None = None
    shown: Callable[[Path, int], list[str]] | None = None
    version: int = 1


def refused_rows(rows: Mapping[str, Any] | list[Mapping[str, Any]]) -> pl.DataFrame:
    """A table of reasons (`REFUSED_ROWS`) from columns or from rows; what is not given is empty."""
    given = pl.DataFrame(rows, schema_overrides=REFUSED_ROWS, strict=True) if rows else pl.DataFrame()
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in REFUSED_ROWS.items() if name not in given.columns]
    return given.with_columns(missing).select(*REFUSED_ROWS) if given.height else NONE_REFUSED
