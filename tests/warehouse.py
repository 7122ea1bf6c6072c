"""An in-memory warehouse with the standardised layer filled from rows written in a test."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb

from schemas.feeds import FEEDS
from schemas.layers import LAYERS, RUN_CONTEXT_DDL, cycle_of, standardised_ddl


def warehouse(as_of: str, feeds: Mapping[str, Iterable[Mapping[str, Any]]]) -> duckdb.DuckDBPyConnection:
    """A connection to a new in-memory DuckDB whose fifteen standardised tables exist.

    Args:
        as_of: the run's day, `yyyy-mm-dd`.
        feeds: rows by feed; a column left out is empty. Each feed's rows come from one delivery named after the feed,
            with lines from 2.
    """
    # a thread of its own for a handful of rows costs more than it brings
    connection = duckdb.connect(config={"threads": 1})
    for layer in LAYERS:
        connection.execute(f"CREATE SCHEMA {layer}")
    day = date.fromisoformat(as_of)
    connection.execute(RUN_CONTEXT_DDL)
    connection.execute("INSERT INTO landed.run_context VALUES (?, ?)", [day, cycle_of(day)])
    if unknown := set(feeds) - set(FEEDS):
        raise ValueError(f"no such feed [{', '.join(sorted(unknown))}]")
    for feed in FEEDS.values():
        connection.execute(standardised_ddl(feed))
        for line, row in enumerate(feeds.get(feed.name, ()), start=2):
            if unknown := set(row) - set(feed.column_names):
                raise ValueError(f"feed [{feed.name}] has no column [{', '.join(sorted(unknown))}]")
            values = [*row.values(), feed.name, line]
            names = ", ".join([*row, "delivery_id", "line"])
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO standardised.{feed.name} ({names}) VALUES ({marks})", values)
    return connection
