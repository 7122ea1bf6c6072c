"""Every flag's cases: it is raised where it must be, not where it must not, and goes when what raised it goes."""

from datetime import date
from typing import Any

import pytest

from assets.reconciled.flags import Flag, assess_coverage, build_flag, discover_flags
from tests.flags.case_files import CASES, Case, all_cases
from tests.flags.reconciled_rows import built, reconciled_warehouse

FLAGS = {flag.code: flag for flag in discover_flags()}
ALL = all_cases()
RAISED = [case for case in ALL if case.then == "raised"]
BROKEN = [broken for case in RAISED for broken in case.breaks]


def rows_of(case: Case, flag: Flag) -> list[dict[str, Any]]:
    connection = reconciled_warehouse(case.as_of, case.rows)
    built(connection, flag)
    assess_coverage(connection, flag)
    cursor = connection.execute(f"SELECT * FROM reconciled.{flag.code}")
    names = [str(column[0]) for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_flag_says_what_its_case_says(case: Case) -> None:
    found = rows_of(case, case.of(FLAGS[case.code]))
    assert [row["outcome"] for row in found] == ([] if case.then == "nothing" else [case.then])
    for column, expected in case.columns.items():
        assert found[0][column] == expected


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_raised_flag_goes_when_the_value_that_decides_is_changed(case: Case) -> None:
    assert "raised" not in [row["outcome"] for row in rows_of(case, FLAGS[case.code])]


@pytest.mark.parametrize("code", sorted(FLAGS))
def test_a_flag_goes_when_its_population_is_empty(code: str) -> None:
    case = next(case for case in RAISED if case.code == code)
    connection = reconciled_warehouse(case.as_of, case.rows)
    built(connection, FLAGS[code])
    connection.execute(f"DELETE FROM reconciled.{FLAGS[code].header.population}")
    assert build_flag(connection, FLAGS[code]) == 0


@pytest.mark.parametrize("code", sorted(FLAGS))
def test_a_flag_has_cases_that_raise_it_break_it_and_do_not_raise_it(code: str) -> None:
    assert (CASES / f"{code}.yaml").exists()
    own = [case for case in ALL if case.code == code]
    assert {"raised", "nothing"} <= {case.then for case in own}
    assert any(case.breaks for case in own)
    assert {case.columns.get("reason") for case in own} >= set(FLAGS[code].header.reasons)


def test_every_file_of_cases_is_of_a_flag() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(FLAGS)


@pytest.mark.parametrize("code", sorted(FLAGS))
def test_a_flag_is_raised_on_its_first_and_last_valid_day_and_on_no_other(code: str) -> None:
    case = next(case for case in RAISED if case.code == code and case.valid_from is None and case.valid_to is None)
    day = date.fromisoformat(case.as_of)
    outside = (day.replace(year=day.year - 1), day.replace(year=day.year + 1))
    connection = reconciled_warehouse(case.as_of, case.rows)
    built(connection, FLAGS[code])
    for first, last, rows in ((day, day, 1), (outside[1], None, 0), (None, outside[0], 0)):
        dated = Case(**{**vars(case), "valid_from": first, "valid_to": last}).of(FLAGS[code])
        assert build_flag(connection, dated) == rows
        coverage = assess_coverage(connection, dated)
        assert (coverage.raised, coverage.population > 0) == (rows, rows == 1)
