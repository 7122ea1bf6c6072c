"""What is the same for every flag: ids, what is refused when it is built, and the tables published of all flags."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from assets.published.flag_life import carry_life
from assets.published.flag_tables import build_catalogue, build_flags_table
from assets.reconciled.flag_sql import flag_id
from assets.reconciled.flags import Flag, FlagError, assess_coverage, build_flag, discover_flags
from assets.reconciled.sql_bodies import read_body
from assets.reconciled.sql_files import build_statement, discover_statements, rows_beyond_grain
from assets.reconciled.tonights_flags import tonights_flags_statement, write_flag_decisions
from schemas.feeds import FEEDS
from schemas.flag_life import FlagDecision
from schemas.published import PUBLISHED
from tests.flags.case_files import all_cases
from tests.flags.reconciled_rows import built, populations_and_facts, reconciled_warehouse

FLAGS = {flag.code: flag for flag in discover_flags()}
RAISED = {case.code: case for case in reversed(all_cases()) if case.then == "raised"}
DUPLICATE = RAISED["duplicate_registration"]
OF_A_PERSON = ("personal_id", "centre_learner_reference", "registration_number", "learner")


def published_flags(connection: duckdb.DuckDBPyConnection, *decisions: FlagDecision) -> None:
    """Builds `published.flags` as on a first night, with these decisions."""
    build_statement(connection, tonights_flags_statement(list(FLAGS.values())))
    ((as_of, cycle),) = connection.execute("SELECT as_of, cycle FROM landed.run_context").fetchall()
    carry_life(connection, as_of, cycle, None)
    write_flag_decisions(connection, decisions)
    build_flags_table(connection)


def everything(backwards: bool = False) -> duckdb.DuckDBPyConnection:
    """A warehouse with a raised case of every flag side by side, each about people of its own, and every table built."""
    rows: dict[tuple[str, ...], Any] = {}
    for place, code in enumerate(sorted(RAISED)):
        names = {}
        for name, row in RAISED[code].rows.items():
            own = {key: f"{row[key]}{place:02}"[-10:] for key in OF_A_PERSON if key in row}
            own |= {side: names[row[side]] for side in ("first", "second") if side in row}
            key = FEEDS[row["feed"]].key if row["feed"] in FEEDS else tuple(row)
            changed = {**row, **own}
            found = (row["feed"], *(str(changed.get(column)) for column in key))
            names[name] = " ".join(found)
            rows.setdefault(found, changed)
    named = {" ".join(name): row for name, row in (reversed(rows.items()) if backwards else rows.items())}
    connection = reconciled_warehouse("2026-05-20", named)
    built(connection, *populations_and_facts().values(), *FLAGS.values())
    published_flags(connection)
    build_catalogue(connection, list(FLAGS.values()))
    for statement in discover_statements("tables"):
        build_statement(connection, statement)
    return connection


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return everything()


def test_a_flags_id_depends_on_code_and_subject_alone() -> None:
    connection = duckdb.connect()
    subjects = (
        "(VALUES ('a', NULL), ('a', 'b'), (NULL, 'ab'), ('ab', NULL), ('a|series=1:b', NULL)) AS s(unit_number, series)"
    )
    ids = [
        row[0]
        for code in ("one", "two")
        for row in connection.execute(
            f"SELECT {flag_id(code, ('unit_number', 'series'), 's')} FROM {subjects}"
        ).fetchall()
    ]
    assert len(set(ids)) == 10
    assert {len(found) for found in ids} == {20}


def test_the_same_subject_keeps_its_id_when_everything_else_of_it_changes() -> None:
    found = []
    for grade in ("P", "D"):
        case = RAISED["unit_grade_differs"]
        rows = {**case.rows, "result": {**case.rows["result"], "grade": grade}}
        connection = reconciled_warehouse(case.as_of, rows)
        built(connection, FLAGS["unit_grade_differs"])
        found += connection.execute("SELECT flag_id, cause FROM reconciled.unit_grade_differs").fetchall()
    assert found[0][0] == found[1][0]
    assert found[0][1] != found[1][1]


def of_body(change: tuple[str, str]) -> Flag:
    flag = FLAGS["duplicate_registration"]
    assert change[0] in flag.body.sql
    return replace(flag, body=read_body(flag.code, flag.body.sql.replace(*change)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("'raised' AS outcome", "'maybe' AS outcome"), "unknown outcomes [1]"),
        (("CAST(NULL AS VARCHAR) AS reason", "'because' AS reason"), "unlisted reasons [1]"),
        (
            ("WHERE NOT registration.stands", "CROSS JOIN (VALUES (1), (2)) AS twice (n) WHERE NOT stands"),
            "subjects [1]",
        ),
        (("    registration.registration_number,\n", "    NULL AS registration_number,\n"), "empty subject keys [1]"),
    ],
)
def test_a_body_that_breaks_its_promise_is_refused_without_a_persons_value(
    change: tuple[str, str], message: str
) -> None:
    connection = reconciled_warehouse(DUPLICATE.as_of, DUPLICATE.rows)
    built(connection, FLAGS["duplicate_registration"])
    with pytest.raises(FlagError) as refused:
        build_flag(connection, of_body(change))
    assert message in str(refused.value)
    assert "[duplicate_registration]" in str(refused.value)
    assert "R2" not in str(refused.value)


def test_a_pair_of_which_one_records_keys_are_missing_is_refused() -> None:
    case, flag = RAISED["identity_needs_review"], FLAGS["identity_needs_review"]
    connection = reconciled_warehouse(case.as_of, case.rows)
    built(connection, flag)
    halved = flag.body.sql.replace("    pair.registration_number,\n", "    NULL AS registration_number,\n")
    assert halved != flag.body.sql
    with pytest.raises(FlagError, match=r"empty subject keys \[1\]"):
        build_flag(connection, replace(flag, body=read_body(flag.code, halved)))


def test_a_flag_that_speaks_of_a_subject_outside_its_population_is_refused() -> None:
    connection = reconciled_warehouse(DUPLICATE.as_of, DUPLICATE.rows)
    built(connection, FLAGS["duplicate_registration"])
    connection.execute("DELETE FROM reconciled.open_registrations WHERE NOT stands")
    with pytest.raises(FlagError, match=r"outside \[reconciled.open_registrations\]"):
        assess_coverage(connection, FLAGS["duplicate_registration"])


@pytest.mark.parametrize("name", sorted(name for _, name in populations_and_facts()))
def test_a_populations_and_a_facts_rows_are_told_apart_by_their_grain(
    warehouse: duckdb.DuckDBPyConnection, name: str
) -> None:
    assert rows_beyond_grain(warehouse, populations_and_facts()[("reconciled", name)]) == 0


@pytest.mark.parametrize("table", ["flags", "flag_catalogue", "centre_summary"])
def test_a_published_table_has_the_columns_of_its_contract(warehouse: duckdb.DuckDBPyConnection, table: str) -> None:
    described = [(row[0], row[1]) for row in warehouse.execute(f"DESCRIBE published.{table}").fetchall()]
    assert described == [(column.name, column.type) for column in PUBLISHED[table].columns]


def test_the_published_flags_are_the_raised_rows_of_all_flags(warehouse: duckdb.DuckDBPyConnection) -> None:
    raised = []
    for code in FLAGS:
        raised += warehouse.execute(f"SELECT flag_id FROM reconciled.{code} WHERE outcome = 'raised'").fetchall()
    assert len(raised) >= len(FLAGS)
    assert sorted(warehouse.execute("SELECT flag_id FROM published.flags").fetchall()) == sorted(raised)


def test_the_catalogue_accounts_for_every_subject_of_every_population(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "SELECT flag_code, population_count, raised, cannot_assess, passed FROM published.flag_catalogue"
    )
    rows = {row[0]: row[1:] for row in found.fetchall()}
    assert set(rows) == set(FLAGS)
    for code, (population, raised, cannot_assess, passed) in rows.items():
        coverage = assess_coverage(warehouse, FLAGS[code])
        assert (coverage.population, coverage.raised, coverage.cannot_assess) == (population, raised, cannot_assess)
        assert coverage.passed == passed >= 0


def test_the_centre_summary_counts_each_flag_at_the_centre_that_exists_now() -> None:
    case = RAISED["centre_registration_unknown"]
    rows = {
        **case.rows,
        "reported": {**case.rows["reported"], "centre_number": "90003"},
        "old_north": {**case.rows["old_north"], "replaced_by_centre_number": "90001"},
        "possible": {**RAISED["qualification_at_risk"].rows["possible"], "registration_number": "R9"},
        "expected": {**case.rows["other"], "planned_completion": "2026-06"},
    }
    del rows["other"]
    connection = reconciled_warehouse(case.as_of, rows)
    built(connection, *FLAGS.values())
    published_flags(connection)
    summary = only_centre(connection)
    assert (summary["centre_number"], summary["centre_name"]) == ("90001", "North School")
    assert (summary["open_registrations"], summary["expected_this_cycle"], summary["action_needed"]) == (1, 1, 1)
    assert (summary["achieved"], summary["unachievable"], summary["cannot_assess"]) == (0, 0, 0)
    # the row of the centre is unknown to the organisation; the registration is unknown to the centre, and at risk
    assert (summary["blocks_award"], summary["delays_award"], summary["urgent"]) == (1, 2, 1)
    assert (str(summary["earliest_act_by"]), summary["waived"]) == ("2026-03-16", 0)
    waived = connection.execute("SELECT flag_id FROM published.flags WHERE urgency = 'urgent'").fetchall()
    agreed = {"decision": "waived", "decided_by": "A. Nother", "reason": "agreed", "expires_on": date(2026, 6, 1)}
    at = datetime(2026, 3, 1, tzinfo=UTC)
    published_flags(connection, *(FlagDecision(flag_id=flag, decided_at=at, **agreed) for (flag,) in waived))
    without = only_centre(connection)
    assert (without["waived"], without["urgent"]) == (1, 0)
    assert without["blocks_award"] + without["delays_award"] == 2


def only_centre(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The only row of the summary of centres, built anew."""
    (statement,) = (found for found in discover_statements("tables") if found.name == "centre_summary")
    build_statement(connection, statement)
    cursor = connection.execute("SELECT * FROM published.centre_summary")
    (row,) = cursor.fetchall()
    return dict(zip([column[0] for column in cursor.description], row, strict=True))


def test_the_same_rows_in_another_order_give_the_same_published_tables(warehouse: duckdb.DuckDBPyConnection) -> None:
    other = everything(backwards=True)
    for table in ("flags", "centre_summary", "flag_catalogue"):
        columns = ", ".join(name for name in PUBLISHED[table].column_names if name != "sources")
        query = f"SELECT {columns} FROM published.{table}"
        assert other.execute(query).fetchall() == warehouse.execute(query).fetchall()


def test_published_tables_are_written_in_the_order_of_their_key(warehouse: duckdb.DuckDBPyConnection) -> None:
    keys = warehouse.execute("SELECT flag_code, flag_id FROM published.flags").fetchall()
    assert all(before < after for before, after in pairwise(keys))
