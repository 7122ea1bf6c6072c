"""Rows written while they are made: order, emptiness, and what happens when writing or making them fails."""

from pathlib import Path

import polars as pl
import pytest

from assets.landed.row_writer import RowWriter
from assets.landed.whole_files import StoreFault

SCHEMA = pl.Schema({"line": pl.Int64, "name": pl.String})


def some(begin: int, count: int) -> pl.DataFrame:
    lines = pl.int_range(begin, begin + count, dtype=pl.Int64, eager=True)
    return pl.DataFrame({"line": lines, "name": lines.cast(pl.String)})


def test_rows_stand_in_the_order_in_which_they_were_added(tmp_path: Path) -> None:
    with RowWriter(tmp_path / "rows.parquet", SCHEMA) as writer:
        for begin in range(0, 100_000, 1_000):
            writer.add(some(begin, 1_000))
    assert pl.read_parquet(tmp_path / "rows.parquet").equals(some(0, 100_000))


def test_a_file_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    with RowWriter(tmp_path / "rows.parquet", SCHEMA) as writer:
        writer.add(some(0, 0))
    assert pl.read_parquet(tmp_path / "rows.parquet").schema == SCHEMA


def test_rows_with_other_columns_are_not_written(tmp_path: Path) -> None:
    writer = RowWriter(tmp_path / "rows.parquet", SCHEMA)
    with pytest.raises(ValueError, match=r"rows.parquet"), writer:
        writer.add(some(0, 3).with_columns(pl.col("line").cast(pl.Int32)))


def test_a_file_that_cannot_be_written_stops_the_one_who_adds(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreFault, match=r"missing/rows.parquet\] cannot be written \(No such file"),
        RowWriter(tmp_path / "missing" / "rows.parquet", SCHEMA) as writer,
    ):
        for _ in range(100):
            writer.add(some(0, 1_000))


def test_a_full_disk_is_told_as_one() -> None:
    with (
        pytest.raises(StoreFault, match="No space left on device"),
        RowWriter(Path("/dev/full"), SCHEMA) as writer,
    ):
        writer.add(some(0, 100_000))


def test_a_failure_while_rows_are_made_is_told_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), RowWriter(tmp_path / "rows.parquet", SCHEMA) as writer:
        writer.add(some(0, 10))
        writer.add(some(0, 1 // 0))
