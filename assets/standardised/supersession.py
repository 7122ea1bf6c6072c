"""Which rows are in force: full deliveries, deltas and quarantined keys, in the order in which deliveries apply.

The feed contract ("A delivery") in one sentence: of the valid rows of a key, the latest one is in force if it came no
earlier than the key's base, the latest full delivery of its sender that did not quarantine the key. So for each sender
only its latest full delivery and the deltas after it need be looked at, and, where that delivery quarantined keys, the
earlier rows of those keys alone. Of a year of nightly full deliveries, the older ones cost one column at most.

Temporary tables beside those of `parsed_deliveries`:

- `temp.senders` (sender, base): the sequence of the sender's latest full delivery, 0 without one.
- `temp.current` (sequence, sender, delivery_id, rows_file, is_first): what came at the base or after it.
- `temp.replacing` (key columns, last): keys that came again after their sender's first current delivery.
- `temp.exempt` (sender, key columns, base): keys that the sender's latest full delivery quarantined; their own base.
- `temp.exempt_rows` (sequence, sender, key columns, last): valid rows of these keys since their base.
- `temp.superseded` (sequence, superseded): superseded rows, counted by what superseded them.
"""

import duckdb

from assets.standardised import parsed_deliveries, row_ledger
from assets.standardised.parsed_deliveries import PARQUET, key_of, same_key, scan, sender_of
from schemas.feeds import Feed
from schemas.layers import standardised_ddl

_TABLES = (*parsed_deliveries.TABLES, "senders", "current", "replacing", "exempt", "exempt_rows", "superseded")


def stand_rows(con: duckdb.DuckDBPyConnection, feed: Feed) -> dict[str, int]:
    """Makes `standardised.<feed>` from all accepted deliveries, and accounts for every row of the feed.

    Args:
        con: connection with `landed.deliveries` and schema `standardised`; parsed rows are read from `parsed_path`.
        feed: the feed.

    Returns:
        Row counts over all deliveries of the feed: `landed`, `accepted`, `superseded`, `duplicate`, `quarantined`,
        `kept_in_force`; and `deliveries`.

    Raises:
        FileNotFoundError: the parsed rows of an accepted delivery are gone.
        ValueError: two deliveries have one place in the order, or parsed rows are not of the contract's types.
    """
    parsed_deliveries.gather_deliveries(con, feed)
    _find_current(con)
    _find_replacing(con, feed)
    _find_exempt(con, feed)
    _find_exempt_rows(con, feed)
    con.execute(standardised_ddl(feed))
    _insert_current(con, feed)
    _insert_kept(con, feed)
    _count_superseded(con, feed)
    counts = row_ledger.account(con, feed)
    for table in _TABLES:
        con.execute(f"DROP TABLE temp.{table}")
    return counts


