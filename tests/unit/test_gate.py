"""The publication gate: every promise is kept by a good set and broken by the fault that it is there to detect."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.published.gate import MEASURES, Verdict, judge, record
from assets.published.gate_candidate import Measure
from assets.published.gate_expectations import within_bounds
from schemas.promises import PERSON_FEEDS, PROMISES
from schemas.published import PUBLISHED
from tests.gate_sets import MARKER, fill, good_set

ROOT = Path(__file__).parents[2]


def standing(verdict: Verdict, status: str) -> set[tuple[str, str]]:
    return {(result.promise, result.subject) for result in verdict.results if result.status == status}


@pytest.fixture(scope="module")
def kept_set() -> duckdb.DuckDBPyConnection:
    return good_set()


@pytest.fixture
def con(kept_set: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The good set, whose spoiling is undone after the test."""
    kept_set.begin()
    yield kept_set
    kept_set.rollback()


def test_a_good_set_keeps_every_promise_for_every_subject(con: duckdb.DuckDBPyConnection) -> None:
    verdict = judge(con, "before")
    assert {result.status for result in verdict.results} == {"kept"}
    assert {result.promise for result in verdict.results} == set(PROMISES)
    assert verdict.publish


def test_a_row_that_stands_twice_is_seen_in_every_published_table(con: duckdb.DuckDBPyConnection) -> None:
    for table in PUBLISHED:
        con.execute(f"INSERT INTO published.{table} SELECT * FROM published.{table} LIMIT 1")
    broken = standing(judge(con, "before"), "broken")
    assert {subject for promise, subject in broken if promise == "keys_unique"} == set(PUBLISHED)


