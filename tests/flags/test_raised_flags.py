"""`reconciled.raised_flags` holds what other rules raised, as urgent as they were, and no rule that rests on it."""

from dataclasses import replace

import pytest

from assets.reconciled.definitions import STATEMENTS
from assets.reconciled.flags import discover_flags
from assets.reconciled.raised_flags import TABLE, raised_flags_statement
from assets.reconciled.sql_bodies import read_body
from assets.reconciled.sql_files import build_statement, discover_statements, in_build_order
from tests.flags.case_files import all_cases
from tests.flags.reconciled_rows import built, reconciled_warehouse

FLAGS = discover_flags()
FILES = [*discover_statements("populations"), *discover_statements("facts")]
DUPLICATE = next(case for case in all_cases() if case.code == "duplicate_registration" and case.then == "raised")


def test_every_rule_is_in_it_but_the_one_that_speaks_of_raised_flags() -> None:
    read = {table for _, table in raised_flags_statement(FLAGS, FILES).dependencies}
    assert {flag.code for flag in FLAGS} - read == {"senior_contact_missing"}


def test_a_rule_that_rests_on_it_through_a_fact_is_left_out_as_well() -> None:
    fact = next(found for found in FILES if found.name == "barred_secured_units")
    changed = replace(fact, body=read_body(fact.name, "SELECT centre_number FROM reconciled.raised_flags"))
    others = [found for found in FILES if found is not fact]
    read = {table for _, table in raised_flags_statement(FLAGS, [*others, changed]).dependencies}
    assert {flag.code for flag in FLAGS} - read == {"barred_combination", "senior_contact_missing"}


def test_the_tables_can_be_built_one_after_the_other() -> None:
    ordered = [item.table for item in in_build_order([*STATEMENTS, *FLAGS])]
    senior = ordered.index(("reconciled", "senior_contact_missing"))
    assert ordered.index(("reconciled", "claim_missing")) < ordered.index(TABLE) < senior


@pytest.mark.parametrize(("as_of", "urgency"), [("2026-07-28", "routine"), ("2026-07-29", "urgent")])
def test_a_raised_flag_stands_there_as_it_was_raised(as_of: str, urgency: str) -> None:
    connection = reconciled_warehouse(as_of, DUPLICATE.rows)
    flag = next(flag for flag in FLAGS if flag.code == "duplicate_registration")
    built(connection, flag)
    build_statement(connection, raised_flags_statement([flag], FILES))
    columns = "flag_id, flag_code, centre_number, act_by, urgency"
    raised = connection.execute(f"SELECT {columns} FROM reconciled.duplicate_registration").fetchall()
    assert connection.execute(f"SELECT {columns} FROM reconciled.raised_flags").fetchall() == raised != []
    assert [row[4] for row in raised] == [urgency]
