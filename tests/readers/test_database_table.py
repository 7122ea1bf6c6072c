"""A query's rows become rows of feeds by a mapping, whatever their types were in the Parquet file."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.readers.database_table import READER, DatabaseTableOptions
from assets.landed.refusals import RefusedDelivery
from fixtures.formats_written.mapped import MappedLayout
from pipelines.formats_page import EXAMPLES
from tests.landed_folder import ACCEPTABLE
from tests.readers.examples import FormatsFolder

FOLDER = EXAMPLES / "database_table"
CENTRES: dict[str, Any] = {"feeds": {"centres": {"columns": {"centre_number": "number", "name": "Name of centre"}}}}


def _read(path: Path, options: dict[str, Any], limits: Limits | None = None) -> list[Part]:
    delivered = Delivered(path=path, name=path.name, delivered_on=date(2026, 5, 14), limits=limits or Limits())
    return list(READER.read(delivered, DatabaseTableOptions.model_validate(options)))


def _deliver(folder: Path, kind: str, name: str) -> tuple[FormatsFolder, dict[str, Any]]:
    landed = FormatsFolder(folder)
    landed.deliver("database_table", (FOLDER / kind / name).read_bytes(), name)
    (row,) = landed.land_all(("centre_registrations",))
    return landed, row


def test_a_fetched_file_is_accepted_and_rows_of_other_programmes_set_aside(tmp_path: Path) -> None:
    landed, row = _deliver(tmp_path, "good", "students.2026-05-14.parquet")
    assert (row["status"], row["valid_rows"], row["set_aside_rows"], row["quarantined_rows"]) == ("accepted", 11, 1, 0)
    first = landed.valid(row)[0]
    assert (first["centre_learner_reference"], first["registration_date"]) == ("S00001", date(2024, 9, 1))
    assert (first["expects_result_this_summer"], first["status"]) == ("Y", "active")


def test_typed_columns_give_the_same_rows_as_text(tmp_path: Path) -> None:
    text, told = _deliver(tmp_path / "text", "good", "students.2026-05-14.parquet")
    typed, other = _deliver(tmp_path / "typed", "good", "students-typed.2026-05-15.parquet")
    names = ("date_of_birth", "uln", "expects_result_this_summer", "status", "surname")
    assert [[row[name] for name in names] for row in text.valid(told)] == [
        [row[name] for name in names] for row in typed.valid(other)
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("cut-off", "damaged_parquet"),
        ("text-that-is-no-parquet", "damaged_parquet"),
        ("no-column-status-code", "missing_column"),
        ("two-columns-status-code", "duplicate_column"),
        ("no-row", "header_only"),
        ("postcodes-in-lists", "unreadable_type"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(tmp_path: Path, name: str, reason: str) -> None:
    _, row = _deliver(tmp_path, "malformed", f"{name}.parquet")
    assert (row["status"], row["reason"]) == ("refused", reason)


def test_each_wrong_value_quarantines_its_row_with_its_column(tmp_path: Path) -> None:
    landed, row = _deliver(tmp_path, "malformed", "one-value-wrong-in-each-of-five-rows.parquet")
    assert row["quarantined_rows"] == 5
    assert [(line, column) for line, column, *_ in landed.reasons()] == [
        (1, "status"),
        (2, "registration_date"),
        (3, "date_of_birth"),
        (4, "uln"),
        (5, "surname"),
    ]


def test_a_learner_twice_with_other_values_is_quarantined_both_times(tmp_path: Path) -> None:
    landed, row = _deliver(tmp_path, "malformed", "one-learner-twice-with-other-values.parquet")
    assert row["quarantined_rows"] == 2
    assert {rule for _, _, rule, _ in landed.reasons()} == {"conflicting_duplicate"}


def test_a_zero_that_a_column_of_numbers_lost_is_put_back_where_that_is_certain(tmp_path: Path) -> None:
    path = tmp_path / "centres.parquet"
    pl.DataFrame({"NUMBER": [1234, 99002], "name of  centre": ["One", "Two"]}).write_parquet(path)
    (part,) = _read(path, CENTRES)
    assert (part.records["centre_number"].to_list(), part.repaired) == (["1234", "99002"], 0)
    (part,) = _read(path, CENTRES | {"spreadsheet": True})
    assert (part.records["centre_number"].to_list(), part.repaired) == (["01234", "99002"], 1)
    with pytest.raises(RefusedDelivery, match="leading zeros"):
        _read_many(tmp_path)


def _read_many(folder: Path) -> None:
    path = folder / "many.parquet"
    pl.DataFrame({"number": pl.repeat("1", 1_048_577, eager=True), "Name of centre": "One"}).write_parquet(path)
    _read(path, CENTRES | {"spreadsheet": True})


def test_other_columns_are_named_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "centres.parquet"
    pl.DataFrame({"number": ["99001"], "Name of centre": ["One"], "photo": [[1]]}).write_parquet(path)
    (part,) = _read(path, CENTRES)
    assert (part.extra_columns, part.records.columns) == (("photo",), ["centre_number", "name", "line"])


@pytest.mark.parametrize("bound", [{"columns": 1}, {"expanded_bytes": 10}])
def test_the_limits_hold(tmp_path: Path, bound: dict[str, int]) -> None:
    path = tmp_path / "centres.parquet"
    pl.DataFrame({"number": ["99001"], "Name of centre": ["One"]}).write_parquet(path)
    with pytest.raises(RefusedDelivery):
        _read(path, CENTRES, Limits(**bound))


def test_a_sheet_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="neither"):
        DatabaseTableOptions.model_validate({"feeds": {"centres": CENTRES["feeds"]["centres"] | {"sheet": "One"}}})


def test_notes_of_the_file_that_are_not_text_do_no_harm(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema(
        [("number", pyarrow.string()), ("Name of centre", pyarrow.string())], metadata={b"\xff": b"\xfe"}
    )
    path = tmp_path / "centres.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([{"number": "99001"}], schema=schema), path)
    (part,) = _read(path, CENTRES)
    assert part.records["centre_number"].to_list() == ["99001"]


@pytest.mark.parametrize("feed", sorted(ACCEPTABLE))
def test_rows_of_a_feed_come_back_from_a_table_as_another_system_writes_them(tmp_path: Path, feed: str) -> None:
    row = ACCEPTABLE[feed]
    layout = MappedLayout(
        feed=feed,
        headings={name: f"COL_{name}" for name in row},
        dates="dd/mm/yyyy",
        moments="dd/mm/yyyy hh:mm",
        months="mm/yyyy",
    )
    rows = pl.DataFrame([{name: text or None for name, text in row.items()}], schema=dict.fromkeys(row, pl.String))
    path = tmp_path / "table.parquet"
    layout.table(rows).write_parquet(path)
    (part,) = _read(path, {"feeds": layout.options()})
    (told,) = part.records.select(*row).fill_null("").to_dicts()
    assert part.refused.height == 0
    assert told == row
