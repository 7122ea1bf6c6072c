"""The tables of the landed layer: `landed.deliveries`, `landed.quarantine` and a view of each feed's valid rows.

Only SQL; what the rows say is settled in `landing`. Paths and names are bound or quoted, never pasted: a file may be
called anything.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from schemas.feeds import Feed

_DELIVERIES_DDL = """
CREATE TABLE IF NOT EXISTS landed.deliveries (
    delivery_id VARCHAR, feed VARCHAR, file_name VARCHAR, format VARCHAR, kind VARCHAR, delivered_on DATE,
    sha256 VARCHAR, bytes BIGINT, status VARCHAR, reason VARCHAR, message VARCHAR,
    landed_rows BIGINT, valid_rows BIGINT, duplicate_rows BIGINT, quarantined_rows BIGINT,
    sentinel_values BIGINT, check_digit_warnings BIGINT, set_aside_rows BIGINT, repaired_values BIGINT,
    extra_columns VARCHAR, sequence INTEGER, parsed_path VARCHAR
)
"""
_QUARANTINE_DDL = """
CREATE TABLE IF NOT EXISTS landed.quarantine (
    feed VARCHAR, delivery_id VARCHAR, line BIGINT,
    column_name VARCHAR, value_class VARCHAR, rule VARCHAR, message VARCHAR
)
"""
_ROW_REASONS = """
INSERT INTO landed.quarantine
SELECT ?, ?, line, column_name, value_class, rule, message
FROM read_parquet(?, hive_partitioning = false)
ORDER BY line, column_name NULLS FIRST, rule
"""


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """One row of `landed.deliveries`; the columns are told in its attributes.

    Attributes:
        delivery_id: the delivery; repeated files bear the id of the first.
        feed: None for what belongs to no feed.
        file_name: path relative to the landing folder.
        format: `csv` or `parquet` in the canonical layout, else the name of a reader; None where it is no delivery.
        kind: `full` or `delta`.
        delivered_on: date of the delivery; None for a folder that is no feed.
        sha256: hash of the bytes, where they could be read.
        bytes: size as delivered.
        status: `accepted`, `refused`, `repeated` or `ignored`.
        reason: short code; empty if accepted.
        message: a sentence; empty if accepted.
        landed_rows: rows in the file; None if repeated or ignored, as are the counts below.
        valid_rows: rows that passed, each key once.
        duplicate_rows: rows that repeat an earlier line.
        quarantined_rows: rows put aside; all of them if refused.
        sentinel_values: values that mean 'not held'.
        check_digit_warnings: values with a failed check digit.
        set_aside_rows: records that belong to no feed, by the rules of the delivery's format.
        repaired_values: values repaired where the repair is certain.
        extra_columns: comma-separated names of columns that the contract does not have.
        sequence: place in the order in which accepted deliveries apply within the feed, from 1.
        parsed_path: folder of the parsed rows of an accepted delivery.
    """

    delivery_id: str
    feed: str | None
    file_name: str
    format: str | None
    kind: str
    delivered_on: date | None
    sha256: str | None
    bytes: int
    status: str
    reason: str = ""
    message: str = ""
    landed_rows: int | None = None
    valid_rows: int | None = None
    duplicate_rows: int | None = None
    quarantined_rows: int | None = None
    sentinel_values: int | None = None
    check_digit_warnings: int | None = None
    set_aside_rows: int | None = None
    repaired_values: int | None = None
    extra_columns: str = ""
    sequence: int | None = None
    parsed_path: str | None = None


_COLUMNS = ", ".join(field.name for field in fields(DeliveryRow))
_MARKS = ", ".join("?" for _ in fields(DeliveryRow))


def replace_feed(
    con: DuckDBPyConnection, feed: str | None, rows: Sequence[DeliveryRow], reasons: Sequence[tuple[str, Path]]
) -> None:
    """Replaces a feed's rows in `landed.deliveries` and `landed.quarantine`, in one transaction.

    Args:
        con: the warehouse, not in a transaction; schema and tables are made where they are missing.
        feed: the feed, or None for what belongs to none.
        rows: the feed's deliveries.
        reasons: delivery ids with the Parquet files of their rows' reasons.
    """
    create_tables(con)
    con.execute("BEGIN TRANSACTION")
    try:
        for table in ("deliveries", "quarantine"):
            con.execute(f"DELETE FROM landed.{table} WHERE feed IS NOT DISTINCT FROM ?", [feed])
        for row in sorted(rows, key=lambda row: row.file_name):
            con.execute(f"INSERT INTO landed.deliveries ({_COLUMNS}) VALUES ({_MARKS})", list(astuple(row)))
            if row.status == "refused":
                whole = [feed, row.delivery_id, row.reason, row.message]
                con.execute("INSERT INTO landed.quarantine VALUES (?, ?, NULL, NULL, NULL, ?, ?)", whole)
        for delivery_id, file in sorted(reasons):
            con.execute(_ROW_REASONS, [feed, delivery_id, _not_a_glob(file)])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def create_tables(con: DuckDBPyConnection) -> None:
    """Makes the schema and its two tables where they are missing."""
    con.execute("CREATE SCHEMA IF NOT EXISTS landed")
    con.execute(_DELIVERIES_DDL)
    con.execute(_QUARANTINE_DDL)


def view_of_feed(con: DuckDBPyConnection, feed: Feed) -> None:
    """Makes view `landed.<feed>`: valid rows of every accepted delivery, with `delivery_id` and `line`.

    The view reads the store; it is for looking at what was delivered, not for publication.
    """
    create_tables(con)
    accepted = con.execute(
        "SELECT delivery_id, parsed_path FROM landed.deliveries "
        "WHERE feed = ? AND status = 'accepted' ORDER BY sequence",
        [feed.name],
    ).fetchall()
    names = ", ".join(f'"{name}"' for name in feed.column_names)
    selects = [
        f"SELECT {names}, '{delivery_id}' AS delivery_id, line "
        f"FROM read_parquet({_quoted(_not_a_glob(Path(folder) / 'rows.parquet'))}, hive_partitioning = false)"
        for delivery_id, folder in accepted
    ]
    typed = ", ".join(f'CAST(NULL AS {column.duckdb_type}) AS "{column.name}"' for column in feed.columns)
    nothing = f"SELECT {typed}, CAST(NULL AS VARCHAR) AS delivery_id, CAST(NULL AS BIGINT) AS line WHERE false"
    con.execute(f"CREATE OR REPLACE VIEW landed.{feed.name} AS " + " UNION ALL ".join(selects or [nothing]))


def _not_a_glob(path: Path) -> str:
    """A path whose brackets and stars DuckDB takes for themselves."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
