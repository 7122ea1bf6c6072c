"""A query's rows become one delivery: as text, whole or not at all, asked for reading only, and the address stays unsaid."""

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, create_engine, text

from assets.landed.limits import Limits
from pipelines.fetch_database import same_rows
from tests.fetching import AS_OF, Fetching
from tests.landed_folder import LandedFolder
from tests.unit.conftest import NewUrl

VARIABLE = "RECONCILE_FETCH_STUDENTS"
QUERY = "SELECT number, name, opened FROM centres ORDER BY number"
#: Put together here, so that a traceback's line of this file does not hold it.
SECRET = "-".join(["not", "to", "be", "printed"])


class _Database:
    """A database with one table of centres."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = create_engine(url)
        self.run("CREATE TABLE centres (number TEXT, name TEXT, opened DATE)")
        self.add("99001", "One")
        self.add("99002", None)

    def run(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def add(self, number: str, name: str | None, opened: str = "2001-09-01") -> None:
        with self.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO centres VALUES (:number, :name, :opened)"),
                {"number": number, "name": name, "opened": date.fromisoformat(opened)},
            )

    def count(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM centres")).scalar_one())


@pytest.fixture
def database(new_url: NewUrl, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Database]:
    made = _Database(new_url())
    monkeypatch.setenv(VARIABLE, made.url.render_as_string(hide_password=False))
    yield made
    made.engine.dispose()


@pytest.fixture
def here(tmp_path: Path) -> Fetching:
    return Fetching(tmp_path)


def _source(here: Fetching, **changes: object) -> None:
    kind = {"kind": changes.pop("kind")} if "kind" in changes else {}
    here.source("students", {"url_from": VARIABLE, "query": QUERY} | changes, **kind)


def _rows(here: Fetching, name: str) -> list[tuple[object, ...]]:
    frame = pl.read_parquet(here.landing / "students" / name)
    assert set(frame.dtypes) == {pl.String}
    return frame.rows()


def test_a_query_s_rows_are_delivered_as_text_under_the_run_s_day(here: Fetching, database: _Database) -> None:
    _source(here)
    found = here.one()
    assert (found.files, found.rows, found.failures) == (("students.2026-05-14.parquet",), 2, ())
    assert here.files("students") == ["students.2026-05-14.parquet"]
    assert found.bytes == (here.landing / "students" / "students.2026-05-14.parquet").stat().st_size
    assert _rows(here, "students.2026-05-14.parquet") == [
        ("99001", "One", "2001-09-01"),
        ("99002", None, "2001-09-01"),
    ]


def test_rows_are_read_and_written_as_many_at_a_time_as_the_source_says(here: Fetching, database: _Database) -> None:
    for number in range(99003, 99008):
        database.add(str(number), "More")
    _source(here, batch_rows=3)
    assert here.one().rows == 7
    file = pyarrow.parquet.read_metadata(here.landing / "students" / "students.2026-05-14.parquet")
    assert [file.row_group(group).num_rows for group in range(file.num_row_groups)] == [3, 3, 1]


def test_what_was_fetched_lands_through_the_mapping(tmp_path: Path, database: _Database) -> None:
    landed = LandedFolder(tmp_path / "folder")
    here = Fetching.__new__(Fetching)
    here.landing, here.settings = landed.landing, Fetching(tmp_path / "other").settings
    (landed.landing / "sources").mkdir()
    database.run("DELETE FROM centres WHERE name IS NULL")
    _source(here)
    assert here.one().failures == ()
    assert landed.land("centres", AS_OF)["accepted"] == 1
    (delivery,) = landed.deliveries()
    assert [(row["centre_number"], row["name"]) for row in landed.valid(delivery)] == [("99001", "One")]


def test_the_same_rows_in_another_order_are_not_delivered_again(here: Fetching, database: _Database) -> None:
    _source(here)
    here.one()
    _source(here, query=f"{QUERY} DESC", batch_rows=1)
    found = here.one(date(2026, 5, 15))
    assert (found.files, found.unchanged) == ((), 1)
    assert here.files("students") == ["students.2026-05-14.parquet"]


def test_other_rows_of_the_same_day_lie_beside_the_first_and_sort_after_them(
    here: Fetching, database: _Database
) -> None:
    _source(here)
    here.one()
    for number in ("99003", "99004"):
        database.add(number, "More")
        here.one()
    names = ["students.2026-05-14.parquet", "students.2026-05-14_02.parquet", "students.2026-05-14_03.parquet"]
    assert here.files("students") == names
    assert [len(_rows(here, name)) for name in names] == [2, 3, 4]


def test_rows_that_come_back_to_what_they_were_are_a_delivery_of_their_own(here: Fetching, database: _Database) -> None:
    _source(here)
    here.one()
    database.add("99003", "More")
    here.one(date(2026, 5, 15))
    database.run("DELETE FROM centres WHERE number = '99003'")
    assert here.one(date(2026, 5, 16)).files == ("students.2026-05-16.parquet",)
    first, last = (here.landing / "students" / f"students.2026-05-{day}.parquet" for day in (14, 16))
    assert same_rows(first, last)
    assert first.read_bytes() != last.read_bytes()


def test_a_source_of_deltas_says_so_in_the_name_and_may_have_nothing_to_say(
    here: Fetching, database: _Database
) -> None:
    _source(here, kind="delta", query="SELECT number, name FROM centres WHERE opened > :as_of")
    found = here.one()
    assert (found.files, found.unchanged, found.failures) == ((), 1, ())
    database.add("99003", "New", "2026-05-15")
    assert here.one().files == ("students.2026-05-14.delta.parquet",)
    assert here.one(date(2026, 5, 16)).files == ()


def test_a_query_without_a_row_leaves_the_last_delivery_in_force(here: Fetching, database: _Database) -> None:
    _source(here)
    here.one()
    database.run("DELETE FROM centres")
    (failure,) = here.one(date(2026, 5, 15)).failures
    assert "no row" in failure
    assert here.files("students") == ["students.2026-05-14.parquet"]


def test_a_query_may_stand_in_a_file_beside_the_source(here: Fetching, database: _Database) -> None:
    here.beside("students.sql", f"-- the view\n{QUERY};\n")
    here.source("students", {"url_from": VARIABLE, "query_file": "students.sql"})
    assert here.one().rows == 2
    here.source("students", {"url_from": VARIABLE, "query_file": "../students.sql"})
    assert "by its name alone" in here.one().failures[0]


def test_marks_within_quotes_are_text(here: Fetching, database: _Database) -> None:
    _source(
        here,
        query="SELECT 'at :noon, 100%, a\\b?' AS said, 1 AS n FROM centres WHERE name LIKE 'O%' AND opened < :as_of",
    )
    assert here.one().failures == ()
    assert _rows(here, "students.2026-05-14.parquet") == [("at :noon, 100%, a\\b?", "1")]


def test_a_dry_run_asks_and_writes_nothing(here: Fetching, database: _Database) -> None:
    _source(here)
    assert here.one(dry=True).files == ("students.2026-05-14.parquet",)
    assert not (here.landing / "students").exists()


def test_more_rows_than_the_ceiling_leave_nothing_behind(here: Fetching, database: _Database) -> None:
    _source(here, most_rows=1, batch_rows=1)
    assert "[most_rows] of [1]" in here.one().failures[0]
    assert here.files("students") == []


def test_a_file_larger_than_a_delivery_may_be_leaves_nothing_behind(tmp_path: Path, database: _Database) -> None:
    here = Fetching(tmp_path, Limits(delivered_bytes=100))
    _source(here)
    assert "[delivered_bytes]" in here.one().failures[0]
    assert here.files("students") == []


def test_a_query_that_takes_too_long_is_stopped(here: Fetching, database: _Database) -> None:
    endless = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS number FROM n"
    _source(here, query=endless, timeout_seconds=1)
    began = time.monotonic()
    assert "took longer than [timeout_seconds]" in here.one().failures[0]
    assert time.monotonic() - began < 20


def test_two_columns_of_one_name_are_refused(here: Fetching, database: _Database) -> None:
    _source(here, query="SELECT number, name AS number FROM centres")
    assert "two columns [number]" in here.one().failures[0]


@pytest.mark.parametrize("statement", ["DELETE FROM centres", "SELECT number FROM centres; DELETE FROM centres"])
def test_what_does_not_only_read_is_not_asked(here: Fetching, database: _Database, statement: str) -> None:
    _source(here, query=statement)
    assert here.one().failures
    assert database.count() == 2


def test_the_database_itself_refuses_to_write(
    here: Fetching, database: _Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.fetch_database.names_the_day", lambda query, database: False)
    _source(here, query="DELETE FROM centres RETURNING number")
    assert here.one().failures
    assert database.count() == 2


def test_a_statement_that_fails_is_told_without_its_words(here: Fetching, database: _Database) -> None:
    _source(here, query="SELECT number FROM no_such_table_of_theirs")
    (failure,) = here.one().failures
    assert "no_such_table_of_theirs" not in failure


def test_a_value_that_cannot_be_cast_is_not_quoted(here: Fetching, database: _Database) -> None:
    database.add("99003", "ZQXMARKER")
    _source(here, query="SELECT CAST(name AS INTEGER) / 0 AS number FROM centres WHERE number = '99003'")
    found = here.one()
    assert "ZQXMARKER" not in str(found)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql+psycopg://someone:{SECRET}@127.0.0.1:1/students",
        f"postgresql+nodriver://someone:{SECRET}@127.0.0.1:1/students",
        f"nodatabase://someone:{SECRET}@127.0.0.1:1/students",
        f"no address {SECRET}",
        f"sqlite:////nowhere/{SECRET}.sqlite",
        f"mysql://someone:{SECRET}@127.0.0.1:1/students",
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    here: Fetching, address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    _source(here)
    found = here.one()
    assert found.failures
    assert SECRET not in str(found) + caplog.text
    assert not [path for path in here.settings.data.rglob("*") if path.is_file() and SECRET in path.read_text()]


def test_sqlite_is_not_made_where_no_file_is(here: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/none.sqlite")
    _source(here)
    assert "not there" in here.one().failures[0]
    assert not (tmp_path / "none.sqlite").exists()


def test_a_variable_that_is_not_set_is_named(here: Fetching) -> None:
    assert VARIABLE not in os.environ
    _source(here)
    assert f"[{VARIABLE}] is not set" in here.one().failures[0]


def test_a_reader_of_other_files_takes_no_database(here: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "sqlite:///students.sqlite")
    here.source("students", {"url_from": VARIABLE, "query": QUERY}, reader="delimited")
    assert "[database_table]" in here.one().failures[0]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", None, ""]), st.sampled_from(["a", "b", None])), min_size=1),
    st.randoms(),
)
def test_rows_are_the_same_in_any_order_and_in_no_other_number(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]], chance: object
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    shuffled = sorted(rows, key=lambda row: chance.random())  # type: ignore[attr-defined]
    for name, held in (("one", rows), ("other", shuffled), ("more", [*rows, rows[0]])):
        schema = {"x": pl.String, "y": pl.String}
        pl.DataFrame(held, schema=schema, orient="row").write_parquet(folder / f"{name}.parquet")
    assert same_rows(folder / "one.parquet", folder / "other.parquet")
    assert not same_rows(folder / "one.parquet", folder / "more.parquet")