def _find_current(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE senders AS
        SELECT b.sender, coalesce(max(b.sequence) FILTER (WHERE p.kind = 'full'), 0) AS base
        FROM temp.brought AS b JOIN temp.parsed AS p ON p.sequence = b.sequence
        GROUP BY b.sender
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE current AS
        SELECT
            b.sequence, b.sender, p.delivery_id, p.rows_file,
            b.sequence = min(b.sequence) OVER (PARTITION BY b.sender) AS is_first
        FROM temp.brought AS b
        JOIN temp.senders AS s ON s.sender = b.sender
        JOIN temp.parsed AS p ON p.sequence = b.sequence
        WHERE b.valid_rows > 0 AND b.sequence >= s.base
        """
    )


def _find_replacing(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Keys of every current delivery but the sender's first: none where only one delivery of a sender is current."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE replacing ({_key_types(feed)}, last INTEGER)")
    scan(
        con,
        f"""
        INSERT INTO temp.replacing
        SELECT {key_of(feed, "r")}, max(c.sequence)
        FROM {PARQUET} AS r
        JOIN temp.current AS c ON c.rows_file = r.filename AND c.sender = {sender_of(feed, "r")}
        WHERE NOT c.is_first
        GROUP BY {key_of(feed, "r")}
        """,
        _files(con, "SELECT rows_file FROM temp.current WHERE NOT is_first"),
    )


def _find_exempt(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Keys that a full delivery could not replace, each with its own base.

    A sender's full deliveries are numbered from the latest. A key that the latest ones quarantined without a gap has
    its base in the one before these.
    """
    key, of_q, of_u = (key_of(feed, alias) for alias in ("k", "q", "u"))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE exempt AS
        WITH fulls AS (
            SELECT b.sender, b.sequence, row_number() OVER (PARTITION BY b.sender ORDER BY b.sequence DESC) AS nth
            FROM temp.brought AS b JOIN temp.parsed AS p ON p.sequence = b.sequence
            WHERE p.kind = 'full'
        ),
        unreplaced AS (
            SELECT q.sender, {of_q}, f.nth, row_number() OVER (PARTITION BY q.sender, {of_q} ORDER BY f.nth) AS run
            FROM temp.quarantined AS q JOIN fulls AS f ON f.sender = q.sender AND f.sequence = q.sequence
        ),
        keys AS (
            SELECT u.sender, {of_u}, count(*) AS fulls FROM unreplaced AS u
            WHERE u.run = u.nth GROUP BY u.sender, {of_u}
        )
        SELECT k.sender, {key}, coalesce(f.sequence, 0) AS base
        FROM keys AS k LEFT JOIN fulls AS f ON f.sender = k.sender AND f.nth = k.fulls + 1
        """
    )


def _find_exempt_rows(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """The valid rows of exempt keys since their base: in the base itself and in deltas.

    Full deliveries in between quarantined the key, and no delivery has a key both valid and quarantined (of several
    rows of a key that are not the same, landing quarantines all), so these are not read.
    """
    of_e = key_of(feed, "e")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE exempt_rows (sequence INTEGER, sender VARCHAR, {_key_types(feed)}, last INTEGER)"
    )
    scan(
        con,
        f"""
        INSERT INTO temp.exempt_rows
        SELECT p.sequence, e.sender, {of_e}, max(p.sequence) OVER (PARTITION BY e.sender, {of_e})
        FROM {PARQUET} AS r
        JOIN temp.parsed AS p ON p.rows_file = r.filename
        JOIN temp.exempt AS e ON e.base <= p.sequence AND {same_key(feed, "e", "r")}
        """,
        _files(
            con,
            """
            SELECT p.rows_file FROM temp.exempt AS e JOIN temp.parsed AS p ON p.sequence = e.base
            UNION ALL
            SELECT p.rows_file
            FROM temp.brought AS b
            JOIN temp.parsed AS p ON p.sequence = b.sequence
            JOIN (SELECT sender, min(base) AS base FROM temp.exempt GROUP BY sender) AS e ON e.sender = b.sender
            WHERE b.valid_rows > 0 AND p.kind = 'delta' AND b.sequence > e.base
            """,
        ),
    )


def _insert_current(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """One scan of the current deliveries; rows of later ones are compared by key only if there are any."""
    replaced = f"ANTI JOIN temp.replacing AS n ON n.last > c.sequence AND {same_key(feed, 'n', 'r')}"
    scan(
        con,
        f"""
        INSERT INTO standardised.{feed.name} BY NAME
        SELECT {_row(feed)}, c.delivery_id, r.line
        FROM {PARQUET} AS r
        JOIN temp.current AS c ON c.rows_file = r.filename AND c.sender = {sender_of(feed, "r")}
        {replaced if _replacing(con) else ""}
        """,
        _files(con, "SELECT rows_file FROM temp.current"),
    )


def _insert_kept(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """The latest row of each exempt key, if it is older than the full delivery that would have replaced it."""
    kept = "k.sequence = k.last AND k.sequence < (SELECT s.base FROM temp.senders AS s WHERE s.sender = k.sender)"
    scan(
        con,
        f"""
        INSERT INTO standardised.{feed.name} BY NAME
        SELECT {_row(feed)}, p.delivery_id, r.line
        FROM {PARQUET} AS r
        JOIN temp.parsed AS p ON p.rows_file = r.filename
        JOIN temp.exempt_rows AS k ON k.sequence = p.sequence AND {same_key(feed, "k", "r")}
        WHERE {kept}
        """,
        _files(
            con,
            f"""
            SELECT p.rows_file FROM temp.exempt_rows AS k JOIN temp.parsed AS p ON p.sequence = k.sequence WHERE {kept}
            """,
        ),
    )


def _count_superseded(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Superseded rows by delivery, each counted by the delivery that superseded it and never as what is left over."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE superseded AS
        WITH evidence AS (
            -- a later full delivery of the sender replaced its rows, except those of keys exempt from it
            SELECT b.sequence, b.valid_rows AS superseded
            FROM temp.brought AS b JOIN temp.senders AS s ON s.sender = b.sender WHERE b.sequence < s.base
            UNION ALL
            SELECT x.sequence, -1
            FROM temp.exempt_rows AS x JOIN temp.senders AS s ON s.sender = x.sender WHERE x.sequence < s.base
            UNION ALL
            -- a later row of the exempt key replaced it
            SELECT x.sequence, 1
            FROM temp.exempt_rows AS x JOIN temp.senders AS s ON s.sender = x.sender
            WHERE x.sequence < s.base AND x.last > x.sequence
        )
        SELECT sequence, sum(superseded)::BIGINT AS superseded FROM evidence GROUP BY sequence
        """
    )
    if _replacing(con):
        scan(
            con,
            f"""
            INSERT INTO temp.superseded
            SELECT c.sequence, count(*)
            FROM {PARQUET} AS r
            JOIN temp.current AS c ON c.rows_file = r.filename AND c.sender = {sender_of(feed, "r")}
            JOIN temp.replacing AS n ON n.last > c.sequence AND {same_key(feed, "n", "r")}
            GROUP BY c.sequence
            """,
            _files(con, "SELECT rows_file FROM temp.current"),
        )


def _key_types(feed: Feed) -> str:
    return ", ".join(f'"{column.name}" {column.duckdb_type}' for column in feed.columns if column.key)


def _row(feed: Feed) -> str:
    return ", ".join(f'r."{name}"' for name in feed.column_names)


def _files(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The files a query names, each once."""
    return sorted({file for (file,) in con.execute(query).fetchall()})


def _replacing(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("SELECT 1 FROM temp.replacing LIMIT 1").fetchall())
