"""Plain CSV split into records of text, each with its line number; one record a line.

How lines are split is `delimited_blocks`' business; here only how a canonical delivery is written, and what is said of lines
that are none. What values mean is `canonical`'s and `validating`'s business.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.landed.delimited_blocks import NO_IRREGULAR, Body, Dialect, delimited_blocks
from assets.landed.header import Header
from assets.landed.limits import Limits
from assets.landed.reader import REFUSED_ROWS

__all__ = ["BLOCK", "IRREGULAR", "NO_IRREGULAR", "Batch", "csv_batches", "irregular_class", "irregular_reasons"]

#: Bytes read at a time: about half a million rows. Larger blocks are no faster and hold more memory.
BLOCK = 32 << 20

#: Reasons for which a line is no record.
IRREGULAR = {
    "field_count": "The line must have as many fields as the header.",
    "unclosed_quote": "A double quote must be closed on the line on which it is opened; one record stands on one line.",
    "stray_quote": "A value with a double quote must be quoted as a whole, and its quotes doubled.",
}


def irregular_class() -> pl.Expr:
    """What is told of a line that is no record: how many fields it has, or quotes."""
    found = pl.when(pl.col("rule") == "field_count").then(pl.lit("fields")).otherwise(pl.lit("quotes"))
    return pl.format("{}, {}", found, "count")


def irregular_reasons(irregular: pl.DataFrame, messages: Mapping[str, str] = IRREGULAR) -> pl.DataFrame:
    """Lines that are no record (`line`, `rule`, `count`) as reasons (`reader.REFUSED_ROWS`), each rule in its words."""
    return irregular.select(
        "line",
        row=pl.lit(None, dtype=pl.Int64),
        column_name=pl.lit(None, dtype=pl.String),
        rule="rule",
        value_class=irregular_class(),
        message=pl.col("rule").replace_strict(messages, return_dtype=pl.String),
    ).select(*REFUSED_ROWS)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some of a delivery's records.

    Attributes:
        records: the feed's columns that the file has, as delivered text (String, null where empty), and `line` (Int64).
        irregular: lines that are no record: `line` (Int64), `rule` (String), `count` (UInt32: fields or quotes found).
    """

    records: pl.DataFrame
    irregular: pl.DataFrame


def csv_batches(path: Path, header: Header, header_line: int, begin: int) -> Iterator[Batch]:
    """The records of a plain CSV file.

    Args:
        path: UTF-8 without byte order mark, its longest line within the limits.
        header: what `read_csv_header` found.
        header_line: its line number.
        begin: where in the file the line after it begins.

    Raises:
        RefusedDelivery: `lines_unaccounted`, if the parser made other records than there are lines.
    """
    body = Body(path=path, first_line=header_line + 1, begin=begin)
    for block in delimited_blocks(body, header, Dialect(), Limits(), BLOCK):
        yield Batch(records=block.records, irregular=block.irregular)
