"""Parquet deliveries: typed columns give the same rows as the text of a CSV file."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.landed.limits import Limits
from tests.landed_folder import ACCEPTABLE, LandedFolder, csv_of, rows_of

NAME = "2026-07-15.parquet"


def parquet_of(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path)


def test_rows_are_numbered_from_one_and_judged_as_in_csv(folder: LandedFolder) -> None:
    rows = rows_of(
        "ao_unit_results", {}, {"unit_number": "2", "series": "June"}, {"unit_number": "3"}, {"unit_number": "3"}
    )
    delivery = folder.land_one("ao_unit_results", parquet_of(pl.DataFrame(rows)), NAME)
    assert (delivery["format"], delivery["landed_rows"], delivery["valid_rows"]) == ("parquet", 4, 2)
    assert (delivery["duplicate_rows"], delivery["quarantined_rows"]) == (1, 1)
    assert folder.reasons() == [(2, "series", "month", "letters, 4")]
    (as_csv,) = folder.valid(folder.land_one("ao_unit_results", csv_of(rows_of("ao_unit_results", {}))))
    assert folder.valid(delivery)[0] == as_csv | {"line": 1}


@pytest.mark.parametrize(
    ("feed", "column", "values", "expected"),
    [
        ("ao_unit_results", "result_date", pl.Series([date(2026, 7, 1)]), date(2026, 7, 1)),
        ("ao_unit_results", "result_date", pl.Series([datetime(2026, 7, 1)]), date(2026, 7, 1)),
        ("ao_unit_results", "points", pl.Series([6.5]), 6.5),
        ("ao_unit_results", "points", pl.Series([7.0]), 7.0),
        ("ao_unit_results", "points", pl.Series([float("nan")]), None),
        ("ao_unit_results", "points", pl.Series([Decimal("6.50")]), 6.5),
        ("ao_unit_results", "points", pl.Series([-2.0]), None),
        ("ao_unit_results", "unit_number", pl.Series([3]), "3"),
        ("ao_unit_results", "unit_number", pl.Series([3.0]), "3"),
        ("ao_unit_results", "grade", pl.Series(["P"], dtype=pl.Categorical), "P"),
        ("ao_unit_results", "grade", pl.Series([b"P"]), "P"),
        ("ao_unit_results", "basis", pl.Series([None], dtype=pl.Null), None),
        ("ao_registrations", "uln", pl.Series([9276308686.0]), "9276308686"),
        ("ucas_qualifications", "declared_number", pl.Series([Decimal("2.00")]), 2),
        ("key_dates", "falls_on", pl.Series([datetime(2026, 8, 13, 8, 30)]), datetime(2026, 8, 13, 8, 30)),
        # an instant told in UTC is half past eight in British Summer Time
        ("key_dates", "falls_on", pl.Series([datetime(2026, 8, 13, 7, 30, tzinfo=UTC)]), datetime(2026, 8, 13, 8, 30)),
    ],
)
def test_typed_columns_become_what_they_mean(
    folder: LandedFolder, feed: str, column: str, values: pl.Series, expected: Any
) -> None:
    frame = pl.DataFrame([ACCEPTABLE[feed]]).with_columns(values.alias(column))
    delivery = folder.land_one(feed, parquet_of(frame), NAME)
    assert delivery["status"] == "accepted", folder.reasons()
    assert folder.valid(delivery)[0][column] == expected


def test_a_number_that_has_lost_its_leading_zero_is_caught(folder: LandedFolder) -> None:
    frame = pl.DataFrame(rows_of("centres", {}, {"centre_number": "12345"})).with_columns(
        pl.col("centre_number").cast(pl.Int64)
    )
    delivery = folder.land_one("centres", parquet_of(frame), NAME)
    assert (delivery["valid_rows"], folder.reasons()) == (1, [(1, "centre_number", "pattern", "digits, 4")])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (parquet_of(pl.DataFrame(rows_of("centres", {})))[:-40], "damaged_parquet"),
        (b"centre_number,name\n00001,a\n", "damaged_parquet"),
        (b"", "damaged_parquet"),
        (parquet_of(pl.DataFrame(rows_of("centres", {})).drop("name")), "missing_column"),
        (parquet_of(pl.DataFrame(rows_of("centres", {})).clear()), "header_only"),
        (parquet_of(pl.DataFrame({"centre_number": ["00001"], "name": [["a"]]})), "unreadable_type"),
        (parquet_of(pl.DataFrame({"centre_number": ["00001"], "name": [b"\xff"]})), "damaged_parquet"),
    ],
)
def test_an_unusable_parquet_file_is_refused(folder: LandedFolder, content: bytes, reason: str) -> None:
    delivery = folder.land_one("centres", content, NAME)
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)


def test_a_parquet_file_that_unfolds_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"centre_number": ["00001"] * 50_000, "name": ["x" * 500] * 50_000})
    written = io.BytesIO()
    frame.write_parquet(written, compression="zstd", use_pyarrow=True, pyarrow_options={"use_dictionary": False})
    folder = LandedFolder(tmp_path, Limits(ratio_from_bytes=1_000_000))
    assert folder.land_one("centres", written.getvalue(), NAME)["reason"] == "suspicious_ratio"


def test_extra_and_spaced_columns_are_treated_as_in_csv(folder: LandedFolder) -> None:
    frame = pl.DataFrame({" name ": ["a"], "wifi": [True], "centre_number": ["00001"]})
    delivery = folder.land_one("centres", parquet_of(frame), NAME)
    assert (delivery["status"], delivery["extra_columns"]) == ("accepted", "wifi")
