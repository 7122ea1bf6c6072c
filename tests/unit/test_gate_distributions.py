"""How rows fall into their kinds is compared with the publication before: the share that moved, and what it does."""

from collections.abc import Mapping

import duckdb
import pytest

from assets.published.gate import Result, judge
from assets.published.gate_candidate import Candidate
from assets.published.gate_distributions import kinds_against_previous
from schemas.promises import COMPARED_KINDS, PROMISES
from tests.gate_sets import good_set


def with_statuses(con: duckdb.DuckDBPyConnection, schema: str, counts: Mapping[str, int]) -> None:
    con.execute(f"DELETE FROM {schema}.achievability")
    for status, count in counts.items():
        con.execute(f"INSERT INTO {schema}.achievability (status) SELECT ? FROM range(?)", [status, count])


def result_of(con: duckdb.DuckDBPyConnection, subject: str) -> Result:
    (found,) = [one for one in judge(con, "before").results if (one.promise, one.subject) == ("distribution", subject)]
    return found


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return good_set()


@pytest.mark.parametrize(
    ("before", "tonight", "moved", "status"),
    [
        pytest.param(
            {"on_track": 8000, "achieved": 2000}, {"on_track": 4000, "achieved": 1000}, 0.0, "kept", id="same"
        ),
        pytest.param(
            {"on_track": 9000, "achieved": 1000}, {"on_track": 8100, "achieved": 1900}, 0.09, "kept", id="few"
        ),
        pytest.param(
            {"on_track": 9000, "achieved": 1000}, {"on_track": 7000, "achieved": 3000}, 0.2, "warned", id="many"
        ),
        pytest.param({"on_track": 9000, "achieved": 1000}, {"unachievable": 10000}, 1.0, "broken", id="all"),
        pytest.param({"on_track": 9000}, {"on_track": 4000, "cannot_assess": 5000}, 5 / 9, "broken", id="most"),
        pytest.param({"on_track": 90}, {"cannot_assess": 90}, 1.0, "kept", id="all of a table under a hundred"),
        pytest.param({"on_track": 900}, {"cannot_assess": 900}, 1.0, "warned", id="all of a table under a thousand"),
    ],
)
def test_the_share_of_rows_that_would_have_to_change_their_kind_is_held_against_the_bounds(
    con: duckdb.DuckDBPyConnection, before: Mapping[str, int], tonight: Mapping[str, int], moved: float, status: str
) -> None:
    with_statuses(con, "before", before)
    with_statuses(con, "published", tonight)
    found = result_of(con, "achievability")
    assert found.observed == pytest.approx(moved)
    assert found.status == status


def test_units_are_counted_as_often_as_learners_have_them() -> None:
    con = good_set()
    con.execute("UPDATE before.unit_parts SET state = 'open'")
    candidate = Candidate(con=con, previous="before", bounds={})
    (found,) = [one for one in kinds_against_previous(candidate, PROMISES["distribution"]) if "units" in one.subject]
    assert found.observed == 1
    assert found.seen == "2 rows of 1 kinds, 2 rows of 1 kinds before"


def test_a_code_that_the_publication_before_does_not_know_changes_no_distribution_of_flags() -> None:
    con = good_set(flags={"claim_missing": 5000, "award_overdue": 9000}, flags_before={"claim_missing": 5000})
    assert result_of(con, "flags").status == "kept"


def test_what_vanishes_altogether_is_a_change_of_all() -> None:
    con = good_set(flags={"claim_missing": 0}, flags_before={"claim_missing": 5000})
    assert (result_of(con, "flags").observed, result_of(con, "flags").status) == (1, "broken")


def test_a_change_on_the_night_after_a_deadline_only_warns() -> None:
    con = good_set(key_dates=[{"event": "entry_deadline", "falls_on": "2026-03-01 00:00:00", "series": "2026-06"}])
    with_statuses(con, "before", {"action_needed": 5000})
    with_statuses(con, "published", {"unachievable": 5000})
    found = result_of(con, "achievability")
    assert found.status == "warned"
    assert found.note == "not held back, for [entry_deadline] fell due"


def test_every_table_with_kinds_is_compared() -> None:
    results = judge(good_set(), "before").results
    assert {one.subject for one in results if one.promise == "distribution"} == set(COMPARED_KINDS)
