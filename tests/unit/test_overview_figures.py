"""What the overview counts is read from the published tables, and from nothing that speaks of a person."""

from datetime import date

import duckdb

from assets.published.overview_figures import figures_of
from schemas.feeds import FEEDS
from tests.gate_sets import MARKER, good_set


def judged_set(**flags: int) -> duckdb.DuckDBPyConnection:
    """A good set as the night holds it before it is published, without key dates and promises."""
    con = good_set(flags=flags)
    con.execute("CREATE TABLE reconciled.cycle_dates (event VARCHAR, falls_on TIMESTAMP)")
    con.execute("CREATE TABLE published.promises (status VARCHAR)")
    return con


def test_the_figures_are_read_from_the_published_tables_and_hold_nothing_personal() -> None:
    con = judged_set(claim_missing=3)
    con.execute(
        "INSERT INTO reconciled.cycle_dates VALUES ('results_to_candidates', '2026-08-20 08:00'), "
        "('results_to_candidates', '2026-08-13 08:00'), ('results_to_centres', '2026-08-12 00:01')"
    )
    con.execute("UPDATE published.centre_summary SET centre_name = 'Centre (invented)'")
    figures = figures_of(con)
    assert figures.results_day == date(2026, 8, 13)
    assert sum(row["flags"] for row in figures.flags) == 3
    assert [row["feed"] for row in figures.feeds] == sorted(FEEDS)
    by_feed = {row["feed"]: row for row in figures.feeds}
    assert by_feed["ucas_applicants"]["delivered_on"] == date(2026, 3, 1)
    assert by_feed["ucas_applicants"]["put_aside"] == 5
    assert by_feed["centres"]["delivered_on"] is None
    assert MARKER not in repr(figures)


def test_a_refused_delivery_is_counted_only_if_none_was_accepted_after_it() -> None:
    con = judged_set()
    con.execute(
        "INSERT INTO published.deliveries (feed, file_name, delivered_on, status) VALUES "
        "('ucas_applicants', 'a', '2026-02-28', 'refused'), ('ucas_applicants', 'b', '2026-03-02', 'refused'), "
        "('centres', 'c', '2026-02-01', 'refused')"
    )
    refused = {row["feed"]: row["refused"] for row in figures_of(con).feeds}
    assert (refused["ucas_applicants"], refused["centres"], refused["ao_registrations"]) == (1, 1, 0)


def test_the_history_is_read_of_every_night_and_the_changes_of_tonight() -> None:
    con = judged_set()
    con.execute("UPDATE published.runs SET as_of = '2026-03-02'")
    con.execute(
        """
        CREATE OR REPLACE TABLE published.burn_down AS
        SELECT * FROM (VALUES
            (DATE '2026-03-01', 'claim_missing', 'centre', 'RN5133', 9, 9, 0, 0, 0, 4),
            (DATE '2026-03-02', 'claim_missing', 'centre', 'RN5133', 8, 1, 2, 0, 0, 5),
            (DATE '2026-03-02', 'claim_missing', 'centre', NULL, 1, 0, 0, 1, 2, 0),
            (DATE '2026-03-02', 'award_overdue', 'awarding_organisation', NULL, 0, 0, 0, 0, 0, 0)
        ) AS rows (as_of, flag_code, owner, awarding_organisation_rn, open, new, resolved, reopened, waived, urgent)
        """
    )
    figures = figures_of(con)
    assert figures.compared_with == date(2026, 3, 1)
    assert [(row["as_of"].day, row["organisation"], row["open"], row["waived"]) for row in figures.nights] == [
        (1, "RN5133", 9, 0),
        (2, None, 0, 0),
        (2, "RN5133", 8, 0),
        (2, None, 1, 2),
    ]
    assert [(row["organisation"], row["new"], row["resolved"], row["reopened"]) for row in figures.changes] == [
        ("RN5133", 1, 2, 0),
        (None, 0, 0, 1),
    ]
