"""A query of a source may read and do nothing else."""

import logging

import pytest

from pipelines.fetch_settings import FetchError
from pipelines.fetch_statement import DIALECTS, names_the_day

EVERYWHERE = sorted(DIALECTS)


@pytest.mark.parametrize("database", EVERYWHERE)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT number, name FROM centres",
        "WITH open AS (SELECT * FROM centres) SELECT * FROM open;",
        "SELECT 1 AS a UNION ALL SELECT 2 AS a",
        "-- the view\nSELECT count(*) AS n FROM centres WHERE name LIKE '12:30%'",
    ],
)
def test_one_select_is_accepted(query: str, database: str) -> None:
    assert names_the_day(query, database) is False


@pytest.mark.parametrize("database", EVERYWHERE)
def test_the_run_s_day_is_the_one_parameter(database: str) -> None:
    assert names_the_day("SELECT name FROM centres WHERE opened <= :as_of", database) is True
    with pytest.raises(FetchError, match="parameter"):
        names_the_day("SELECT name FROM centres WHERE opened <= :today", database)


@pytest.mark.parametrize("database", EVERYWHERE)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "INSERT INTO centres VALUES ('1')",
        "UPDATE centres SET name = ''",
        "DELETE FROM centres",
        "DROP TABLE centres",
        "CREATE TABLE copy AS SELECT * FROM centres",
        "TRUNCATE TABLE centres",
        "WITH gone AS (DELETE FROM centres RETURNING *) SELECT * FROM gone",
        "SELECT * INTO copy FROM centres",
        "SELECT * FROM centres FOR UPDATE",
        "SELECT name INTO OUTFILE 'list' FROM centres",
        "SELECT 1 /*!50000 INTO OUTFILE 'list' */",
        "COPY centres TO PROGRAM 'command'",
        "EXPLAIN ANALYZE DELETE FROM centres",
        "CALL clear_up()",
        "EXEC clear_up",
        "SET ROLE other",
        "COMMIT",
        "VACUUM",
        "PRAGMA journal_mode = DELETE",
        "ATTACH DATABASE 'other' AS other",
        "SELECT " + "(" * 5_000,
        "SELECT 1\0",
        "nonsense of theirs",
    ],
)
def test_anything_else_is_refused_and_not_quoted(query: str, database: str) -> None:
    with pytest.raises(FetchError) as refused:
        names_the_day(query, database)
    assert "theirs" not in str(refused.value)
    assert "centres" not in str(refused.value)


def test_a_query_that_cannot_be_read_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(FetchError):
        names_the_day("SHOW something_of_theirs", "postgresql")
    assert "theirs" not in caplog.text