def test_records_without_their_link_row_are_seen_in_each_person_feed(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DELETE FROM published.person_links WHERE personal_id = '0000000000' OR personal_id IS NULL")
    broken = standing(judge(con, "before"), "broken")
    assert broken == {("table_volume", "person_links"), *(("one_link_row_per_record", feed) for feed in PERSON_FEEDS)}


def test_every_promise_has_its_measure() -> None:
    assert list(MEASURES) == list(PROMISES)


@pytest.mark.parametrize(
    ("fault", "promise", "subject"),
    [
        pytest.param(
            "UPDATE published.person_links SET personal_id = '9999999999' WHERE personal_id = '0000000003'",
            "one_link_row_per_record",
            "ucas_applicants",
            id="as many link rows as records, but one of another record",
        ),
        pytest.param(
            "DELETE FROM published.achievability WHERE registration_number LIKE '%-1'",
            "one_position_per_registration",
            "achievability",
            id="an open registration without its position",
        ),
        pytest.param(
            "UPDATE standardised.ao_registrations SET status = 'transferred' WHERE status = 'completed'",
            "one_position_per_registration",
            "achievability",
            id="a position of a registration that is not open",
        ),
        pytest.param(
            "UPDATE published.row_ledger SET balanced = FALSE WHERE feed = 'ucas_applicants'",
            "ledger_balances",
            "ucas_applicants",
            id="a ledger row that does not balance",
        ),
        pytest.param(
            "UPDATE published.row_ledger SET balanced = NULL WHERE feed = 'ucas_applicants'",
            "ledger_balances",
            "ucas_applicants",
            id="a ledger row of which nobody knows whether it balances",
        ),
        pytest.param(
            "INSERT INTO published.deliveries (feed, delivery_id, file_name, status) "
            "VALUES ('ucas_choices', 'ucas_choices-1', 'ucas_choices/1.csv', 'accepted')",
            "ledger_balances",
            "ucas_choices",
            id="an accepted delivery without a ledger row",
        ),
        pytest.param(
            "UPDATE published.row_ledger SET accepted = 499 WHERE feed = 'ao_registrations'",
            "feed_volume",
            "ao_registrations",
            id="half of a feed gone",
        ),
        pytest.param(
            "INSERT INTO before.row_ledger (feed, accepted) VALUES ('ucas_choices', 20)",
            "feed_volume",
            "ucas_choices",
            id="a feed gone altogether",
        ),
        pytest.param(
            "UPDATE published.row_ledger SET quarantined = 506 WHERE feed = 'ucas_applicants'",
            "quarantined_share",
            "ucas_applicants",
            id="most rows of a feed turned away",
        ),
        pytest.param(
            "UPDATE published.person_links SET stage = 'unlinked' WHERE feed = 'ucas_applicants'",
            "unlinked_applicants",
            "ucas_applicants",
            id="no applicant linked",
        ),
        pytest.param(
            "INSERT INTO published.flags (flag_id, flag_code) SELECT range::VARCHAR, 'claim_missing' FROM range(1001)",
            "flag_growth",
            "claim_missing",
            id="a flag raised many times as often",
        ),
        pytest.param(
            "UPDATE published.situations SET units = [7]",
            "situations_complete",
            "situations",
            id="a situation without its units",
        ),
        pytest.param(
            "UPDATE published.achievability SET situation = 7",
            "situations_complete",
            "achievability",
            id="registrations whose situation does not exist",
        ),
        pytest.param(
            "INSERT INTO before.centre_summary (centre_number) VALUES ('01235'), ('01236')",
            "table_volume",
            "centre_summary",
            id="most of a published table gone",
        ),
        pytest.param(
            "DROP TABLE reconciled.award_overdue",
            "catalogue_complete",
            "flag_catalogue",
            id="a code of the catalogue without its table",
        ),
        pytest.param(
            "UPDATE published.flags SET flag_code = 'claim_misspelt' WHERE flag_id = 'claim_missing-3'",
            "catalogue_complete",
            "flag_catalogue",
            id="a flag whose code the catalogue does not hold",
        ),
    ],
)
def test_a_fault_breaks_the_promise_that_is_there_for_it_and_holds_the_publication(
    con: duckdb.DuckDBPyConnection, fault: str, promise: str, subject: str
) -> None:
    con.execute(fault)
    verdict = judge(con, "before")
    assert standing(verdict, "broken") == {(promise, subject)}
    assert not verdict.publish


def test_without_a_publication_before_the_comparisons_do_not_apply_and_say_why(con: duckdb.DuckDBPyConnection) -> None:
    verdict = judge(con, None)
    unapplied = [result for result in verdict.results if result.status == "not_applicable"]
    assert {result.promise for result in unapplied} == {
        "feed_volume",
        "table_volume",
        "flag_growth",
        "distribution",
    }
    assert {result.note for result in unapplied} == {"there is no publication before this one"}
    assert all(result.observed is None for result in unapplied)
    assert verdict.publish


def test_a_publication_before_in_an_attached_database_is_compared_with() -> None:
    con = good_set()
    con.execute("ATTACH ':memory:' AS previous")
    fill(con, "previous.published", {"claim_missing": 12, "award_overdue": 0}, accepted=5000)
    assert standing(judge(con, "previous.published"), "broken") == {
        ("feed_volume", "ao_registrations"),
        ("feed_volume", "ucas_applicants"),
    }


def test_a_publication_before_in_another_layout_is_not_compared_with(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("ALTER TABLE before.row_ledger DROP COLUMN accepted")
    con.execute("DROP TABLE before.flag_catalogue")
    unapplied = [result for result in judge(con, "before").results if result.status == "not_applicable"]
    assert {(result.promise, result.subject) for result in unapplied if result.promise != "flag_growth"} == {
        *(("feed_volume", feed) for feed in ("ao_registrations", "ucas_applicants")),
        ("distribution", "flags"),
    }
    assert {result.note for result in unapplied} == {"the publication before has another layout and cannot be compared"}


def test_a_previous_schema_that_is_no_name_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValueError, match=r"\[before; DROP TABLE published.flags\]"):
        judge(con, "before; DROP TABLE published.flags")


def test_a_missing_published_table_is_an_error_and_no_verdict(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DROP TABLE published.person_links")
    with pytest.raises(duckdb.CatalogException, match="person_links"):
        judge(con, "before")


def test_a_measure_without_a_number_is_never_taken_for_kept() -> None:
    nothing = Measure(promise=PROMISES["feed_volume"], subject="ucas_choices", observed=float("nan"), seen="")
    with pytest.raises(RuntimeError, match=r"\[feed_volume\] could not be checked for \[ucas_choices\]"):
        within_bounds([Measure(**{**vars(nothing), "hold": (0.5, None)})])


def test_the_verdict_is_recorded_as_a_table_with_the_declared_columns(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE published.row_ledger SET accepted = 600 WHERE feed = 'ao_registrations'")
    record(con, judge(con, "before"))
    columns = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'promises'"
    ).fetchall()
    assert columns == [
        ("promise", "VARCHAR"),
        ("subject", "VARCHAR"),
        ("status", "VARCHAR"),
        ("severity", "VARCHAR"),
        ("observed", "DOUBLE"),
        ("bound", "VARCHAR"),
        ("sentence", "VARCHAR"),
    ]
    rows = con.execute(
        "SELECT status, severity, observed, bound FROM published.promises "
        "WHERE promise = 'feed_volume' AND subject = 'ao_registrations'"
    ).fetchall()
    assert rows == [("warned", "warn", 0.6, "at least 50%, warning unless at least 80%")]


def test_neither_the_verdict_nor_the_log_nor_the_output_holds_a_delivered_value(
    con: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    con.execute("INSERT INTO published.centre_summary SELECT * FROM published.centre_summary")
    con.execute("DELETE FROM published.person_links")
    verdict = judge(con, "before")
    record(con, verdict)
    recorded = con.execute("SELECT * FROM published.promises").fetchall()
    assert not verdict.publish
    assert MARKER not in repr(verdict) + repr(recorded) + caplog.text + "".join(capfd.readouterr())


def test_importing_the_gate_does_not_load_great_expectations() -> None:
    program = (
        "import sys, assets.published.gate, assets.published.gate_page; "
        "sys.exit(any(name.partition('.')[0] == 'great_expectations' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_judging_writes_nothing_to_the_working_home_or_temporary_folder(tmp_path: Path) -> None:
    program = (
        "from assets.published.gate import judge; from tests.gate_sets import good_set; "
        "raise SystemExit(not judge(good_set(), 'before').publish)"
    )
    folders = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    environment = {**os.environ, **folders, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
