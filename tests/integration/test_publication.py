"""What a night publishes: complete, commented, in two forms, and open to a reader all the while."""

import csv
from pathlib import Path

import duckdb
import pytest

from schemas.published import PUBLISHED
from tests.integration.conftest import Night
from tests.integration.nights import ROOT, SAMPLE

KEYS = (
    "personal_id",
    "declared_number",
    "centre_number",
    "centre_learner_reference",
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
    "unit_number",
    "series",
    "choice_number",
)


def _connect(night: Night) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(night.place.published, read_only=True)


def _answer_key() -> list[dict[str, str]]:
    with (SAMPLE / "answer_key.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_flag_that_the_answer_key_requires_is_raised_and_no_other(night: Night) -> None:
    with _connect(night) as connection:
        subjects = dict(connection.execute("SELECT flag_code, population FROM published.flag_catalogue").fetchall())
        columns = ", ".join(("flag_code", "reason", *KEYS))
        raised = [
            dict(zip(("flag_code", "reason", *KEYS), map(_text, row), strict=True))
            for row in connection.execute(f"SELECT {columns} FROM published.flags").fetchall()
        ]
    required = [row for row in _answer_key() if row["flag_code"] in subjects]
    assert required

    def subject(row: dict[str, str], given: tuple[str, ...]) -> tuple[str, ...]:
        return (row["flag_code"], row["reason"] or "", *(row[key] for key in given))

    for code in subjects:
        of_code = [row for row in required if row["flag_code"] == code]
        assert of_code, f"the key requires no [{code}]"
        given = tuple(key for key in KEYS if of_code[0].get(key))
        expected = sorted(subject(row, given) for row in of_code)
        found = sorted(subject(row, given) for row in raised if row["flag_code"] == code)
        assert found == expected, code


def _text(value: object) -> str:
    return "" if value is None else str(value)


def test_every_landed_row_is_accounted_for(night: Night) -> None:
    with _connect(night) as connection:
        wrong = connection.execute(
            "SELECT feed FROM published.row_ledger "
            "WHERE NOT balanced OR landed <> accepted + superseded + duplicate + quarantined"
        ).fetchall()
        assert wrong == []
        assert connection.execute("SELECT count(DISTINCT feed) FROM published.row_ledger").fetchall() == [(15,)]


def test_every_published_table_and_column_carries_its_comment(night: Night) -> None:
    with _connect(night) as connection:
        tables = dict(
            connection.execute(
                "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'published'"
            ).fetchall()
        )
        columns = connection.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns() "
            "WHERE schema_name = 'published' AND table_name IN (SELECT table_name FROM duckdb_tables())"
        ).fetchall()
    assert set(tables) == set(PUBLISHED)
    assert all(tables.values())
    assert [(table, column) for table, column, comment in columns if not comment] == []


def test_each_flag_code_has_a_view_of_its_own(night: Night) -> None:
    with _connect(night) as connection:
        codes = connection.execute("SELECT flag_code, raised FROM published.flag_catalogue").fetchall()
        for code, raised in codes:
            assert connection.execute(f'SELECT count(*) FROM published."{code}"').fetchall() == [(raised,)]


@pytest.mark.parametrize("table", sorted(PUBLISHED))
def test_the_parquet_of_a_table_holds_the_same_rows(night: Night, table: str) -> None:
    parquet = night.place.published.parent / "parquet" / f"{table}.parquet"
    with _connect(night) as connection:
        expected = connection.execute(f"SELECT * FROM published.{table}").fetchall()
    assert duckdb.read_parquet(str(parquet)).fetchall() == expected


@pytest.mark.parametrize("query", sorted((ROOT / "sql" / "published").glob("*.sql")), ids=lambda path: path.stem)
def test_an_example_query_answers(night: Night, query: Path) -> None:
    with _connect(night) as connection:
        assert connection.execute(query.read_text(encoding="utf-8")).fetchall()


def test_the_published_file_can_be_read_by_owner_and_group_alone(night: Night) -> None:
    assert night.place.published.resolve().stat().st_mode & 0o777 == 0o440


def test_nothing_is_written_into_the_home_folder(night: Night) -> None:
    assert list((night.place.folder / "home").iterdir()) == []


def test_the_summary_tells_flags_rows_and_where_the_results_lie(night: Night) -> None:
    for words in ("Rows by feed", "Flags by code", "quarantined", "reconciliation.duckdb", "reconcile explain"):
        assert words in night.output
