"""A night that fetches first: what a database holds is in the publication, and what fails to come stops nothing."""

import sqlite3
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.fetching import CENTRES
from tests.integration.nights import AS_OF, Place, place

SECRET = "-".join(["not", "to", "be", "printed"])


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, str, str]:
    """A finished `run --fetch` with a source that can be fetched and one that cannot, and what it printed."""
    folder = tmp_path_factory.mktemp("fetched")
    here = place(folder, copy_landing=True)
    with sqlite3.connect(folder / "students.sqlite") as database:
        database.execute("CREATE TABLE centres (number TEXT, name TEXT)")
        database.execute("INSERT INTO centres VALUES ('99891', 'Fetched College')")
    query = {"query": "SELECT number, name FROM centres"}
    for name, variable in (("mis", "RECONCILE_FETCH_MIS"), ("absent", "RECONCILE_FETCH_ABSENT")):
        told = {
            "reader": "database_table",
            "kind": "delta",
            "options": CENTRES,
            "fetch": {"url_from": variable} | query,
        }
        path = here.landing / "sources" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(told), encoding="utf-8")
    result = here.run(
        "--fetch",
        "--quiet",
        RECONCILE_FETCH_MIS=f"sqlite:///{folder}/students.sqlite",
        RECONCILE_FETCH_ABSENT=f"postgresql+psycopg://someone:{SECRET}@127.0.0.1:1/absent",
    )
    assert result.returncode == 1, result.stderr
    return here, result.stdout, result.stderr


def test_what_was_fetched_is_published(fetched: tuple[Place, str, str]) -> None:
    here, said, _ = fetched
    assert "mis: 1 row, fetched 1 file" in said
    with duckdb.connect(here.published, read_only=True) as connection:
        deliveries = connection.execute(
            "SELECT file_name, status FROM published.deliveries WHERE file_name LIKE 'mis/%'"
        ).fetchall()
        centres = connection.execute("SELECT name FROM published.centres WHERE centre_number = '99891'").fetchall()
    assert deliveries == [(f"mis/mis.{AS_OF}.delta.parquet", "accepted")]
    assert centres == [("Fetched College",)]


def test_what_could_not_be_fetched_is_told_at_the_end(fetched: tuple[Place, str, str]) -> None:
    _, said, errors = fetched
    assert "absent: failed\n  failed: the database that [RECONCILE_FETCH_ABSENT] names cannot be reached" in said
    assert "the run is published, but [1] sources could not be fetched" in errors


def test_the_password_is_nowhere(fetched: tuple[Place, str, str]) -> None:
    here, said, errors = fetched
    assert SECRET not in said + errors
    files: list[Path] = [path for path in here.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".duckdb" for path in files), "the run's files were not searched"
    assert [path.name for path in files if SECRET.encode() in path.read_bytes()] == []
