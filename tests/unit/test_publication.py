"""A publication is complete before its link is flipped, and what was published before stays until then."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.publication import Publication
from pipelines.settings import UserError
from schemas.published import PUBLISHED


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A working file whose published tables exist, empty but for one flag code."""
    with duckdb.connect(tmp_path / "work.duckdb") as connection:
        connection.execute("CREATE SCHEMA published")
        for table in PUBLISHED.values():
            columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
            connection.execute(f"CREATE TABLE published.{table.name} ({columns})")
        connection.execute(
            "INSERT INTO published.flag_catalogue (flag_code, statement) VALUES ('claim_missing', 'It''s claimed.')"
        )
        connection.execute(
            "INSERT INTO published.flags (flag_id, flag_code) VALUES ('b', 'claim_missing'), ('a', 'claim_missing')"
        )
        yield connection


def _publication(tmp_path: Path, keep: int = 2) -> Publication:
    return Publication(tmp_path / "out" / "reconciliation.duckdb", keep)


def test_tables_are_in_the_order_of_their_keys(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    here = _publication(tmp_path)
    here.publish(warehouse, "one", {})
    with duckdb.connect(here.link, read_only=True) as reader:
        assert reader.execute("SELECT flag_id FROM published.flags").fetchall() == [("a",), ("b",)]
        assert reader.execute("SELECT flag_id FROM published.claim_missing ORDER BY 1").fetchall() == [("a",), ("b",)]


def test_a_publication_that_fails_its_check_leaves_the_last_one(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = _publication(tmp_path)
    first = here.publish(warehouse, "one", {})

    def fails(path: Path, counts: dict[str, int]) -> None:
        raise RuntimeError("incomplete")

    monkeypatch.setattr("pipelines.publication._check", fails)
    with pytest.raises(RuntimeError):
        here.publish(warehouse, "two", {})
    assert here.last_good() == first


def test_a_write_ahead_log_beside_the_new_file_stops_it(tmp_path: Path) -> None:
    from pipelines.publication import _check

    path = tmp_path / "new.duckdb"
    duckdb.connect(path).close()
    path.with_name("new.duckdb.wal").write_bytes(b"left")
    with pytest.raises(RuntimeError, match="write-ahead log"):
        _check(path, {})


def test_a_table_that_lost_rows_stops_it(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    from pipelines.publication import _check

    here = _publication(tmp_path)
    path = here.publish(warehouse, "one", {})
    with pytest.raises(RuntimeError, match=r"\[published.flags\] holds \[2\] rows instead of \[3\]"):
        _check(path, {"flags": 3})


def test_only_the_set_number_of_earlier_publications_is_kept(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    here = _publication(tmp_path, keep=2)
    for version in ("one", "two", "three", "four"):
        here.publish(warehouse, version, {})
    assert sorted(folder.name for folder in (tmp_path / "out" / "versions").iterdir()) == ["four", "three", "two"]


def test_a_reader_of_a_publication_that_was_removed_keeps_reading(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    here = _publication(tmp_path, keep=1)
    here.publish(warehouse, "one", {})
    with duckdb.connect(here.link, read_only=True) as reader:
        for version in ("two", "three"):
            here.publish(warehouse, version, {})
        assert not (tmp_path / "out" / "versions" / "one").exists()
        assert reader.execute("SELECT count(*) FROM published.flags").fetchall() == [(2,)]


def test_pages_stand_beside_the_file_under_one_link(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    here = _publication(tmp_path)
    here.publish(warehouse, "one", {"promises.html": "<p>kept</p>"})
    assert (tmp_path / "out" / "current" / "promises.html").read_text(encoding="utf-8") == "<p>kept</p>"


def test_a_folder_whose_name_holds_a_quote_can_be_published_to(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    here = Publication(tmp_path / "analysts' own" / "reconciliation.duckdb", 1)
    here.publish(warehouse, "one", {})
    assert here.last_good() is not None


def test_something_else_in_the_link_s_place_is_never_replaced(tmp_path: Path) -> None:
    here = _publication(tmp_path)
    here.link.parent.mkdir()
    here.link.write_text("notes", encoding="utf-8")
    with pytest.raises(UserError, match="no link to a publication"):
        here.check_place()
