"""The row ledger: every landed row is accepted, superseded, duplicate or quarantined, and each is counted by itself.

`accepted` is counted in the table of rows in force, `superseded` by what superseded a row, `landed`, `duplicate` and
`quarantined` when the delivery was landed. That they add up is therefore a finding and not an identity. Which rows are
in force is decided in `assets.standardised.supersession`.
"""

import duckdb

from assets.standardised.parsed_deliveries import same_key
from schemas.feeds import Feed

#: One row for each accepted or refused delivery.
ROW_LEDGER_DDL = """
CREATE TABLE IF NOT EXISTS standardised.row_ledger (
    feed VARCHAR, delivery_id VARCHAR, landed BIGINT, accepted BIGINT, superseded BIGINT, duplicate BIGINT,
    quarantined BIGINT, balanced BOOLEAN
)
"""

#: One row for each row in force and each later delivery that quarantined a row of its key.
ROWS_KEPT_DDL = """
CREATE TABLE IF NOT EXISTS standardised.rows_kept_in_force (
    feed VARCHAR, delivery_id VARCHAR, line BIGINT, quarantined_in VARCHAR
)
"""


def account(con: duckdb.DuckDBPyConnection, feed: Feed) -> dict[str, int]:
    """Writes the feed's rows of `standardised.row_ledger` and `standardised.rows_kept_in_force` anew.

    Args:
        con: connection with `standardised.<feed>` and the temporary tables of `supersession`.
        feed: the feed.

    Returns:
        `deliveries`, `landed`, `accepted`, `superseded`, `duplicate`, `quarantined` and `kept_in_force` of the feed.

    Raises:
        ValueError: landing left a key both valid and quarantined in one delivery.
    """
    for ddl, table in ((ROW_LEDGER_DDL, "row_ledger"), (ROWS_KEPT_DDL, "rows_kept_in_force")):
        con.execute(ddl)
        con.execute(f"DELETE FROM standardised.{table} WHERE feed = ?", [feed.name])
    _write_ledger(con, feed)
    _write_rows_kept(con, feed)
    totals = con.execute(
        """
        SELECT
            count(*), coalesce(sum(landed), 0), coalesce(sum(accepted), 0), coalesce(sum(superseded), 0),
            coalesce(sum(duplicate), 0), coalesce(sum(quarantined), 0)
        FROM standardised.row_ledger WHERE feed = ?
        """,
        [feed.name],
    ).fetchall()[0]
    kept = con.execute(
        "SELECT count(DISTINCT (delivery_id, line)) FROM standardised.rows_kept_in_force WHERE feed = ?", [feed.name]
    ).fetchall()[0]
    names = ("deliveries", "landed", "accepted", "superseded", "duplicate", "quarantined", "kept_in_force")
    return {name: int(count) for name, count in zip(names, totals + kept, strict=True)}


def unbalanced(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Feed and delivery wherever a landed row is unaccounted for or counted twice; empty if there is none."""
    return con.execute(
        "SELECT feed, delivery_id FROM standardised.row_ledger WHERE NOT balanced ORDER BY feed, delivery_id"
    ).fetchall()


def _write_ledger(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """All rows of a refused delivery are quarantined; a delivery whose rows could not be counted landed none."""
    con.execute(
        f"""
        INSERT INTO standardised.row_ledger BY NAME
        WITH accepted AS (
            SELECT delivery_id, count(*) AS accepted FROM standardised.{feed.name} GROUP BY delivery_id
        ),
        superseded AS (
            SELECT p.delivery_id, sum(s.superseded)::BIGINT AS superseded
            FROM temp.superseded AS s JOIN temp.parsed AS p ON p.sequence = s.sequence GROUP BY p.delivery_id
        ),
        counted AS (
            SELECT
                d.feed, d.delivery_id,
                coalesce(d.landed_rows, 0) AS landed,
                coalesce(a.accepted, 0) AS accepted,
                coalesce(s.superseded, 0) AS superseded,
                CASE WHEN d.status = 'accepted' THEN coalesce(d.duplicate_rows, 0) ELSE 0 END AS duplicate,
                CASE WHEN d.status = 'accepted' THEN coalesce(d.quarantined_rows, 0) ELSE coalesce(d.landed_rows, 0) END
                    AS quarantined
            FROM landed.deliveries AS d
            LEFT JOIN accepted AS a ON d.status = 'accepted' AND a.delivery_id = d.delivery_id
            LEFT JOIN superseded AS s ON d.status = 'accepted' AND s.delivery_id = d.delivery_id
            WHERE d.feed = ? AND d.status IN ('accepted', 'refused')
        )
        SELECT
            feed, delivery_id, landed, accepted, superseded, duplicate, quarantined,
            landed = accepted + superseded + duplicate + quarantined AS balanced
        FROM counted
        """,
        [feed.name],
    )


def _write_rows_kept(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Rows in force whose key a later delivery quarantined; one quarantined by its own delivery must not exist."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE doubted AS
        SELECT own.sequence, s.delivery_id, s.line, q.sequence AS quarantined_at
        FROM standardised.{feed.name} AS s
        JOIN temp.quarantined AS q ON {same_key(feed, "q", "s")}
        JOIN temp.parsed AS own ON own.delivery_id = s.delivery_id
        """
    )
    both = con.execute(
        "SELECT delivery_id, count(*) FROM temp.doubted WHERE quarantined_at = sequence GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if both:
        raise ValueError(
            f"feed [{feed.name}], delivery [{both[0][0]}]: [{both[0][1]}] keys are both valid and quarantined, so "
            "that the rows in force cannot be told; report it to whoever runs the pipeline"
        )
    con.execute(
        """
        INSERT INTO standardised.rows_kept_in_force BY NAME
        SELECT ? AS feed, d.delivery_id, d.line, p.delivery_id AS quarantined_in
        FROM temp.doubted AS d JOIN temp.parsed AS p ON p.sequence = d.quarantined_at
        WHERE d.quarantined_at > d.sequence
        """,
        [feed.name],
    )
    con.execute("DROP TABLE temp.doubted")
