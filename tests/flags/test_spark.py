"""Every SQL file stays in what sqlglot can turn into Spark SQL, and what comes out parses again."""

from pathlib import Path

import pytest
from sqlglot import ErrorLevel, exp, parse_one, transpile

from assets.reconciled.sql_files import ROOMS, SQL_FOLDER, read_sql

FILES = sorted(path for room in (*ROOMS, "flags") for path in (SQL_FOLDER / room).rglob("*.sql"))

#: Passed on unchanged by sqlglot without a word, though Spark does not know them.
UNKNOWN_TO_SPARK = ("LIST_FILTER", "LIST_TRANSFORM", "STRUCT_PACK", "JAROWINKLER_SIMILARITY", "READ_CSV")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_can_be_turned_into_spark_sql(path: Path) -> None:
    _, body = read_sql(path)
    (spark,) = transpile(body.sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    again = parse_one(spark, read="spark")
    assert again.named_selects == list(body.columns)
    assert not list(again.find_all(exp.Anonymous))
    assert not any(name in spark.upper() for name in (*UNKNOWN_TO_SPARK, "ASOF JOIN"))


def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120
