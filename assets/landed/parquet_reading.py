"""Parquet read as records of text, so that one set of checks holds for every format.

Types are turned into the text that a CSV file would hold: dates ISO, whole numbers without a decimal point. A typed
column therefore neither helps nor harms a value.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow
import pyarrow.parquet

from assets.landed.header import Header, match_header
from assets.landed.limits import Limits
from assets.landed.reading import NO_IRREGULAR, Batch
from assets.landed.refusals import RefusedDelivery
from schemas.feeds import Feed

ROWS = 500_000

#: Above this a float no longer tells neighbouring whole numbers apart.
_EXACT = 2.0**53


def read_parquet_header(path: Path, feed: Feed, limits: Limits) -> tuple[Header, int]:
    """The columns of a Parquet file against the contract, and its number of rows, from its footer alone.

    Raises:
        RefusedDelivery: `damaged_parquet`, `too_large`, `suspicious_ratio`, or as `match_header`.
    """
    with _intact(), pyarrow.parquet.ParquetFile(path) as file:
        facts = file.metadata
        expanded = sum(facts.row_group(group).total_byte_size for group in range(facts.num_row_groups))
        names = file.schema_arrow.names
    if expanded > limits.expanded_bytes:
        raise RefusedDelivery("too_large", f"The contents are larger than [{limits.expanded_bytes}] bytes.")
    if expanded > limits.ratio_from_bytes and expanded > limits.ratio * path.stat().st_size:
        raise RefusedDelivery(
            "suspicious_ratio", f"The contents are more than [{limits.ratio}] times as large as the file."
        )
    return match_header(names, feed, limits), facts.num_rows


def parquet_batches(path: Path, header: Header) -> Iterator[Batch]:
    """The rows of a Parquet file as text, numbered from 1.

    Args:
        path: the file.
        header: what `read_parquet_header` found.

    Raises:
        RefusedDelivery: `damaged_parquet`, or `unreadable_type` for a column of lists and the like.
    """
    line = 1
    with _intact(), pyarrow.parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        wanted = {names[place]: name for name, place in header.positions.items()}
        for batch in file.iter_batches(batch_size=ROWS, columns=list(wanted)):
            frame = pl.DataFrame(pyarrow.Table.from_batches([batch])).rename(wanted)
            texts = frame.select(_as_text(name, kind) for name, kind in frame.schema.items())
            numbers = pl.int_range(line, line + frame.height, dtype=pl.Int64, eager=True).alias("line")
            yield Batch(records=texts.with_columns(numbers), irregular=NO_IRREGULAR)
            line += frame.height


@contextmanager
def _intact() -> Iterator[None]:
    """Turns whatever Arrow says of a damaged file into a refusal; its own message may quote the file."""
    try:
        yield
    except (pyarrow.ArrowException, OSError, pl.exceptions.PolarsError) as error:
        raise RefusedDelivery(
            "damaged_parquet", f"The file cannot be read as Parquet ({type(error).__name__})."
        ) from None


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Datetime:
        return _moment_as_text(column, kind)
    if kind.is_float():
        known = pl.when(column.is_finite()).then(column)
        whole = (column == column.round()) & (column.abs() < _EXACT)
        return pl.when(whole).then(known.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(known.cast(pl.String))
    if kind.is_decimal():
        return column.cast(pl.String).str.replace(r"\.0+$", "")
    if kind.is_nested() or kind in (pl.Object, pl.Duration, pl.Time):
        raise RefusedDelivery("unreadable_type", f"The column [{name}] is of type [{kind}].")
    return column.cast(pl.String)


def _moment_as_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """A day where the time is midnight, else day and time; an instant with a zone is told in UK local time."""
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        column = column.dt.convert_time_zone("Europe/London")
    time = column - column.dt.truncate("1d")
    return (
        pl.when(time == timedelta(0))
        .then(column.dt.to_string("%Y-%m-%d"))
        .when(column.dt.second() == 0)
        .then(column.dt.to_string("%Y-%m-%dT%H:%M"))
        .otherwise(column.dt.to_string("%Y-%m-%dT%H:%M:%S"))
    )
