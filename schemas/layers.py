"""The five layers, and the tables that every layer's SQL may count on.

One word names a layer everywhere: folder, first part of the Dagster asset key, asset group and DuckDB schema.
"""

from datetime import date

from schemas.feeds import Feed

LAYERS = ("landed", "standardised", "linked", "reconciled", "published")


def cycle_of(as_of: date) -> int:
    """The cycle that a run belongs to unless it is told otherwise.

    The year of `as_of` up to 31 October, the next year after (flag contract, Terms).
    """
    return as_of.year if as_of.month <= 10 else as_of.year + 1


def standardised_ddl(feed: Feed) -> str:
    """The statement that creates the empty table `standardised.<feed>`.

    Columns: the contract's, typed, then `delivery_id` (VARCHAR: the delivery the row was taken from) and `line`
    (BIGINT: the line in the delivered file, counted from 1 with the header; for Parquet the row, counted from 1).
    """
    columns = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in feed.columns)
    return f"CREATE OR REPLACE TABLE standardised.{feed.name} ({columns}, delivery_id VARCHAR, line BIGINT)"


#: One row that says for which day the run speaks. Every SQL file reads the day from here, never from a clock.
RUN_CONTEXT_DDL = "CREATE OR REPLACE TABLE landed.run_context (as_of DATE, cycle INTEGER)"
