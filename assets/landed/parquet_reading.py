"""Parquet read as records of text, so that one set of checks holds for every format.

Types are turned into the text that a CSV file would hold: dates ISO, whole numbers without a decimal point. A typed
column therefore neither helps nor harms a value.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow
import pyarrow.parquet

from assets.landed.header import Header, match_header
from assets.landed.limits import Limits
from assets.landed.reading import NO_IRREGULAR, Batch
from assets.landed.refusals import RefusedDelivery, beyond
from schemas.feeds import Feed

ROWS = 500_000

#: What Arrow and Polars raise over a damaged file; a `ValueError` may be a name that is not UTF-8.
_DAMAGE = (pyarrow.ArrowException, OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException)

#: Above this a float no longer tells neighbouring whole numbers apart.
_EXACT = 2.0**53


def read_parquet_header(path: Path, feed: Feed, limits: Limits) -> tuple[Header, int]:
    """The columns of a Parquet file against the contract, and its number of rows, from its footer alone.

    Raises:
        RefusedDelivery: as `parquet_columns` and `match_header`.
    """
    names, rows = parquet_columns(path, limits)
    return match_header(names, feed, limits), rows


def parquet_columns(path: Path, limits: Limits) -> tuple[list[str], int]:
    """The names of a Parquet file's columns, and its number of rows, from its footer alone.

    Raises:
        RefusedDelivery: `damaged_parquet`, `too_large` or `suspicious_ratio`.
    """
    with _intact(), pyarrow.parquet.ParquetFile(path) as file:
        facts = file.metadata
        expanded = sum(facts.row_group(group).total_byte_size for group in range(facts.num_row_groups))
        names = file.schema_arrow.names
    if expanded > limits.expanded_bytes:
        raise beyond(limits, "expanded_bytes")
    if expanded > limits.ratio_from_bytes and expanded > limits.ratio * path.stat().st_size:
        raise beyond(limits, "ratio")
    return names, facts.num_rows


def parquet_batches(path: Path, header: Header) -> Iterator[Batch]:
    """The rows of a Parquet file as text, numbered from 1.

    Args:
        path: the file.
        header: what `read_parquet_header` found.

    Raises:
        RefusedDelivery: as `parquet_texts`.
    """
    for texts in parquet_texts(path, header.positions):
        yield Batch(records=texts, irregular=NO_IRREGULAR)


def parquet_texts(path: Path, places: Mapping[str, int]) -> Iterator[pl.DataFrame]:
    """Columns of a Parquet file as text, and `line`, the row's number from 1.

    Args:
        path: the file.
        places: the columns, by the names that they shall have; counted from 0.

    Raises:
        RefusedDelivery: `damaged_parquet`, or `unreadable_type` for a column of lists and the like.
    """
    line = 1
    with _intact(), pyarrow.parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        wanted = {names[place]: name for name, place in places.items()}
        for batch in file.iter_batches(batch_size=ROWS, columns=list(wanted)):
            frame = pl.DataFrame(_bare(batch)).rename(wanted)
            texts = frame.select(as_text(name, kind) for name, kind in frame.schema.items())
            numbers = pl.int_range(line, line + frame.height, dtype=pl.Int64, eager=True).alias("line")
            yield texts.with_columns(numbers)
            line += frame.height


@contextmanager
def _intact() -> Iterator[None]:
    """Turns whatever Arrow says of a damaged file into a refusal; its own message may quote the file."""
    try:
        yield
    except _DAMAGE as error:
        raise RefusedDelivery(
            "damaged_parquet", f"The file cannot be read as Parquet ({type(error).__name__})."
        ) from None


def _bare(batch: pyarrow.RecordBatch) -> pyarrow.Table:
    """The columns without what else the file says of them: Polars panics at notes that are not UTF-8."""
    for field in batch.schema:
        if pyarrow.types.is_nested(field.type):
            raise RefusedDelivery("unreadable_type", f"The column [{field.name}] is of type [{field.type}].")
    return pyarrow.Table.from_arrays(batch.columns, names=batch.schema.names)


def as_text(name: str, kind: pl.DataType) -> pl.Expr:
    """A typed column as the text that a CSV file would hold.

    Raises:
        RefusedDelivery: `unreadable_type`.
    """
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
