"""What the overview of a night counts: one reading of the published tables, as numbers and names of codes.

No value that speaks of a person is read. How it is shown belongs in `assets.published.overview_page`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from assets.named_rows import named_rows
from schemas.feeds import FEEDS

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of one night.

    Attributes:
        run: the row of `published.runs`.
        results_day: the earliest day of the cycle on which candidates are given results; None where no key date says.
        codes: flag_code, owner, severity, statement, action, authority, raised, cannot_assess, population_count.
        flags: flag_code, owner, severity, organisation (may be None), urgency, flags.
        nights: as_of, owner, organisation (may be None), open, urgent, waived; none where no history is kept.
        changes: flag_code, owner, organisation, new, resolved, reopened of tonight, where one of them is not 0.
        compared_with: the last night before tonight in the history, or None.
        centres: the rows of `published.centre_summary`.
        positions: organisation, status, registrations.
        feeds: feed, delivered_on (of the latest delivery accepted, or None), deliveries, rows (in force), put_aside, refused
            (deliveries refused since).
        put_aside: feed, rule, rows, deliveries (put aside as a whole).
        promises: how many of the publication's promises stand where, by status.
    """

    run: Row
    results_day: date | None
    codes: list[Row]
    flags: list[Row]
    nights: list[Row]
    changes: list[Row]
    compared_with: date | None
    centres: list[Row]
    positions: list[Row]
    feeds: list[Row]
    put_aside: list[Row]
    promises: Mapping[str, int]


def figures_of(connection: duckdb.DuckDBPyConnection) -> Figures:
    """The figures of tonight's tables, before they are published."""
    (run,) = _rows(connection, "SELECT * FROM published.runs")
    return Figures(
        run=run,
        results_day=_results_day(connection),
        codes=_rows(
            connection,
            """
            SELECT flag_code, owner, severity, statement, action, authority, raised, cannot_assess, population_count
            FROM published.flag_catalogue
            ORDER BY flag_code
            """,
        ),
        flags=_rows(
            connection,
            """
            SELECT flag_code, owner, severity, awarding_organisation_rn AS organisation, urgency, count(*) AS flags
            FROM published.flags
            GROUP BY ALL
            ORDER BY ALL
            """,
        ),
        nights=_nights(connection),
        changes=_changes(connection),
        compared_with=_night_before(connection),
        centres=_rows(connection, "SELECT * FROM published.centre_summary ORDER BY centre_number"),
        positions=_rows(
            connection,
            """
            SELECT awarding_organisation_rn AS organisation, status, count(*) AS registrations
            FROM published.achievability
            GROUP BY ALL
            ORDER BY ALL
            """,
        ),
        feeds=_feeds(connection),
        put_aside=_rows(
            connection,
            """
            SELECT
                feed,
                rule,
                count(DISTINCT (delivery_id, line)) FILTER (WHERE line IS NOT NULL) AS rows,
                count(DISTINCT delivery_id) FILTER (WHERE line IS NULL) AS deliveries
            FROM published.quarantine
            GROUP BY ALL
            ORDER BY ALL
            """,
        ),
        promises=_promises(connection),
    )


def _results_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    ((found,),) = connection.execute(
        "SELECT CAST(min(falls_on) AS DATE) FROM reconciled.cycle_dates WHERE event = 'results_to_candidates'"
    ).fetchall()
    assert found is None or isinstance(found, date)
    return found


def _nights(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    return _rows(
        connection,
        """
        SELECT
            as_of, owner, awarding_organisation_rn AS organisation,
            CAST(sum(open) AS BIGINT) AS open,
            CAST(sum(urgent) AS BIGINT) AS urgent,
            CAST(sum(waived) AS BIGINT) AS waived
        FROM published.burn_down
        GROUP BY ALL
        ORDER BY ALL
        """,
    )


def _changes(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    counted = ", ".join(f"CAST(sum({column}) AS BIGINT) AS {column}" for column in ("new", "resolved", "reopened"))
    return _rows(
        connection,
        f"""
        SELECT flag_code, owner, awarding_organisation_rn AS organisation, {counted}
        FROM published.burn_down
        WHERE as_of = (SELECT max(as_of) FROM published.runs)
        GROUP BY ALL
        HAVING sum(new) + sum(resolved) + sum(reopened) > 0
        ORDER BY ALL
        """,
    )


def _night_before(connection: duckdb.DuckDBPyConnection) -> date | None:
    ((found,),) = connection.execute(
        "SELECT CAST(max(as_of) AS DATE) FROM published.burn_down WHERE as_of < (SELECT max(as_of) FROM published.runs)"
    ).fetchall()
    assert found is None or isinstance(found, date)
    return found


def _feeds(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """A row for each feed of the contract, also for one that nobody has ever delivered."""
    found = _rows(
        connection,
        """
        WITH latest AS (
            SELECT feed, max(delivered_on) AS delivered_on, count(*) AS deliveries
            FROM published.deliveries
            WHERE status = 'accepted'
            GROUP BY feed
        ),
        refused AS (
            SELECT feed, count(*) AS refused
            FROM published.deliveries LEFT JOIN latest USING (feed)
            WHERE
                deliveries.status = 'refused'
                AND (latest.delivered_on IS NULL OR deliveries.delivered_on >= latest.delivered_on)
            GROUP BY feed
        ),
        held AS (
            SELECT feed, CAST(sum(accepted) AS BIGINT) AS rows, CAST(sum(quarantined) AS BIGINT) AS put_aside
            FROM published.row_ledger
            GROUP BY feed
        )
        SELECT
            feed,
            latest.delivered_on,
            coalesce(latest.deliveries, 0) AS deliveries,
            coalesce(held.rows, 0) AS rows,
            coalesce(held.put_aside, 0) AS put_aside,
            coalesce(refused.refused, 0) AS refused
        FROM latest FULL JOIN refused USING (feed) FULL JOIN held USING (feed)
        """,
    )
    by_feed = {row["feed"]: row for row in found}
    never = {"delivered_on": None, "deliveries": 0, "rows": 0, "put_aside": 0, "refused": 0}
    return [by_feed.get(feed, {"feed": feed, **never}) for feed in sorted(FEEDS)]


def _promises(connection: duckdb.DuckDBPyConnection) -> Mapping[str, int]:
    found = connection.execute("SELECT status, count(*) FROM published.promises GROUP BY status").fetchall()
    return {str(status): int(number) for status, number in found}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    return list(named_rows(connection.execute(query)))
